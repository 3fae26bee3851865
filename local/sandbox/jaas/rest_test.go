package jaas_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"gavel/local/sandbox"
)

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func TestREST_PathAndMethod(t *testing.T) {
	t.Parallel()
	const tooLarge = 1<<20 + 1
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"root", "POST", "/", "", 404},
		{"base", "POST", "/v1/_jaas", "", 404},
		{"base left out", "POST", strings.TrimPrefix(meetings, "/v1/_jaas"), "{}", 404},
		{"trailing slash", "POST", meetings + "/", "{}", 404},
		{"doubled slash", "POST", "/" + meetings, "{}", 404},
		{"no user id", "POST", banUser, "", 404},
		{"user id with a slash", "POST", banUser + "a/b", "", 404},
		{"plain dot segment", "POST", banUser + "..", "", 404},
		{"unban", "POST", strings.Replace(banUser, "/ban/", "/unban/", 1) + "u", "", 404},
		{"get", "GET", banUser + "u-17", "", 405},
		{"put", "PUT", banJWT, "{}", 405},
		{"delete", "DELETE", meetings, "{}", 405},
		{"another tenant, user", "POST", strings.Replace(banUser, appID, otherApp, 1) + "u-17", "", 403},
		{"another tenant, jwt", "POST", strings.Replace(banJWT, appID, otherApp, 1), `{"jwt":"a.b.c"}`, 403},
		{"body of a mebibyte and one", "POST", meetings, strings.Repeat(" ", tooLarge), 413},
		{"body too large where none belongs", "POST", banUser + "u-17", strings.Repeat(" ", tooLarge), 413},
		{"ban user with a body", "POST", banUser + "u-17", "{}", 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.do(tc.method, tc.path, bearer(sign(t, adminClaims())), tc.body)
			w.want(got, tc.status)
			if allow := got.header.Get("Allow"); (tc.status == 405) != (allow == "POST") {
				t.Errorf("Allow %q with status %d", allow, tc.status)
			}
			if x := w.rec.Exchanges(); len(x) != 1 || x[0].Path != tc.path || x[0].Answer.Status != tc.status {
				t.Errorf("recorded %+v", x)
			}
		})
	}
}

func TestREST_BadlyEncodedPath(t *testing.T) {
	t.Parallel()
	w := setup(t)
	// A Go client would encode the bar; others may not.
	req := httptest.NewRequest("POST", "/x", nil)
	req.URL.Path, req.URL.RawPath = banUser+"auth0|5f90", banUser+"auth0|5f90"
	raw := httptest.NewRecorder()
	server := newServerFor(w)
	server.ServeHTTP(raw, req)
	if raw.Code != http.StatusBadRequest {
		t.Errorf("status %d, want 400", raw.Code)
	}
}

func TestREST_ContentType(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		value  string
		status int
	}{
		{"", 415},
		{"text/plain", 415},
		{"application/x-www-form-urlencoded", 415},
		{"application/problem+json", 415},
		{"application/json", 404}, // no such meeting: the type was fine
		{"application/json; charset=utf-8", 404},
		{"Application/JSON", 404},
	} {
		t.Run(tc.value, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			h := http.Header{"Authorization": bearer(sign(t, adminClaims()))["Authorization"]}
			if tc.value != "" {
				h.Set("Content-Type", tc.value)
			}
			body := `{"action":"DESTROY","payload":{"conferenceFullName":"r@conference.` + appID + `.8x8.vc"}}`
			w.want(w.do("POST", meetings, h, body), tc.status)
		})
	}
	w := setup(t)
	h := bearer(sign(t, adminClaims()))
	h.Del("Content-Type")
	w.want(w.do("POST", banJWT, h, `{"jwt":"a.b.c"}`), 415)
}

func TestREST_Record(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, adminClaims())
	w.do("POST", banUser+"auth0%7C5f90%2Fx%20y?why=1", bearer(token), "")
	w.command("DESTROY", "standup")
	w.do("POST", banUser+"u", bearer("a.b.c"), "not json")

	got := w.rec.Exchanges()
	if len(got) != 3 {
		t.Fatalf("recorded %d exchanges, want 3", len(got))
	}
	ban, destroy, refused := got[0], got[1], got[2]
	wantBan := sandbox.Exchange{
		Time: start, Provider: "jaas", Method: "POST", Path: banUser + "auth0%7C5f90%2Fx%20y", Query: "why=1",
		ContentType: jsonType, Authorization: "Bearer",
		Claims: map[string]any{
			"aud": "jitsi", "iss": "chat", "sub": appID, "admin": true,
			"exp": json.Number("1760000300"), "nbf": json.Number("1759999990"),
		},
		Answer: sandbox.Answer{Status: 200, Body: ban.Answer.Body},
	}
	if !reflect.DeepEqual(ban, wantBan) {
		t.Errorf("ban: got %+v, want %+v", ban, wantBan)
	}
	if ban.Answer.Body == nil {
		t.Error("ban: the answer's body is missing")
	}
	if body, _ := destroy.Body.(map[string]any); body["action"] != "DESTROY" || destroy.Answer.Status != 404 {
		t.Errorf("destroy: got %+v", destroy)
	}
	if refused.Claims != nil || refused.TokenError == "" || refused.Body != "not json" || refused.Answer.Status != 401 {
		t.Errorf("refused: got %+v", refused)
	}
	if strings.Contains(asJSON(t, got), token) {
		t.Error("the record holds the bearer token")
	}
}

func TestREST_RecordsClaimsOfForbiddenTokens(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.do("POST", banUser+"u", bearer(sign(t, participantClaims())), ""), 403)
	if x := w.rec.Exchanges()[0]; x.Claims["room"] != "standup" || x.TokenError != "" {
		t.Errorf("recorded %+v", x)
	}
}

func TestREST_JoiningIsNotRecorded(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.mustJoin("standup", sign(t, participantClaims()))
	w.show("standup")
	w.leave("standup", p)
	if got := w.rec.Exchanges(); len(got) != 0 {
		t.Errorf("recorded %+v, want nothing", got)
	}
}

func TestREST_BelowServeMux(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mux := http.NewServeMux()
	mux.Handle("/a/", http.StripPrefix("/a", newServerFor(w)))
	behind := &world{t: t, url: serve(t, mux) + "/a"}
	for _, id := range []string{"u-17", "%2E%2E", "a%2F%2Fb", "auth0%7C5f90%2Fx%20y"} {
		// Without keys: 401 says that the path was understood.
		behind.want(behind.do("POST", banUser+id, nil, ""), 401)
	}
	if got := w.rec.Exchanges(); len(got) != 4 || got[2].Path != banUser+"a%2F%2Fb" {
		t.Errorf("recorded %+v", got)
	}
}
