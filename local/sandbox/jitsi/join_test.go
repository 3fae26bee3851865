package jitsi_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/local/sandbox/jitsi"
)

func TestJoin_Refused(t *testing.T) {
	t.Parallel()
	now := start.Unix()
	change := func(path string, value any) string { return sign(t, guest().with(path, value)) }
	header := func(name string, value any) string {
		return signHS(t, jwt.SigningMethodHS256, secret, map[string]any{name: value}, guest())
	}
	for _, tc := range []struct {
		name, token, error string
		message            string
	}{
		{"garbage", "garbage", "headerNotFound", "headerNotFound"},
		{"exp missing", change("exp", nil), "expInvalid", "expInvalid"},
		{"exp a string", change("exp", "1760007200"), "expInvalid", "expInvalid"},
		{"exp in milliseconds", change("exp", (now+60)*1000), "expInvalid", "expInvalid"},
		{"expired", change("exp", now-1), "tokenExpired", "tokenExpired"},
		{"nbf in the future", change("nbf", now+1), "nbfFuture", "nbfFuture"},
		{"nbf a string", change("nbf", "1"), "nbfInvalid", "nbfInvalid"},
		{"context missing", change("context", nil), "contextNotFound", "contextNotFound"},
		{"unknown feature", change("context.features", map[string]any{"fly": true}), "featureInvalid", "featureInvalid"},
		{"feature value", change("context.features", map[string]any{"recording": "yes"}), "featureValueInvalid", "featureValueInvalid"},

		{"exp this very second", change("exp", now), "not-allowed", "exp"}, // the client looks at > only
		{"nbf null", sign(t, guest().null("nbf")), "not-allowed", "nbf"},
		{"typ missing", header("typ", nil), "not-allowed", "typ"},
		{"typ in lower case", header("typ", "jwt"), "not-allowed", "typ"},
		{"alg said to be another", header("alg", "HS384"), "not-allowed", "alg"},
		{"alg none", header("alg", "none"), "not-allowed", "alg"},
		{"alg that is not configured", signHS(t, jwt.SigningMethodHS512, secret, nil, guest()), "not-allowed", "alg"},
		{"another secret", signHS(t, jwt.SigningMethodHS256, secret+" ", nil, guest()), "not-allowed", "signature"},
		{"signature cut off", cutSignature(sign(t, guest())), "not-allowed", "signature"},
		{"RS256 without a key server", signRS(t, guest()), "not-allowed", "alg"},
		{"iss missing", change("iss", nil), "not-allowed", "iss"},
		{"iss null", sign(t, guest().null("iss")), "not-allowed", "iss"},
		{"iss wrong", change("iss", "chat"), "not-allowed", "iss"},
		{"aud missing", change("aud", nil), "not-allowed", "aud"},
		{"room missing", change("room", nil), "not-allowed", "room"},
		{"room no string", change("room", 7), "not-allowed", "room"},
		{"sub missing", change("sub", nil), "not-allowed", "sub"},
		{"another room", change("room", "other"), "not-allowed", "room"},
		{"a longer room", change("room", "standup2"), "not-allowed", "room"},
		{"another domain", change("sub", "meet.example.org"), "not-allowed", "sub"},
		{"the MUC's domain", change("sub", "conference.meet.jitsi"), "not-allowed", "sub"},
		{"a tenant's", change("sub", "acme"), "not-allowed", "sub"},

		{"user id a number", change("context.user.id", 17), "not-allowed", "id"},
		{"user name null", sign(t, guest().null("context.user.name")), "not-allowed", "name"},
		{"user name a boolean", change("context.user.name", true), "not-allowed", "name"},
		{"user field with fields", change("context.user.more", map[string]any{}), "not-allowed", "more"},
		{"moderator null", sign(t, guest().null("context.user.moderator")), "not-allowed", "moderator"},
		{"moderator a number", change("context.user.moderator", 1), "not-allowed", "moderator"},
		{"user null", sign(t, guest().null("context.user")), "not-allowed", "context.user"},
		{"user a string", change("context.user", "Ada"), "not-allowed", "context.user"},
		{"group a number", change("context.group", 5), "not-allowed", "context.group"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.join("standup", tc.token)
			if got.status != http.StatusForbidden || got.error() != tc.error {
				t.Fatalf("got %d %s, want 403 %s", got.status, got.raw, tc.error)
			}
			if message, _ := got.body["message"].(string); !strings.Contains(message, tc.message) {
				t.Errorf("got message %q, want it to say %q", message, tc.message)
			}
			w.want(w.show("standup"), 404)
		})
	}
}

func cutSignature(token string) string { return token[:strings.LastIndex(token, ".")+1] }

func TestJoin_Answer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.mustJoin("standup", sign(t, guest()))
	for name, pattern := range map[string]string{
		"participantId": `^[0-9a-f]{8}$`,
		"occupantJid":   `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}@meet\.jitsi/[0-9a-zA-Z]{8}$`,
		"room":          `^standup$`, "userId": `^u-17$`, "name": `^Ada$`, "affiliation": `^member$`, "role": `^participant$`,
	} {
		if value, _ := got[name].(string); !regexp.MustCompile(pattern).MatchString(value) {
			t.Errorf("%s: got %q, want %s", name, value, pattern)
		}
	}
	if jid := got["occupantJid"].(string); !strings.HasPrefix(jid, got["participantId"].(string)+"-") {
		t.Errorf("got participantId %v, want the first block of %s", got["participantId"], jid)
	}
	want := `{"token_affiliation":"member","token_moderation":"member"}`
	if plugins := asJSON(t, got["plugins"]); plugins != want {
		t.Errorf("got plugins %s, want %s", plugins, want)
	}
}

func TestJoin_Accepted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, path string
		value      any
		room, want string
	}{
		{"any room", "room", "*", "whatever", "whatever"},
		{"claim in upper case", "room", "StandUp", "standup", "standup"},
		{"URL in upper case", "room", "standup", "StandUP", "standup"},
		{"beyond ASCII, claim normalised", "room", "%c3%a9", "%C3%89", "%c3%a9"},
		{"any domain", "sub", "*", "standup", "standup"},
		{"domain in upper case", "sub", "Meet.Jitsi", "standup", "standup"},
		{"aud a list, as all are accepted", "aud", []string{"x"}, "standup", "standup"},
		{"aud anything, as all are accepted", "aud", 5, "standup", "standup"},
		{"nbf absent", "nbf", nil, "standup", "standup"},
		{"nbf now", "nbf", start.Unix(), "standup", "standup"},
		{"exp in one second", "exp", start.Unix() + 1, "standup", "standup"},
		{"no user", "context.user", nil, "standup", "standup"},
		{"flags as booleans", "context.user.lobby_bypass", true, "standup", "standup"},
		{"group", "context.group", "g1", "standup", "standup"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			if got := w.mustJoin(tc.room, sign(t, guest().with(tc.path, tc.value))); got["room"] != tc.want {
				t.Errorf("got room %v, want %s", got["room"], tc.want)
			}
		})
	}
}

// Letters beyond ASCII are a known trap: the claim is lower-cased byte by byte and never encoded.
func TestJoin_NonASCIIClaimAsTyped(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, claim := range []string{"é", "É", "%C3%89"} {
		w.want(w.join("%C3%89", sign(t, guest().with("room", claim))), 403)
	}
}

func TestJoin_Audiences(t *testing.T) {
	t.Parallel()
	w := setup(t, settings(func(set *jitsi.Settings) { set.Audiences = []string{"a", "b"}; set.AppIDs = []string{"*"} }))
	for _, tc := range []struct {
		aud    any
		status int
	}{{"a", 201}, {"b", 201}, {"c", 403}, {[]string{"a"}, 403}, {[]string{"a", "b"}, 403}, {"*", 403}} {
		w.want(w.join("standup", sign(t, guest().with("aud", tc.aud).with("iss", "anybody"))), tc.status)
	}
	w.want(w.join("standup", sign(t, guest().with("aud", "a").with("iss", nil))), 403)
}

func TestJoin_Tenants(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, room, sub string
		status          int
	}{
		{"own tenant", "standup?tenant=acme", "acme", 201},
		{"tenant in upper case", "standup?tenant=ACME", "Acme", 201},
		{"any tenant", "standup?tenant=acme", "*", 201},
		{"another tenant", "standup?tenant=acme", "other", 403},
		{"the domain is no tenant", "standup?tenant=acme", domain, 403},
		{"a tenant's token without the tenant", "standup", "acme", 403},
		{"a tenant that is none", "standup?tenant=a.b", "*", 400},
		{"a tenant with a bracket", "standup?tenant=a%5Db", "*", 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.want(w.join(tc.room, sign(t, guest().with("sub", tc.sub))), tc.status)
		})
	}
}

func TestJoin_TenantsDoNotShareRooms(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, guest().with("sub", "*"))
	for _, room := range []string{"standup", "standup?tenant=a", "standup?tenant=b"} {
		w.mustJoin(room, token)
		if n := w.inside(room); n != 1 {
			t.Errorf("%s: got %d inside, want 1", room, n)
		}
	}
	got := asJSON(t, w.do("GET", "/rooms", nil, "").body)
	for _, jid := range []string{`"standup` + muc, `"[a]standup` + muc, `"[b]standup` + muc} {
		if !strings.Contains(got, jid) {
			t.Errorf("got %s, want %s among them", got, jid)
		}
	}
}

func TestJoin_Patterns(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, claim, room string
		flag              any
		want              string
	}{
		{"fits", "team%-%d+", "team-12", true, ""},
		{"flag as text", "team%-%d+", "team-12", "true", ""},
		{"classes keep their case", "team%-%D+", "team-ab", true, ""},
		{"three quantifiers", "t%a*%-*%d+", "team-12", true, ""},
		{"in a tenant", "team%-%d+", "team-12?tenant=acme", true, ""},
		{"no flag", "team%-%d+", "team-12", false, "not-allowed"},
		{"does not fit", "team%-%d+", "team-ab", true, "room-name-does-not-match"},
		{"fits a part only", "team", "team-12", true, "not-allowed"},
		{"four quantifiers", "a*a*a*a*", "aaaa", true, "invalid-regex"},
		{"no pattern", "(invalid", "team-12", true, "invalid-regex"},
		{"room too long", ".*", strings.Repeat("a", 129), true, "invalid-regex"},
		{"any room is no pattern", "*", "team-12", true, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.join(tc.room, sign(t, guest().with("room", tc.claim).with("context.room.regex", tc.flag).with("sub", "*")))
			if got.error() != tc.want {
				t.Errorf("got %d %s, want %q", got.status, got.raw, tc.want)
			}
		})
	}
}

// Without the check of the domain, patterns are not looked for and sub does not matter, but has to be there.
func TestJoin_AnyDomain(t *testing.T) {
	t.Parallel()
	w := setup(t, settings(func(set *jitsi.Settings) { set.AnyDomain = true }))
	for _, tc := range []struct {
		room string
		c    claims
		want string
	}{
		{"standup", guest().with("sub", "whatever"), ""},
		{"standup?tenant=acme", guest().with("sub", "other"), ""},
		{"standup", guest().with("room", "*"), ""},
		{"standup", guest().with("room", "StandUp"), ""},
		{"other", guest(), "room-mismatch"},
		{"standup", guest().with("room", "stand.*").with("context.room.regex", true), "room-mismatch"},
		{"standup", guest().with("sub", nil), "not-allowed"},
	} {
		if got := w.join(tc.room, sign(t, tc.c)); got.error() != tc.want {
			t.Errorf("%s with %v: got %d %s, want %q", tc.room, tc.c, got.status, got.raw, tc.want)
		}
	}
}

// No leeway: a second is over when it begins.
func TestJoin_TimesHaveNoLeeway(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, guest().with("nbf", start.Unix()+10).with("exp", start.Unix()+20))
	for _, tc := range []struct {
		step time.Duration
		want string
	}{
		{0, "nbfFuture"},
		{9*time.Second + 999*time.Millisecond, "nbfFuture"},
		{time.Millisecond, ""},
		{9*time.Second + 999*time.Millisecond, ""},
		{time.Millisecond, "not-allowed"},
		{time.Millisecond, "tokenExpired"},
	} {
		w.step(tc.step)
		if got := w.join("standup", token); got.error() != tc.want {
			t.Errorf("after %v: got %d %s, want %q", tc.step, got.status, got.raw, tc.want)
		}
	}
	// Whoever is inside stays: the token counts at the door only.
	if n := w.inside("standup"); n != 2 {
		t.Errorf("got %d inside, want 2", n)
	}
}
