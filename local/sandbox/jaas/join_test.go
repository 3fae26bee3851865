package jaas_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestJoin_Refused holds every key of the client's check and every reason of the server's.
func TestJoin_Refused(t *testing.T) {
	t.Parallel()
	now := start.Unix()
	change := func(path string, value any) string { return sign(t, participantClaims().with(path, value)) }
	header := func(name string, value any) string {
		return signWith(t, signingKey(), map[string]any{name: value}, participantClaims())
	}
	good := sign(t, participantClaims())
	part := strings.Split(good, ".")
	for _, tc := range []struct {
		name, token string
		error       string
		errors      string // all keys of the client's check, "" when the server refused
	}{
		{"garbage", "garbage", "headerNotFound", "headerNotFound"},
		{"header unreadable", "x." + part[1] + "." + part[2], "headerNotFound", "headerNotFound"},
		{"payload unreadable", part[0] + ".x." + part[2], "payloadNotFound", "payloadNotFound"},
		{"payload null", part[0] + ".bnVsbA." + part[2], "payloadNotFound", "payloadNotFound"},
		{"kid missing", header("kid", nil), "kidNotFound", "kidNotFound"},
		{"kid empty", header("kid", ""), "kidNotFound", "kidNotFound"},
		{"kid of another tenant", header("kid", otherKid), "kidMismatch", "kidMismatch"},
		{"kid is keyId only", header("kid", "4f4910"), "kidMismatch", "kidMismatch"},
		{"aud wrong", change("aud", "chat"), "audInvalid", "audInvalid"},
		{"aud a list", change("aud", []string{"jitsi"}), "audInvalid", "audInvalid"},
		{"iss wrong", change("iss", "jitsi"), "issInvalid", "issInvalid"},
		{"features missing", change("context.features", nil), "featuresNotFound", "featuresNotFound"},
		{"features empty string", change("context.features", ""), "featuresNotFound", "featuresNotFound"},
		{"features a list", change("context.features", []string{"recording"}), "featureInvalid", "featureInvalid"},
		{"context missing", change("context", nil), "featuresNotFound", "featuresNotFound,contextNotFound"},
		{"nbf a string", change("nbf", "1759999990"), "nbfInvalid", "nbfInvalid"},
		{"nbf in milliseconds", change("nbf", (now-10)*1000), "nbfInvalid", "nbfInvalid"},
		{"nbf in the future", change("nbf", now+1), "nbfFuture", "nbfFuture"},
		{"exp missing", change("exp", nil), "expInvalid", "expInvalid"},
		{"exp a string", change("exp", "1760007200"), "expInvalid", "expInvalid"},
		{"exp in milliseconds", change("exp", (now+60)*1000), "expInvalid", "expInvalid"},
		{"exp finer than milliseconds", change("exp", 1760007200.00001), "expInvalid", "expInvalid"},
		{"expired", change("exp", now-1), "tokenExpired", "tokenExpired"},
		{"unknown feature", change("context.features.token_bypass", true), "featureInvalid", "featureInvalid"},
		{"feature value", change("context.features.recording", "yes"), "featureValueInvalid", "featureValueInvalid"},
		{"feature value a number", change("context.features.recording", 1), "featureValueInvalid", "featureValueInvalid"},
		{"several", sign(t, claims{"sub": appID}), "audInvalid", "audInvalid,issInvalid,featuresNotFound,expInvalid,contextNotFound"},

		{"kid a number", header("kid", 4), "not-allowed", ""},
		{"typ missing", header("typ", nil), "not-allowed", ""},
		{"alg wrong", header("alg", "RS512"), "not-allowed", ""},
		{"key unknown", header("kid", appID+"/000000"), "not-allowed", ""},
		{"signature of another key", signWith(t, strangeKey(), nil, participantClaims()), "not-allowed", ""},
		{"signature cut off", part[0] + "." + part[1] + ".", "not-allowed", ""},
		{"exp this very second", change("exp", now), "not-allowed", ""}, // the client looks at > only
		{"nbf null", signNull(t, "nbf"), "not-allowed", ""},
		{"sub missing", change("sub", nil), "not-allowed", ""},
		{"sub of a self-hosted server", change("sub", "meet.example.org"), "not-allowed", ""},
		{"tenant is not the one in the URL", signWith(t, signingKey(), map[string]any{"kid": otherKid}, participantClaims().with("sub", otherApp)), "not-allowed", ""},
		{"room missing", change("room", nil), "not-allowed", ""},
		{"room of no string", change("room", 1), "not-allowed", ""},
		{"room with the appId in front", change("room", appID+"/standup"), "not-allowed", ""},
		{"another room", change("room", "stand"), "not-allowed", ""},
		{"pattern without regex", change("room", "stand.*"), "not-allowed", ""},
		{"admin token", sign(t, adminClaims()), "featuresNotFound", "featuresNotFound,contextNotFound"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.join("standup", tc.token)
			if got.status != http.StatusForbidden || got.error() != tc.error {
				t.Fatalf("got %d %v, want 403 %s", got.status, got.body, tc.error)
			}
			if keys := joined(got.body["errors"]); keys != tc.errors {
				t.Errorf("errors %q, want %q", keys, tc.errors)
			}
			w.want(w.show("standup"), 404)
		})
	}
}

func signNull(t *testing.T, name string) string {
	t.Helper()
	c := participantClaims()
	c[name] = nil
	return sign(t, c)
}

func joined(list any) string {
	var all []string
	items, _ := list.([]any)
	for _, v := range items {
		all = append(all, v.(string))
	}
	return strings.Join(all, ",")
}

func TestJoin_DocumentedExample(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.mustJoin("standup", sign(t, participantClaims()))
	for name, pattern := range map[string]string{
		"participantId":  `^[0-9a-f]{8}$`,
		"participantJid": `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}@8x8\.vc$`,
		"sessionId":      `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
		"userId":         `^u-17$`, "name": `^Ada$`, "room": `^standup$`,
	} {
		if value, _ := got[name].(string); !regexp.MustCompile(pattern).MatchString(value) {
			t.Errorf("%s is %q, want %s", name, value, pattern)
		}
	}
	if got["moderator"] != true {
		t.Errorf("moderator %v, want true", got["moderator"])
	}
	if jid := got["participantJid"].(string); !strings.HasPrefix(jid, got["participantId"].(string)+"-") {
		t.Errorf("participantId %v is not the first block of %s", got["participantId"], jid)
	}
}

func TestJoin_Accepted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, path string
		value      any
		room, want string
		moderator  bool
	}{
		{"any room", "room", "*", "whatever", "whatever", true},
		{"claim in upper case", "room", "StandUp", "standup", "standup", true},
		{"URL in upper case", "room", "standup", "StandUP", "standup", true},
		{"URL with characters that are dropped", "room", "standup", "stand!u'p", "standup", true},
		{"beyond ASCII, claim normalised", "room", "%c3%a9", "%C3%89", "%c3%a9", true},
		{"moderator boolean", "context.user.moderator", true, "standup", "standup", true},
		{"moderator false as string", "context.user.moderator", "false", "standup", "standup", false},
		{"moderator absent", "context.user.moderator", nil, "standup", "standup", false},
		{"moderator something else", "context.user.moderator", "yes", "standup", "standup", false},
		{"no features on", "context.features", map[string]any{}, "standup", "standup", true},
		{"feature as boolean", "context.features.lobby", true, "standup", "standup", true},
		{"nbf absent", "nbf", nil, "standup", "standup", true},
		{"nbf now", "nbf", 1_760_000_000, "standup", "standup", true},
		{"sample of nbfTime", "nbfTime", 1, "standup", "standup", true},
		{"no room options", "context.room", nil, "standup", "standup", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.mustJoin(tc.room, sign(t, participantClaims().with(tc.path, tc.value)))
			if got["room"] != tc.want || got["moderator"] != tc.moderator {
				t.Errorf("got %v, want room %s, moderator %t", got, tc.want, tc.moderator)
			}
		})
	}
}

// Letters beyond ASCII are a known trap: the claim is lower-cased byte by byte and never encoded.
func TestJoin_NonASCIIClaimAsTyped(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, claim := range []string{"é", "É"} {
		w.want(w.join("%C3%89", sign(t, participantClaims().with("room", claim))), 403)
	}
}

func TestJoin_TokenGrowsOld(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, participantClaims())
	w.mustJoin("standup", token)
	w.step(2*time.Hour + time.Second)
	if got := w.join("standup", token); got.error() != "tokenExpired" {
		t.Errorf("got %d %v, want tokenExpired", got.status, got.body)
	}
	// Whoever is inside stays: the token counts at the door only.
	w.want(w.show("standup"), 200)
}
