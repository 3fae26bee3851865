package jitsi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"gavel/local/sandbox"
	"gavel/local/sandbox/jitsi"
)

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func TestProsody_WhatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ method, path string }{
		{"GET", "/prosody"},
		{"GET", "/prosody/"},
		{"POST", "/prosody/"},
		{"POST", "/prosody/end-meeting/"},
		{"POST", "/prosody//end-meeting"},
		{"POST", "/prosody/End-Meeting"},
		{"POST", "/prosody/end%2Dmeeting"},
		{"GET", "/prosody/end-meeting?conference=standup" + muc},
		{"PUT", "/prosody/end-meeting?conference=standup" + muc},
		{"POST", "/prosody/kick-participant?room=standup"},
		{"DELETE", "/prosody/kick-participant?room=standup"},
		{"PUT", "/prosody/invite-jigasi"},
		{"POST", "/prosody/room?room=standup&domain=" + domain},
		{"POST", "/prosody/room-size?room=standup&domain=" + domain},
		{"POST", "/prosody/sessions"},
		{"POST", "/prosody/room-census"},
		{"POST", "/prosody/send-system-chat-message"},
		{"GET", "/prosody/http-bind"},
	} {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.mustJoin("standup", sign(t, guest()))
			w.wantPage(w.do(tc.method, tc.path, bearer(systemToken(t)), `{"participantId":"x"}`), 404)
			path, _, _ := strings.Cut(tc.path, "?")
			if x := w.rec.Exchanges(); len(x) != 1 || x[0].Path != path || x[0].Answer.Status != 404 {
				t.Errorf("recorded %+v, want one exchange with 404", x)
			}
			if n := w.inside("standup"); n != 1 {
				t.Errorf("got %d inside, want 1", n)
			}
		})
	}
}

// Without the key server of system tokens, three of the modules are not loaded.
func TestProsody_WithoutSystemKeys(t *testing.T) {
	t.Parallel()
	w := setup(t, settings(func(set *jitsi.Settings) { set.SystemKeyServer = "" }))
	p := w.mustJoin("standup", sign(t, guest()))
	w.wantPage(w.end("standup"+muc), 404)
	w.wantPage(w.kick("room=standup", asJSON(t, map[string]any{"participantId": p["participantId"]})), 404)
	w.wantPage(w.invite("standup"+muc, "+40747777777"), 404)
	w.want(w.get("room-size", "standup"), 200)
	if got := w.keys.times("/system", systemKid); got != 0 {
		t.Errorf("got %d requests for a key, want none", got)
	}
}

func TestProsody_BodyTooLarge(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.wantPage(w.kick("room=standup", strings.Repeat(" ", 1<<20+1)), 413)
}

// systemRefusals are all ways in which a system token can be bad.
func systemRefusals(t *testing.T) map[string]http.Header {
	t.Helper()
	now := start.Unix()
	bad := func(c claims) http.Header { return bearer(signSystem(t, nil, c)) }
	head := func(name string, value any) http.Header {
		return bearer(signSystem(t, map[string]any{name: value}, systemClaims()))
	}
	token := signSystem(t, nil, systemClaims())
	return map[string]http.Header{
		"none":             {"Content-Type": {jsonType}},
		"empty":            {"Content-Type": {jsonType}, "Authorization": {"Bearer "}},
		"another scheme":   {"Content-Type": {jsonType}, "Authorization": {"Basic " + token}},
		"lower case":       {"Content-Type": {jsonType}, "Authorization": {"bearer " + token}},
		"twice":            {"Content-Type": {jsonType}, "Authorization": {"Bearer " + token, "Bearer " + token}},
		"garbage":          bearer("garbage"),
		"login token":      bearer(sign(t, guest())),
		"RS login token":   bearer(signRS(t, guest())),
		"login key":        bearer(signed(t, rs256, loginKey(), map[string]any{"kid": systemKid}, systemClaims())),
		"kid missing":      head("kid", nil),
		"kid a number":     head("kid", 1),
		"typ missing":      head("typ", nil),
		"alg said another": head("alg", "RS512"),
		"exp now":          bad(systemClaims().with("exp", now)),
		"exp a string":     bad(systemClaims().with("exp", "1760000060")),
		"nbf in a second":  bad(systemClaims().with("nbf", now+1)),
		"iss wrong":        bad(systemClaims().with("iss", "other")),
		"iss missing":      bad(systemClaims().with("iss", nil)),
		"aud missing":      bad(systemClaims().with("aud", nil)),
		"room missing":     bad(systemClaims().with("room", nil)),
		"sub missing":      bad(systemClaims().with("sub", nil)),
	}
}

func TestSystemToken_Refused(t *testing.T) {
	t.Parallel()
	for name, header := range systemRefusals(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.edit(func(set *jitsi.Settings) { set.Audiences = []string{appID} })
			p := w.mustJoin("standup", sign(t, guest()))
			kick := asJSON(t, map[string]any{"participantId": p["participantId"]})
			w.wantBare(w.do("POST", "/prosody/end-meeting?conference=standup"+muc, header, ""), 401)
			w.wantBare(w.do("PUT", "/prosody/kick-participant?room=standup", header, kick), 403)
			w.wantBare(w.do("POST", "/prosody/invite-jigasi", header, `{"conference":"standup`+muc+`","phoneNo":"+1"}`), 401)
			if n := w.inside("standup"); n != 1 {
				t.Errorf("got %d inside, want 1", n)
			}
			for _, x := range w.rec.Exchanges() {
				if x.TokenError == "" || x.Claims != nil {
					t.Errorf("recorded %+v, want a token error and no claims", x)
				}
			}
		})
	}
}

func TestSystemToken_Accepted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]claims{
		"usual":                          systemClaims(),
		"one room, which does not bind":  systemClaims().with("room", "other"),
		"another domain, which does not": systemClaims().with("sub", "x"),
		"no exp":                         systemClaims().with("exp", nil),
		"no nbf":                         systemClaims().with("nbf", nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.mustJoin("standup", sign(t, guest()))
			w.wantBare(w.do("POST", "/prosody/end-meeting?conference=standup"+muc, bearer(signSystem(t, nil, c)), ""), 200)
		})
	}
}

// One of the modules does not insist on the word before the token.
func TestSystemToken_BareOneKicks(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.mustJoin("standup", sign(t, guest()))
	header := http.Header{"Content-Type": {jsonType}, "Authorization": {systemToken(t)}}
	w.wantBare(w.do("POST", "/prosody/end-meeting?conference=standup"+muc, header, ""), 401)
	w.wantBare(w.do("PUT", "/prosody/kick-participant?room=standup", header, asJSON(t, map[string]any{"participantId": p["participantId"]})), 200)
	if got := asJSON(t, w.rec.Exchanges()); strings.Contains(got, systemToken(t)) {
		t.Errorf("the record holds the token: %s", got)
	}
}

// The option for the algorithm is one for both kinds of token, so says the code.
func TestSystemToken_OneAlgorithm(t *testing.T) {
	t.Parallel()
	w := setup(t, traits(jitsi.Traits{OneAlgorithm: true}))
	w.mustJoin("standup", sign(t, guest()))
	w.wantBare(w.end("standup"+muc), 401)
	withKeyServer("")(w)
	w.wantBare(w.end("standup"+muc), 200)
}

func TestSystemToken_FollowsALoginWithRSA(t *testing.T) {
	t.Parallel()
	w := setup(t)
	withKeyServer("RS512")(w)
	w.wantBare(w.end("standup"+muc), 401)
	header := bearer(signed(t, rs512, systemKey(), map[string]any{"kid": systemKid}, systemClaims()))
	w.wantBare(w.do("POST", "/prosody/end-meeting?conference=standup"+muc, header, ""), 404)
}

func TestSystemKeys_AreFetchedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for range 3 {
		w.wantBare(w.end("standup"+muc), 404)
	}
	if got := w.keys.times("/system", systemKid); got != 1 {
		t.Errorf("got %d requests for the key, want 1", got)
	}
}

func TestProsody_Record(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.mustJoin("standup", sign(t, guest()))
	w.show("standup")
	system, login := signSystem(t, nil, systemClaims()), sign(t, guest())
	body := asJSON(t, map[string]any{"participantId": p["participantId"]})
	w.do("GET", "/prosody/room?room=standup&domain="+domain+"&token="+login+"&%74oken="+login, nil, "")
	w.do("PUT", "/prosody/kick-participant?room=standup&jwt="+login, bearer(system), body)

	got := w.rec.Exchanges()
	if len(got) != 2 {
		t.Fatalf("recorded %d exchanges, want 2: joining is not recorded", len(got))
	}
	want := []sandbox.Exchange{
		{
			Time: start, Provider: "jitsi", Method: "GET", Path: "/prosody/room",
			Query: "room=standup&domain=" + domain + "&token=&%74oken=",
			Answer: sandbox.Answer{Status: 200, Body: []any{map[string]any{
				"jid": "standup" + muc + "/" + p["participantId"].(string), "email": "ada@example.org", "display_name": "Ada",
			}}},
		},
		{
			Time: start, Provider: "jitsi", Method: "PUT", Path: "/prosody/kick-participant", Query: "room=standup&jwt=",
			ContentType: jsonType, Authorization: "Bearer",
			Claims: map[string]any{
				"aud": appID, "iss": appID, "sub": domain, "room": "*",
				"nbf": json.Number("1759999990"), "exp": json.Number("1760000060"),
			},
			Body:   map[string]any{"participantId": p["participantId"]},
			Answer: sandbox.Answer{Status: 200},
		},
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("got  %+v\nwant %+v", got[i], want[i])
		}
	}
	if all := asJSON(t, got); strings.Contains(all, system) || strings.Contains(all, login) {
		t.Errorf("the record holds a token: %s", all)
	}
}

func TestJoinLink_SaysHowToJoin(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, tc := range []struct{ path, want string }{
		{"/Standup?jwt=x", "POST /rooms/standup/participants "},
		{"/acme/standup?jwt=x", "POST /rooms/standup/participants?tenant=acme "},
		{"/%C3%89", "POST /rooms/%c3%a9/participants "},
		{"/<b>x", "POST /rooms/%3cb%3ex/participants "},
		{"/", "POST /rooms/{room}/participants "},
		{"/a/b/c", "POST /rooms/c/participants "},
	} {
		got := w.do("GET", tc.path, nil, "")
		w.want(got, 200)
		if got.header.Get("Content-Type") != "text/plain; charset=utf-8" || !strings.Contains(got.raw, tc.want) {
			t.Errorf("%s: got %q, want it to say %q", tc.path, got.raw, tc.want)
		}
	}
	w.want(w.do("POST", "/standup", nil, ""), 405)
	if n := len(w.rec.Exchanges()); n != 0 {
		t.Errorf("recorded %d exchanges, want none", n)
	}
}
