package jaas_test

import (
	"fmt"
	"sync"
	"testing"
)

// people returns how many are in a room, and the states of its calls.
func people(w *world, room string) (int, string) {
	w.t.Helper()
	got := w.show(room)
	if got.status == 404 {
		return 0, ""
	}
	w.want(got, 200)
	states := ""
	for _, c := range got.body["calls"].([]any) {
		states += fmt.Sprint(c.(map[string]any)["phoneNo"], " ", c.(map[string]any)["state"], ";")
	}
	return len(got.body["participants"].([]any)), states
}

func TestStory_LastLeaveEndsTheSession(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, participantClaims())
	first := w.mustJoin("standup", token)
	second := w.mustJoin("STANDUP", token)
	if first["sessionId"] != second["sessionId"] || first["participantId"] == second["participantId"] {
		t.Errorf("two devices: %v and %v", first, second)
	}
	w.want(w.leave("standup", first), 204)
	w.want(w.leave("standup", first), 404)
	if n, _ := people(w, "standup"); n != 1 {
		t.Errorf("%d inside, want 1", n)
	}
	w.want(w.leave("standup", second), 204)
	w.want(w.show("standup"), 404)
	if again := w.mustJoin("standup", token); again["sessionId"] == first["sessionId"] {
		t.Error("the next meeting has the session of the last")
	}
}

func TestStory_KickAloneDoesNotKeepOut(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, participantClaims())
	p := w.mustJoin("standup", token)
	id := p["participantId"].(string)

	w.want(w.command("KICK_PARTICIPANT", "other", "participantId", id), 404)
	w.want(w.command("KICK_PARTICIPANT", "standup", "participantId", "00000000"), 404)
	w.want(w.command("KICK_PARTICIPANT", "standup", "participantId", id), 200)
	w.want(w.show("standup"), 404)
	w.want(w.command("KICK_PARTICIPANT", "standup", "participantId", id), 404)
	if again := w.mustJoin("standup", token); again["participantId"] == id {
		t.Error("a new join has the old participant id")
	}
}

func TestStory_BanThenKick(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, participantClaims())
	p := w.mustJoin("standup", token)
	w.mustJoin("standup", sign(t, user("u-18")))

	w.want(w.admin(banUser+"u-17", ""), 200)
	if n, _ := people(w, "standup"); n != 2 {
		t.Fatalf("%d inside after the ban, want 2: a ban ejects nobody", n)
	}
	w.want(w.command("KICK_PARTICIPANT", "standup", "participantId", p["participantId"].(string)), 200)
	if got := w.join("standup", token); got.error() != "user is banned" {
		t.Errorf("got %d %v, want user is banned", got.status, got.body)
	}
	// A fresh token does not help.
	w.want(w.join("standup", sign(t, participantClaims().with("jti", "2"))), 403)
	if n, _ := people(w, "standup"); n != 1 {
		t.Errorf("%d inside, want 1", n)
	}
}

func TestStory_Destroy(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.command("DESTROY", "standup"), 404)
	token := sign(t, participantClaims())
	first := w.mustJoin("standup", token)
	w.mustJoin("standup", sign(t, user("u-18")))
	w.want(w.command("DIAL_OUT_PARTICIPANT", "standup", "phoneNo", "+40747777777"), 200)

	w.want(w.command("DESTROY", "standup"), 200)
	w.want(w.show("standup"), 404)
	w.want(w.command("DESTROY", "standup"), 404)
	w.want(w.command("HANG_UP_CALL", "standup", "phoneNo", "+40747777777"), 404)
	if again := w.mustJoin("standup", token); again["sessionId"] == first["sessionId"] {
		t.Error("the name can be used again, but not the session")
	}
}

func TestStory_CallIntoALiveRoom(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.mustJoin("standup", sign(t, participantClaims()))
	w.want(w.command("HANG_UP_CALL", "standup", "phoneNo", "+40747777777"), 404)
	w.want(w.command("DIAL_OUT_PARTICIPANT", "standup", "phoneNo", "+40747777777"), 200)
	w.want(w.command("DIAL_OUT_PARTICIPANT", "standup", "phoneNo", "+40747777777"), 200)
	w.want(w.command("DIAL_OUT_PARTICIPANT", "standup", "phoneNo", "+40747777778"), 200)
	want := "+40747777777 ringing;+40747777777 ringing;+40747777778 ringing;"
	if _, calls := people(w, "standup"); calls != want {
		t.Errorf("calls %q, want %q", calls, want)
	}
	w.want(w.command("HANG_UP_CALL", "standup", "phoneNo", "+40747777777"), 200)
	if _, calls := people(w, "standup"); calls != "+40747777778 ringing;" {
		t.Errorf("calls %q, want the other one", calls)
	}
	w.want(w.command("HANG_UP_CALL", "standup", "phoneNo", "+40747777777"), 404)
	w.want(w.leave("standup", p), 204)
	w.want(w.show("standup"), 404)
}

func TestStory_CallWaitsForTheFirstToCome(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.command("DIAL_OUT_PARTICIPANT", "standup", "phoneNo", "+40747777777"), 200)
	n, calls := people(w, "standup")
	if n != 0 || calls != "+40747777777 waiting;" {
		t.Errorf("%d inside, calls %q, want nobody and one waiting", n, calls)
	}
	list := asJSON(t, w.do("GET", "/rooms/"+appID, nil, "").body)
	want := `{"rooms":[{"calls":[{"phoneNo":"+40747777777","state":"waiting"}],"participants":[],"room":"standup","sessionId":""}]}`
	if list != want {
		t.Errorf("rooms %s, want %s", list, want)
	}
	w.want(w.command("DESTROY", "standup"), 404)
	w.mustJoin("standup", sign(t, participantClaims()))
	if _, calls := people(w, "standup"); calls != "+40747777777 ringing;" {
		t.Errorf("calls %q, want one ringing", calls)
	}
}

func TestStory_WaitingCallCanBeHungUp(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.command("DIAL_OUT_PARTICIPANT", "standup", "phoneNo", "+40747777777"), 200)
	w.want(w.command("HANG_UP_CALL", "standup", "phoneNo", "+40747777777"), 200)
	w.want(w.show("standup"), 404)
}

func TestStory_ListIsSorted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, room := range []string{"c", "a", "b"} {
		w.mustJoin(room, sign(t, participantClaims().with("room", "*")))
	}
	names := ""
	for _, r := range w.do("GET", "/rooms/"+appID, nil, "").body["rooms"].([]any) {
		names += r.(map[string]any)["room"].(string)
	}
	if names != "abc" {
		t.Errorf("rooms %s, want abc", names)
	}
	if got := asJSON(t, w.do("GET", "/rooms/"+otherApp, nil, "").body); got != `{"rooms":[]}` {
		t.Errorf("another tenant sees %s", got)
	}
}

func TestStory_AMeetingHolds500(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, participantClaims())
	for range 500 {
		w.mustJoin("standup", token)
	}
	if got := w.join("standup", token); got.status != 403 || got.error() != "room-full" {
		t.Errorf("got %d %v, want 403 room-full", got.status, got.body)
	}
}

func TestStory_ManyAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, participantClaims().with("room", "*"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			room := fmt.Sprint("room-", i%2)
			for range 10 {
				p := w.join(room, token)
				w.command("DIAL_OUT_PARTICIPANT", room, "phoneNo", "+40747777777")
				w.show(room)
				w.command("HANG_UP_CALL", room, "phoneNo", "+40747777777")
				w.admin(banUser+fmt.Sprint(i), "")
				w.leave(room, p.body)
			}
		})
	}
	wg.Wait()
	if got := asJSON(t, w.do("GET", "/rooms/"+appID, nil, "").body); got != `{"rooms":[]}` {
		t.Errorf("left behind: %s", got)
	}
	if got := len(w.rec.Exchanges()); got != 8*10*3 {
		t.Errorf("recorded %d exchanges, want 240", got)
	}
}
