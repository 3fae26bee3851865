package rooms_test

import (
	"testing"
	"time"

	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/rooms"
)

func (w *world) bans(t *testing.T, room string) []bans.Ban {
	t.Helper()
	page, err := w.Bans(t.Context(), ada, room, 100, "")
	if err != nil {
		t.Fatal(err)
	}
	return page.Bans
}

// banned says whether a guest of the hall falls under a ban in a room's conference.
func (w *world) banned(t *testing.T, room, guest string) bool {
	t.Helper()
	ban, err := bans.New(w.store).Find(t.Context(), []string{guest}, bans.In(hallName, "hall/"+room))
	if err != nil {
		t.Fatal(err)
	}
	return ban != nil
}

func TestRemoveParticipant_BansUntilInvitedAgain(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd).ID
		ctx := audit.WithReason(t.Context(), "abuse")
		if _, err := w.RemoveParticipant(ctx, ada, room, bob, 0); err != nil {
			t.Fatal(err)
		}
		got := w.bans(t, room)
		if len(got) != 1 || got[0].User != bob || got[0].Reason != "abuse" || got[0].By != ada || !got[0].At.Equal(w.now()) || !got[0].Expires.IsZero() {
			t.Errorf("got %+v, want bob's ban, with the reason", got)
		}
		if !w.banned(t, room, bob) || w.banned(t, room, cyd) || w.banned(t, "another", bob) {
			t.Error("got somebody else banned, or in another room, want bob here")
		}
		if _, err := w.AddParticipants(t.Context(), ada, room, []string{bob, cyd, "dan"}); err != nil {
			t.Fatal(err)
		}
		if got := w.bans(t, room); len(got) != 0 || w.banned(t, room, bob) {
			t.Errorf("invited again: got %+v, want no ban", got)
		}
		if _, err := w.RemoveParticipant(t.Context(), ada, room, bob, 0); err != nil {
			t.Fatal(err)
		}
		if got := w.bans(t, room); len(got) != 1 || got[0].Reason != "" || !w.banned(t, room, bob+"~1") {
			t.Errorf("removed again: got %+v, want a ban of the id that bob has by now", got)
		}
	})
}

func TestBans_OfWhoCouldNotHaveJoinedAreNone(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for _, room := range []string{w.booked(t, bob).ID, w.create(t, rooms.Booking{Name: "unbound", Participants: []string{bob}}).ID} {
			if _, err := w.RemoveParticipant(t.Context(), ada, room, bob, 0); err != nil {
				t.Fatal(err)
			}
			if got := w.bans(t, room); len(got) != 0 {
				t.Errorf("got %+v, want no bans", got)
			}
			if lifted, err := w.LiftBan(t.Context(), ada, room, bob); lifted || err != nil {
				t.Errorf("got %t, %v, want nothing to lift", lifted, err)
			}
		}
	})
}

func TestLiftBan(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd, "dan").ID
		for _, user := range []string{bob, cyd} {
			if _, err := w.RemoveParticipant(t.Context(), ada, room, user, 0); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []bool{true, false} {
			if lifted, err := w.LiftBan(t.Context(), ada, room, bob); lifted != want || err != nil {
				t.Errorf("got %t, %v, want %t", lifted, err, want)
			}
		}
		if w.banned(t, room, bob) || !w.banned(t, room, cyd) {
			t.Error("got bob banned, or cyd not")
		}
		_, err := w.Get(t.Context(), bob, room)
		refused(t, "whose ban was lifted", err, rooms.NotFound)
		w.step(time.Hour)
		w.end(t, room, 0)
		if lifted, err := w.LiftBan(t.Context(), ada, room, cyd); !lifted || err != nil {
			t.Errorf("in an ended room: got %t, %v, want it lifted", lifted, err)
		}
	})
}

// TestBans_StayAsLongAsTheirRoom does, which is for good: it can be read a year after its end, and so can they.
func TestBans_StayAsLongAsTheirRoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob).ID
		if _, err := w.RemoveParticipant(t.Context(), ada, room, bob, 0); err != nil {
			t.Fatal(err)
		}
		w.end(t, room, 0)
		w.step(366 * 24 * time.Hour)
		w.sweep(t)
		got, err := w.Get(t.Context(), ada, room)
		if all := w.bans(t, room); err != nil || got.Status != rooms.StatusEnded || len(all) != 1 || all[0].User != bob || !w.banned(t, room, bob) {
			t.Errorf("got %+v, %v and %+v, want the room and bob's ban", got, err, all)
		}
	})
}

func TestBans_AreForAdmins(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd).ID
		if _, err := w.RemoveParticipant(t.Context(), ada, room, cyd, 0); err != nil {
			t.Fatal(err)
		}
		for caller, code := range map[string]rooms.Code{bob: rooms.Forbidden, cyd: rooms.NotFound, mallory: rooms.NotFound} {
			_, err := w.Bans(t.Context(), caller, room, 10, "")
			refused(t, "list by "+caller, err, code)
			_, err = w.LiftBan(t.Context(), caller, room, cyd)
			refused(t, "lift by "+caller, err, code)
		}
		_, err := w.Bans(t.Context(), ada, room, 10, "nonsense")
		refused(t, "a cursor that is none", err, rooms.Invalid)
		if len(w.bans(t, room)) != 1 {
			t.Error("got the ban lifted, want it in force")
		}
	})
}

// TestBans_EndByThemselves by the engine's clock, which is not stepped.
func TestBans_EndByThemselves(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd).ID
		lives := map[string]time.Duration{bob: time.Since(w.now()) - time.Hour, cyd: time.Since(w.now()) + time.Hour}
		for user, life := range lives {
			if _, err := w.RemoveParticipant(t.Context(), ada, room, user, life); err != nil {
				t.Fatal(err)
			}
		}
		got := w.bans(t, room)
		if len(got) != 1 || got[0].User != cyd || !got[0].Expires.Equal(bans.Until(w.now(), lives[cyd])) {
			t.Errorf("got %+v, want the one whose time has not come", got)
		}
		if w.banned(t, room, bob) || !w.banned(t, room, cyd) {
			t.Error("got bob banned, or cyd not")
		}
	})
}

func TestBans_PagesHoldEachOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		users := []string{bob, cyd, "dan", "eve", "fay"}
		room := w.open(t, users...).ID
		for _, user := range users {
			if _, err := w.RemoveParticipant(t.Context(), ada, room, user, 0); err != nil {
				t.Fatal(err)
			}
		}
		seen := map[string]int{}
		pages, cursor := 0, ""
		for {
			page, err := w.Bans(t.Context(), ada, room, 2, cursor)
			if err != nil || len(page.Bans) > 2 {
				t.Fatalf("got %+v, %v, want two at most", page, err)
			}
			for _, b := range page.Bans {
				seen[b.User]++
			}
			if pages, cursor = pages+1, page.Next; cursor == "" {
				break
			}
		}
		if len(seen) != len(users) || pages != 3 {
			t.Errorf("got %v in %d pages, want each once in three", seen, pages)
		}
	})
}

// TestRemoveParticipant_FromASecondRoom reaches who is inside it by the id from before the first removal.
func TestRemoveParticipant_FromASecondRoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		first, second := w.open(t, bob).ID, w.open(t, bob).ID
		for _, room := range []string{first, second} {
			if _, err := w.RemoveParticipant(t.Context(), ada, room, bob, 0); err != nil {
				t.Fatal(err)
			}
		}
		if !w.banned(t, first, bob) || !w.banned(t, second, bob) || !w.banned(t, second, bob+"~1") || w.banned(t, first, bob+"~1") {
			t.Error("got bob not banned by each id that he was let in with")
		}
	})
}

// TestRemoveParticipant_ForAWhileAndThenForGood bans the id from before the first time for good, too.
func TestRemoveParticipant_ForAWhileAndThenForGood(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob).ID
		for _, life := range []time.Duration{time.Hour, 0} { // an hour that is over by the engine's clock
			if _, err := w.RemoveParticipant(t.Context(), ada, room, bob, life); err != nil {
				t.Fatal(err)
			}
			if life > 0 {
				if _, err := w.AddParticipants(t.Context(), ada, room, []string{bob}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !w.banned(t, room, bob) || !w.banned(t, room, bob+"~1") {
			t.Error("got bob not banned by each id that he was let in with")
		}
	})
}

// TestRemoveParticipant_WithTheNameOfAnother who was removed: nobody is removed, or banned, in place of another who goes by what
// they are called.
func TestRemoveParticipant_WithTheNameOfAnother(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		namesake := bob + "~1"
		room := w.open(t, bob, namesake).ID
		for _, user := range []string{bob, namesake, bob} {
			for _, other := range []string{bob, namesake} {
				if _, err := w.AddParticipants(t.Context(), ada, room, []string{other}); err != nil {
					t.Fatal(err)
				}
				if _, _, err := w.Join(t.Context(), other, room); err != nil {
					t.Fatal(err)
				}
			}
			inside := w.hall.admissions()
			inside = inside[len(inside)-2:]
			if _, err := w.RemoveParticipant(t.Context(), ada, room, user, 0); err != nil {
				t.Errorf("%s: %v", user, err)
			}
			for _, guest := range inside {
				removed := guest.User == user
				if w.hall.lets(guest) == removed || w.banned(t, room, guest.ID) != removed {
					t.Errorf("%s was removed: got %s, who goes by %s, kept in: %t", user, guest.User, guest.ID, w.hall.lets(guest))
				}
			}
		}
		for _, user := range []string{bob, namesake, bob + "~"} {
			ids, err := w.GuestIDs(t.Context(), user, hallName)
			if err != nil || ids[len(ids)-1] != user {
				t.Errorf("%s: got %q, %v, want their own id as well", user, ids, err)
			}
		}
	})
}
