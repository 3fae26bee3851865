package jaas_test

import (
	"strings"
	"testing"
)

func TestBanUser_AnyID(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ id, path string }{
		{"u-17", "u-17"},
		{"auth0|5f90/x y", "auth0%7C5f90%2Fx%20y"},
		{"%", "%25"},
		{"%2F", "%252F"},
		{"é✓", "%C3%A9%E2%9C%93"},
		{"..", "%2E%2E"},
		{"../../jwt", "..%2F..%2Fjwt"},
		{"a//b", "a%2F%2Fb"},
		{"a+b@c;d=e", "a+b@c;d=e"},
		{"?x#y", "%3Fx%23y"},
	} {
		t.Run(tc.id, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			token := sign(t, user(tc.id))
			w.mustJoin("standup", token)
			w.want(w.admin(banUser+tc.path, ""), 200)
			if got := w.join("standup", token); got.status != 403 || got.error() != "user is banned" {
				t.Errorf("join: %d %v, want 403 user is banned", got.status, got.body)
			}
			w.mustJoin("standup", sign(t, user(tc.id+"2")))
			if got := w.rec.Exchanges()[0].Path; got != banUser+tc.path {
				t.Errorf("recorded %q, want %q", got, banUser+tc.path)
			}
		})
	}
}

func TestBanUser_GoEscapingIsOneSegment(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.admin(banUser+escape("auth0|5f90/x y%"), ""), 200)
	w.want(w.join("standup", sign(t, user("auth0|5f90/x y%"))), 403)
}

func TestBanUser_DoesNotReachOtherTenants(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.admin(banUser+"u-17", ""), 200)
	w.want(w.admin(banUser+"u-17", ""), 200)
	token := signWith(t, signingKey(), map[string]any{"kid": otherKid}, user("u-17").with("sub", otherApp))
	got := w.do("POST", "/rooms/"+otherApp+"/standup/participants", bearer("x"), `{"jwt":"`+token+`"}`)
	w.want(got, 201)
}

func TestBanUser_GuestsWithoutIDStay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.admin(banUser+"u-17", ""), 200)
	w.mustJoin("standup", sign(t, participantClaims().with("context.user.id", nil)))
	w.mustJoin("standup", sign(t, participantClaims().with("context.user", nil)))
}

func TestBanJWT_Refused(t *testing.T) {
	t.Parallel()
	good := sign(t, participantClaims())
	other := signWith(t, signingKey(), map[string]any{"kid": otherKid}, participantClaims().with("sub", otherApp))
	jwtBody := func(token string) string { return `{"jwt":"` + token + `"}` }
	for _, tc := range []struct {
		name, body string
		status     int
	}{
		{"empty", "", 400},
		{"empty object", `{}`, 400},
		{"bare string", `"` + good + `"`, 400},
		{"other field", `{"token":"` + good + `"}`, 400},
		{"one field more", `{"jwt":"` + good + `","why":"x"}`, 400},
		{"empty token", jwtBody(""), 400},
		{"garbage", jwtBody("garbage"), 400},
		{"garbage in parts", jwtBody("a.b.c"), 400},
		{"bad signature", jwtBody(signWith(t, strangeKey(), nil, participantClaims())), 400},
		{"unknown key", jwtBody(signWith(t, signingKey(), map[string]any{"kid": appID + "/0"}, participantClaims())), 400},
		{"typ missing", jwtBody(signWith(t, signingKey(), map[string]any{"typ": nil}, participantClaims())), 400},
		{"admin token", jwtBody(sign(t, adminClaims())), 400},
		{"without room", jwtBody(sign(t, participantClaims().with("room", nil))), 400},
		{"iss wrong", jwtBody(sign(t, participantClaims().with("iss", "x"))), 400},
		{"another tenant's", jwtBody(other), 403},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.want(w.do("POST", banJWT, bearer(sign(t, adminClaims())), tc.body), tc.status)
			w.mustJoin("standup", good)
		})
	}
}

func TestBanJWT_StopsThisTokenOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	banned := sign(t, participantClaims())
	same := sign(t, participantClaims().with("jti", "2"))
	inside := w.mustJoin("standup", banned)

	w.want(w.admin(banJWT, `{"jwt":"`+banned+`"}`), 200)
	w.want(w.admin(banJWT, `{"jwt":"`+banned+`"}`), 200)

	if got := w.join("standup", banned); got.status != 403 || got.error() != "user is banned" {
		t.Errorf("join: %d %v, want 403 user is banned", got.status, got.body)
	}
	w.mustJoin("standup", same)
	if got := asJSON(t, w.show("standup").body); !strings.Contains(got, inside["participantId"].(string)) {
		t.Errorf("the ban ejected somebody: %s", got)
	}
}

// A token of the same bytes spelled in another way must not get past the ban.
func TestBanJWT_OtherSpellings(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, participantClaims())
	w.want(w.admin(banJWT, `{"jwt":"`+token+`"}`), 200)
	// 256 bytes end in 2 characters of which the last carries 4 unused bits.
	last := strings.IndexByte(alphabet, token[len(token)-1])
	for _, spelling := range []string{token + "=", token + "==", token + "\\n", token[:len(token)-1] + alphabet[last+1:last+2]} {
		if got := w.do("POST", "/rooms/"+appID+"/standup/participants", bearer("x"), `{"jwt":"`+spelling+`"}`); got.status != 403 {
			t.Errorf("%q: status %d, want 403", spelling[len(spelling)-3:], got.status)
		}
	}
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func TestBanJWT_TimesDoNotMatter(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.admin(banJWT, `{"jwt":"`+sign(t, participantClaims().with("exp", start.Unix()-1))+`"}`), 200)
	w.want(w.admin(banJWT, `{"jwt":"`+sign(t, participantClaims().with("nbf", start.Unix()+60))+`"}`), 200)
}
