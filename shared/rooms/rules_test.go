package rooms_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gavel/shared/rooms"
)

// codes are what a call is answered in a room that is booked, started and ended; empty for no error.
type codes [3]rooms.Code

const (
	ok     rooms.Code = ""
	noRoom            = rooms.NotFound
)

var (
	always    = codes{ok, ok, ok}
	untilOver = codes{ok, ok, rooms.Ended}
	never     = codes{rooms.Forbidden, rooms.Forbidden, rooms.Forbidden}
)

// operation is one thing to be done in a room, and who may do it when. Those of admins come in an
// order in which each can be done after the others; "eve" is not in the room before.
type operation struct {
	name               string
	participant, admin codes
	call               func(ctx context.Context, w *world, caller, room string) error
}

func operations(fileID string) []operation {
	return []operation{
		{"get", always, always, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.Get(ctx, caller, room)
			return err
		}},
		{"list participants", always, always, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.ListParticipants(ctx, caller, room, 10, "")
			return err
		}},
		{"list chat", always, always, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.ListChat(ctx, caller, room, 10, "")
			return err
		}},
		{"download", always, always, func(ctx context.Context, w *world, caller, room string) error {
			_, _, err := w.DownloadURL(ctx, caller, room, fileID)
			return err
		}},
		{"archive", always, always, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.UpdateProfile(ctx, caller, room, rooms.Profile{Archived: new(true)})
			return err
		}},
		{"rename oneself", untilOver, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.UpdateProfile(ctx, caller, room, rooms.Profile{Name: new("Nick")})
			return err
		}},
		{"rename oneself and archive", untilOver, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.UpdateProfile(ctx, caller, room, rooms.Profile{Name: new("Nick"), Archived: new(false)})
			return err
		}},
		{"send chat", untilOver, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.SendChat(ctx, caller, room, "hello", "")
			return err
		}},
		{"send a file", untilOver, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.SendChat(ctx, caller, room, "", fileID)
			return err
		}},
		{"upload", untilOver, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, _, err := w.UploadURL(ctx, caller, room, rooms.Attachment{Name: "a", Size: 1, ContentType: "text/plain"})
			return err
		}},
		{"join", codes{rooms.NotStarted, ok, rooms.Ended}, codes{rooms.NotStarted, ok, rooms.Ended}, func(ctx context.Context, w *world, caller, room string) error {
			_, _, err := w.Join(ctx, caller, room)
			return err
		}},
		{"update", never, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, _, err := w.Update(ctx, caller, room, rooms.Update{Name: new("Retro")})
			return err
		}},
		{"add", never, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.AddParticipants(ctx, caller, room, []string{"eve"})
			return err
		}},
		{"grant", never, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.GrantAdmin(ctx, caller, room, "eve")
			return err
		}},
		{"revoke", never, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.RevokeAdmin(ctx, caller, room, "eve")
			return err
		}},
		{"remove", never, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, err := w.RemoveParticipant(ctx, caller, room, "eve", 0)
			return err
		}},
		{"end", never, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, _, err := w.End(ctx, caller, room, time.Hour)
			return err
		}},
		{"end at once", never, untilOver, func(ctx context.Context, w *world, caller, room string) error {
			_, _, err := w.End(ctx, caller, room, 0)
			return err
		}},
	}
}

// answered demands the code of a call's error, or none.
func answered(t *testing.T, call string, err error, want rooms.Code) {
	t.Helper()
	if want != ok {
		refused(t, call, err, want)
	} else if err != nil {
		t.Errorf("%s: got %v, want no error", call, err)
	}
}

// The rules R2, R3, R4, R6 and R10 of the contract, and that ended is final.
func TestRules_WhoMayDoWhatWhen(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for i, status := range []rooms.Status{rooms.StatusBooked, rooms.StatusStarted, rooms.StatusEnded} {
			room := w.booked(t, bob)
			file := w.upload(t, bob, room.ID, "minutes")
			w.step(time.Duration(i) * time.Hour)
			if got := w.get(t, bob, room.ID).Status; got != status {
				t.Fatalf("got %s, want %s", got, status)
			}
			for _, op := range operations(file) {
				call := string(status) + ", " + op.name
				answered(t, call+" by a stranger", op.call(t.Context(), w, mallory, room.ID), noRoom)
				answered(t, call+" by a participant", op.call(t.Context(), w, bob, room.ID), op.participant[i])
				answered(t, call+" by an admin", op.call(t.Context(), w, ada, room.ID), op.admin[i])
			}
		}
	})
}

// Who is not in a room learns nothing about it, not even whether it exists.
func TestRules_RoomsDoNotLeak(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		file := w.upload(t, bob, room.ID, "minutes")
		const nowhere = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"
		for _, op := range operations(file) {
			there, nowhere := op.call(t.Context(), w, mallory, room.ID), op.call(t.Context(), w, mallory, nowhere)
			if there == nil || nowhere == nil || there.Error() != nowhere.Error() {
				t.Errorf("%s: got %v for a room and %v for none, want the same", op.name, there, nowhere)
			}
		}
		if got := w.rooms(t, mallory, ""); len(got) != 0 {
			t.Errorf("list: got %v, want nothing", got)
		}
	})
}

// R1: whoever has a token can make a room and is its admin. R7: the ids are those of the tokens.
func TestCreate_MakesTheCallerAdmin(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.step(1500 * time.Millisecond)
		room, err := w.Create(t.Context(), mallory, rooms.Booking{Name: "Mine", Participants: []string{bob, mallory, bob}})
		if err != nil {
			t.Fatal(err)
		}
		want := rooms.Room{
			ID: room.ID, Name: "Mine", Status: rooms.StatusStarted, Start: noon.Add(time.Second),
			Participants: 2, Admins: 1, CreatedBy: mallory, CreatedAt: noon.Add(1500 * time.Millisecond), Role: rooms.Admin,
		}
		if room != want {
			t.Errorf("create: got %+v, want %+v", room, want)
		}
		if got := w.get(t, mallory, room.ID); got != want {
			t.Errorf("get: got %+v, want %+v", got, want)
		}
		if got := w.get(t, bob, room.ID).Role; got != rooms.Member {
			t.Errorf("who was invited: got %s, want %s", got, rooms.Member)
		}
		if id, err := rooms.ParseID(room.ID); err != nil || id != room.ID {
			t.Errorf("id: got %s, %v, want %s", id, err, room.ID)
		}
	})
}

func TestCreate_ChecksTimes(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for name, b := range map[string]rooms.Booking{
			"end before start":            {Start: noon.Add(2 * time.Hour), End: noon.Add(time.Hour)},
			"end at start":                {Start: noon.Add(time.Hour), End: noon.Add(time.Hour)},
			"end in the second of start":  {Start: noon.Add(time.Hour), End: noon.Add(time.Hour + time.Second - 1)},
			"end in the past":             {Start: noon.Add(-2 * time.Hour), End: noon.Add(-time.Hour)},
			"end now":                     {Start: noon.Add(-time.Hour), End: noon},
			"end in the past, no start":   {End: noon.Add(-time.Hour)},
			"end within the first second": {End: noon.Add(time.Second - 1)},
		} {
			_, err := w.Create(t.Context(), ada, b)
			if rule := refused(t, name, err, rooms.Invalid); rule.Field != "end_time" {
				t.Errorf("%s: got the field %q, want end_time", name, rule.Field)
			}
		}
		if got := w.rooms(t, ada, ""); len(got) != 0 {
			t.Errorf("got the rooms %v, want none", got)
		}
	})
}

// Legacy clients start a room at once by booking it for the past.
func TestCreate_InThePastStartsAtOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.create(t, rooms.Booking{Name: "Now", Start: noon.Add(-time.Hour), End: noon.Add(time.Hour)})
		if room.Status != rooms.StatusStarted {
			t.Errorf("got %s, want %s", room.Status, rooms.StatusStarted)
		}
	})
}

func TestCreate_ProviderThatDoesNotBind(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		_, err := w.Create(t.Context(), ada, rooms.Booking{Name: "x", Provider: "elsewhere"})
		if _, rule := errors.AsType[*rooms.Error](err); err == nil || rule {
			t.Errorf("unknown provider: got %v, want a fault", err)
		}
		w.hall.fail(errHall)
		if _, err := w.Create(t.Context(), ada, rooms.Booking{Name: "x", Provider: hallName}); !errors.Is(err, errHall) {
			t.Errorf("failing provider: got %v, want %v", err, errHall)
		}
		if got := w.rooms(t, ada, ""); len(got) != 0 {
			t.Errorf("got the rooms %v, want none", got)
		}
	})
}
