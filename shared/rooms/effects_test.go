package rooms_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gavel/shared/rooms"
)

func actions(effect rooms.Effect) []string {
	var all []string
	for _, a := range effect.Actions {
		all = append(all, a.Name+" "+a.Outcome)
	}
	return all
}

func TestRemoveParticipant_BansAndKicks(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		effect, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0)
		if err != nil || effect.Provider != hallName || effect.Err != nil {
			t.Errorf("got %+v, %v, want it done at the provider", effect, err)
		}
		same(t, "actions", actions(effect), []string{"ban banned", "kick kicked"})
		w.step(time.Hour)
		same(t, "left for the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
	})
}

func TestRemoveParticipant_OfABookedRoomIsNothingToTheProvider(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t, bob)
		effect, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0)
		if err != nil || effect.Provider != "" {
			t.Errorf("got %+v, %v, want nothing done at the provider", effect, err)
		}
		same(t, "at the provider", w.hall.log(), nil)
	})
}

// The room's own state is right whatever the provider does, and the answer says what it did.
func TestEffects_ProviderFails(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd)
		w.hall.fail(errHall)
		effect, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0)
		if err != nil || effect.Provider != hallName || !errors.Is(effect.Err, errHall) || len(effect.Actions) != 0 {
			t.Errorf("remove: got %+v, %v, want the provider's error and nothing done", effect, err)
		}
		_, err = w.Get(t.Context(), bob, room.ID)
		refused(t, "get by who was removed", err, rooms.NotFound)

		w.hall.fail(nil)
		w.hall.partly = errHall
		effect, err = w.RemoveParticipant(t.Context(), ada, room.ID, cyd, 0)
		if err != nil || !errors.Is(effect.Err, errHall) {
			t.Errorf("remove: got %+v, %v, want the provider's error", effect, err)
		}
		same(t, "what was done in spite of it", actions(effect), []string{"ban banned"})

		w.hall.fail(errHall)
		ended, effect, err := w.End(t.Context(), ada, room.ID, 0)
		if err != nil || ended.Status != rooms.StatusEnded || !errors.Is(effect.Err, errHall) || len(effect.Actions) != 0 {
			t.Errorf("end: got %+v, %+v, %v, want it ended and the provider's error", ended, effect, err)
		}

		w.hall.works()
		w.hall.log()
		w.step(time.Minute)
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1, Expelled: 2}})
		if got := len(w.hall.log()); got != 3 {
			t.Errorf("got %d calls at the provider, want 3", got)
		}
	})
}

// A caller who does not wait for the provider leaves a room behind that is right.
func TestEffects_ProviderHangs(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		arrived := w.hall.hang()
		impatient := func(call string, work func(ctx context.Context) (rooms.Effect, error)) {
			t.Helper()
			ctx, leave := context.WithCancel(t.Context())
			go func() { <-arrived; leave() }()
			if effect, err := work(ctx); err != nil || !errors.Is(effect.Err, context.Canceled) {
				t.Errorf("%s: got %+v, %v, want that it was not done in time", call, effect, err)
			}
		}
		impatient("remove", func(ctx context.Context) (rooms.Effect, error) {
			return w.RemoveParticipant(ctx, ada, room.ID, bob, 0)
		})
		impatient("end", func(ctx context.Context) (rooms.Effect, error) {
			_, effect, err := w.End(ctx, ada, room.ID, 0)
			return effect, err
		})
		w.has(t, ada, room.ID, rooms.StatusEnded)
		same(t, "bob's rooms", w.rooms(t, bob, ""), nil)

		w.step(time.Minute)
		ctx, leave := context.WithCancel(t.Context())
		go func() { <-arrived; leave() }()
		if _, err := w.Sweep(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a sweep that hangs: got %v, want %v", err, context.Canceled)
		}
		w.audit(t)

		w.hall.works()
		w.step(time.Minute) // by when the claim of who was cut off is over
		same(t, "the next sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1, Expelled: 1}})
	})
}

// A function without the provider that a room is bound to, and without alarms, keeps the state right.
func TestEffects_ProviderNotServed(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		bare := rooms.New(rooms.Options{Store: w.store, Now: w.now})
		_, _, err := bare.Join(t.Context(), bob, room.ID)
		if _, rule := errors.AsType[*rooms.Error](err); err == nil || rule {
			t.Errorf("join: got %v, want a fault", err)
		}
		effect, err := bare.RemoveParticipant(t.Context(), ada, room.ID, bob, 0)
		if err != nil || effect.Err == nil || effect.Provider != hallName {
			t.Errorf("remove: got %+v, %v, want it not done at %s", effect, err, hallName)
		}
		ended, effect, err := bare.End(t.Context(), ada, room.ID, 0)
		if err != nil || effect.Err == nil || ended.Status != rooms.StatusEnded {
			t.Errorf("end: got %+v, %+v, %v, want it ended, and not done at the provider", ended, effect, err)
		}
		w.step(time.Minute)
		same(t, "the sweep of a function that has it", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1, Expelled: 1}})
	})
}
