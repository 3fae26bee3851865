package rooms_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/rooms"
)

// Requests to DynamoDB.
const (
	getItem  = "GetItem"
	batchGet = "BatchGetItem"
	query    = "Query"
	putItem  = "PutItem"
	transact = "TransactWriteItems"
)

// cost gives the requests that a call makes, such as "BatchGetItem 1, Query 2". On the embedded
// engine, which knows none, it gives those that the same calls of an engine make: "get 1, query 2".
func (w *world) cost(t *testing.T, call func() error) string {
	t.Helper()
	var err error
	run := func() { err = call() }
	var requests map[string]int
	if w.wire != nil {
		requests = w.wire.count(run)
	} else {
		calls := w.store.count(run)
		requests = map[string]int{"get": calls.Get, "query": calls.Query, "write": calls.Write}
	}
	if err != nil {
		t.Errorf("got %v, want no error", err)
	}
	return text(requests)
}

func text(requests map[string]int) string {
	var all []string
	for _, operation := range slices.Sorted(maps.Keys(requests)) {
		if n := requests[operation]; n > 0 {
			all = append(all, fmt.Sprint(operation, " ", n))
		}
	}
	return strings.Join(all, ", ")
}

// expected gives the cost that cost should give, of the requests one by one.
func (w *world) expected(requests []string) string {
	kinds := map[string]string{getItem: "get", batchGet: "get", query: "query", putItem: "write", transact: "write"}
	counted := map[string]int{}
	for _, operation := range requests {
		if w.wire == nil {
			operation = kinds[operation]
		}
		counted[operation]++
	}
	return text(counted)
}

// priced is a call and the requests it makes. The room is bound and started, with ada and bob as
// admins and cyd and dan in it.
type priced struct {
	name     string
	requests []string
	call     func(ctx context.Context, w *world, room string) error
}

func readings() []priced {
	return []priced{
		{"list", []string{query, batchGet}, func(ctx context.Context, w *world, _ string) error {
			_, err := w.List(ctx, bob, rooms.ListQuery{Limit: 50})
			return err
		}},
		{"list the started ones", []string{query, batchGet}, func(ctx context.Context, w *world, _ string) error {
			_, err := w.List(ctx, bob, rooms.ListQuery{Status: rooms.StatusStarted, Limit: 100})
			return err
		}},
		{"list none", []string{query}, func(ctx context.Context, w *world, _ string) error {
			_, err := w.List(ctx, mallory, rooms.ListQuery{Limit: 50})
			return err
		}},
		{"get", []string{batchGet}, func(ctx context.Context, w *world, room string) error {
			_, err := w.Get(ctx, bob, room)
			return err
		}},
		{"list participants", []string{batchGet, query}, func(ctx context.Context, w *world, room string) error {
			_, err := w.ListParticipants(ctx, bob, room, 100, "")
			return err
		}},
		{"list chat", []string{batchGet, query}, func(ctx context.Context, w *world, room string) error {
			_, err := w.ListChat(ctx, bob, room, 100, "")
			return err
		}},
		{"join", []string{batchGet, getItem, batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, _, err := w.Join(ctx, bob, room)
			return err
		}},
	}
}

func writings() []priced {
	add := func(n int) func(ctx context.Context, w *world, room string) error {
		return func(ctx context.Context, w *world, room string) error {
			_, err := w.AddParticipants(ctx, ada, room, crowd(fmt.Sprint("added ", n), n))
			return err
		}
	}
	return []priced{
		{"send chat", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, err := w.SendChat(ctx, bob, room, "hello", "")
			return err
		}},
		{"upload URL", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, _, err := w.UploadURL(ctx, bob, room, rooms.Attachment{Name: "a", Size: 1, ContentType: "text/plain"})
			return err
		}},
		{"archive", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, err := w.UpdateProfile(ctx, bob, room, rooms.Profile{Archived: new(true)})
			return err
		}},
		{"rename oneself", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, err := w.UpdateProfile(ctx, bob, room, rooms.Profile{Name: new("Bob")})
			return err
		}},
		{"add 1", []string{batchGet, transact}, add(1)},
		{"add 1 again", []string{batchGet}, add(1)},
		{"add 24", []string{batchGet, transact}, add(24)},
		{"add 25", []string{batchGet, transact, batchGet, transact}, add(25)},
		{"add 100", slices.Repeat([]string{batchGet, transact}, 5), add(100)},
		{"grant", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, err := w.GrantAdmin(ctx, ada, room, cyd)
			return err
		}},
		{"revoke", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, err := w.RevokeAdmin(ctx, ada, room, cyd)
			return err
		}},
		{"revoke again", []string{batchGet}, func(ctx context.Context, w *world, room string) error {
			_, err := w.RevokeAdmin(ctx, ada, room, cyd)
			return err
		}},
		{"remove", []string{batchGet, getItem, getItem, transact, transact}, func(ctx context.Context, w *world, room string) error {
			_, err := w.RemoveParticipant(ctx, ada, room, cyd, 0)
			return err
		}},
		{"update the name", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, _, err := w.Update(ctx, ada, room, rooms.Update{Name: new("Retro")})
			return err
		}},
		{"update nothing", []string{batchGet}, func(ctx context.Context, w *world, room string) error {
			_, _, err := w.Update(ctx, ada, room, rooms.Update{Name: new("Retro")})
			return err
		}},
		{"update the end", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, _, err := w.Update(ctx, ada, room, rooms.Update{End: new(w.now().Add(time.Hour))})
			return err
		}},
		{"end later", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, _, err := w.End(ctx, ada, room, time.Minute)
			return err
		}},
		{"end now", []string{batchGet, transact, getItem, transact}, func(ctx context.Context, w *world, room string) error {
			_, _, err := w.End(ctx, ada, room, 0)
			return err
		}},
		{"archive an ended room", []string{batchGet, transact}, func(ctx context.Context, w *world, room string) error {
			_, err := w.UpdateProfile(ctx, bob, room, rooms.Profile{Archived: new(false)})
			return err
		}},
	}
}

func (w *world) costs(t *testing.T, room string, all []priced) map[string]string {
	t.Helper()
	costs := map[string]string{}
	for _, p := range all {
		costs[p.name] = w.cost(t, func() error { return p.call(t.Context(), w, room) })
	}
	return costs
}

func TestRequests_PerOperation(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd, "dan")
		w.grant(t, room.ID, bob)
		all := append(readings(), writings()...)
		costs := w.costs(t, room.ID, all)
		for _, p := range all {
			if got, want := costs[p.name], w.expected(p.requests); got != want {
				t.Errorf("%s: got %s, want %s", p.name, got, want)
			}
		}
	})
}

// As many as fit into one transaction beside the room cost one, and each further 31 one more.
func TestRequests_OfCreate(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for invited, want := range map[int]int{0: 1, 1: 1, 31: 1, 32: 2, 62: 2, 63: 3, 100: 4} {
			got := w.cost(t, func() error {
				_, err := w.Create(t.Context(), ada, rooms.Booking{
					Name: "x", Provider: hallName, Participants: crowd("user", invited), End: noon.Add(time.Hour),
				})
				return err
			})
			if want := w.expected(slices.Repeat([]string{transact}, want)); got != want {
				t.Errorf("%d invited: got %s, want %s", invited, got, want)
			}
		}
	})
}

func TestRequests_OfFiles(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		first, second := w.upload(t, bob, room.ID, "first"), w.upload(t, bob, room.ID, "second")
		download := func(context.Context, *world, string) error {
			_, _, err := w.DownloadURL(t.Context(), bob, room.ID, first)
			return err
		}
		attach := func(context.Context, *world, string) error {
			_, err := w.SendChat(t.Context(), bob, room.ID, "", second)
			return err
		}
		for _, p := range []priced{
			{"the first download", []string{batchGet, transact}, download},
			{"the second download", []string{batchGet}, download},
			{"the first message", []string{batchGet, transact}, attach},
			{"the second message", []string{batchGet, transact}, attach},
		} {
			if got, want := w.cost(t, func() error { return p.call(t.Context(), w, room.ID) }), w.expected(p.requests); got != want {
				t.Errorf("%s: got %s, want %s", p.name, got, want)
			}
		}
	})
}

// A sweep looks where to begin and at each of its sixteen shards, and at nothing else when nothing is due.
func TestRequests_OfSweep(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for range 3 {
			w.booked(t, bob)
		}
		sweep := func() error { _, err := w.Sweep(t.Context()); return err }
		shards := append([]string{getItem}, slices.Repeat([]string{query}, 16)...)
		if got, want := w.cost(t, sweep), w.expected(shards); got != want {
			t.Errorf("nothing due: got %s, want %s", got, want)
		}
		w.step(2 * time.Hour)
		// Of each room: the room, the claim, its participants, no more of them, their lists, the end.
		finish := []string{getItem, putItem, query, transact, query, transact}
		if got, want := w.cost(t, sweep), w.expected(append(shards, slices.Repeat(finish, 3)...)); got != want {
			t.Errorf("three rooms due: got %s, want %s", got, want)
		}
	})
}
