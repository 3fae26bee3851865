package jaas_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestJoin_Patterns(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 129)
	for _, tc := range []struct {
		name, pattern, room string
		error               string // "" means let in
	}{
		{"hyphen escaped", "team%-%d+", "team-12", ""},
		{"hyphen as quantifier", "team-%d+", "team-12", "room-name-does-not-match"},
		{"hyphen as quantifier, what it means", "team-%d+", "teammm12", ""},
		{"anything", ".*", "whatever", ""},
		{"anchored", "^team%-%d+$", "team-12", ""},
		{"part of the room", "team", "team-12", "not-allowed"},
		{"no match", "team%-%d+", "other", "room-name-does-not-match"},
		{"anchored, no match", "^eam", "team", "room-name-does-not-match"},
		{"regex habit: backslash", `team\d+`, "team12", "room-name-does-not-match"},
		{"regex habit: alternatives", "a|b", "a", "room-name-does-not-match"},
		{"pattern is not lower-cased", "room%D+", "room-x", ""},
		{"pattern is not lower-cased, digits", "room%D+", "room12", "room-name-does-not-match"},
		{"capture that is the whole", "(team%d)", "team1", ""},
		{"capture of a part", "team(%d)", "team1", "not-allowed"},
		{"three quantifiers", "a*b*c*", "abc", ""},
		{"four quantifiers", "a*b*c*d*", "abcd", "invalid-regex"},
		{"quantifiers in a class and escaped", "[a-z0-9*+?%-]+%-%d+", "team-12", ""},
		{"128 characters", "a*", long[:128], ""},
		{"129 characters", "a*", long, "invalid-regex"},
		{"class not closed", "[abc", "a", "invalid-regex"},
		{"capture not closed", "(abc", "abc", "invalid-regex"},
		{"capture not opened", "abc)", "abc", "invalid-regex"},
		{"lone escape", "abc%", "abc", "invalid-regex"},
		{"balance without its characters", "%b(", "a", "invalid-regex"},
		{"no such capture", "%1", "a", "invalid-regex"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			c := participantClaims().with("context.room.regex", true).with("room", tc.pattern)
			got := w.join(tc.room, sign(t, c))
			if want := map[bool]int{true: 201, false: 403}[tc.error == ""]; got.status != want || got.error() != tc.error {
				t.Errorf("got %d %v, want %d %s", got.status, got.body, want, tc.error)
			}
		})
	}
}

func TestJoin_BadRequests(t *testing.T) {
	t.Parallel()
	path := "/rooms/" + appID + "/standup/participants"
	for _, tc := range []struct {
		name, method, path, contentType, body string
		status                                int
	}{
		{"no room", "POST", "/rooms/" + appID + "//participants", jsonType, "{}", 400},
		{"room of dropped characters", "POST", "/rooms/" + appID + "/!!/participants", jsonType, "{}", 400},
		{"room too long", "GET", "/rooms/" + appID + "/" + strings.Repeat("a", 1024), "", "", 400},
		{"no tenant", "GET", "/rooms/", "", "", 404},
		{"no such path", "GET", "/rooms/" + appID + "/standup/calls", "", "", 404},
		{"deeper path", "GET", path + "/a/b", "", "", 404},
		{"rooms alone", "GET", "/rooms", "", "", 404},
		{"get to join", "GET", path, "", "", 405},
		{"put to leave", "PUT", path + "/f0aa9e1e", "", "", 405},
		{"delete a room", "DELETE", "/rooms/" + appID + "/standup", "", "", 405},
		{"post to the list", "POST", "/rooms/" + appID, jsonType, "{}", 405},
		{"no content type", "POST", path, "", "{}", 415},
		{"too large", "POST", path, jsonType, strings.Repeat(" ", 1<<20+1), 413},
		{"no token", "POST", path, jsonType, "{}", 400},
		{"another field", "POST", path, jsonType, `{"jwt":"x","name":"y"}`, 400},
		{"leave without having come", "DELETE", path + "/f0aa9e1e", "", "", 404},
		{"no such meeting", "GET", "/rooms/" + appID + "/standup", "", "", 404},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			h := http.Header{}
			if tc.contentType != "" {
				h.Set("Content-Type", tc.contentType)
			}
			w.want(w.do(tc.method, tc.path, h, tc.body), tc.status)
		})
	}
}
