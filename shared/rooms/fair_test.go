package rooms_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"gavel/shared/rooms"
)

// bound makes rooms on the hall that end in an hour until so many lie in the shard of the tasks.
func (w *world) bound(t *testing.T, shard string, n int) []string {
	t.Helper()
	var found []string
	for len(found) < n {
		room := w.create(t, rooms.Booking{Name: "x", Provider: hallName, End: noon.Add(time.Hour)})
		if room.ID[len(room.ID)-1:] == shard {
			found = append(found, room.ID)
		}
	}
	return found
}

// What cannot be done says so in each sweep, and everything behind it is done.
func TestSweep_GoesOnBehindATaskThatCannotBeDone(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		broken := w.create(t, rooms.Booking{Name: "broken", End: noon.Add(time.Minute)}).ID
		shard := broken[len(broken)-1:]
		behind := w.bound(t, shard, 2)
		total := len(w.rooms(t, ada, rooms.StatusStarted)) - 1
		mend, err := rooms.Spoil(t.Context(), w.store.Store, broken)
		if err != nil {
			t.Fatal(err)
		}
		w.step(time.Hour)
		for _, want := range []rooms.Swept{{Finished: total, Failed: 1}, {Failed: 1}} {
			swept, err := w.Sweep(t.Context())
			if err == nil || counted(swept) != want || swept.Oldest != 59*time.Minute {
				t.Errorf("got %+v, %v, want %+v, 59 minutes late, and an error", swept, err, want)
			}
		}
		for _, id := range behind {
			if closed, _ := w.hall.done(id); closed != 1 {
				t.Errorf("room %s: got it closed %d times, want once", id, closed)
			}
		}
		if err := mend(); err != nil {
			t.Fatal(err)
		}
		same(t, "when it is mended", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1}})
	})
}

// A provider that does not answer holds up one sweep. The others do everything else, and not what that one is at.
func TestSweep_HangsAtOneTaskAlone(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.bound(t, "7", 2)
		total := len(w.rooms(t, ada, rooms.StatusStarted))
		w.step(time.Hour)
		arrived := w.hall.hang()
		ctx, cut := context.WithCancel(t.Context())
		hanging := make(chan error, 1)
		go func() {
			_, err := w.Sweep(ctx)
			hanging <- err
		}()
		<-arrived
		w.hall.works()
		w.hall.log()
		same(t, "another sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: total - 1}})
		same(t, "one more", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
		cut() // as Lambda does when the time is over
		if err := <-hanging; !errors.Is(err, context.Canceled) {
			t.Errorf("the sweep that hung: got %v, want %v", err, context.Canceled)
		}
		w.step(time.Minute - time.Second)
		same(t, "before the claim is over", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
		w.step(time.Second)
		same(t, "when it is over", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1}})
		if got := len(w.hall.log()); got != total {
			t.Errorf("got %d calls at the provider, want %d", got, total)
		}
	})
}

func TestSweep_ManyAtOnceAskTheProviderOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		var ids []string
		for range w.size(40, 12) {
			ids = append(ids, w.create(t, rooms.Booking{Name: "x", Provider: hallName, Participants: []string{bob}, End: noon.Add(time.Hour)}).ID)
		}
		w.hall.fail(errHall)
		for _, id := range ids {
			if _, err := w.RemoveParticipant(t.Context(), ada, id, bob, 0); err != nil {
				t.Fatal(err)
			}
		}
		w.hall.works()
		w.hall.log()
		w.step(time.Hour)
		var all [4]rooms.Swept
		var sweeping sync.WaitGroup
		for i := range all {
			sweeping.Go(func() { all[i] = w.sweep(t) })
		}
		sweeping.Wait()
		var sum rooms.Swept
		for _, swept := range all {
			sum.Finished, sum.Expelled, sum.Failed = sum.Finished+swept.Finished, sum.Expelled+swept.Expelled, sum.Failed+swept.Failed
		}
		if want := (rooms.Swept{Finished: len(ids), Expelled: len(ids)}); sum != want {
			t.Errorf("got %+v in all, want %+v", sum, want)
		}
		if got := len(w.hall.log()); got != 2*len(ids) {
			t.Errorf("got %d calls at the provider, want %d", got, 2*len(ids))
		}
		for _, id := range ids {
			if closed, banned := w.hall.done(id); closed != 1 || banned != 1 {
				t.Errorf("room %s: got it closed %d times and %d banned, want each once", id, closed, banned)
			}
		}
	})
}

// A sweep that stops begins, the next time, where it did not come to: each shard has its turn before one has its second.
func TestSweep_GoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		ends := noon.Add(time.Hour)
		if err := rooms.SeedEnding(t.Context(), w.store.seeding(), ada, 3*16, noon, ends); err != nil {
			t.Fatal(err)
		}
		w.step(time.Hour)
		rooms.LimitSweep(w.Service, 1)
		turns := map[string]int{}
		before := w.openEntries(t)
		for i := range 3 * 16 {
			swept := w.sweep(t)
			if want := (rooms.Swept{Finished: 1, Left: 3*16 - i - 1}); swept != want {
				t.Errorf("sweep %d: got %+v, want %+v", i, swept, want)
			}
			after := w.openEntries(t)
			for id := range before {
				if !after[id] {
					turns[id[len(id)-1:]]++
				}
			}
			before = after
			had := slices.Sorted(maps.Values(turns))
			if len(had) < min(i+1, 16) || i >= 16 && had[len(had)-1] > had[0]+1 {
				t.Fatalf("after sweep %d: got the turns %v, want each shard's before another one's next", i, turns)
			}
		}
		same(t, "the last sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
	})
}

// openEntries gives the rooms that stand on ada's list of those not known to be over.
func (w *world) openEntries(t *testing.T) map[string]bool {
	t.Helper()
	ids, err := rooms.OpenRooms(t.Context(), w.store.Store, ada)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// A sweep that is killed by what it does first has the next one begin elsewhere, also when a note told it where to begin.
func TestSweep_KilledAtItsFirstTask(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		if err := rooms.SeedEnding(t.Context(), w.store.seeding(), ada, 2*16, noon, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		w.step(time.Hour)
		rooms.LimitSweep(w.Service, 1)
		w.sweep(t) // leaves a note
		rooms.LimitSweep(w.Service, 1000)
		tried := map[string]bool{}
		for i := range 4 {
			ctx, kill := context.WithCancel(t.Context())
			w.store.set(trap{kind: getCall, n: 2, before: func() error { kill(); return errCut }})
			swept, err := w.Sweep(ctx)
			kill()
			if !errors.Is(err, errCut) || counted(swept) != (rooms.Swept{Failed: 1}) {
				t.Errorf("sweep %d: got %+v, %v, want it killed at its first task", i, swept, err)
			}
			tried[w.store.asked()] = true
			w.step(time.Minute)
		}
		if len(tried) < 3 { // the one of the note may be that of the next minute as well
			t.Errorf("got them killed in the shards %v, want others again and again", tried)
		}
		w.sweep(t)
	})
}

// The counts say what is left, and how late the sweep is.
func TestSweep_SaysHowLateItIs(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for _, minutes := range []time.Duration{10, 20} {
			w.create(t, rooms.Booking{Name: "x", End: noon.Add(minutes * time.Minute)})
		}
		w.step(30 * time.Minute)
		rooms.LimitSweep(w.Service, 1)
		first, err := w.Sweep(t.Context())
		if err != nil || first != (rooms.Swept{Finished: 1, Left: 1, Oldest: 20 * time.Minute}) {
			t.Errorf("got %+v, %v, want 1 finished, 1 left, 20 minutes", first, err)
		}
	})
}
