package jaas_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/local/sandbox/jaas"
)

// TestAdminToken_Refused sends every token that must not do anything to an endpoint that would do it.
func TestAdminToken_Refused(t *testing.T) {
	t.Parallel()
	now := start.Unix()
	header := func(name string, value any) string {
		return signWith(t, signingKey(), map[string]any{name: value}, adminClaims())
	}
	hs256 := func() string {
		token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(adminClaims()))
		token.Header["kid"] = kid
		raw, err := token.SignedString([]byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	good := sign(t, adminClaims())
	for _, tc := range []struct {
		name    string
		token   string
		status  int
		message string
	}{
		{"no token", "", 401, "token"},
		{"garbage", "abc", 401, "three parts"},
		{"garbage in three parts", "a.b.c", 401, "header"},
		{"header is no object", "bnVsbA." + strings.SplitN(good, ".", 2)[1], 401, "header"},
		{"padding", good + "=", 401, "signature"},
		{"typ missing", header("typ", nil), 401, "typ"},
		{"typ in lower case", header("typ", "jwt"), 401, "typ"},
		{"alg HS256", hs256(), 401, "alg"},
		{"alg said to be RS384", header("alg", "RS384"), 401, "alg"},
		{"alg none", header("alg", "none"), 401, "alg"},
		{"kid missing", header("kid", nil), 401, "kid"},
		{"kid no string", header("kid", 4), 401, "kid"},
		{"kid without appId", header("kid", "4f4910"), 401, "kid"},
		{"kid without keyId", header("kid", appID), 401, "kid"},
		{"kid of something else", header("kid", "app/4f4910"), 401, "kid"},
		{"kid unknown", header("kid", appID+"/000000"), 401, "could not obtain public key"},
		{"signed by another key", signWith(t, strangeKey(), nil, adminClaims()), 401, "signature"},
		{"payload changed", swapPayload(good, sign(t, adminClaims().with("room", "x"))), 401, "signature"},
		{"iss wrong", sign(t, adminClaims().with("iss", "jitsi")), 401, "iss"},
		{"iss missing", sign(t, adminClaims().with("iss", nil)), 401, "iss"},
		{"aud wrong", sign(t, adminClaims().with("aud", "chat")), 401, "aud"},
		{"aud a list", sign(t, adminClaims().with("aud", []string{"jitsi"})), 401, "aud"},
		{"sub of another tenant", sign(t, adminClaims().with("sub", otherApp)), 401, "sub"},
		{"sub missing", sign(t, adminClaims().with("sub", nil)), 401, "sub"},
		{"exp missing", sign(t, adminClaims().with("exp", nil)), 401, "exp"},
		{"exp a string", sign(t, adminClaims().with("exp", "1760000300")), 401, "exp"},
		{"exp in milliseconds", sign(t, adminClaims().with("exp", (now+300)*1000)), 401, "exp"},
		{"exp now", sign(t, adminClaims().with("exp", now)), 401, "exp"},
		{"exp past", sign(t, adminClaims().with("exp", now-1)), 401, "exp"},
		{"nbf a string", sign(t, adminClaims().with("nbf", "1759999990")), 401, "nbf"},
		{"nbf in milliseconds", sign(t, adminClaims().with("nbf", (now-10)*1000)), 401, "nbf"},
		{"nbf in one second", sign(t, adminClaims().with("nbf", now+1)), 401, "nbf"},
		{"participant token", sign(t, participantClaims()), 403, "admin"},
		{"admin missing", sign(t, adminClaims().with("admin", nil)), 403, "admin"},
		{"admin false", sign(t, adminClaims().with("admin", false)), 403, "admin"},
		{"admin a string", sign(t, adminClaims().with("admin", "true")), 403, "admin"},
		{"admin a number", sign(t, adminClaims().with("admin", 1)), 403, "admin"},
		{"admin inside context", sign(t, participantClaims().with("context.admin", true)), 403, "admin"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.do("POST", banUser+"u-17", http.Header{"Authorization": {"Bearer " + tc.token}}, "")
			w.want(got, tc.status)
			if msg, _ := got.body["message"].(string); !strings.Contains(msg, tc.message) {
				t.Errorf("message %q, want it to say %q", msg, tc.message)
			}
			w.mustJoin("standup", sign(t, participantClaims()))
		})
	}
}

func swapPayload(token, other string) string {
	a, b := strings.Split(token, "."), strings.Split(other, ".")
	return a[0] + "." + b[1] + "." + a[2]
}

func TestAdminToken_Header(t *testing.T) {
	t.Parallel()
	token := sign(t, adminClaims())
	for _, tc := range []struct {
		name   string
		values []string
		status int
	}{
		{"absent", nil, 401},
		{"bare token", []string{token}, 401},
		{"other scheme", []string{"Basic " + token}, 401},
		{"two headers", []string{"Bearer " + token, "Bearer " + token}, 401},
		{"bearer", []string{"Bearer " + token}, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.do("POST", banUser+"u-17", http.Header{"Authorization": tc.values}, "")
			w.want(got, tc.status)
			if challenge := got.header.Get("WWW-Authenticate"); (tc.status == 401) != (challenge == "Bearer") {
				t.Errorf("WWW-Authenticate %q with status %d", challenge, tc.status)
			}
			if x := asJSON(t, w.rec.Exchanges()); strings.Contains(x, token) {
				t.Errorf("the record holds the token: %s", x)
			}
		})
	}
}

func TestAdminToken_Accepted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		c    claims
	}{
		{"documented example", adminClaims()},
		{"no nbf", adminClaims().with("nbf", nil)},
		{"nbf now", adminClaims().with("nbf", start.Unix())},
		{"exp in one second", adminClaims().with("exp", start.Unix()+1)},
		{"exp with a fraction", adminClaims().with("exp", float64(start.Unix())+0.5)},
		{"with a context as well", participantClaims().with("admin", true)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.want(w.do("POST", banUser+"u-17", bearer(sign(t, tc.c)), ""), 200)
		})
	}
}

func TestAdminToken_GrowsOldWithTheClock(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := bearer(sign(t, adminClaims()))
	w.step(299 * time.Second)
	w.want(w.do("POST", banUser+"u-17", token, ""), 200)
	w.step(time.Second)
	w.want(w.do("POST", banUser+"u-17", token, ""), 401)
}

func TestServer_WithoutKeysRefusesEverything(t *testing.T) {
	t.Parallel()
	h := jaas.New(jaas.Options{})
	w := &world{t: t, url: serve(t, h)}
	w.want(w.do("POST", banUser+"u-17", bearer(sign(t, adminClaims())), ""), 401)
}
