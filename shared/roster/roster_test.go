package roster_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/roster"
	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

const conference = "vpaas-magic-cookie-1/stand-up"

// noon is where the tests' time begins: not in the past, where DynamoDB would remove what expires by its own clock.
var noon = time.Date(2100, time.March, 1, 12, 0, 0, 0, time.UTC)

// days is how long it is known here who left.
const days = 30

// clock stands still until it is stepped.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) step(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return c.at
}

func (c *clock) now() time.Time { return c.step(0) }

// house is a Roster and the test that it is for, with the engine and the clock of both.
type house struct {
	*roster.Roster
	t     *testing.T
	store table.Store
	clock *clock
}

func newHouse(t *testing.T, open func(*testing.T, func() time.Time) table.Store) house {
	t.Helper()
	clock := &clock{at: noon}
	return house{t: t, clock: clock}.in(open(t, clock.now))
}

// in gives the house with another engine.
func (h house) in(store table.Store) house {
	h.Roster, h.store = roster.New(store, h.clock.now, days), store
	return h
}

func onBothEngines(t *testing.T, test func(h house)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T, func() time.Time) table.Store{"embedded": onEmbedded, "dynamodb": onDynamoDB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newHouse(t, open))
		})
	}
}

func onEmbedded(t *testing.T, now func() time.Time) table.Store {
	t.Helper()
	store, err := embedded.Options{Now: now}.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func onDynamoDB(t *testing.T, now func() time.Time) table.Store {
	t.Helper()
	return apitest.DynamoDB(t, now)
}

// seen notes that a guest was inside, or not, so many seconds past noon.
func (h house) seen(guest, id string, inside bool, seconds time.Duration) {
	h.t.Helper()
	s := roster.Sighting{Conference: conference, GuestID: guest, ID: id, Inside: inside, At: noon.Add(seconds * time.Second)}
	if err := h.Note(h.t.Context(), s); err != nil {
		h.t.Fatalf("note: %v", err)
	}
}

// inside demands the ids under which a guest is inside.
func (h house) inside(when, guest string, want ...string) {
	h.t.Helper()
	got, err := h.Present(h.t.Context(), conference, guest)
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		h.t.Errorf("%s: got %v, %v, want %v", when, got, err, want)
	}
}

func TestPresent_FollowsWhatWasSeen(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		h.inside("at first", "bob")
		h.seen("bob", "aaaa0001", true, 1)
		h.inside("after joining", "bob", "aaaa0001")
		h.seen("bob", "aaaa0002", true, 2)
		h.inside("after joining with a second device", "bob", "aaaa0001", "aaaa0002")
		h.seen("bob", "aaaa0001", false, 3)
		h.inside("after leaving with the first", "bob", "aaaa0002")
		h.seen("bob", "aaaa0002", false, 4)
		h.inside("after leaving", "bob")
	})
}

// Webhooks arrive late, twice and out of order.
func TestNote_TakesTheNewest(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		h.seen("bob", "aaaa0001", false, 5)
		h.seen("bob", "aaaa0001", true, 1)
		h.inside("a joining that arrives behind the leaving", "bob")
		h.seen("bob", "aaaa0001", true, 9)
		h.seen("bob", "aaaa0001", true, 9)
		h.seen("bob", "aaaa0001", false, 5)
		h.inside("a leaving that arrives twice", "bob", "aaaa0001")
		h.seen("bob", "aaaa0001", false, 9)
		h.inside("a leaving of the same time as the joining", "bob")
		h.seen("bob", "aaaa0001", true, 9)
		h.inside("the joining of that time once more", "bob")
	})
}

// The digits below the second decide, in whatever zone the time was written.
func TestNote_ComparesTimesExactly(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		at := noon.Add(500 * time.Millisecond)
		for _, s := range []roster.Sighting{
			{Inside: true, At: at.In(time.FixedZone("", 3600))},
			{Inside: false, At: at.Add(time.Millisecond)},
			{Inside: true, At: at.In(time.FixedZone("", 7200))},
		} {
			s.Conference, s.GuestID, s.ID = conference, "bob", "aaaa0001"
			if err := h.Note(h.t.Context(), s); err != nil {
				h.t.Fatal(err)
			}
		}
		h.inside("after leaving a millisecond later", "bob")
	})
}

func TestPresent_KnowsGuestsAndConferencesApart(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		guests := []string{"bob", "bob~1", "bob#aaaa0000", "BOB", "", "🙂", strings.Repeat("x", 250)}
		for i, guest := range guests {
			h.seen(guest, fmt.Sprintf("aaaa%04d", i), true, 1)
		}
		for i, guest := range guests {
			h.inside(guest, guest, fmt.Sprintf("aaaa%04d", i))
		}
		elsewhere := roster.Sighting{Conference: conference + "-2", GuestID: "bob", ID: "bbbb0001", Inside: true, At: noon}
		if err := h.Note(h.t.Context(), elsewhere); err != nil {
			h.t.Fatal(err)
		}
		h.inside("of this conference alone", "bob", "aaaa0000")
	})
}

func TestPresent_ManyDevices(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		var want []string
		for i := range 120 {
			id := fmt.Sprintf("aaaa%04d", i)
			want = append(want, id)
			h.seen("bob", id, true, 1)
		}
		h.inside("all of them", "bob", want...)
	})
}

func TestNote_ManyAtOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		const events = 50
		var noting sync.WaitGroup
		for i := range events {
			noting.Go(func() {
				s := roster.Sighting{Conference: conference, GuestID: "bob", ID: "aaaa0001", Inside: i != events-1, At: noon.Add(time.Duration(i) * time.Second)}
				if err := h.Note(h.t.Context(), s); err != nil {
					h.t.Errorf("note: %v", err)
				}
			})
		}
		noting.Wait()
		h.inside("after the newest, which is a leaving", "bob")
	})
}

// contended is an engine in which somebody else is faster for a while.
type contended struct {
	table.Store
	left int
}

func (c *contended) Write(ctx context.Context, changes ...table.Change) error {
	if c.left--; c.left >= 0 {
		return table.ErrConflict
	}
	return c.Store.Write(ctx, changes...)
}

func TestNote_TriesAgainAfterAConflict(t *testing.T) {
	t.Parallel()
	h := newHouse(t, onEmbedded)
	h = h.in(&contended{h.store, 3})
	h.seen("bob", "aaaa0001", true, 1)
	h.inside("in the end", "bob", "aaaa0001")
}

// broken is an engine whose answers fail or make no sense.
type broken struct {
	err  error
	data string
}

func (b broken) Get(_ context.Context, keys ...table.Key) ([]table.Item, error) {
	items := make([]table.Item, len(keys))
	for i, key := range keys {
		items[i] = table.Item{Key: key, Version: "1", Data: []byte(b.data)}
	}
	return items, b.err
}

func (b broken) Query(_ context.Context, r table.Range) ([]table.Item, error) {
	return []table.Item{{Key: table.Key{Partition: r.Partition, Sort: r.Prefix + "x"}, Version: "1", Data: []byte(b.data)}}, b.err
}

func (b broken) Write(context.Context, ...table.Change) error { return b.err }

func TestRoster_PassesFaultsOn(t *testing.T) {
	t.Parallel()
	for name, engine := range map[string]broken{"busy": {table.ErrBusy, "{}"}, "unreadable": {nil, "[]"}} {
		r := roster.New(engine, func() time.Time { return noon }, days)
		_, presentErr := r.Present(t.Context(), conference, "bob")
		_, insideErr := r.Inside(t.Context(), conference, 10, "")
		for call, err := range map[string]error{
			"present": presentErr,
			"inside":  insideErr,
			"note":    r.Note(t.Context(), roster.Sighting{Conference: conference, GuestID: "bob", ID: "x", At: noon}),
			"end":     r.NoteEnd(t.Context(), roster.End{Conference: conference, Session: "s", At: noon}),
		} {
			if err == nil || !errors.Is(err, engine.err) && engine.err != nil {
				t.Errorf("%s: %s: got %v, want an error, that of the engine if it has one", name, call, err)
			}
		}
	}
}

// TestHasLeft_SinceTheyJoined and not before; of somebody of whom nothing is known, or whose session is over, nobody said so.
func TestHasLeft_SinceTheyJoined(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		seen := func(inside bool, at time.Duration) roster.Sighting {
			return roster.Sighting{Conference: "c", Session: "s", GuestID: "bob", ID: "aaaaaaaa", Inside: inside, At: noon.Add(at)}
		}
		joined := seen(true, 0)
		for i, step := range []struct {
			told func() error
			want bool
		}{
			{func() error { return nil }, false},
			{func() error { return h.Note(h.t.Context(), joined) }, false},
			{func() error { return h.Note(h.t.Context(), seen(false, -time.Second)) }, false},
			{func() error { return h.Note(h.t.Context(), seen(false, 0)) }, true},
			{func() error { return h.Note(h.t.Context(), seen(true, time.Second)) }, false},
			{func() error { return h.Note(h.t.Context(), seen(false, 2*time.Second)) }, true},
		} {
			if err := step.told(); err != nil {
				h.t.Fatal(err)
			}
			if got, err := h.HasLeft(h.t.Context(), joined); err != nil || got != step.want {
				h.t.Errorf("%d: got %t, %v, want %t", i, got, err, step.want)
			}
		}
		if err := h.NoteEnd(h.t.Context(), roster.End{Conference: "c", Session: "other", At: noon}); err != nil {
			h.t.Fatal(err)
		}
		other := joined
		other.Session = "other"
		if got, err := h.HasLeft(h.t.Context(), other); err != nil || got {
			h.t.Errorf("got %t, %v, want it not known of a session that is over", got, err)
		}
	})
}
