package rooms_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"gavel/shared/rooms"
)

// grown demands that calls cost the same in a large world as in a small one, to the request.
func grown(t *testing.T, small, large map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(small)) {
		if small[name] != large[name] {
			t.Errorf("%s: got %s, want %s as with few", name, large[name], small[name])
		}
	}
}

func (w *world) seedRooms(t *testing.T, user string, n int) []string {
	t.Helper()
	w.step(time.Minute) // they are a millisecond apart
	all, err := rooms.SeedRooms(t.Context(), w.store.seeding(), user, n, w.now().Add(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	slices.Reverse(all)
	return all
}

func TestGrowth_RoomsOfAUser(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		const few, lot = "few", "many"
		all := w.seedRooms(t, lot, w.size(10_000, 500))
		if got := w.pagesOf(t, lot); !slices.Equal(got, all) {
			t.Errorf("page by page: got %d rooms, want all %d in order", len(got), len(all))
		}
		costs := func(user, room string) map[string]string {
			list := func(q rooms.ListQuery) func() error {
				return func() error { _, err := w.List(t.Context(), user, q); return err }
			}
			first, err := w.List(t.Context(), user, rooms.ListQuery{Limit: 4})
			if err != nil || len(first.Rooms) != 4 {
				t.Fatalf("got %d rooms, %v, want 4", len(first.Rooms), err)
			}
			return map[string]string{
				"list":          w.cost(t, list(rooms.ListQuery{Limit: 5})),
				"list more":     w.cost(t, list(rooms.ListQuery{Limit: 5, Cursor: first.Next})),
				"list the open": w.cost(t, list(rooms.ListQuery{Limit: 5, Status: rooms.StatusStarted})),
				"get":           w.cost(t, func() error { _, err := w.Get(t.Context(), user, room); return err }),
				"create":        w.cost(t, func() error { _, err := w.Create(t.Context(), user, rooms.Booking{Name: "x"}); return err }),
				"end":           w.cost(t, func() error { _, _, err := w.End(t.Context(), user, room, 0); return err }),
				"sweep":         w.cost(t, func() error { _, err := w.Sweep(t.Context()); return err }),
			}
		}
		grown(t, costs(few, w.seedRooms(t, few, 10)[5]), costs(lot, all[len(all)/2]))
	})
}

// Rooms that are over do not stand in the way of those that are open.
func TestGrowth_OpenAmongEndedRooms(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		open := w.create(t, rooms.Booking{Name: "the oldest"}).ID
		for range 60 {
			w.create(t, rooms.Booking{Name: "short", End: w.now().Add(time.Minute)})
		}
		w.step(time.Minute)
		w.sweep(t)
		cost := w.cost(t, func() error {
			page, err := w.List(t.Context(), ada, rooms.ListQuery{Status: rooms.StatusStarted, Limit: 10})
			if len(page.Rooms) != 1 || page.Rooms[0].ID != open || page.Next != "" {
				t.Errorf("got %+v, want the open one", page)
			}
			return err
		})
		if want := w.expected([]string{query, batchGet}); cost != want {
			t.Errorf("got %s, want %s", cost, want)
		}
	})
}

// What is not returned is not read either, but for the one item that tells whether there is more.
func TestGrowth_ReadsNoMoreThanItReturns(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.made(t, 12, bob)[0]
		users := crowd("user", 12)
		if _, err := w.AddParticipants(t.Context(), ada, room, users); err != nil {
			t.Fatal(err)
		}
		for range 12 {
			w.say(t, room, bob, "x")
		}
		for name, list := range map[string]func() error{
			"rooms":        func() error { _, err := w.List(t.Context(), bob, rooms.ListQuery{Limit: 5}); return err },
			"participants": func() error { _, err := w.ListParticipants(t.Context(), bob, room, 5, ""); return err },
			"chat":         func() error { _, err := w.ListChat(t.Context(), bob, room, 5, ""); return err },
		} {
			calls := w.store.count(func() {
				if err := list(); err != nil {
					t.Error(err)
				}
			})
			if calls.Items != 6 || calls.Keys > 10 {
				t.Errorf("%s: got %d items and %d keys read, want 6 and 10 at most", name, calls.Items, calls.Keys)
			}
		}
	})
}

// pagesOf goes through all rooms of a user, page by page, each of which costs the same.
func (w *world) pagesOf(t *testing.T, user string) []string {
	t.Helper()
	var all []string
	for q := (rooms.ListQuery{Limit: rooms.MaxPage}); ; {
		var page rooms.RoomPage
		cost := w.cost(t, func() (err error) {
			page, err = w.List(t.Context(), user, q)
			return err
		})
		if want := w.expected([]string{query, batchGet, query, batchGet}); cost != want {
			t.Errorf("behind %d rooms: got %s, want %s", len(all), cost, want)
		}
		for _, room := range page.Rooms {
			all = append(all, room.ID)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return all
		}
	}
}

// A list of those with a status looks at a bounded number in one call, and goes on in the next,
// however many do not have it.
func TestGrowth_ListThatFindsNothing(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		all := w.seedRooms(t, bob, w.size(2_000, 600))
		for _, status := range []rooms.Status{rooms.StatusBooked, rooms.StatusEnded} {
			calls := 0
			for q := (rooms.ListQuery{Status: status, Limit: 5}); ; calls++ {
				var page rooms.RoomPage
				tally := w.store.count(func() {
					var err error
					if page, err = w.List(t.Context(), bob, q); err != nil {
						t.Error(err)
					}
				})
				if len(page.Rooms) != 0 || tally.All() > 6 {
					t.Errorf("%s: got %d rooms for %+v, want none for 6 calls at most", status, len(page.Rooms), tally)
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			if calls > len(all)/100 {
				t.Errorf("%s: got %d pages without a room, want %d at most", status, calls, len(all)/100)
			}
		}
	})
}

// knowsFormer says whether a call reads another kind of request when it is made for the same user again: who was removed
// before has two ids, which DynamoDB gives in a batch.
func (w *world) knowsFormer(p priced) bool { return w.wire != nil && p.name == "remove" }

func TestGrowth_ParticipantsOfARoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := func(participants int) string {
			room := w.open(t, bob, cyd, "dan")
			w.grant(t, room.ID, bob)
			if err := rooms.SeedParticipants(t.Context(), w.store, room.ID, crowd("seeded", participants-4), w.now()); err != nil {
				t.Fatal(err)
			}
			return room.ID
		}
		all := slices.DeleteFunc(append(readings(), writings()...), func(p priced) bool {
			return p.name == "list participants" || w.knowsFormer(p) // returns more of them
		})
		small, large := room(10), room(w.size(5_000, 100))
		grown(t, w.costs(t, small, all), w.costs(t, large, all))
		page, err := w.ListParticipants(t.Context(), ada, large, 9, "")
		if err != nil {
			t.Fatal(err)
		}
		list := func(cursor string) map[string]string {
			return map[string]string{"list": w.cost(t, func() error {
				_, err := w.ListParticipants(t.Context(), ada, large, 9, cursor)
				return err
			})}
		}
		grown(t, map[string]string{"list": w.expected([]string{batchGet, query})}, list(""))
		grown(t, list(""), list(page.Next))
	})
}

func TestGrowth_MessagesOfARoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		costs := func(messages int) map[string]string {
			room := w.open(t, bob, cyd, "dan")
			w.grant(t, room.ID, bob)
			if err := rooms.SeedMessages(t.Context(), w.store, room.ID, bob, messages, w.now()); err != nil {
				t.Fatal(err)
			}
			newest := w.chat(t, room.ID, 10, "")
			older := w.chat(t, room.ID, 10, newest.Older)
			costs := map[string]string{
				"older": w.cost(t, func() error { _, err := w.ListChat(t.Context(), bob, room.ID, 10, newest.Older); return err }),
				"newer": w.cost(t, func() error { _, err := w.ListChat(t.Context(), bob, room.ID, 10, older.Newer); return err }),
			}
			maps.Copy(costs, w.costs(t, room.ID, slices.DeleteFunc(append(readings(), writings()...), w.knowsFormer)))
			return costs
		}
		grown(t, costs(100), costs(w.size(40_000, 1_000)))
	})
}

// What a sweep costs follows what is due, to the request, however many rooms there are that end later.
func TestGrowth_SweepAmongManyRooms(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		due := w.size(1_000, 64)
		cost := func(others int) map[string]string {
			seed := func(n int, end time.Duration) {
				if err := rooms.SeedEnding(t.Context(), w.store.seeding(), ada, n, w.now(), w.now().Add(end)); err != nil {
					t.Fatal(err)
				}
			}
			seed(others, 30*24*time.Hour)
			seed(due, time.Hour)
			w.step(time.Hour)
			return map[string]string{"sweep": w.cost(t, func() error {
				swept, err := w.Sweep(t.Context())
				if swept != (rooms.Swept{Finished: due}) {
					t.Errorf("got %+v, want %d finished", swept, due)
				}
				return err
			})}
		}
		grown(t, cost(100), cost(w.size(10_000, 1_000)))
	})
}
