package jaasapi_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func quoted(t testing.TB, text string) string {
	t.Helper()
	out, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestUserID_ThatCannotBeBannedIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	for _, id := range []string{
		".", "..", " ", "\t", "\u00a0", "a\nb", "a\x00b", "a\x7fb", "\u0085" + rejected,
		strings.Repeat("a", 257), strings.Repeat("ü", 257), strings.Repeat("a", 5000),
	} {
		where := []string{"body.userId"}
		if len([]rune(id)) > 256 {
			where = append(where, "body.userId") // the schema says so, and the domain does
		}
		refused(t, g.post(t, "/jaas/"+appID+"/bans/users", `{"userId":`+quoted(t, id)+`}`), 422, where...)
		where[0] = "body.user.id"
		if len(where) > 1 {
			where[1] = where[0]
		}
		refused(t, g.post(t, "/jaas/"+appID+"/tokens", `{"room":"standup","user":{"id":`+quoted(t, id)+`}}`), 422, where...)
	}
}

func TestUserID_IsOneSegmentOfThePathUpstream(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	for id, want := range map[string]string{
		"auth0|5f90/x y": "auth0%7C5f90%2Fx%20y", "%": "%25", "%2e%2e": "%252e%252e", "../x": "..%2Fx", "a?b#c": "a%3Fb%23c",
		"a+b@example.org": "a%2Bb%40example.org", "ü": "%C3%BC", "\u202e": "%E2%80%AE", "a;b=c": "a%3Bb%3Dc", "...": "...",
	} {
		if got := g.post(t, "/jaas/"+appID+"/bans/users", `{"userId":`+quoted(t, id)+`}`); got.Status != http.StatusOK {
			t.Errorf("got HTTP %d for %q, want 200: %s", got.Status, id, got.Body)
			continue
		}
		all := g.upstream.received()
		path := "/jaccess/v1/access-management/" + appID + "/ban/user/" + want
		if last := all[len(all)-1]; last.path != path || last.body != "" || last.contentType != "" {
			t.Errorf("got %+v upstream for %q, want the path %s and no body", last, id, path)
		}
	}
}

func TestPhoneNumber_ThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if op.field != "phoneNo" {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			for _, number := range []string{
				" ", "747777777", "0747777777", "+", "+0747777777", "00", "000747777777", "+40 (0) 747 777 777", "+4074777777747474",
				"+40747", "++40747777777", "+40747777777x12", "+40747777777;ext=1", "tel:+40747777777", "+40,747777777", "4+0747777777",
				"+٤٠٧٤٧٧٧٧٧٧٧", "+40747777777\x00", rejected, "+40747777777@conference", "011 40 747777777",
			} {
				refused(t, g.post(t, op.url(), `{"phoneNo":`+quoted(t, number)+`}`), 422, "body.phoneNo")
			}
			long := quoted(t, "+4074777777"+strings.Repeat(" ", 60)+"7")
			refused(t, g.post(t, op.url(), `{"phoneNo":`+long+`}`), 422, "body.phoneNo")
		})
	}
}

func TestPhoneNumber_ReachesJaaSInOneFormHoweverItWasTyped(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if op.field != "phoneNo" {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			for _, number := range []string{
				"+40747777777", " +40 747 777 777 ", "0040747777777", "00 40 747-777-777", "+40 (747) 777.777", "+40/747/777777",
				"+40\u00a0747\u00a0777\u00a0777", "+40\u2011747\u2013777777", "\u202a+40747777777\u202c", "＋40747777777",
			} {
				if got := g.post(t, op.url(), `{"phoneNo":`+quoted(t, number)+`}`); got.Status != http.StatusOK {
					t.Errorf("got HTTP %d for %q, want 200: %s", got.Status, number, got.Body)
				}
			}
			for _, request := range g.upstream.received() {
				if !strings.Contains(request.body, `"phoneNo":"+40747777777"`) {
					t.Errorf("got %s upstream, want the number as +40747777777", request.body)
				}
			}
		})
	}
}

func TestParticipantID_ThatIsNoShortIDIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	for _, id := range []string{
		"f0aa9e1", "f0aa9e1ee", "f0aa9e1g", " f0aa9e1e", "f0aa9e1e\n", "fc1ea14a-9bca-4218-a563-8c627e803d56", "auth0|747",
		"fc1ea14a-9bca-4218-a563-8c627e803d56@8x8.vc", "../../..", rejected, "ｆ0aa9e1e", "f0aa9e1\u0000",
	} {
		refused(t, g.post(t, "/jaas/"+appID+"/rooms/standup/kick", `{"participantId":`+quoted(t, id)+`}`), 422, "body.participantId")
	}
}

func TestParticipantID_IsSentInLowerCase(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	if got := g.post(t, "/jaas/"+appID+"/rooms/standup/kick", `{"participantId":"F0AA9E1E"}`); got.Status != http.StatusOK {
		t.Fatalf("got HTTP %d, want 200: %s", got.Status, got.Body)
	}
	if body := g.upstream.received()[0].body; !strings.Contains(body, `"participantId":"f0aa9e1e"`) {
		t.Errorf("got %s upstream, want the id in lower case", body)
	}
}

func TestJWT_ThatIsNoParticipantsTokenIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for name, token := range map[string]string{
		"no token":         rejected,
		"two parts":        part("{}") + "." + part("{}"),
		"four parts":       participantJWT + ".x",
		"empty parts":      "..",
		"no signature":     part("{}") + "." + part("{}") + ".",
		"with Bearer":      "Bearer " + participantJWT,
		"a blank":          " " + participantJWT,
		"a line feed":      participantJWT[:30] + "\n" + participantJWT[30:],
		"padding":          participantJWT + "==",
		"standard Base64":  part("{}") + "." + part("{}") + ".+/+/",
		"a URL":            "https://8x8.vc/x/y#jwt=" + participantJWT,
		"another tenant's": part("{}") + "." + part(`{"sub":"vpaas-magic-cookie-ffffffffffffffffffffffffffffffff"}`) + "." + part("x"),
		"an admin token":   part("{}") + "." + part(`{"sub":"`+appID+`","admin":true}`) + "." + part("x"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, g.post(t, "/jaas/"+appID+"/bans/tokens", `{"jwt":`+quoted(t, token)+`}`), 422, "body.jwt")
		})
	}
}

// TestToken_WhatJaaSWouldRefuseIsRefused has a value for every field of the body.
func TestToken_WhatJaaSWouldRefuseIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	for _, c := range []struct {
		name  string
		body  string
		where []string
	}{
		{"no user", `{"room":"standup"}`, []string{"body"}},
		{"null for the user", `{"room":"standup","user":null}`, []string{"body.user"}},
		{"an empty user", `{"room":"standup","user":{}}`, []string{"body.user"}},
		{"a list for the user", `{"room":"standup","user":["747"]}`, []string{"body.user"}},
		{"unknown field of the user", `{"room":"standup","user":{"id":"u","role":"747"}}`, []string{"body.user.role"}},
		{"capitals in the user's id", `{"room":"standup","user":{"ID":"747"}}`, []string{"body.user", "body.user.ID"}},
		{"name of a wrong type", `{"room":"standup","user":{"id":"u","name":747}}`, []string{"body.user.name"}},
		{"name too long", `{"room":"standup","user":{"id":"u","name":"` + strings.Repeat("7", 257) + `"}}`, []string{"body.user.name"}},
		{"e-mail too long", `{"room":"standup","user":{"id":"u","email":"` + strings.Repeat("a", 321) + `"}}`, []string{"body.user.email"}},
		{"avatar that is code", `{"room":"standup","user":{"id":"u","avatar":"javascript:` + rejected + `"}}`, []string{"body.user.avatar"}},
		{"avatar without a host", `{"room":"standup","user":{"id":"u","avatar":"https:///747"}}`, []string{"body.user.avatar"}},
		{"avatar too long", `{"room":"standup","user":{"id":"u","avatar":"https://a/` + strings.Repeat("a", 2048) + `"}}`, []string{"body.user.avatar"}},
		{"hidden as text", `{"room":"standup","user":{"id":"u","hiddenFromRecorder":"true"}}`, []string{"body.user.hiddenFromRecorder"}},
		{"moderator as text", `{"room":"standup","user":{"id":"u"},"moderator":"true"}`, []string{"body.moderator"}},
		{"moderator as a number", `{"room":"standup","user":{"id":"u"},"moderator":1}`, []string{"body.moderator"}},
		{"a list of features", `{"room":"standup","user":{"id":"u"},"features":["recording"]}`, []string{"body.features"}},
		{"a feature that is null", `{"room":"standup","user":{"id":"u"},"features":{"recording":null}}`, []string{"body.features.recording"}},
		{"a feature that is yes", `{"room":"standup","user":{"id":"u"},"features":{"recording":"747"}}`, []string{"body.features.recording"}},
		{"a feature that is 1", `{"room":"standup","user":{"id":"u"},"features":{"recording":1}}`, []string{"body.features.recording"}},
		{
			"features not known", `{"room":"standup","user":{"id":"u"},"features":{"token_bypass":true,"a.b":true,"Recording":true,"":false}}`,
			[]string{"body.features.", "body.features.Recording", "body.features.a.b", "body.features.token_bypass"},
		},
		{
			"user and features", `{"room":"standup","user":{"id":"..","avatar":"x"},"features":{"x":true}}`,
			[]string{"body.features.x", "body.user.avatar", "body.user.id"},
		},
		{"wildcard room", `{"room":"*","user":{"id":"u"}}`, []string{"body.room"}},
		{"wildcard room in blanks", `{"room":" * ","user":{"id":"u"}}`, []string{"body.room"}},
		{"room of the tenant's form", `{"room":"` + strings.Repeat("a", 129) + `","user":{"id":"u"}}`, []string{"body.room"}},
		{"room of dots", `{"room":"..","user":{"id":"u"}}`, []string{"body.room"}},
		{"broken pattern", `{"room":"747[","regex":true,"user":{"id":"u"}}`, []string{"body.room"}},
		{"pattern of another language", `{"room":"\\d+","regex":true,"user":{"id":"u"}}`, []string{"body.room"}},
		{"pattern with four quantifiers", `{"room":"a*b*c*d*","regex":true,"user":{"id":"u"}}`, []string{"body.room"}},
		{"regex as text", `{"room":"a","regex":"true","user":{"id":"u"}}`, []string{"body.regex"}},
		{"no life at all", `{"room":"standup","user":{"id":"u"},"expiresInSeconds":0}`, []string{"body.expiresInSeconds"}},
		{"negative life", `{"room":"standup","user":{"id":"u"},"expiresInSeconds":-747}`, []string{"body.expiresInSeconds"}},
		{"more than a day", `{"room":"standup","user":{"id":"u"},"expiresInSeconds":86401}`, []string{"body.expiresInSeconds"}},
		{"more than two hours of every room", `{"room":"*","regex":true,"user":{"id":"u"},"expiresInSeconds":7201}`, []string{"body.expiresInSeconds"}},
		{"more than an integer holds", `{"room":"standup","user":{"id":"u"},"expiresInSeconds":74799999999999999999}`, []string{"body.expiresInSeconds"}},
		{"half a second", `{"room":"standup","user":{"id":"u"},"expiresInSeconds":747.5}`, []string{"body.expiresInSeconds"}},
		{"life as text", `{"room":"standup","user":{"id":"u"},"expiresInSeconds":"747"}`, []string{"body.expiresInSeconds"}},
		{"an integer with an exponent", `{"room":"standup","user":{"id":"u"},"expiresInSeconds":747e1}`, []string{"body"}},
		{"an integer with a point", `{"room":"standup","user":{"id":"u"},"expiresInSeconds":747.0}`, []string{"body"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			refused(t, g.post(t, "/jaas/"+appID+"/tokens", c.body), 422, c.where...)
		})
	}
}

// TestToken_NullCountsAsAbsentWhereAFieldMayBeAbsent pins a leniency many JSON writers need.
func TestToken_NullCountsAsAbsentWhereAFieldMayBeAbsent(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	got := g.post(t, "/jaas/"+appID+"/tokens", `{"room":"standup","user":{"id":"u","name":null,"avatar":null,"hiddenFromRecorder":null},`+
		`"moderator":null,"features":null,"regex":null,"expiresInSeconds":null}`)
	if got.Status != http.StatusCreated {
		t.Fatalf("got HTTP %d, want 201: %s", got.Status, got.Body)
	}
	claims := claimsOf(t, got)
	if life := claims["exp"].(float64) - claims["nbf"].(float64); life != 7210 {
		t.Errorf("got a life of %v s and 10 s back, want the default of 7200", life-10)
	}
}

// TestToken_FeaturesMayBeBooleansOrTheirNames also takes the names as any JSON writer may escape them.
func TestToken_FeaturesMayBeBooleansOrTheirNames(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	got := g.post(t, "/jaas/"+appID+"/tokens",
		`{"room":"standup","user":{"id":"u"},"features":{"recording":true,"transcription":"true","lobby":"fals\u0065","flip":false}}`)
	if got.Status != http.StatusCreated {
		t.Fatalf("got HTTP %d, want 201: %s", got.Status, got.Body)
	}
	features := claimsOf(t, got)["context"].(map[string]any)["features"].(map[string]any)
	for name, want := range map[string]string{"recording": "true", "transcription": "true", "lobby": "false", "flip": "false"} {
		if features[name] != want {
			t.Errorf("got %s %v, want %s", name, features[name], want)
		}
	}
}

// claimsOf reads the claims of a minted token.
func claimsOf(t *testing.T, got answer) map[string]any {
	t.Helper()
	var minted struct{ Token string }
	if err := json.Unmarshal(got.Body, &minted); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(minted.Token, ".")
	if len(parts) != 3 {
		t.Fatalf("got %d parts, want a JWT", len(parts))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}
