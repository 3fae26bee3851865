package rooms_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/dynamodb"
	"gavel/shared/audit"
	"gavel/shared/rooms"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
	"gavel/shared/table/embedded"
)

// Who is in the tests. Ada makes the rooms; mallory is in none of them.
const (
	ada     = "auth0|ada"
	bob     = "bob"
	cyd     = "cyd@example.org"
	mallory = "mallory"
)

// hallName is the provider that rooms are bound to.
const hallName = "hall"

// noon is when every world begins.
var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// world is a Service with all that it stands on.
type world struct {
	t *testing.T // of the one test that runs in it
	*rooms.Service
	*clock
	*bucket
	store *spy
	hall  *hall
	alarm *alarm
	wire  *wire // to DynamoDB; nil with the embedded engine
	// options are of DynamoDB's engine.
	options dynamo.Options
}

// onBothEngines runs a test in a world on each engine, and looks in the end whether every invariant
// of the domain holds in what it left behind.
func onBothEngines(t *testing.T, test func(*world)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T) *world{"embedded": onEmbedded, "dynamodb": onDynamoDB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			test(w)
			w.audit(t)
		})
	}
}

func onEmbedded(t *testing.T) *world {
	t.Helper()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return newWorld(t, store)
}

// engineBudget has room for a slow machine; only tests about it use it up.
const engineBudget = time.Minute

func onDynamoDB(t *testing.T) *world {
	t.Helper()
	endpoint, name := dynamodb.Table(t)
	wire := newWire(t)
	options := dynamo.Options{
		Table: name, Region: "us-east-1", Endpoint: endpoint, HTTP: wire, Budget: engineBudget, Credentials: credentials("test"),
	}
	w := newWorld(t, dynamo.New(options))
	w.wire, w.options = wire, options
	return w
}

func newWorld(t *testing.T, store table.Store) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{at: noon}, alarm: &alarm{}, store: newSpy(store)}
	w.hall = newHall(t, w.now)
	w.bucket = newBucket(t, w.now)
	w.Service = rooms.New(rooms.Options{
		Store: w.store, Providers: map[string]rooms.Provider{hallName: w.hall, calendarName: calendar{w.hall}},
		Files: w.bucket.store, Alarm: w.alarm, Now: w.now,
		Trail: audit.NewTrail(36_500), // engines have clocks of their own for what expires
	})
	return w
}

func credentials(name string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: name, SecretAccessKey: name + "-secret"}, nil
	})
}

// size gives how much of something a test is to take: DynamoDB Local is some twenty times slower.
func (w *world) size(embedded, dynamodb int) int {
	if w.wire != nil {
		return dynamodb
	}
	return embedded
}

// audit demands that every invariant holds.
func (w *world) audit(t *testing.T) {
	t.Helper()
	if err := rooms.Audit(t.Context(), w.store.Store, w.store.written(), w.now()); err != nil {
		t.Errorf("the state is not sound:\n%v", err)
	}
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	for _, untold := range w.store.untold {
		t.Errorf("got %s, want every change of a room told of, to its room and to who did it", untold)
	}
}

// clock is stepped by hand. With a tick it also goes on by that much whenever somebody looks at it.
type clock struct {
	mu   sync.Mutex
	at   time.Time
	tick time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(c.tick)
	return c.at
}

func (c *clock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// ticking makes the clock go on by itself from now on.
func (c *clock) ticking(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tick = d
}

// alarm records what it was set to, or fails.
type alarm struct {
	mu  sync.Mutex
	set []ring
	err error
}

type ring struct {
	room string
	at   time.Time
}

var _ rooms.Alarm = (*alarm)(nil)

func (a *alarm) SetEnd(_ context.Context, roomID string, at time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return a.err
	}
	a.set = append(a.set, ring{roomID, at})
	return nil
}

// of gives the times it was set to for a room.
func (a *alarm) of(room string) []time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	var times []time.Time
	for _, r := range a.set {
		if r.room == room {
			times = append(times, r.at)
		}
	}
	return times
}

// create makes a room as ada.
func (w *world) create(t *testing.T, b rooms.Booking) rooms.Room {
	t.Helper()
	room, err := w.Create(t.Context(), ada, b)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	return room
}

// open makes a started room that is bound and stays open, with ada as its admin.
func (w *world) open(t *testing.T, invited ...string) rooms.Room {
	t.Helper()
	return w.create(t, rooms.Booking{Name: "Stand-up", Provider: hallName, Participants: invited})
}

// booked makes a bound room that goes on for an hour and begins in one.
func (w *world) booked(t *testing.T, invited ...string) rooms.Room {
	t.Helper()
	now := w.now()
	return w.create(t, rooms.Booking{
		Name: "Review", Provider: hallName, Start: now.Add(time.Hour), End: now.Add(2 * time.Hour), Participants: invited,
	})
}

// over makes a room that ada has ended.
func (w *world) over(t *testing.T, invited ...string) rooms.Room {
	t.Helper()
	room := w.open(t, invited...)
	w.step(time.Minute)
	return w.end(t, room.ID, 0)
}

func (w *world) end(t *testing.T, id string, left time.Duration) rooms.Room {
	t.Helper()
	room, effect, err := w.End(t.Context(), ada, id, left)
	if err != nil || effect.Err != nil {
		t.Fatalf("end: %v, %v", err, effect.Err)
	}
	return room
}

func (w *world) grant(t *testing.T, id string, users ...string) {
	t.Helper()
	for _, user := range users {
		if _, err := w.GrantAdmin(t.Context(), ada, id, user); err != nil {
			t.Fatalf("grant %s: %v", user, err)
		}
	}
}

func (w *world) say(t *testing.T, id, user, text string) rooms.Message {
	t.Helper()
	message, err := w.SendChat(t.Context(), user, id, text, "")
	if err != nil {
		t.Fatalf("send chat: %v", err)
	}
	return message
}

func (w *world) get(t *testing.T, user, id string) rooms.Room {
	t.Helper()
	room, err := w.Get(t.Context(), user, id)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return room
}

// participants gives all of a room, by their ids.
func (w *world) participants(t *testing.T, id string) map[string]rooms.Participant {
	t.Helper()
	all := map[string]rooms.Participant{}
	for cursor := ""; ; {
		page, err := w.ListParticipants(t.Context(), ada, id, rooms.MaxPage, cursor)
		if err != nil {
			t.Fatalf("list participants: %v", err)
		}
		for _, p := range page.Participants {
			all[p.ID] = p
		}
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

// rooms gives the ids of all of a user's rooms with a status, in the order of the list.
func (w *world) rooms(t *testing.T, user string, status rooms.Status) []string {
	t.Helper()
	var ids []string
	for cursor := ""; ; {
		page, err := w.List(t.Context(), user, rooms.ListQuery{Status: status, Limit: rooms.MaxPage, Cursor: cursor})
		if err != nil {
			t.Fatalf("list rooms: %v", err)
		}
		for _, room := range page.Rooms {
			ids = append(ids, room.ID)
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
	}
}

func (w *world) sweep(t *testing.T) rooms.Swept {
	t.Helper()
	swept, err := w.Sweep(t.Context())
	if err != nil {
		t.Fatalf("sweep: %v", err)
	}
	return counted(swept)
}

// counted leaves out of what a sweep did how late it came, which few tests are about.
func counted(swept rooms.Swept) rooms.Swept {
	swept.Oldest = 0
	return swept
}

// refused demands that a rule stood against a call, and gives it.
func refused(t *testing.T, call string, err error, want rooms.Code) rooms.Error {
	t.Helper()
	rule, ok := errors.AsType[*rooms.Error](err)
	if !ok || rule.Code != want {
		t.Errorf("%s: got %v, want %s", call, err, want)
		return rooms.Error{}
	}
	return *rule
}

// same demands two equal lists.
func same[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
