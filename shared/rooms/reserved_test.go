package rooms_test

import (
	"errors"
	"testing"
	"time"

	"gavel/shared/rooms"
	"gavel/shared/table"
)

// Whoever holds the conferences may open one from the room's start to its end.
func TestReserved_FromStartToEnd(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t, bob)
		for _, tt := range []struct {
			wait time.Duration
			want rooms.Code
		}{
			{0, rooms.NotStarted},
			{time.Hour - time.Nanosecond, rooms.NotStarted},
			{time.Nanosecond, ok},
			{time.Hour - time.Nanosecond, ok},
			{time.Nanosecond, rooms.Ended},
			{48 * time.Hour, rooms.Ended},
		} {
			w.step(tt.wait)
			got, err := w.Reserved(t.Context(), hallName, room.ID)
			answered(t, "reserved", err, tt.want)
			if rule, is := errors.AsType[*rooms.Error](err); is && (!rule.Start.Equal(room.Start) || !rule.End.Equal(room.End)) {
				t.Errorf("%s: got %s to %s, want %s to %s", tt.want, rule.Start, rule.End, room.Start, room.End)
			}
			want := rooms.Reservation{}
			if tt.want == ok {
				want = rooms.Reservation{Conference: "hall/" + room.ID, Start: room.Start, End: room.End, CreatedBy: ada, AskedAt: w.now()}
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		same(t, "at the provider", w.hall.log(), nil)
	})
}

func TestReserved_OfARoomThatStaysOpen(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t)
		w.step(1000 * time.Hour)
		if got, err := w.Reserved(t.Context(), hallName, room.ID); err != nil || !got.End.IsZero() || !got.AskedAt.Equal(w.now()) {
			t.Errorf("got %+v, %v, want no end, and when it was asked for", got, err)
		}
		w.end(t, room.ID, 10*time.Minute)
		if got, err := w.Reserved(t.Context(), hallName, room.ID); err != nil || !got.End.Equal(w.now().Add(10*time.Minute)) {
			t.Errorf("got %+v, %v, want the end that was set", got, err)
		}
		w.end(t, room.ID, 0)
		_, err := w.Reserved(t.Context(), hallName, room.ID)
		refused(t, "reserved after the end", err, rooms.Ended)
	})
}

// A room that is ended before its start never opens.
func TestReserved_EndedBeforeItsStart(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.booked(t)
		w.end(t, room.ID, 0)
		for range 3 {
			_, err := w.Reserved(t.Context(), hallName, room.ID)
			refused(t, "reserved", err, rooms.Ended)
			w.step(time.Hour)
		}
	})
}

// No room is open for another provider than its own, and none of it is told.
func TestReserved_ForAnotherProvider(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		const nowhere = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"
		_, want := w.Reserved(t.Context(), hallName, nowhere)
		refused(t, "no room", want, rooms.NotFound)
		booked, open, over, unbound := w.booked(t), w.open(t), w.over(t), w.create(t, rooms.Booking{Name: "x"})
		for name, ask := range map[string][2]string{
			"booked elsewhere": {calendarName, booked.ID}, "open elsewhere": {calendarName, open.ID}, "over elsewhere": {calendarName, over.ID},
			"unbound": {hallName, unbound.ID}, "of a provider that is not served": {"elsewhere", open.ID},
		} {
			got, err := w.Reserved(t.Context(), ask[0], ask[1])
			refused(t, name, err, rooms.NotFound)
			if got != (rooms.Reservation{}) || err == nil || err.Error() != want.Error() {
				t.Errorf("%s: got %+v, %v, want %v as of no room", name, got, err, want)
			}
		}
		// Of a room without a provider no provider can be asked for.
		_, err := w.Reserved(t.Context(), "", unbound.ID)
		refused(t, "for no provider", err, rooms.Unbound)
	})
}

func TestReserved_OnlyReads(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t)
		got := w.store.count(func() {
			if _, err := w.Reserved(t.Context(), hallName, room.ID); err != nil {
				t.Error(err)
			}
		})
		if want := (tally{Get: 1, Keys: 1}); got != want {
			t.Errorf("got %+v, want one read", got)
		}
	})
}

func TestReserved_StateIsBusy(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t)
		w.store.set(trap{kind: getCall, n: 1, before: func() error { return table.ErrBusy }})
		if got, err := w.Reserved(t.Context(), hallName, room.ID); !errors.Is(err, table.ErrBusy) || got != (rooms.Reservation{}) {
			t.Errorf("got %+v, %v, want %v", got, err, table.ErrBusy)
		}
	})
}
