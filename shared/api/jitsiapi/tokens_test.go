package jitsiapi_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/local/apitest"
)

const tokensPath = "/jitsi/tokens"

// minted is an answer of jitsi-create-token.
type minted struct {
	Token     string
	JoinURL   string
	ExpiresAt time.Time

	header map[string]any
	claims jwt.MapClaims
}

// context gives what is under a name in the token's context.
func (m minted) context(name string) map[string]any {
	about, _ := m.claims["context"].(map[string]any)
	found, _ := about[name].(map[string]any)
	return found
}

// mints sends a body and verifies the token that comes of it.
func (g *gateway) mints(t testing.TB, body string, key any) minted {
	t.Helper()
	got := g.post(t, tokensPath, body)
	var m minted
	if err := json.Unmarshal(got.Body, &m); err != nil || got.Status != http.StatusCreated {
		t.Fatalf("got HTTP %d with %s, %v, want a token", got.Status, got.Body, err)
	}
	m.claims = jwt.MapClaims{}
	token, err := jwt.NewParser(jwt.WithTimeFunc(g.clock.Now), jwt.WithExpirationRequired()).
		ParseWithClaims(m.Token, m.claims, func(*jwt.Token) (any, error) { return key, nil })
	if err != nil {
		t.Fatalf("got a token that is not good: %v", err)
	}
	m.header = token.Header
	return m
}

func sameObject(t testing.TB, what string, got, want map[string]any) {
	t.Helper()
	one, err := json.Marshal(got)
	other, otherErr := json.Marshal(want)
	if err != nil || otherErr != nil || string(one) != string(other) {
		t.Errorf("%s: got %s, want %s", what, one, other)
	}
}

func TestToken_SaysWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token"})
	g.untouched(t)
	m := g.mints(t, `{"room":"Stand Up/é","tenant":"Acme","user":{"id":"u-17","name":"Ada","email":"ada@example.org","avatar":"https://a.example.org/a.png",`+
		`"hiddenFromRecorder":true},"moderator":true,"features":{"recording":true,"transcription":"true","lobby":"false","flip":false},"expiresInSeconds":60}`,
		&loginKey().PublicKey)
	now := apitest.Noon()
	sameObject(t, "header", m.header, map[string]any{"alg": "RS256", "typ": "JWT", "kid": loginKeyID})
	sameObject(t, "claims", m.claims, map[string]any{
		"iss": issuer, "aud": issuer, "sub": "acme", "room": "stand%20up%c3%a9", "nbf": now.Unix() - 10, "exp": now.Unix() + 60, "moderator": true,
		"context": map[string]any{
			"user": map[string]any{
				"id": "u-17", "name": "Ada", "email": "ada@example.org", "avatar": "https://a.example.org/a.png", "hidden-from-recorder": "true",
				"moderator": true, "affiliation": "owner",
			},
			"features": map[string]any{"recording": "true", "transcription": "true", "lobby": "false", "flip": "false"},
		},
	})
	if want := "https://meet.example.org/acme/stand%20up%c3%a9#jwt=" + m.Token; m.JoinURL != want {
		t.Errorf("got the link %s, want %s", m.JoinURL, want)
	}
	if want := now.Add(time.Minute); !m.ExpiresAt.Equal(want) {
		t.Errorf("got the end %s, want %s", m.ExpiresAt, want)
	}
}

// TestToken_OfAGuestSaysNothingOfRoles and what is not asked for is not in it.
func TestToken_OfAGuestSaysNothingOfRoles(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token"})
	const user = `{"room":"standup","user":{"id":"u-17"}`
	for _, body := range []string{
		user + `}`, user + `,"moderator":false,"regex":false,"linkStyle":"fragment","expiresInSeconds":7200,"tenant":""}`,
		`{"room":"standup","user":{"id":"u-17","name":null,"avatar":null,"email":null,"hiddenFromRecorder":null},` +
			`"moderator":null,"features":null,"regex":null,"expiresInSeconds":null,"tenant":null,"linkStyle":null}`,
	} {
		m := g.mints(t, body, &loginKey().PublicKey)
		now := apitest.Noon()
		sameObject(t, "claims", m.claims, map[string]any{
			"iss": issuer, "aud": issuer, "sub": domain, "room": "standup", "nbf": now.Unix() - 10, "exp": now.Unix() + 7200,
			"context": map[string]any{"user": map[string]any{"id": "u-17"}},
		})
		if want := "https://meet.example.org/standup#jwt=" + m.Token; m.JoinURL != want || !m.ExpiresAt.Equal(now.Add(2*time.Hour)) {
			t.Errorf("got the link %s until %s, want %s for two hours", m.JoinURL, m.ExpiresAt, want)
		}
	}
}

func TestToken_FeaturesThatAreNoneAreAllOff(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token"})
	m := g.mints(t, `{"room":"standup","user":{"id":"u"},"moderator":true,"features":{}}`, &loginKey().PublicKey)
	if features := m.context("features"); features == nil || len(features) != 0 {
		t.Errorf("got the features %v, want none: with them a moderator has only what is named", features)
	}
}

func TestToken_LinkInTheQueryWhereAskedFor(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token"})
	m := g.mints(t, `{"room":"standup","user":{"id":"u"},"linkStyle":"query"}`, &loginKey().PublicKey)
	if want := "https://meet.example.org/standup?jwt=" + m.Token; m.JoinURL != want {
		t.Errorf("got the link %s, want %s", m.JoinURL, want)
	}
}

// TestToken_OfPatternsHasNoLink because it names no one room.
func TestToken_OfPatternsHasNoLink(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token"})
	for pattern, regex := range map[string]any{"*": nil, "standup%-%d+": true, "team%-.*": true} {
		m := g.mints(t, `{"room":"`+pattern+`","regex":true,"user":{"id":"u"}}`, &loginKey().PublicKey)
		if m.claims["room"] != pattern || m.context("room")["regex"] != regex || m.JoinURL != "" {
			t.Errorf("got the room %v with %v and the link %q, want %s with %v and none", m.claims["room"], m.context("room"), m.JoinURL, pattern, regex)
		}
	}
}

// TestToken_TenantOfTheSecret is that of tokens which name none.
func TestToken_TenantOfTheSecret(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token", secret: map[string]any{"tenant": "Acme", "baseUrl": "https://meet.example.org/jitsi/"}})
	for tenant, want := range map[string]string{"": "acme", "other": "other"} {
		m := g.mints(t, `{"room":"standup","user":{"id":"u"},"tenant":"`+tenant+`"}`, &loginKey().PublicKey)
		if m.claims["sub"] != want || m.JoinURL != "https://meet.example.org/jitsi/"+want+"/standup#jwt="+m.Token {
			t.Errorf("got %v and %s, want the tenant %s in both", m.claims["sub"], m.JoinURL, want)
		}
	}
}

func TestToken_SignedWithWhatTheSecretSays(t *testing.T) {
	t.Parallel()
	for algorithm, want := range map[any]string{nil: "HS256", "HS384": "HS384", "HS512": "HS512"} {
		g := setup(t, options{only: "jitsi-create-token", secret: map[string]any{
			"privateKey": nil, "keyId": nil, "secret": hushSecret, "algorithm": algorithm, "audience": "the-audience", "system": nil, "callbackTokens": nil,
		}})
		m := g.mints(t, `{"room":"standup","user":{"id":"u"}}`, []byte(hushSecret))
		sameObject(t, "header", m.header, map[string]any{"alg": want, "typ": "JWT"})
		if m.claims["aud"] != "the-audience" {
			t.Errorf("got the audience %v, want the secret's, as one text", m.claims["aud"])
		}
	}
}

func TestToken_LivesAsLongAsAskedFor(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token"})
	for _, life := range []string{"1", "7200", "86400"} {
		m := g.mints(t, `{"room":"standup","user":{"id":"u"},"expiresInSeconds":`+life+`}`, &loginKey().PublicKey)
		want, err := time.ParseDuration(life + "s")
		if got := m.ExpiresAt.Sub(apitest.Noon()); err != nil || got != want || m.claims["exp"] != float64(m.ExpiresAt.Unix()) {
			t.Errorf("got a life of %s and the claim %v, want %s in both", got, m.claims["exp"], want)
		}
	}
	g.mints(t, `{"room":"*","regex":true,"user":{"id":"u"},"expiresInSeconds":7200}`, &loginKey().PublicKey)
}

// TestToken_WhatTheServerWouldRefuseIsRefused has a value for every field of the body.
func TestToken_WhatTheServerWouldRefuseIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token"})
	g.untouched(t)
	const user = `{"room":"standup","user":{"id":"u"},`
	for _, c := range []struct {
		name  string
		body  string
		where []string
	}{
		{"no room", `{"user":{"id":"u"}}`, []string{"body"}},
		{"an empty room", `{"room":"","user":{"id":"u"}}`, []string{"body.room"}},
		{"a room that is a number", `{"room":747,"user":{"id":"u"}}`, []string{"body.room"}},
		{"no user", `{"room":"standup"}`, []string{"body"}},
		{"null for the user", `{"room":"standup","user":null}`, []string{"body.user"}},
		{"an empty user", `{"room":"standup","user":{}}`, []string{"body.user"}},
		{"a list for the user", `{"room":"standup","user":["747"]}`, []string{"body.user"}},
		{"unknown field", user + `"dryRun":"` + rejected + `"}`, []string{"body.dryRun"}},
		{"unknown fields", user + `"b":"` + rejected + `","a":747}`, []string{"body.a", "body.b"}},
		{"another server's fields", user + `"iss":"` + rejected + `","role":"747"}`, []string{"body.iss", "body.role"}},
		{"capitals in a field", `{"Room":"747","user":{"id":"u"}}`, []string{"body", "body.Room"}},
		{"capitals in the tenant's field", user + `"Tenant":"747"}`, []string{"body.Tenant"}},
		{"another spelling of linkStyle", user + `"linkstyle":"query"}`, []string{"body.linkstyle"}},
		{"unknown field of the user", `{"room":"standup","user":{"id":"u","role":"747"}}`, []string{"body.user.role"}},
		{"capitals in the user's id", `{"room":"standup","user":{"ID":"747"}}`, []string{"body.user", "body.user.ID"}},
		{"user id that is a number", `{"room":"standup","user":{"id":747}}`, []string{"body.user.id"}},
		{"user id of dots", `{"room":"standup","user":{"id":".."}}`, []string{"body.user.id"}},
		{"user id that is blank", `{"room":"standup","user":{"id":" "}}`, []string{"body.user.id"}},
		{"user id that is empty", `{"room":"standup","user":{"id":""}}`, []string{"body.user.id"}},
		{"user id with a line feed", `{"room":"standup","user":{"id":"747\n"}}`, []string{"body.user.id"}},
		{"user id too long", `{"room":"standup","user":{"id":"` + strings.Repeat("7", 257) + `"}}`, []string{"body.user.id"}},
		{"name of a wrong type", `{"room":"standup","user":{"id":"u","name":747}}`, []string{"body.user.name"}},
		{"name too long", `{"room":"standup","user":{"id":"u","name":"` + strings.Repeat("7", 257) + `"}}`, []string{"body.user.name"}},
		{"e-mail too long", `{"room":"standup","user":{"id":"u","email":"` + strings.Repeat("a", 321) + `"}}`, []string{"body.user.email"}},
		{"avatar that is code", `{"room":"standup","user":{"id":"u","avatar":"javascript:` + rejected + `"}}`, []string{"body.user.avatar"}},
		{"avatar without a host", `{"room":"standup","user":{"id":"u","avatar":"https:///747"}}`, []string{"body.user.avatar"}},
		{"avatar too long", `{"room":"standup","user":{"id":"u","avatar":"https://a/` + strings.Repeat("a", 2048) + `"}}`, []string{"body.user.avatar"}},
		{"hidden as text", `{"room":"standup","user":{"id":"u","hiddenFromRecorder":"true"}}`, []string{"body.user.hiddenFromRecorder"}},
		{"moderator as text", user + `"moderator":"true"}`, []string{"body.moderator"}},
		{"moderator as a number", user + `"moderator":1}`, []string{"body.moderator"}},
		{"a list of features", user + `"features":["recording"]}`, []string{"body.features"}},
		{"a feature that is null", user + `"features":{"recording":null}}`, []string{"body.features.recording"}},
		{"a feature that is text", user + `"features":{"recording":"747"}}`, []string{"body.features.recording"}},
		{"a feature that is 1", user + `"features":{"recording":1}}`, []string{"body.features.recording"}},
		{
			"features not known", user + `"features":{"token_bypass":true,"a.b":true,"Recording":true,"":false}}`,
			[]string{"body.features.", "body.features.Recording", "body.features.a.b", "body.features.token_bypass"},
		},
		{"wildcard room", `{"room":"*","user":{"id":"u"}}`, []string{"body.room"}},
		{"wildcard room in blanks", `{"room":" * ","user":{"id":"u"}}`, []string{"body.room"}},
		{"room too long", `{"room":"` + strings.Repeat("a", 129) + `","user":{"id":"u"}}`, []string{"body.room"}},
		{"room of dots", `{"room":"..","user":{"id":"u"}}`, []string{"body.room"}},
		{"room with a line feed", `{"room":"747\n","user":{"id":"u"}}`, []string{"body.room"}},
		{"broken pattern", `{"room":"747[","regex":true,"user":{"id":"u"}}`, []string{"body.room"}},
		{"pattern of another language", `{"room":"\\d+","regex":true,"user":{"id":"u"}}`, []string{"body.room"}},
		{"pattern with four quantifiers", `{"room":"a*b*c*d*","regex":true,"user":{"id":"u"}}`, []string{"body.room"}},
		{"pattern that is lowered", `{"room":"747%A","regex":true,"user":{"id":"u"}}`, []string{"body.room"}},
		{"pattern in a set that is lowered", `{"room":"[%D747]","regex":true,"user":{"id":"u"}}`, []string{"body.room"}},
		{"pattern that is lowered, and its user", `{"room":"747%S","regex":true,"user":{"id":".."}}`, []string{"body.user.id"}},
		{"regex as text", `{"room":"a","regex":"true","user":{"id":"u"}}`, []string{"body.regex"}},
		{"tenant with a dot", user + `"tenant":"a.747"}`, []string{"body.tenant"}},
		{"tenant with a slash", user + `"tenant":"a/747"}`, []string{"body.tenant"}},
		{"tenant that is blank", user + `"tenant":" "}`, []string{"body.tenant"}},
		{"tenant with a dash in front", user + `"tenant":"-747"}`, []string{"body.tenant"}},
		{"tenant with a line feed", user + `"tenant":"747\n"}`, []string{"body.tenant"}},
		{"tenant too long", user + `"tenant":"` + strings.Repeat("7", 64) + `"}`, []string{"body.tenant"}},
		{"tenant with accents", user + `"tenant":"café"}`, []string{"body.tenant"}},
		{"tenant that is a number", user + `"tenant":747}`, []string{"body.tenant"}},
		{"unknown style of link", user + `"linkStyle":"` + rejected + `"}`, []string{"body.linkStyle"}},
		{"another case of a style", user + `"linkStyle":"Query"}`, []string{"body.linkStyle"}},
		{"style that is true", user + `"linkStyle":true}`, []string{"body.linkStyle"}},
		{"no life at all", user + `"expiresInSeconds":0}`, []string{"body.expiresInSeconds"}},
		{"negative life", user + `"expiresInSeconds":-747}`, []string{"body.expiresInSeconds"}},
		{"more than a day", user + `"expiresInSeconds":86401}`, []string{"body.expiresInSeconds"}},
		{"more than two hours of every room", `{"room":"*","regex":true,"user":{"id":"u"},"expiresInSeconds":7201}`, []string{"body.expiresInSeconds"}},
		{"more than an integer holds", user + `"expiresInSeconds":74799999999999999999}`, []string{"body.expiresInSeconds"}},
		{"half a second", user + `"expiresInSeconds":747.5}`, []string{"body.expiresInSeconds"}},
		{"life as text", user + `"expiresInSeconds":"747"}`, []string{"body.expiresInSeconds"}},
		{
			"all of it", `{"room":"*","tenant":"a.b","linkStyle":"747","user":{"id":"..","avatar":"747"},"features":{"747":true},"expiresInSeconds":0,"x":1}`,
			nil, // see below
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := g.post(t, tokensPath, c.body)
			if c.where != nil {
				refused(t, got, 422, c.where...)
				return
			}
			// The name of a feature is where its fault is, and repeated as such.
			got.Body = []byte(strings.ReplaceAll(string(got.Body), "features.747", "features.x"))
			refused(t, got, 422, "body.expiresInSeconds", "body.features.x", "body.linkStyle", "body.room", "body.tenant", "body.user.avatar", "body.user.id", "body.x")
		})
	}
}

func TestToken_TakesWhatTheServerTakes(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token"})
	for body, where := range map[string]string{
		`{"room":"` + strings.Repeat("a", 128) + `","user":{"id":"` + strings.Repeat("é", 256) + `","name":"` + strings.Repeat("ü", 256) + `"}}`: "the longest",
		`{"room":"standup","user":{"id":"auth0|quandt/7 50%"},"tenant":"` + strings.Repeat("a", 63) + `"}`:                                       "the longest tenant",
		`{"room":"a%-b","regex":true,"user":{"id":"u"}}`:                                                                                         "an escaped hyphen",
		`{"room":"a%%A","regex":true,"user":{"id":"u"}}`:                                                                                         "a percent sign and a capital",
		`{"room":"[A-Z]+","regex":true,"user":{"id":"u"}}`:                                                                                       "capitals in a set",
	} {
		if got := g.post(t, tokensPath, body); got.Status != http.StatusCreated {
			t.Errorf("%s: got HTTP %d with %s, want 201", where, got.Status, got.Body)
		}
	}
}

// TestToken_IsTheSameInEveryCase of tenant and room, as the servers compare them.
func TestToken_IsTheSameInEveryCase(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-create-token"})
	var links []string
	for _, names := range []string{`"room":"standup","tenant":"acme"`, `"room":"StandUp","tenant":"ACME"`, `"room":"stand%55p","tenant":"Acme"`} {
		links = append(links, g.mints(t, `{`+names+`,"user":{"id":"u"}}`, &loginKey().PublicKey).JoinURL)
	}
	if len(slices.Collect(maps.Keys(map[string]bool{links[0]: true, links[1]: true, links[2]: true}))) != 1 {
		t.Errorf("got the links %q, want one", links)
	}
}
