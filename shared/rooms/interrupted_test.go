package rooms_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gavel/shared/rooms"
	"gavel/shared/table"
)

var errCut = errors.New("cut off")

// leap is how many calls to go on when each of them is a place to break: all with the fast engine.
func (w *world) leap() int { return w.size(1, 7) }

// due makes a room to be finished and a guest to be expelled, lets the time for both come, and
// leaves the provider failing.
func (w *world) due(t *testing.T) {
	t.Helper()
	w.hall.works()
	room := w.create(t, rooms.Booking{
		Name: "due", Provider: hallName, Participants: []string{bob, cyd}, Start: w.now(), End: w.now().Add(time.Minute),
	})
	w.hall.fail(errHall)
	if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
		t.Fatal(err)
	}
	w.step(time.Minute)
}

// allDone lets the longest time between two tries pass, sweeps, and demands that nothing is left.
func (w *world) allDone(t *testing.T) {
	t.Helper()
	w.step(15 * time.Minute)
	w.sweep(t)
	w.step(15 * time.Minute)
	if swept := w.sweep(t); swept != (rooms.Swept{}) {
		t.Errorf("a sweep when all is done: got %+v, want nothing done", swept)
	}
	for _, user := range []string{ada, cyd} {
		if got := w.rooms(t, user, rooms.StatusStarted); len(got) != 0 {
			t.Errorf("%s's open rooms: got %v, want none", user, got)
		}
	}
	for _, id := range w.rooms(t, ada, rooms.StatusEnded) {
		if closed, banned := w.hall.done(id); closed == 0 || banned == 0 {
			t.Errorf("room %s: got it closed %d times and %d banned, want some", id, closed, banned)
		}
	}
	w.audit(t)
}

// A sweep that ends anywhere, by an error or because its time is over, leaves what the next one can
// finish.
func TestSweep_InterruptedAnywhere(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for n := 1; ; n += w.leap() {
			w.store.forget()
			w.due(t)
			w.hall.works()
			ctx, cancel := context.WithCancel(t.Context())
			w.store.set(trap{n: n, before: func() error { cancel(); return errCut }})
			if n%2 == 0 {
				w.store.set(trap{n: n, after: func() error { cancel(); return errCut }})
			}
			_, err := w.Sweep(ctx)
			over := w.store.disarm()
			cancel()
			if !over && !errors.Is(err, errCut) {
				t.Errorf("cut at call %d: got %v, want %v", n, err, errCut)
			}
			w.audit(t)
			w.allDone(t)
			if over {
				return
			}
		}
	})
}

// broken is a call that can be cut off anywhere.
type broken struct {
	name    string
	prepare func(t *testing.T, w *world) (room string)
	call    func(ctx context.Context, w *world, room string) error
	// settled looks at what must be so once the call was repeated and the sweep has been there.
	settled func(t *testing.T, w *world, room string)
}

func breakable() []broken {
	invited := crowd("user", 34)
	open := func(t *testing.T, w *world) string {
		t.Helper()
		return w.open(t, bob).ID
	}
	return []broken{
		{
			"add", open,
			func(ctx context.Context, w *world, room string) error {
				_, err := w.AddParticipants(ctx, ada, room, invited)
				return err
			},
			func(t *testing.T, w *world, room string) {
				t.Helper()
				if got, want := len(w.participants(t, room)), 2+len(invited); got != want {
					t.Errorf("got %d participants, want %d", got, want)
				}
			},
		},
		{
			"remove", open,
			func(ctx context.Context, w *world, room string) error {
				_, err := w.RemoveParticipant(ctx, ada, room, bob, 0)
				return gone(err)
			},
			func(t *testing.T, w *world, room string) {
				t.Helper()
				_, err := w.Get(t.Context(), bob, room)
				refused(t, "get by who was removed", err, rooms.NotFound)
				if _, banned := w.hall.done(room); banned != 1 {
					t.Errorf("got %d bans, want 1", banned)
				}
			},
		},
		{
			"end now", open,
			func(ctx context.Context, w *world, room string) error {
				_, _, err := w.End(ctx, ada, room, 0)
				return gone(err)
			},
			func(t *testing.T, w *world, room string) {
				t.Helper()
				if closed, _ := w.hall.done(room); closed == 0 || w.get(t, ada, room).Status != rooms.StatusEnded {
					t.Errorf("got it closed %d times, want it closed and ended", closed)
				}
			},
		},
		{
			"end later", open,
			func(ctx context.Context, w *world, room string) error {
				_, _, err := w.End(ctx, ada, room, 30*time.Second)
				return gone(err)
			},
			func(t *testing.T, w *world, room string) {
				t.Helper()
				if closed, _ := w.hall.done(room); closed == 0 || w.get(t, ada, room).Status != rooms.StatusEnded {
					t.Errorf("got it closed %d times, want it closed and ended", closed)
				}
			},
		},
		{
			"grant", open,
			func(ctx context.Context, w *world, room string) error {
				_, err := w.GrantAdmin(ctx, ada, room, bob)
				return err
			},
			func(t *testing.T, w *world, room string) {
				t.Helper()
				if got := w.get(t, bob, room); got.Admins != 2 || got.Role != rooms.Admin {
					t.Errorf("got %+v, want two admins", got)
				}
			},
		},
		{
			"send chat", open,
			func(ctx context.Context, w *world, room string) error {
				_, err := w.SendChat(ctx, bob, room, "hello", "")
				return err
			},
			func(t *testing.T, w *world, room string) {
				t.Helper()
				if got := len(w.chat(t, room, 10, "").Messages); got != 1 && got != 2 {
					t.Errorf("got %d messages, want 1, or 2 if the first one's answer was lost", got)
				}
			},
		},
	}
}

// gone passes over the answer to who repeats what has happened.
func gone(err error) error {
	if rule, is := errors.AsType[*rooms.Error](err); is && (rule.Code == rooms.NotFound || rule.Code == rooms.Ended) {
		return nil
	}
	return err
}

// Whichever call to the state fails, and whether it has happened or not, the state is sound
// afterwards, and the same call again makes it what was asked for.
func TestCalls_InterruptedAnywhere(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for _, b := range breakable() {
			for n := 1; ; n += w.leap() {
				w.store.forget()
				room := b.prepare(t, w)
				cut := trap{n: (n + 1) / 2, before: func() error { return errCut }}
				if n%2 == 0 {
					cut = trap{n: n / 2, after: func() error { return fmt.Errorf("%w: %w", errCut, table.ErrBusy) }}
				}
				w.store.set(cut)
				err := b.call(t.Context(), w, room)
				over := w.store.disarm()
				if err != nil && !errors.Is(err, errCut) || over && err != nil {
					t.Errorf("%s, cut at %d: got %v, want %v or none", b.name, n, err, errCut)
				}
				w.audit(t)
				if err := b.call(t.Context(), w, room); err != nil {
					t.Errorf("%s, once more: got %v, want no error", b.name, err)
				}
				w.step(time.Minute)
				w.sweep(t)
				b.settled(t, w, room)
				w.audit(t)
				if over {
					break
				}
			}
		}
	})
}

// A room is there as a whole or not at all.
func TestCreate_InterruptedAnywhere(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		invited := append([]string{bob}, crowd("user", 69)...) // three writes
		booking := rooms.Booking{Name: "large", Provider: hallName, Participants: invited, End: noon.Add(time.Hour)}
		for n := 1; n <= 3; n++ {
			w.store.set(trap{n: n, before: func() error { return errCut }})
			if _, err := w.Create(t.Context(), ada, booking); !errors.Is(err, errCut) {
				t.Errorf("cut at call %d: got %v, want %v", n, err, errCut)
			}
			for _, user := range []string{ada, bob} {
				same(t, user+"'s rooms", slices.Concat(w.rooms(t, user, ""), w.rooms(t, user, rooms.StatusStarted)), nil)
			}
		}
		w.store.set(trap{n: 3, after: func() error { return table.ErrBusy }})
		if _, err := w.Create(t.Context(), ada, booking); !errors.Is(err, table.ErrBusy) {
			t.Errorf("a lost answer: got %v, want %v", err, table.ErrBusy)
		}
		w.audit(t)
		ids := w.rooms(t, bob, "")
		if len(ids) != 1 || len(w.participants(t, ids[0])) != 71 {
			t.Fatalf("a lost answer: got the rooms %v, want one with all in it", ids)
		}
		w.step(time.Hour)
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1}})
	})
}
