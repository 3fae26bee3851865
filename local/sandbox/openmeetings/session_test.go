package openmeetings_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"gavel/local/sandbox/openmeetings"
)

func TestLogin_Refusals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, tc := range []struct{ user, pass, want string }{
		{"gavel", "wrong", "ERROR error.bad.credentials"},
		{"gavel", "", "ERROR error.bad.credentials"},
		{"nobody", password, "ERROR error.bad.credentials"},
		{"", "", "ERROR error.bad.credentials"},
		{"ldap", password, "ERROR error.bad.credentials"},
		{"sleeper", password, "ERROR error.notactivated"},
		{"loner", password, "ERROR error.nogroup"},
		{"sleeper", "wrong", "ERROR error.bad.credentials"},
	} {
		w.wantMessage(w.post("", "user/login", "user", tc.user, "pass", tc.pass), 200, tc.want)
	}
	w.wantMessage(w.post("", "user/login"), 200, "ERROR error.bad.credentials")
	w.wantMessage(w.do("POST", "/services/user/login?user=gavel&pass="+url.QueryEscape(password), nil, ""), 200, "ERROR error.bad.credentials")
}

func TestLogin_ByLoginOrEmail(t *testing.T) {
	t.Parallel()
	w := setup(t)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, user := range []string{"gavel", " GaVel ", "gavel@EXAMPLE.org"} {
		sid := w.login(user)
		if !uuid.MatchString(sid) || seen[sid] {
			t.Errorf("sid of %q: got %q, want a new UUID", user, sid)
		}
		seen[sid] = true
		w.want(w.get(sid, "room/1"), 200)
	}
}

func TestLogin_VerbByVersion(t *testing.T) {
	t.Parallel()
	query := "user/login?user=gavel&pass=" + url.QueryEscape(password)
	w := setup(t)
	if got := w.get("", query); got.status != 405 || got.header.Get("Allow") != "DELETE, POST" {
		t.Errorf("GET on 9.1: got %d, Allow %q; want 405, without GET", got.status, got.header.Get("Allow"))
	}
	old := setup(t, version81)
	if got := old.post("", "user/login", "user", "gavel", "pass", password); got.status != 405 || got.header.Get("Allow") != "DELETE, GET" {
		t.Errorf("POST on 8.1: got %d, Allow %q; want 405, without POST", got.status, got.header.Get("Allow"))
	}
	old.want(old.get(old.get("", query).word(), "room/1"), 200)
}

func TestLogin_PenaltyByVersion(t *testing.T) {
	t.Parallel()
	asked := make(chan bool, 10)
	penalty := func(o *openmeetings.Options) {
		o.BadPasswordDelay = func() time.Duration { asked <- true; return time.Millisecond }
	}
	w := setup(t, penalty)
	w.login("gavel")
	w.post("", "user/login", "user", "sleeper", "pass", password)
	if got := len(asked); got != 0 {
		t.Errorf("penalties: got %d, want none but for bad credentials", got)
	}
	w.post("", "user/login", "user", "gavel", "pass", "x")
	if got := len(asked); got != 1 {
		t.Errorf("penalties: got %d, want 1", got)
	}
	old := setup(t, version81, penalty)
	old.get("", "user/login?user=gavel&pass=x")
	if got := len(asked); got != 1 {
		t.Errorf("penalties with 8.1: got %d more, want none", got-1)
	}
}

// A caller who gives up does not leave a request behind for the rest of an hour.
func TestLogin_PenaltyEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	waiting := make(chan bool)
	w := setup(t, func(o *openmeetings.Options) {
		o.BadPasswordDelay = func() time.Duration { close(waiting); return time.Hour }
	})
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+"/services/user/login", nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := http.DefaultClient.Do(req)
		done <- err
	}()
	<-waiting
	w.login("gavel") // others do not wait
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestLogin_ReadsTheAccountsEachTime(t *testing.T) {
	t.Parallel()
	now := []openmeetings.Account{{Login: "gavel", Password: "one", Rights: []string{"LOGIN", "SOAP"}, Group: true}}
	var failing error
	w := setup(t, func(o *openmeetings.Options) {
		o.Accounts = func(context.Context) ([]openmeetings.Account, error) { return now, failing }
	})
	log := func(pass string) reply { return w.post("", "user/login", "user", "gavel", "pass", pass) }
	sid := log("one").word()
	now[0].Password, now[0].Rights = "two", []string{"LOGIN"}
	w.wantMessage(log("one"), 200, "ERROR error.bad.credentials")
	if got := log("two").object("serviceResult")["type"]; got != "SUCCESS" {
		t.Errorf("with the new password: got %v, want SUCCESS", got)
	}
	w.wantDenied(w.get(sid, "room/1")) // the right is gone
	now[0].Group = false
	w.wantMessage(log("two"), 200, "ERROR error.nogroup")
	now = nil
	w.wantMessage(log("two"), 200, "ERROR error.bad.credentials")
	failing = errors.New("no accounts")
	w.wantMessage(log("two"), 200, "ERROR error.unknown")
}

func TestLogin_WithoutAccounts(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *openmeetings.Options) { o.Accounts = nil })
	w.wantMessage(w.post("", "user/login", "user", "gavel", "pass", password), 200, "ERROR error.bad.credentials")
}

func TestSid_IdleLimit(t *testing.T) {
	t.Parallel()
	w := setup(t)
	used, idle := w.login("gavel"), w.login("gavel")
	for range 3 {
		w.step(30 * time.Minute)
		w.want(w.get(used, "room/1"), 200)
	}
	w.wantDenied(w.get(idle, "room/1"))
	w.step(30*time.Minute + time.Nanosecond)
	w.wantDenied(w.get(used, "room/1"))
	w.step(-time.Hour)
	w.wantDenied(w.get(used, "room/1")) // swept is gone for good
}

func TestSid_IsReadFromTheQueryOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for name, header := range map[string]http.Header{
		"header": {"Sid": {sid}}, "bearer": {"Authorization": {"Bearer " + sid}}, "cookie": {"Cookie": {"sid=" + sid}},
	} {
		if got := w.do("GET", "/services/room/1", header, ""); got.message() != "ERROR error.notallowed" {
			t.Errorf("%s: got %d %s, want error.notallowed", name, got.status, got.text)
		}
	}
	w.wantDenied(w.post("", "room", "sid", sid, "room", `{"type":"CONFERENCE"}`))
	w.wantDenied(w.get("", "room/1?SID="+sid))
	w.wantDenied(w.get("nonsense", "room/1"))
}

// TestRights holds every operation against accounts that lack what it asks for.
func TestRights(t *testing.T) {
	t.Parallel()
	w := setup(t)
	all := map[string]string{"ROOM": w.login("ada"), "SOAP": w.login("soap"), "ADMIN": w.login("root")}
	for _, tc := range []struct{ method, path, right string }{
		{"GET", "user", "SOAP"},
		{"DELETE", "user/99", "ADMIN"},
		{"DELETE", "user/shop/u-17", "ADMIN"},
		{"GET", "room/public/CONFERENCE", "ROOM"},
		{"GET", "room/1", "SOAP"},
		{"GET", "room/CONFERENCE/shop/r-1", "SOAP"},
		{"GET", "room/close/1", "SOAP"},
		{"GET", "room/open/1", "SOAP"},
		{"GET", "room/kick/1", "SOAP"},
		{"GET", "room/kick/1/shop/u-17", "SOAP"},
		{"GET", "room/count/1", "SOAP"},
		{"GET", "room/users/1", "SOAP"},
		{"DELETE", "room/99", "SOAP"},
		{"GET", "calendar/2026-01-01/2027-01-01", "ROOM"},
		{"GET", "calendar/1/2026-01-01/2027-01-01", "SOAP"},
		{"GET", "calendar/next", "ROOM"},
		{"GET", "calendar/next/1", "SOAP"},
		{"GET", "calendar/room/1", "ROOM"},
		{"GET", "calendar/title/x", "ROOM"},
		{"GET", "record/shop", "SOAP"},
		{"GET", "record/room/1", "SOAP"},
		{"DELETE", "record/1", "SOAP"},
		{"GET", "group", "SOAP"},
		{"POST", "group?name=x", "SOAP"},
		{"DELETE", "group/2", "ADMIN"},
		{"POST", "group/1/users/1", "SOAP"},
		{"DELETE", "group/1/users/99", "SOAP"},
		{"POST", "group/1/rooms/add/1", "SOAP"},
		{"GET", "group/users/1", "SOAP"},
		{"GET", "file/shop", "SOAP"},
		{"GET", "file/room/1", "SOAP"},
		{"GET", "file/room/1/-1", "ROOM"},
		{"POST", "file/rename/1/x", "SOAP"},
		{"POST", "file/move/1/1/-1", "SOAP"},
		{"DELETE", "file/shop/x", "SOAP"},
		{"GET", "wb/resetwb/1", "SOAP"},
		{"GET", "wb/cleanwb/1/1", "SOAP"},
		{"GET", "wb/cleanslide/1/1/0", "SOAP"},
	} {
		for right, sid := range all {
			if right == tc.right {
				continue
			}
			if got := w.call(tc.method, sid, tc.path, nil); got.status != 500 || got.message() != "ERROR error.notallowed" {
				t.Errorf("%s %s with %s: got %d %s, want error.notallowed", tc.method, tc.path, right, got.status, got.text)
			}
		}
		w.wantDenied(w.call(tc.method, "", tc.path, nil))
	}
	for _, tc := range []struct{ method, path, right string }{
		{"GET", "user", "SOAP"}, {"DELETE", "user/99", "ADMIN"}, {"GET", "room/public/CONFERENCE", "ROOM"}, {"POST", "group?name=x", "SOAP"},
	} {
		w.want(w.call(tc.method, all[tc.right], tc.path, nil), 200)
	}
}
