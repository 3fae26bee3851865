package inbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/inbox"
	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

const source = "veeting#5e945c36b863b82cefdddf54"

// noon is where the tests' time begins: not in the past, where DynamoDB would remove what expires by its own clock.
var noon = time.Date(2100, time.March, 1, 12, 0, 0, 0, time.UTC)

// days is how long events are kept here.
const days = 30

// ticking is a clock that goes on by a second with each look of the Inbox, and with none of the engine's.
type ticking struct {
	mu sync.Mutex
	at time.Time
}

func (c *ticking) step(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return c.at
}

func (c *ticking) tick() time.Time { return c.step(time.Second) }

func (c *ticking) now() time.Time { return c.step(0) }

// box is an Inbox with the test that it is for, its engine and the clock of both.
type box struct {
	*inbox.Inbox
	t     *testing.T
	store table.Store
	clock *ticking
}

func newBox(t *testing.T, open func(*testing.T, func() time.Time) table.Store) box {
	t.Helper()
	clock := &ticking{at: noon}
	store := open(t, clock.now)
	return box{inbox.New(store, clock.tick, days), t, store, clock}
}

func onBothEngines(t *testing.T, test func(b box)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T, func() time.Time) table.Store{"embedded": onEmbedded, "dynamodb": onDynamoDB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newBox(t, open))
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

// event is one of a source, with data that is JSON.
func event(of, name, data string) inbox.Event {
	e := inbox.Event{Source: of, Name: name}
	if err := json.Unmarshal([]byte(data), &e.Data); err != nil {
		panic(err)
	}
	return e
}

// keeps demands that an event is a fresh one, or is not.
func (b box) keeps(e inbox.Event, want bool) {
	b.t.Helper()
	if fresh, err := b.Keep(b.t.Context(), e); err != nil || fresh != want {
		b.t.Errorf("%s %s: got %t, %v, want %t", e.Source, e.Name, fresh, err, want)
	}
}

// lists demands the data of all events of a source, by pages of two.
func (b box) lists(of string, want ...string) {
	b.t.Helper()
	got, cursor := []string{}, ""
	for {
		page, err := b.List(b.t.Context(), of, 2, cursor)
		if err != nil || len(got) > len(want) {
			b.t.Fatalf("%s: got %q, %v, want %q", of, got, err, want)
		}
		for _, e := range page.Events {
			text, err := json.Marshal(e.Data)
			if err != nil || e.Source != of {
				b.t.Fatalf("got %+v, %v, want an event of %s", e, err, of)
			}
			got = append(got, e.Name+" "+string(text))
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("%s: got %q, want %q", of, got, want)
	}
}

func TestKeep_OnceHoweverOftenItComes(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(b box) {
		b.lists(source)
		b.keeps(event(source, "closed", `{"a":1,"b":{"x":[1,2]}}`), true)
		for _, same := range []string{`{"a":1,"b":{"x":[1,2]}}`, `{"b":{"x":[1,2]},"a":1}`, ` { "a" : 1, "b" : {"x":[1, 2]} } `} {
			b.keeps(event(source, "closed", same), false)
		}
		b.lists(source, `closed {"a":1,"b":{"x":[1,2]}}`)
	})
}

// TestKeep_WhatDiffersIsAnother in its source, name or data.
func TestKeep_WhatDiffersIsAnother(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(b box) {
		for _, e := range []inbox.Event{
			event(source, "closed", `{"a":1}`), event(source, "closed", `{"a":2}`), event(source, "closed", `{"a":"1"}`), event(source, "closed", `{}`),
			event(source, "updated", `{"a":1}`), event(source+"0", "closed", `{"a":1}`), event("veeting#", "closed", `{"a":1}`),
		} {
			b.keeps(e, true)
			b.keeps(e, false)
		}
		b.lists(source, `closed {"a":1}`, `closed {"a":2}`, `closed {"a":"1"}`, `closed {}`, `updated {"a":1}`)
		b.lists(source+"0", `closed {"a":1}`)
		b.lists("veeting#", `closed {"a":1}`)
		b.lists("veeting")
	})
}

// TestKeep_NothingAtAll is an event, too.
func TestKeep_NothingAtAll(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(b box) {
		b.keeps(inbox.Event{Source: source}, true)
		b.keeps(inbox.Event{Source: source}, false)
		b.lists(source, " null")
	})
}

func TestList_InTheOrderInWhichTheyCame(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(b box) {
		var want []string
		for i := range 11 {
			data := fmt.Sprintf(`{"n":%d}`, (i*7)%11)
			b.keeps(event(source, "closed", data), true)
			want = append(want, "closed "+data)
		}
		b.lists(source, want...)
		page, err := b.List(b.t.Context(), source, 100, "")
		if err != nil || len(page.Events) != 11 || page.Next != "" {
			t.Fatalf("got %+v, %v, want all in one page", page, err)
		}
		for i, e := range page.Events {
			if want := noon.Add(time.Duration(i+1) * time.Second); !e.ReceivedAt.Equal(want) {
				t.Errorf("got %s, want %s", e.ReceivedAt, want)
			}
		}
	})
}

// TestKeep_ComingAgainDoesNotMoveIt to another place in the list.
func TestKeep_ComingAgainDoesNotMoveIt(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(b box) {
		b.keeps(event(source, "closed", `{"n":1}`), true)
		b.keeps(event(source, "closed", `{"n":2}`), true)
		b.keeps(event(source, "closed", `{"n":1}`), false)
		b.lists(source, `closed {"n":1}`, `closed {"n":2}`)
	})
}

// TestKeep_InOneMillisecond loses nothing.
func TestKeep_InOneMillisecond(t *testing.T) {
	t.Parallel()
	b := newBox(t, onEmbedded)
	b.Inbox = inbox.New(b.store, b.clock.now, days)
	for i := range 9 {
		b.keeps(event(source, "closed", fmt.Sprintf(`{"n":%d}`, i)), true)
	}
	seen, cursor := map[string]bool{}, ""
	for range 9 {
		page, err := b.List(t.Context(), source, 1, cursor)
		if err != nil || len(page.Events) != 1 {
			t.Fatalf("got %+v, %v, want one event", page, err)
		}
		seen[string(page.Events[0].Data["n"])], cursor = true, page.Next
	}
	if len(seen) != 9 {
		t.Errorf("got %v, want all nine", seen)
	}
}

func TestKeep_ManyAtOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(b box) {
		const times = 20
		var keeping sync.WaitGroup
		fresh := make(chan bool, times)
		for range times {
			keeping.Go(func() {
				kept, err := b.Keep(b.t.Context(), event(source, "closed", `{"a":1}`))
				if err != nil {
					b.t.Errorf("keep: %v", err)
				}
				fresh <- kept
			})
		}
		keeping.Wait()
		close(fresh)
		kept := 0
		for is := range fresh {
			if is {
				kept++
			}
		}
		if kept != 1 {
			b.t.Errorf("got it fresh %d times, want once", kept)
		}
		b.lists(source, `closed {"a":1}`)
	})
}

func TestList_CursorsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	b := newBox(t, onEmbedded)
	b.keeps(event(source, "closed", `{"a":1}`), true)
	page, err := b.List(t.Context(), source, 1, "")
	if err != nil || page.Next == "" {
		t.Fatalf("got %+v, %v, want a cursor", page, err)
	}
	for _, cursor := range []string{
		"x", "at#", "id#", strings.Replace(page.Next, "at#", "id#", 1), page.Next + "0", page.Next[:len(page.Next)-1], page.Next + "\n", "at#\xff",
		"at#" + strings.Repeat("é", 2000), strings.ToUpper(page.Next), " " + page.Next,
	} {
		if got, err := b.List(t.Context(), source, 1, cursor); !errors.Is(err, inbox.ErrCursor) || got.Events != nil {
			t.Errorf("%.50q: got %+v, %v, want %v", cursor, got, err, inbox.ErrCursor)
		}
	}
}

// TestKeep_LargeEvents has room for them although < and > could take six bytes each.
func TestKeep_LargeEvents(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(b box) {
		for _, filler := range []string{"<", "&", "\u2028", "ü"} {
			b.keeps(inbox.Event{Source: source, Name: filler, Data: map[string]json.RawMessage{
				"a": json.RawMessage(`"` + strings.Repeat(filler, 64<<10/len(filler)) + `"`),
			}}, true)
		}
	})
}

func TestKeep_RefusesWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	b := newBox(t, onEmbedded)
	for _, value := range []string{"", "{", "007", "x"} {
		if fresh, err := b.Keep(t.Context(), inbox.Event{Source: source, Data: map[string]json.RawMessage{"a": json.RawMessage(value)}}); value != "" && (err == nil || fresh) {
			t.Errorf("%q: got %t, %v, want an error", value, fresh, err)
		}
	}
}

// broken is an engine whose answers fail or make no sense.
type broken struct {
	table.Store
	err  error
	data string
}

func (b broken) Query(_ context.Context, r table.Range) ([]table.Item, error) {
	return []table.Item{{Key: table.Key{Partition: r.Partition, Sort: r.Prefix + "x"}, Version: "1", Data: []byte(b.data)}}, b.err
}

func (b broken) Write(context.Context, ...table.Change) error { return b.err }

func TestInbox_PassesFaultsOn(t *testing.T) {
	t.Parallel()
	busy := inbox.New(broken{err: table.ErrBusy}, func() time.Time { return noon }, days)
	if fresh, err := busy.Keep(t.Context(), event(source, "closed", "{}")); !errors.Is(err, table.ErrBusy) || fresh {
		t.Errorf("keep: got %t, %v, want %v", fresh, err, table.ErrBusy)
	}
	if _, err := busy.List(t.Context(), source, 1, ""); !errors.Is(err, table.ErrBusy) {
		t.Errorf("list: got %v, want %v", err, table.ErrBusy)
	}
	if page, err := inbox.New(broken{data: "[]"}, func() time.Time { return noon }, days).List(t.Context(), source, 1, ""); err == nil || page.Events != nil {
		t.Errorf("unreadable: got %+v, %v, want an error", page, err)
	}
}

// TestKeep_ForTheDays keeps an event until the last moment, and nothing of it from then on. What comes again later is kept as if
// it were the first, and by itself.
func TestKeep_ForTheDays(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(b box) {
		b.Inbox = inbox.New(b.store, b.clock.now, days)
		first, second := event(source, "closed", `{"n":1}`), event(source, "closed", `{"n":2}`)
		b.keeps(first, true)
		b.clock.step(days*24*time.Hour - time.Second)
		b.keeps(second, true)
		b.keeps(first, false)
		b.lists(source, `closed {"n":1}`, `closed {"n":2}`)
		b.clock.step(time.Second)
		b.lists(source, `closed {"n":2}`)
		b.keeps(second, false)
		b.keeps(first, true)
		b.keeps(first, false)
		b.lists(source, `closed {"n":2}`, `closed {"n":1}`)
		b.clock.step(days * 24 * time.Hour)
		b.lists(source)
	})
}

// TestKeep_LeavesNothing once the engine has removed what is expired: the test looks with a clock that stands where all was there.
func TestKeep_LeavesNothing(t *testing.T) {
	t.Parallel()
	b := newBox(t, onEmbedded)
	for i := range 9 {
		b.keeps(event(source, "closed", fmt.Sprintf(`{"n":%d}`, i)), true)
	}
	b.clock.step(days * 24 * time.Hour)
	removed, err := b.store.(*embedded.Store).Purge(t.Context(), 100)
	if err != nil || removed != 2*9 {
		t.Errorf("got %d items removed, %v, want both of each event", removed, err)
	}
	b.clock.step(-days * 24 * time.Hour)
	b.lists(source)
	b.keeps(event(source, "closed", `{"n":0}`), true)
}
