package openmeetings

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// fill puts as many rows there as there may be.
func fill[T any](table map[string]T, row T) {
	for i := range maxRows {
		table[fmt.Sprint(i)] = row
	}
}

func TestState_ForgetsWhatIsOfNoUse(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	s := newState()
	fill(s.sessions, &session{lastUse: now.Add(-idleLimit - 1)})
	fill(s.hashes, &entryHash{sid: "gone"})
	fill(s.browsers, &browser{})
	s.sessions["kept"] = &session{lastUse: now}
	s.hashes["kept"] = &entryHash{sid: "kept"}
	s.browsers["kept"] = &browser{}
	s.clients = append(s.clients, &client{browser: "kept"})
	if s.full(now) {
		t.Error("full: got true, want false once the useless rows are gone")
	}
	if len(s.sessions) != 1 || len(s.hashes) != 1 || len(s.browsers) != 1 {
		t.Errorf("left: got %d sessions, %d hashes, %d browsers; want 1 each", len(s.sessions), len(s.hashes), len(s.browsers))
	}
}

func TestState_RefusesWhenFull(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	u := &user{rights: []string{rightSOAP, rightRoom}, login: "gavel", kind: typeUser}
	s.state.addUser(u, time.Now())
	s.state.sessions["sid"] = &session{sid: "sid", user: u.id, permanent: true}
	fill(s.state.invitations, &invitation{})
	send := func(method, path, body string) int {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	const person = `user={"externalId":"u","externalType":"shop"}&options={}`
	for _, tc := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", "/services/room?sid=sid", `room={"type":"CONFERENCE"}`, 503},
		{"POST", "/services/room?sid=sid", `room={"id":1,"type":"CONFERENCE"}`, 200},
		{"POST", "/services/user/hash?sid=sid", person, 503},
		{"POST", "/services/group?sid=sid&name=x", "", 503},
		{"POST", "/services/user?sid=sid", `user={"login":"grace","password":"Gavel-0!x"}`, 503},
		{"POST", "/services/room/hash?sid=sid&invite=%7B%22roomId%22:1,%22valid%22:%22ENDLESS%22%7D", "", 503},
		{"POST", "/services/calendar?sid=sid", `appointment={"start":"2026-01-01","end":"2026-01-01","room":{"id":1,"type":"CONFERENCE"}}`, 503},
		{"POST", "/sandbox/recordings", "{}", 503},
		{"GET", "/hash?secure=x", "", 503},
		{"GET", "/recordings/mp4/x", "", 404},
		{"GET", "/services/room/1?sid=sid", "", 200},
	} {
		if got := send(tc.method, tc.path, tc.body); got != tc.want {
			t.Errorf("%s %s: got %d, want %d", tc.method, tc.path, got, tc.want)
		}
	}
	if _, err := s.state.newSession(u.id, time.Now()); err == nil {
		t.Errorf("newSession: got no error, want %v", errFull)
	}
	if got := refused(http.ErrBodyNotAllowed).status; got != http.StatusInternalServerError {
		t.Errorf("an error nobody thought of: got %d, want 500", got)
	}
}
