package rooms_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"gavel/shared/rooms"
)

func TestAddParticipants(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		added, err := w.AddParticipants(t.Context(), ada, room.ID, []string{cyd, bob, cyd, ada, "dan"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "new", added.New, []string{cyd, "dan"})
		same(t, "known", added.Known, []string{bob, ada})
		added, err = w.AddParticipants(t.Context(), ada, room.ID, []string{cyd, "dan"})
		if err != nil || len(added.New) != 0 || len(added.Known) != 2 {
			t.Errorf("again: got %+v, %v, want both known", added, err)
		}
		if got := w.get(t, cyd, room.ID); got.Participants != 4 || got.Admins != 1 || got.Role != rooms.Member {
			t.Errorf("got %+v, want 4 participants, 1 admin and no role for who was added", got)
		}
		same(t, "cyd's rooms", w.rooms(t, cyd, rooms.StatusStarted), []string{room.ID})
	})
}

// As many as a call takes are more than a transaction takes.
func TestAddParticipants_MostInOneCall(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		users := crowd("user", rooms.MaxInvites)
		invited := w.create(t, rooms.Booking{Name: "Invited", Participants: users})
		added := w.create(t, rooms.Booking{Name: "Added"})
		some, err := w.AddParticipants(t.Context(), ada, added.ID, users)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "new", some.New, users)
		for _, room := range []rooms.Room{invited, added} {
			all := w.participants(t, room.ID)
			if got, want := slices.Sorted(maps.Keys(all)), slices.Sorted(slices.Values(append(users, ada))); !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", room.Name, got, want)
			}
			if got := w.get(t, users[99], room.ID).Participants; got != 101 {
				t.Errorf("%s: got %d participants, want 101", room.Name, got)
			}
		}
	})
}

func TestAddParticipants_FullRoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t)
		const pretended = rooms.MaxParticipants - 2
		if err := rooms.Recount(t.Context(), w.store, room.ID, pretended); err != nil {
			t.Fatal(err)
		}
		_, err := w.AddParticipants(t.Context(), ada, room.ID, []string{bob, cyd})
		refused(t, "one too many", err, rooms.Full)
		if _, err := w.AddParticipants(t.Context(), ada, room.ID, []string{bob}); err != nil {
			t.Errorf("the last one: got %v, want no error", err)
		}
		if added, err := w.AddParticipants(t.Context(), ada, room.ID, []string{bob, ada}); err != nil || len(added.Known) != 2 {
			t.Errorf("who is in it: got %+v, %v, want them known", added, err)
		}
		if err := rooms.Recount(t.Context(), w.store, room.ID, -pretended); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRemoveParticipant(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd)
		w.say(t, room.ID, bob, "bye")
		if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
			t.Fatal(err)
		}
		for _, op := range operations(room.ID) {
			refused(t, op.name+" by who was removed", op.call(t.Context(), w, bob, room.ID), rooms.NotFound)
		}
		same(t, "bob's rooms", append(w.rooms(t, bob, ""), w.rooms(t, bob, rooms.StatusStarted)...), nil)
		_, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0)
		refused(t, "again", err, rooms.NotFound)
		_, err = w.RemoveParticipant(t.Context(), ada, room.ID, mallory, 0)
		refused(t, "who was never in it", err, rooms.NotFound)
		if got := w.get(t, cyd, room.ID).Participants; got != 2 {
			t.Errorf("got %d participants, want 2", got)
		}
	})
}

// Who comes back is a mere participant and has no profile.
func TestRemoveParticipant_StartsAnew(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		w.grant(t, room.ID, bob)
		if _, err := w.UpdateProfile(t.Context(), bob, room.ID, rooms.Profile{Name: new("Bob"), Archived: new(true)}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddParticipants(t.Context(), ada, room.ID, []string{bob}); err != nil {
			t.Fatal(err)
		}
		if got, want := w.participants(t, room.ID)[bob], (rooms.Participant{ID: bob}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// R5, in every way there is to lose an admin.
func TestLastAdmin_Stays(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		_, err := w.RevokeAdmin(t.Context(), ada, room.ID, ada)
		refused(t, "revoking it from oneself", err, rooms.LastAdmin)
		_, err = w.RemoveParticipant(t.Context(), ada, room.ID, ada, 0)
		refused(t, "removing oneself", err, rooms.LastAdmin)
		w.grant(t, room.ID, bob)
		if _, err := w.RevokeAdmin(t.Context(), bob, room.ID, ada); err != nil {
			t.Errorf("revoking it from who made the room: got %v, want no error", err)
		}
		_, err = w.RevokeAdmin(t.Context(), bob, room.ID, bob)
		refused(t, "revoking it from oneself, as the one who is left", err, rooms.LastAdmin)
		_, err = w.RemoveParticipant(t.Context(), bob, room.ID, bob, 0)
		refused(t, "removing oneself, as the one who is left", err, rooms.LastAdmin)
		if _, err := w.GrantAdmin(t.Context(), bob, room.ID, ada); err != nil {
			t.Fatal(err)
		}
		if _, err := w.RemoveParticipant(t.Context(), bob, room.ID, bob, 0); err != nil {
			t.Errorf("removing oneself, as one of two: got %v, want no error", err)
		}
		if got := w.get(t, ada, room.ID); got.Admins != 1 || got.Participants != 1 {
			t.Errorf("got %+v, want one participant, who is admin", got)
		}
	})
}

func TestAdmins_GrantAndRevoke(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd)
		for range 2 { // twice is not an error
			p, err := w.GrantAdmin(t.Context(), ada, room.ID, bob)
			if err != nil || p != (rooms.Participant{ID: bob, Admin: true}) {
				t.Errorf("grant: got %+v, %v, want an admin", p, err)
			}
		}
		if got := w.get(t, bob, room.ID); got.Admins != 2 || got.Role != rooms.Admin {
			t.Errorf("got %+v, want two admins, who is one of them", got)
		}
		if _, _, err := w.Update(t.Context(), bob, room.ID, rooms.Update{Name: new("Bob's")}); err != nil {
			t.Errorf("update by a new admin: got %v, want no error", err)
		}
		for range 2 {
			p, err := w.RevokeAdmin(t.Context(), ada, room.ID, bob)
			if err != nil || p != (rooms.Participant{ID: bob}) {
				t.Errorf("revoke: got %+v, %v, want a mere participant", p, err)
			}
		}
		_, _, err := w.Update(t.Context(), bob, room.ID, rooms.Update{Name: new("Bob's again")})
		refused(t, "update by who was an admin", err, rooms.Forbidden)
		_, err = w.GrantAdmin(t.Context(), ada, room.ID, mallory)
		refused(t, "granting it to a stranger", err, rooms.NotFound)
		_, err = w.RevokeAdmin(t.Context(), ada, room.ID, mallory)
		refused(t, "revoking it from a stranger", err, rooms.NotFound)
	})
}

func TestUpdateProfile_IsPerRoomAndPartial(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room, other := w.open(t, bob), w.open(t, bob)
		for _, p := range []rooms.Profile{{Name: new("Bob")}, {}, {Archived: new(true)}, {Name: new("Bob"), Archived: new(true)}} {
			if _, err := w.UpdateProfile(t.Context(), bob, room.ID, p); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := w.participants(t, room.ID)[bob], (rooms.Participant{ID: bob, Name: "Bob", Archived: true}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := len(w.types(t, room.ID)); got != 3 {
			t.Errorf("got %d events, want the room's and one of each change: what changes nothing has none", got)
		}
		if got, want := w.participants(t, other.ID)[bob], (rooms.Participant{ID: bob}); got != want {
			t.Errorf("in another room: got %+v, want %+v", got, want)
		}
	})
}

// crowd makes user ids.
func crowd(name string, n int) []string {
	users := make([]string, n)
	for i := range users {
		users[i] = fmt.Sprintf("%s-%03d", name, i)
	}
	return users
}
