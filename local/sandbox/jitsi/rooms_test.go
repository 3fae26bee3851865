package jitsi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestRooms_PathsAndMethods(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		method, path, body string
		status             int
		allow              string
	}{
		{"POST", "/rooms", "", 405, "GET"},
		{"PUT", "/rooms/standup", "", 405, "GET"},
		{"GET", "/rooms/standup/participants", "", 405, "POST"},
		{"GET", "/rooms/standup/participants/00000000", "", 405, "DELETE"},
		{"GET", "/rooms/standup/people", "", 404, ""},
		{"GET", "/rooms/standup/participants/x/y", "", 404, ""},
		{"GET", "/rooms/", "", 400, ""},
		{"GET", "/rooms/%21", "", 400, ""},
		{"GET", "/rooms/" + strings.Repeat("a", 1024), "", 400, ""},
		{"GET", "/rooms/standup", "", 404, ""},
		{"DELETE", "/rooms/standup/participants/00000000", "", 404, ""},
		{"POST", "/rooms/standup/participants", "", 400, ""},
		{"POST", "/rooms/standup/participants", `{"jwt":""}`, 400, ""},
		{"POST", "/rooms/standup/participants", `{"jwt":"x","more":1}`, 400, ""},
		{"POST", "/rooms/standup/participants", `{"jwt":null}`, 400, ""},
	} {
		t.Run(fmt.Sprint(tc.method, tc.path, tc.body)[:min(60, len(tc.method+tc.path+tc.body))], func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.do(tc.method, tc.path, http.Header{"Content-Type": {jsonType}}, tc.body)
			w.want(got, tc.status)
			if allow := got.header.Get("Allow"); allow != tc.allow {
				t.Errorf("got Allow %q, want %q", allow, tc.allow)
			}
		})
	}
}

func TestRooms_ContentType(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.do("POST", "/rooms/standup/participants", nil, `{"jwt":"x"}`), 415)
}

func TestRooms_CourseOfAMeeting(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.mustJoin("standup", sign(t, guest()))
	b := w.mustJoin("standup", sign(t, guest())) // the same person with another device
	want := fmt.Sprintf(`{"calls":[],"participants":[%s,%s],"room":"standup","roomJid":"standup@conference.meet.jitsi","tenant":""}`,
		withoutRoom(t, a), withoutRoom(t, b))
	if got := asJSON(t, w.show("standup").body); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	w.want(w.leave("standup", a), 204)
	w.want(w.leave("standup", a), 404)
	w.want(w.leave("standup?tenant=acme", b), 404)
	w.want(w.leave("standup", b), 204)
	w.want(w.show("standup"), 404)
	if got := asJSON(t, w.do("GET", "/rooms", nil, "").body); got != `{"rooms":[]}` {
		t.Errorf("got %s, want no rooms", got)
	}
}

func withoutRoom(t *testing.T, joined map[string]any) string {
	t.Helper()
	delete(joined, "room")
	text := asJSON(t, joined)
	return text
}
