package rooms_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/shared/rooms"
)

// The first try of the sweep leaves the call itself half a minute; the pause then doubles, up to a
// quarter of an hour.
func waits() []time.Duration {
	return []time.Duration{30, 15, 30, 60, 120, 240, 480, 900, 900}
}

// backsOff demands that the provider is called after each of the waits and not a second before.
func (w *world) backsOff(t *testing.T, call string) {
	t.Helper()
	w.hall.log()
	for i, wait := range waits() {
		w.step(wait*time.Second - time.Second)
		if swept := w.sweep(t); swept != (rooms.Swept{}) {
			t.Errorf("a second before try %d: got %+v, want nothing done", i, swept)
		}
		w.step(time.Second)
		if swept := w.sweep(t); swept != (rooms.Swept{Failed: 1}) {
			t.Errorf("try %d: got %+v, want 1 failed", i, swept)
		}
		same(t, "at the provider", w.hall.log(), []string{call})
	}
}

func TestSweep_RepeatsTheEnd(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		w.hall.fail(errHall)
		if _, _, err := w.End(t.Context(), ada, room.ID, 0); err != nil {
			t.Fatal(err)
		}
		w.backsOff(t, "close")
		w.has(t, bob, room.ID, rooms.StatusEnded)
		w.audit(t)

		w.hall.works()
		w.step(15 * time.Minute)
		same(t, "when it works", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1}})
		w.step(time.Hour)
		same(t, "after that", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
		same(t, "at the provider", w.hall.log(), []string{"close"})
	})
}

func TestSweep_RepeatsTheExpulsion(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		w.hall.fail(errHall)
		if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
			t.Fatal(err)
		}
		w.backsOff(t, "expel "+bob)
		w.audit(t)

		w.hall.works()
		w.step(15 * time.Minute)
		same(t, "when it works", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Expelled: 1}})
		w.step(time.Hour)
		same(t, "after that", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
	})
}

// After a day no admission is good any more.
func TestSweep_GivesUpAfterADay(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		w.hall.fail(errHall)
		if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.End(t.Context(), ada, room.ID, 0); err != nil {
			t.Fatal(err)
		}
		w.step(24 * time.Hour)
		same(t, "on the day", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Failed: 2}})
		w.step(15 * time.Minute)
		same(t, "a day later", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1, GivenUp: 2}})
		w.hall.log()
		w.step(15 * time.Minute)
		same(t, "after that", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
		same(t, "at the provider", w.hall.log(), nil)
	})
}

// Each expulsion is of another guest, however fast they follow each other.
func TestSweep_RepeatsTwoExpulsionsOfOneSecond(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t)
		w.hall.fail(errHall)
		for range 2 {
			if _, err := w.AddParticipants(t.Context(), ada, room.ID, []string{bob}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
				t.Fatal(err)
			}
		}
		w.hall.works()
		w.step(time.Minute)
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Expelled: 2}})
		for _, guest := range []string{bob, bob + "~1"} {
			if w.hall.lets(admission{"hall/" + room.ID, rooms.Guest{ID: guest}}) {
				t.Errorf("%s: got in, want them out", guest)
			}
		}
	})
}

// There is more to do than one batch of a shard's tasks, and than one Write's participants.
func TestSweep_DoesAllThatIsDue(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		users := crowd("user", 150)
		large := w.create(t, rooms.Booking{Name: "large", End: noon.Add(time.Hour), Participants: users[:100]})
		if _, err := w.AddParticipants(t.Context(), ada, large.ID, users[100:]); err != nil {
			t.Fatal(err)
		}
		shard := w.sameShard(t, w.size(30, 2))
		for _, id := range shard {
			w.end(t, id, time.Hour)
		}
		w.step(time.Hour)
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1 + len(shard)}})
		w.step(time.Minute)
		same(t, "the next one", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
	})
}

// sameShard makes rooms until so many lie in the shard of tasks that is swept last.
func (w *world) sameShard(t *testing.T, n int) []string {
	t.Helper()
	var mu sync.Mutex
	var found []string
	var making sync.WaitGroup
	for range 16 {
		making.Go(func() {
			for {
				room, err := w.Create(t.Context(), ada, rooms.Booking{Name: "x"})
				mu.Lock()
				if strings.HasSuffix(room.ID, "f") {
					found = append(found, room.ID)
				}
				enough := err != nil || len(found) >= n
				mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if enough {
					return
				}
			}
		})
	}
	making.Wait()
	return found
}

// A function that is about to be stopped leaves the rest to the next one.
func TestSweep_BeginsNothingItCannotFinish(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.booked(t)
		w.step(2 * time.Hour)
		short, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		over, end := context.WithCancel(t.Context())
		end()
		for name, ctx := range map[string]context.Context{"with ten seconds left": short, "with none left": over} {
			if swept, err := w.Sweep(ctx); err != nil || swept != (rooms.Swept{}) {
				t.Errorf("%s: got %+v, %v, want nothing done", name, swept, err)
			}
		}
		long, stop := context.WithTimeout(t.Context(), engineBudget)
		defer stop()
		if swept, err := w.Sweep(long); err != nil || swept.Finished != 1 {
			t.Errorf("with time enough: got %+v, %v, want 1 finished", swept, err)
		}
	})
}

// The end was moved between the sweep's finding of the task and its look at the room, which
// happens when two machines' clocks differ.
func TestSweep_LeavesARoomWhoseEndWasMoved(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t)
		w.step(2 * time.Hour)
		w.store.set(trap{kind: getCall, n: 1, before: func() error {
			w.step(-time.Minute)
			defer w.step(time.Minute)
			_, _, err := w.End(t.Context(), ada, room.ID, time.Hour)
			return err
		}})
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
		w.has(t, ada, room.ID, rooms.StatusStarted)
		w.step(time.Hour)
		same(t, "the sweep at the new end", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1}})
	})
}

// Two sweeps do the same tasks: wherever the one overtakes the other, all is done, and well.
func TestSweep_OvertakenByAnother(t *testing.T) {
	t.Parallel()
	for name, failing := range map[string]error{"a provider that works": nil, "one that fails": errHall} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBothEngines(t, func(w *world) {
				t := w.t
				for n := 1; ; n += w.leap() {
					w.store.forget()
					w.due(t)
					w.hall.fail(failing)
					w.hall.log()
					w.store.set(trap{n: n, before: func() error {
						_, err := w.Sweep(t.Context())
						return err
					}})
					w.sweep(t)
					over := w.store.disarm()
					w.audit(t)
					// Each of the two tasks is asked for once, whoever does it.
					if calls := w.hall.log(); len(calls) != 2 || calls[0] == calls[1] {
						t.Errorf("overtaken at call %d: got %v at the provider, want each once", n, calls)
					}
					w.hall.works()
					w.allDone(t)
					if over {
						return
					}
				}
			})
		})
	}
}
