package rooms_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gavel/shared/config"
	"gavel/shared/rooms"
)

var errAlarm = errors.New("no alarm to be had")

// has demands that a room has a status, in its answer and on the lists, and that no other list has it.
func (w *world) has(t *testing.T, user, id string, want rooms.Status) {
	t.Helper()
	if got := w.get(t, user, id).Status; got != want {
		t.Errorf("get: got %s, want %s", got, want)
	}
	for _, status := range []rooms.Status{rooms.StatusBooked, rooms.StatusStarted, rooms.StatusEnded} {
		var ids []string
		if status == want {
			ids = []string{id}
		}
		same(t, "the list of those "+string(status), w.rooms(t, user, status), ids)
	}
}

// No sweep runs here: the status follows the clock, to the second.
func TestLifecycle_ByTheClockAlone(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t, bob)
		w.has(t, bob, room.ID, rooms.StatusBooked)
		w.step(time.Hour - 1)
		w.has(t, bob, room.ID, rooms.StatusBooked)
		w.step(1)
		w.has(t, bob, room.ID, rooms.StatusStarted)
		w.step(time.Hour - 1)
		w.has(t, bob, room.ID, rooms.StatusStarted)
		w.step(1)
		w.has(t, bob, room.ID, rooms.StatusEnded)
		if swept := w.sweep(t); swept.Finished != 1 {
			t.Errorf("sweep: got %+v, want 1 finished", swept)
		}
		w.has(t, bob, room.ID, rooms.StatusEnded)
		same(t, "at the provider", w.hall.log(), []string{"close"})
	})
}

// R6: without a time a room ends now.
func TestEnd_NowIsFinal(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		w.step(90*time.Second + 400*time.Millisecond)
		ended, effect, err := w.End(t.Context(), ada, room.ID, 0)
		if err != nil || ended.Status != rooms.StatusEnded || !ended.End.Equal(w.now()) {
			t.Errorf("got %+v, %v, want it ended", ended, err)
		}
		if len(effect.Actions) != 1 || effect.Provider != hallName || effect.Err != nil {
			t.Errorf("got %+v, want it closed", effect)
		}
		w.has(t, bob, room.ID, rooms.StatusEnded)
		_, _, err = w.End(t.Context(), ada, room.ID, time.Hour)
		if rule := refused(t, "again", err, rooms.Ended); !rule.End.Equal(ended.End) || !rule.Start.Equal(room.Start) {
			t.Errorf("again: got %+v, want the room's times", rule)
		}
		w.step(time.Minute)
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1}})
		same(t, "at the provider, once", w.hall.log(), []string{"close"})
	})
}

func TestEnd_LaterReplacesEarlier(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		for _, left := range []time.Duration{time.Minute, time.Hour, 10 * time.Minute, 10 * time.Minute} {
			got := w.end(t, room.ID, left)
			if want := w.now().Add(left); !got.End.Equal(want) || got.Status != rooms.StatusStarted {
				t.Errorf("%s left: got %s until %s, want %s", left, got.Status, got.End, want)
			}
		}
		times := w.alarm.of(room.ID)
		if len(times) != 4 || !times[3].Equal(noon.Add(10*time.Minute)) {
			t.Errorf("alarm: got %v, want the fourth at ten past", times)
		}
		w.step(10*time.Minute - time.Second)
		if swept := w.sweep(t); swept != (rooms.Swept{}) {
			t.Errorf("before the end: got %+v, want nothing done", swept)
		}
		w.step(time.Second)
		if swept := w.sweep(t); swept.Finished != 1 {
			t.Errorf("at the end: got %+v, want 1 finished", swept)
		}
		same(t, "at the provider", w.hall.log(), []string{"close"})
		w.has(t, bob, room.ID, rooms.StatusEnded)
	})
}

func TestEnd_CancelsABookedRoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t, bob)
		_, effect, err := w.End(t.Context(), ada, room.ID, 0)
		if err != nil || effect.Provider != "" {
			t.Errorf("got %+v, %v, want nothing done at the provider", effect, err)
		}
		w.has(t, bob, room.ID, rooms.StatusEnded)
		w.step(3 * time.Hour)
		w.has(t, bob, room.ID, rooms.StatusEnded)
		if swept := w.sweep(t); swept.Finished != 1 {
			t.Errorf("sweep: got %+v, want 1 finished", swept)
		}
		same(t, "at the provider", w.hall.log(), nil)
	})
}

// Somebody can have joined in the very second in which a room starts and is ended.
func TestEnd_InTheSecondOfTheStart(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.step(200 * time.Millisecond)
		room := w.open(t, bob)
		if _, _, err := w.Join(t.Context(), bob, room.ID); err != nil {
			t.Fatal(err)
		}
		w.step(200 * time.Millisecond)
		w.end(t, room.ID, 0)
		same(t, "at the provider", w.hall.log(), []string{"admit " + bob, "close"})
	})
}

func TestAlarm(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t)
		finish := func(when, id string, want int) {
			t.Helper()
			swept, err := w.FinishRoom(t.Context(), id)
			if err != nil || swept.Finished != want || swept.Failed != 0 {
				t.Errorf("%s: got %+v, %v, want %d finished", when, swept, err, want)
			}
		}
		finish("for an unknown room", "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e", 0)
		finish("for a room without an end", w.open(t).ID, 0)
		finish("early", room.ID, 0)
		w.step(2*time.Hour - time.Second)
		finish("a second early", room.ID, 0)
		w.step(time.Second)
		finish("in time", room.ID, 1)
		finish("twice", room.ID, 0)
		same(t, "at the provider", w.hall.log(), []string{"close"})
		same(t, "what the sweep finds", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
	})
}

// Moved ends leave schedules behind that fire for nothing.
func TestAlarm_OfAnEndThatWasMoved(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t)
		if _, _, err := w.Update(t.Context(), ada, room.ID, rooms.Update{End: new(noon.Add(3 * time.Hour))}); err != nil {
			t.Fatal(err)
		}
		w.step(2 * time.Hour)
		if swept, err := w.FinishRoom(t.Context(), room.ID); err != nil || swept != (rooms.Swept{}) {
			t.Errorf("got %+v, %v, want nothing done", swept, err)
		}
		w.has(t, ada, room.ID, rooms.StatusStarted)
	})
}

func TestAlarm_MissedIsCaughtBySweep(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.alarm.err = errAlarm
		room := w.booked(t)
		w.step(90 * time.Minute)
		w.end(t, room.ID, time.Minute)
		w.step(time.Minute)
		if swept := w.sweep(t); swept.Finished != 1 {
			t.Errorf("got %+v, want 1 finished", swept)
		}
	})
}

// A schedule group that is not there keeps no room from being made, and is told of once.
//
//nolint:paralleltest // it looks at the one default logger
func TestAlarm_ThatIsNotConfigured(t *testing.T) {
	log, former := &bytes.Buffer{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { slog.SetDefault(former) })
	w := onEmbedded(t)
	w.alarm.err = fmt.Errorf("schedule: %w", &config.Unusable{What: "the schedule group is not there"})
	w.booked(t)
	w.booked(t)
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=ERROR") || !strings.Contains(got, "the schedule group is not there") {
		t.Errorf("got %q, want one line", got)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	at := func(hours time.Duration) *time.Time { return new(noon.Add(hours * time.Hour)) }
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t) // from 13:00 to 14:00
		for _, step := range []struct {
			name       string
			update     rooms.Update
			want       rooms.Code
			start, end time.Duration
		}{
			{"nothing", rooms.Update{}, ok, 1, 2},
			{"the name", rooms.Update{Name: new("Retro")}, ok, 1, 2},
			{"end before start", rooms.Update{End: at(0)}, rooms.Invalid, 1, 2},
			{"start behind the end", rooms.Update{Start: at(2)}, rooms.Invalid, 1, 2},
			{"both", rooms.Update{Start: at(3), End: at(5)}, ok, 3, 5},
			{"the start", rooms.Update{Start: at(2)}, ok, 2, 5},
			{"the end", rooms.Update{End: at(4)}, ok, 2, 4},
			{"the same again", rooms.Update{Start: at(2), End: at(4), Name: new("Retro")}, ok, 2, 4},
		} {
			_, _, err := w.Update(t.Context(), ada, room.ID, step.update)
			answered(t, step.name, err, step.want)
			got := w.get(t, ada, room.ID)
			if !got.Start.Equal(*at(step.start)) || !got.End.Equal(*at(step.end)) {
				t.Errorf("%s: got %s to %s, want %d to %d hours past noon", step.name, got.Start, got.End, step.start, step.end)
			}
		}
		if got := w.get(t, ada, room.ID).Name; got != "Retro" {
			t.Errorf("got the name %q, want Retro", got)
		}
		if got := len(w.alarm.of(room.ID)); got != 3 {
			t.Errorf("got the alarm set %d times, want 3: when it was made and when its end moved", got)
		}
	})
}

func TestUpdate_OfAStartedRoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t)
		w.step(90 * time.Minute)
		_, _, err := w.Update(t.Context(), ada, room.ID, rooms.Update{Start: new(w.now().Add(time.Hour)), End: new(w.now().Add(2 * time.Hour))})
		refused(t, "moving the start", err, rooms.Started)
		_, _, err = w.Update(t.Context(), ada, room.ID, rooms.Update{End: new(w.now())})
		refused(t, "an end that has come", err, rooms.Invalid)
		got, _, err := w.Update(t.Context(), ada, room.ID, rooms.Update{Start: &room.Start, End: new(w.now().Add(time.Hour))})
		if err != nil || !got.End.Equal(noon.Add(150*time.Minute)) {
			t.Errorf("the same start and a later end: got %+v, %v, want it to go on until then", got, err)
		}
		open := w.open(t)
		if _, _, err := w.Update(t.Context(), ada, open.ID, rooms.Update{Name: new("Still open")}); err != nil {
			t.Errorf("the name of an open room: got %v, want no error", err)
		}
	})
}

// The one thing that can be changed once a room has ended, and alone.
func TestUpdateProfile_ArchivesAnEndedRoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.over(t, bob)
		for _, archived := range []bool{true, false, true} {
			p, err := w.UpdateProfile(t.Context(), bob, room.ID, rooms.Profile{Archived: &archived})
			if err != nil || p.Archived != archived || w.get(t, bob, room.ID).Archived != archived {
				t.Errorf("archive %t: got %+v, %v, want that", archived, p, err)
			}
		}
		_, err := w.UpdateProfile(t.Context(), bob, room.ID, rooms.Profile{Name: new("B"), Archived: new(false)})
		refused(t, "with a name beside it", err, rooms.Ended)
		if !w.get(t, bob, room.ID).Archived || w.get(t, ada, room.ID).Archived {
			t.Error("got another flag than the one that was set, for the user who set it")
		}
		// R9: it hides nothing.
		same(t, "bob's rooms", w.rooms(t, bob, ""), []string{room.ID})
	})
}
