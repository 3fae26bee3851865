package openmeetings_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// invite makes an invitation by a management sid. The sid survives.
func (w *world) invite(sid, members string) reply {
	w.t.Helper()
	return w.call("POST", sid, "room/hash?sendmail=false&invite="+url.QueryEscape("{"+members+"}"), nil)
}

func TestInvitation_Endless(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	hash := w.invite(sid, `"roomId":1,"valid":"ENDLESS","email":"ada@example.org","firstname":"Ada","lastname":"L"`).word()
	b := newBrowser(t)
	w.want(w.visit(b, "invitation="+hash), 200)
	w.step(48 * time.Hour)
	got := w.visit(newBrowser(t), "language=4&invitation="+hash)
	if got.status != 200 || got.body["firstname"] != "Ada" || got.body["language"].(interface{ String() string }).String() != "4" {
		t.Errorf("got %d %s, want Ada in French", got.status, got.text)
	}
	management := w.login("gavel")
	w.want(w.visit(b, "invitation="+hash), 200) // signs out first, so the first client is gone
	if got := w.get(management, "room/count/1").word(); got != "2" {
		t.Errorf("inside: got %s, want 2", got)
	}
}

func TestInvitation_LeavesTheSidAlone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.want(w.visit(newBrowser(t), "invitation="+w.invite(sid, `"roomId":1,"valid":"ENDLESS","email":"a@example.org"`).word()), 200)
	w.want(w.get(sid, "room/1"), 200)
}

func TestInvitation_Once(t *testing.T) {
	t.Parallel()
	w := setup(t)
	hash := w.invite(w.login("gavel"), `"roomId":1,"valid":"ONE_TIME","email":"a@example.org"`).word()
	b := newBrowser(t)
	w.want(w.visit(b, "invitation="+hash), 200)
	w.wantRefused(w.visit(b, "invitation="+hash), "invalid_hash") // unlike a hash, also on a reload
}

func TestInvitation_Period(t *testing.T) {
	t.Parallel()
	w := setup(t)
	// Noon is half past twelve less thirty minutes by the server's clock, which is now start.
	hash := w.invite(w.login("gavel"), `"roomId":1,"email":"a@example.org","validFrom":"2026-11-22 12:40:00","validTo":"2026-11-22 13:00:00"`).word()
	for _, tc := range []struct {
		step time.Duration
		open bool
	}{
		{0, false},
		{5 * time.Minute, false}, // 12:35, on the dot
		{time.Second, true},
		{25*time.Minute - 2*time.Second, true}, // 12:59:59
		{time.Second, false},
	} {
		w.step(tc.step)
		if got := w.visit(newBrowser(t), "invitation="+hash); (got.status == 200) != tc.open {
			t.Errorf("after %v: got %d, want open %t", tc.step, got.status, tc.open)
		}
	}
}

func TestInvitation_Password(t *testing.T) {
	t.Parallel()
	w := setup(t)
	hash := w.invite(w.login("gavel"), `"roomId":1,"valid":"ONE_TIME","email":"a@example.org","passwordProtected":true,"password":"open"`).word()
	send := func(b *http.Client, password string) reply {
		header := asksJSON()
		header.Set("Content-Type", formType)
		return w.send(b, "POST", "/hash?invitation="+hash, header, "password="+password)
	}
	b := newBrowser(t)
	w.wantRefused(send(newBrowser(t), "wrong"), "password_required")
	w.wantRefused(send(b, "open"), "invalid_hash") // the one use is over

	hash = w.invite(w.login("gavel"), `"roomId":1,"valid":"ONE_TIME","email":"a@example.org","passwordProtected":true,"password":"open"`).word()
	w.wantRefused(w.visit(b, "invitation="+hash), "password_required")
	w.wantRefused(send(newBrowser(t), "open"), "invalid_hash")
	w.wantRefused(send(b, "wrong"), "password_required")
	if got := w.get(w.login("gavel"), "room/count/1").word(); got != "0" {
		t.Errorf("inside: got %s, want 0 before the password", got)
	}
	w.want(send(b, "open"), 200)
	// A password does not open what was not asked for before.
	hash = w.invite(w.login("gavel"), `"roomId":1,"valid":"ENDLESS","email":"a@example.org","passwordProtected":true,"password":"open"`).word()
	w.wantRefused(send(b, "open"), "password_required")
}

func TestInvitation_Refusals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for name, invite := range map[string]string{
		"no room": `"valid":"ENDLESS"`, "room null": `"roomId":null`, "room as text": `"roomId":"1"`, "unknown kind": `"roomId":1,"valid":"FOREVER"`,
		"unknown field": `"roomId":1,"valid":"ENDLESS","until":"x"`, "broken": `"roomId":`,
	} {
		if got := w.invite(sid, invite); got.status != 404 || got.body != nil {
			t.Errorf("%s: got %d %s, want 404", name, got.status, got.text)
		}
	}
	for name, invite := range map[string]string{
		"period without times": `"roomId":1`, "no end": `"roomId":1,"validFrom":"2026-11-22 12:40:00"`,
		"ISO times": `"roomId":1,"validFrom":"2026-11-22T12:40:00","validTo":"2026-11-22T13:40:00"`,
	} {
		if got := w.invite(sid, invite); got.status != 500 || got.body == nil {
			t.Errorf("%s: got %d %s, want 500", name, got.status, got.text)
		}
	}
	got := w.post(sid, "room/hash", "invite", `{"roomId":1,"valid":"ENDLESS"}`)
	if got.status != 500 || !strings.Contains(got.message(), "is null") {
		t.Errorf("as a form: got %d %s, want 500 and a null pointer", got.status, got.text)
	}
	w.wantDenied(w.invite("", `"roomId":1,"valid":"ENDLESS"`))
	gone := w.invite(sid, `"roomId":99,"valid":"ENDLESS","languageId":2`).word()
	w.wantRefused(w.visit(newBrowser(t), "invitation="+gone), "access_denied")
}

func TestInvitation_MakesAContact(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for range 2 {
		w.want(w.invite(sid, `"roomId":1,"valid":"ENDLESS","email":"a@example.org","firstname":"A"`), 200)
	}
	users := w.get(sid, "user").list("userDTO")
	last := users[len(users)-1]
	w.want(w.invite(w.login("soap"), `"roomId":1,"valid":"ENDLESS","email":"a@example.org"`), 200)
	if got := len(w.get(sid, "user").list("userDTO")); got != 9 {
		t.Errorf("got %d users, want another contact for another user", got)
	}
	if len(users) != 8 || last["type"] != "CONTACT" || last["login"] != "1_a@example.org" || last["rights"] != nil {
		t.Errorf("got %d users, the last %v; want one contact", len(users), last)
	}
}
