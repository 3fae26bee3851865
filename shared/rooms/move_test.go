package rooms_test

import (
	"errors"
	"testing"
	"time"

	"gavel/shared/rooms"
)

// scheduled makes a room from one to two o'clock at a provider that keeps a calendar.
func (w *world) scheduled(t *testing.T) rooms.Room {
	t.Helper()
	return w.create(t, rooms.Booking{
		Name: "Stand-up", Start: noon.Add(time.Hour), End: noon.Add(2 * time.Hour), Participants: []string{bob}, Provider: calendarName,
	})
}

func TestUpdate_TellsTheCalendar(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.scheduled(t)
		_, effect, err := w.Update(t.Context(), ada, room.ID, rooms.Update{Name: new("Retro"), End: new(noon.Add(3 * time.Hour))})
		if err != nil || effect.Provider != calendarName || effect.Err != nil {
			t.Errorf("got %+v, %v, want it done at the provider", effect, err)
		}
		same(t, "actions", actions(effect), []string{"reschedule updated"})
		same(t, "at the provider", w.hall.log(), []string{"reschedule Retro 13:00:00 15:00:00"})
		if _, effect, err = w.Update(t.Context(), ada, room.ID, rooms.Update{Name: new("Retro")}); err != nil || effect.Provider != "" {
			t.Errorf("got %+v, %v, want nothing done for a change that is none", effect, err)
		}
		w.step(90 * time.Minute)
		_, effect, err = w.End(t.Context(), ada, room.ID, 10*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "actions of an end to come", actions(effect), []string{"reschedule updated"})
		same(t, "at the provider", w.hall.log(), []string{"reschedule Retro 13:00:00 13:40:00"})
		w.step(time.Minute)
		same(t, "left for the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
		same(t, "at the provider after the sweep", w.hall.log(), nil)
	})
}

func TestUpdate_OtherProvidersAreNotTold(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for _, room := range []rooms.Room{w.booked(t, bob), w.create(t, rooms.Booking{Name: "Stand-up"})} {
			_, effect, err := w.Update(t.Context(), ada, room.ID, rooms.Update{Name: new("Retro")})
			if err != nil || effect.Provider != "" {
				t.Errorf("got %+v, %v, want nothing done at a provider", effect, err)
			}
		}
		same(t, "at the provider", w.hall.log(), nil)
	})
}

// What is told in the end is how the room is booked then, however often it failed and changed in between.
func TestUpdate_CalendarFails(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.scheduled(t)
		w.hall.fail(errHall)
		for _, name := range []string{"Retro", "Review"} {
			got, effect, err := w.Update(t.Context(), ada, room.ID, rooms.Update{Name: &name})
			if err != nil || got.Name != name || !errors.Is(effect.Err, errHall) {
				t.Errorf("got %+v, %+v, %v, want the change and the provider's error", got, effect, err)
			}
			w.step(time.Second)
		}
		w.step(time.Minute)
		same(t, "a sweep that fails", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Failed: 2}})
		w.audit(t)
		w.hall.works()
		w.hall.log()
		w.step(20 * time.Second) // both would be due again at one time, so that one is left
		same(t, "a sweep that does not", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Rescheduled: 1}})
		for _, call := range w.hall.log() {
			if call != "reschedule Review 13:00:00 14:00:00" {
				t.Errorf("got %s, want the last state", call)
			}
		}
		w.step(time.Minute)
		same(t, "another", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
		same(t, "at the provider", w.hall.log(), nil)
	})
}

func TestUpdate_CalendarOfARoomThatIsOver(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.scheduled(t)
		w.hall.fail(errHall)
		if _, _, err := w.Update(t.Context(), ada, room.ID, rooms.Update{Name: new("Retro")}); err != nil {
			t.Fatal(err)
		}
		w.hall.works()
		w.hall.log()
		w.step(5 * time.Hour)
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1, Rescheduled: 1}})
		same(t, "at the provider", w.hall.log(), []string{"close"}) // which has not heard of the end
	})
}

// What nobody has been in yet stands in the calendar all the same.
func TestEnd_BeforeTheStartClosesAtACalendar(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.scheduled(t)
		_, effect, err := w.End(t.Context(), ada, room.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "actions", actions(effect), []string{"destroy destroyed"})
	})
}

// At its own time a conference in a calendar closes by itself.
func TestSweep_CalendarClosesByItself(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.scheduled(t)
		w.step(5 * time.Hour)
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1}})
		same(t, "at the provider", w.hall.log(), nil)
	})
}

// A room that was ended at once is closed until that succeeds.
func TestSweep_ClosesAtACalendarWhatWasEndedEarly(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.scheduled(t)
		w.hall.fail(errHall)
		if _, effect, err := w.End(t.Context(), ada, room.ID, 0); err != nil || !errors.Is(effect.Err, errHall) {
			t.Errorf("got %+v, %v, want the provider's error", effect, err)
		}
		w.hall.works()
		w.hall.log()
		w.step(time.Minute)
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1}})
		same(t, "at the provider", w.hall.log(), []string{"close"})
	})
}
