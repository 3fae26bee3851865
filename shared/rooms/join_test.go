package rooms_test

import (
	"errors"
	"testing"
	"time"

	"gavel/shared/rooms"
)

func TestJoin_AdminsModerate(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd)
		w.grant(t, room.ID, cyd)
		if _, err := w.UpdateProfile(t.Context(), bob, room.ID, rooms.Profile{Name: new("Bob")}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []struct {
			user, name string
			role       rooms.Role
		}{{ada, "", rooms.Admin}, {bob, "Bob", rooms.Member}, {cyd, "", rooms.Admin}} {
			role, admission, err := w.Join(t.Context(), want.user, room.ID)
			if err != nil || role != want.role || admission.URL == "" {
				t.Errorf("%s: got %s, %+v, %v, want %s", want.user, role, admission, err, want.role)
			}
			issued := w.hall.admissions()
			got := issued[len(issued)-1].Guest
			if got.ID != want.user || got.Name != want.name || got.Moderator != (want.role == rooms.Admin) {
				t.Errorf("%s: got %+v, want them, as a moderator only with the role", want.user, got)
			}
		}
	})
}

func TestJoin_EndsWithTheRoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for name, tt := range map[string]struct{ left, want time.Duration }{
			"open":                  {0, 2 * time.Hour},
			"a quarter":             {15 * time.Minute, 15 * time.Minute},
			"longer than open ones": {5 * time.Hour, 5 * time.Hour},
			"a day":                 {24 * time.Hour, 24 * time.Hour},
			"longer than a day":     {72 * time.Hour, 24 * time.Hour},
		} {
			b := rooms.Booking{Name: name, Provider: hallName}
			if tt.left > 0 {
				b.End = w.now().Add(tt.left)
			}
			room := w.create(t, b)
			if _, admission, err := w.Join(t.Context(), ada, room.ID); err != nil || !admission.Expires.Equal(w.now().Add(tt.want)) {
				t.Errorf("%s: got %s, %v, want %s", name, admission.Expires, err, w.now().Add(tt.want))
			}
		}
	})
}

// Providers know whole seconds and none at all as a lifetime.
func TestJoin_InTheLastSecond(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t)
		w.step(2*time.Hour - time.Millisecond)
		_, admission, err := w.Join(t.Context(), ada, room.ID)
		if err != nil || !admission.Expires.Equal(w.now().Add(time.Second)) {
			t.Errorf("got %s, %v, want a second", admission.Expires, err)
		}
	})
}

func TestJoin_RefusalSaysWhen(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t, bob)
		for _, want := range []rooms.Code{rooms.NotStarted, ok, rooms.Ended} {
			_, _, err := w.Join(t.Context(), bob, room.ID)
			answered(t, "join", err, want)
			if rule, is := errors.AsType[*rooms.Error](err); is && (!rule.Start.Equal(room.Start) || !rule.End.Equal(room.End)) {
				t.Errorf("%s: got %s to %s, want %s to %s", want, rule.Start, rule.End, room.Start, room.End)
			}
			w.step(time.Hour)
		}
		same(t, "at the provider", w.hall.log(), []string{"admit " + bob})
	})
}

func TestJoin_NothingToJoin(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.create(t, rooms.Booking{Name: "Chat only"})
		_, _, err := w.Join(t.Context(), ada, room.ID)
		refused(t, "join", err, rooms.Unbound)
		if _, err := w.RemoveParticipant(t.Context(), ada, w.create(t, rooms.Booking{Name: "x", Participants: []string{bob}}).ID, bob, 0); err != nil {
			t.Errorf("remove: got %v, want no error", err)
		}
		if _, effect, err := w.End(t.Context(), ada, room.ID, 0); err != nil || effect.Provider != "" {
			t.Errorf("end: got %+v, %v, want nothing done at a provider", effect, err)
		}
	})
}

func TestJoin_ProviderFails(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t)
		w.hall.fail(errHall)
		if _, _, err := w.Join(t.Context(), ada, room.ID); !errors.Is(err, errHall) {
			t.Errorf("got %v, want the provider's error", err)
		}
	})
}

// A ban cannot be lifted and reaches all rooms, a removal is from one.
func TestJoin_AfterARemoval(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room, other := w.open(t, bob), w.open(t, bob)
		for range 2 {
			if _, _, err := w.Join(t.Context(), bob, room.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
				t.Fatal(err)
			}
			if _, err := w.AddParticipants(t.Context(), ada, room.ID, []string{bob}); err != nil {
				t.Fatal(err)
			}
		}
		for _, id := range []string{room.ID, other.ID} {
			if _, _, err := w.Join(t.Context(), bob, id); err != nil {
				t.Fatal(err)
			}
		}
		var guests []string
		for _, a := range w.hall.admissions() {
			guests = append(guests, a.ID)
		}
		same(t, "guests", guests, []string{bob, bob + "~1", bob + "~2", bob + "~2"})
		same(t, "at the provider", w.hall.log(), []string{
			"admit bob", "expel bob", "admit bob~1", "expel bob~1", "admit bob~2", "admit bob~2",
		})
	})
}

// Wherever a removal comes between, the admission is one that the removal has made worthless.
func TestJoin_WhileBeingRemoved(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for n := 1; ; n++ {
			room := w.open(t, bob)
			w.store.set(trap{n: n, before: func() error {
				_, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0)
				return err
			}})
			before := len(w.hall.admissions())
			_, _, err := w.Join(t.Context(), bob, room.ID)
			if w.store.disarm() {
				return // the join needs no more calls
			}
			issued := w.hall.admissions()[before:]
			if err != nil {
				refused(t, "join", err, rooms.NotFound)
			}
			if len(issued) == 1 && w.hall.lets(issued[0]) {
				t.Errorf("removed before call %d: got in as %s", n, issued[0].ID)
			}
		}
	})
}
