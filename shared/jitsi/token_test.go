package jitsi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"

	"gavel/local/testtoken"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
)

// full is a participant with everything that a token can say.
func full() jitsimeet.Participant {
	return jitsimeet.Participant{
		Room: must(jitsimeet.ParseRoom("StandUp")),
		User: jitsimeet.User{
			ID: "u|5f90/x y", Name: `Ada <"&'> Łovelace`, Email: "ada@example.org",
			Avatar: "https://example.org/a.png?x=1&y=2", HiddenFromRecorder: true,
		},
		Moderator: true,
		Features:  map[string]bool{"recording": true, "livestreaming": false, "outbound-call": true, "lobby": false},
		Lifetime:  2 * time.Hour,
	}
}

// minimal is the least that a token can be made of.
func minimal() jitsimeet.Participant {
	return jitsimeet.Participant{Room: room, User: jitsimeet.User{ID: "u-17"}, Lifetime: time.Hour}
}

func asRequest(p jitsimeet.Participant) jitsi.TokenRequest { return jitsi.TokenRequest{Participant: p} }

func changed(p jitsimeet.Participant, change func(p *jitsimeet.Participant)) jitsi.TokenRequest {
	change(&p)
	return asRequest(p)
}

func TestCreateToken_RefusesWhatWouldBeRefused(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for name, r := range map[string]jitsi.TokenRequest{
		"no user id":                 changed(full(), func(p *jitsimeet.Participant) { p.User.ID = "" }),
		"avatar a script":            changed(full(), func(p *jitsimeet.Participant) { p.User.Avatar = "javascript:alert(1)" }),
		"unknown feature":            changed(full(), func(p *jitsimeet.Participant) { p.Features["token_bypass"] = true }),
		"no lifetime":                changed(full(), func(p *jitsimeet.Participant) { p.Lifetime = 0 }),
		"lifetime negative":          changed(full(), func(p *jitsimeet.Participant) { p.Lifetime = -time.Hour }),
		"lifetime under a second":    changed(full(), func(p *jitsimeet.Participant) { p.Lifetime = jitsimeet.MinLifetime - 1 }),
		"lifetime over a day":        changed(full(), func(p *jitsimeet.Participant) { p.Lifetime = jitsimeet.MaxLifetime + 1 }),
		"lifetime of a master key":   changed(full(), func(p *jitsimeet.Participant) { p.Room, p.Pattern, p.Lifetime = "", "*", jitsimeet.MaxLifetimeOfAll+1 }),
		"neither room nor pattern":   changed(full(), func(p *jitsimeet.Participant) { p.Room = "" }),
		"room and pattern":           changed(full(), func(p *jitsimeet.Participant) { p.Pattern = "standup%-%d+" }),
		"room and the wildcard":      changed(full(), func(p *jitsimeet.Participant) { p.Pattern = "*" }),
		"a feature in wrong letters": changed(full(), func(p *jitsimeet.Participant) { p.Features["Recording"] = false }),
	} {
		token, err := f.client.CreateToken(t.Context(), r)
		if !errors.Is(err, jitsimeet.ErrParticipant) || errors.Is(err, jitsi.ErrCapitalClass) || token != (jitsimeet.Token{}) {
			t.Errorf("%s: got error %v and token %t, want ErrParticipant alone", name, err, token.JWT != "")
		}
	}
	if got := f.vault.Reads.Load(); got != 0 {
		t.Errorf("got %d reads of the secret, want none", got)
	}
}

// TestCreateToken_RefusesCapitalClasses because some servers would read %A as %a, which is its opposite.
func TestCreateToken_RefusesCapitalClasses(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, tc := range []struct {
		pattern string
		want    error
	}{
		{"team%A+", jitsi.ErrCapitalClass},
		{"%D", jitsi.ErrCapitalClass},
		{"a%-%S", jitsi.ErrCapitalClass},
		{"[%W]", jitsi.ErrCapitalClass},
		{"[^%Z]", jitsi.ErrCapitalClass},
		{"%f[%U]", jitsi.ErrCapitalClass},
		{"%%%A", jitsi.ErrCapitalClass},
		{"team%a+", nil},
		{"%%A", nil},
		{"%%%%A", nil},
		{"team%-%d+", nil},
		{"%b()", nil},
		{"%f[%w]team", nil},
		{"*", nil},
	} {
		pattern := must(jitsimeet.ParsePattern(tc.pattern))
		if err := jitsi.CheckPattern(pattern); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.pattern, err, tc.want)
		}
		token, err := f.client.CreateToken(t.Context(), changed(minimal(), func(p *jitsimeet.Participant) { p.Room, p.Pattern = "", pattern }))
		if !errors.Is(err, tc.want) || (token.JWT == "") != (tc.want != nil) {
			t.Errorf("%s: got token %t, %v; want %v", tc.pattern, token.JWT != "", err, tc.want)
		}
	}
	if err := jitsi.CheckPattern("a%"); err != nil {
		t.Errorf("got %v for an escape that is cut short, want it left to ParsePattern", err)
	}
}

const (
	fixedClaims = `"iss":"my_app","aud":"my_app","nbf":1759999990,`
	plainUser   = `"user":{"id":"u-17"}`
)

func TestCreateToken_SaysExactlyThis(t *testing.T) {
	t.Parallel()
	everything := minimal()
	everything.Features = map[string]bool{}
	for _, name := range jitsimeet.Features() {
		everything.Features[name] = true
	}
	for _, tc := range []struct {
		name    string
		request jitsi.TokenRequest
		claims  string
	}{
		{"full", asRequest(full()), `"sub":"meet.example.org","exp":1760007200,"room":"standup","moderator":true,"context":{
			"user":{"id":"u|5f90/x y","name":"Ada <\"&'> Łovelace","email":"ada@example.org","avatar":"https://example.org/a.png?x=1&y=2",
				"hidden-from-recorder":"true","moderator":true,"affiliation":"owner"},
			"features":{"recording":"true","livestreaming":"false","outbound-call":"true","lobby":"false"}}`},
		{"guest", asRequest(minimal()), `"sub":"meet.example.org","exp":1760003600,"room":"standup","context":{` + plainUser + `}`},
		{"moderator", changed(minimal(), func(p *jitsimeet.Participant) { p.Moderator = true }), `"sub":"meet.example.org","exp":1760003600,"room":"standup",
			"moderator":true,"context":{"user":{"id":"u-17","moderator":true,"affiliation":"owner"}}`},
		{
			"guest with everything else", changed(full(), func(p *jitsimeet.Participant) { p.Moderator = false }),
			`"sub":"meet.example.org","exp":1760007200,"room":"standup","context":{
			"user":{"id":"u|5f90/x y","name":"Ada <\"&'> Łovelace","email":"ada@example.org","avatar":"https://example.org/a.png?x=1&y=2",
				"hidden-from-recorder":"true"},
			"features":{"recording":"true","livestreaming":"false","outbound-call":"true","lobby":"false"}}`,
		},
		{
			"no features", changed(minimal(), func(p *jitsimeet.Participant) { p.Features = map[string]bool{} }),
			`"sub":"meet.example.org","exp":1760003600,"room":"standup","context":{` + plainUser + `,"features":{}}`,
		},
		{"every feature", asRequest(everything), `"sub":"meet.example.org","exp":1760003600,"room":"standup","context":{` + plainUser + `,"features":{
			"livestreaming":"true","recording":"true","transcription":"true","sip-inbound-call":"true","sip-outbound-call":"true",
			"inbound-call":"true","outbound-call":"true","file-upload":"true","list-visitors":"true","send-groupchat":"true",
			"create-polls":"true","branding":"true","calendar":"true","flip":"true","live-translation":"true","lobby":"true",
			"moderation":"true","room":"true","screen-sharing":"true","send-private-message":"true"}}`},
		{
			"pattern", changed(minimal(), func(p *jitsimeet.Participant) { p.Room, p.Pattern = "", "team%-%d+" }),
			`"sub":"meet.example.org","exp":1760003600,"room":"team%-%d+","context":{` + plainUser + `,"room":{"regex":true}}`,
		},
		{
			"all rooms", changed(minimal(), func(p *jitsimeet.Participant) { p.Room, p.Pattern = "", jitsimeet.AllRooms }),
			`"sub":"meet.example.org","exp":1760003600,"room":"*","context":{` + plainUser + `}`,
		},
		{
			"tenant",
			jitsi.TokenRequest{Participant: minimal(), Tenant: must(jitsi.ParseTenant("Acme")), Link: jitsi.InQuery},
			`"sub":"acme","exp":1760003600,"room":"standup","context":{` + plainUser + `}`,
		},
		{
			"a name that is not ASCII", changed(minimal(), func(p *jitsimeet.Participant) { p.Room = must(jitsimeet.ParseRoom("ÉTÉ 1")) }),
			`"sub":"meet.example.org","exp":1760003600,"room":"%c3%a9t%c3%a9%201","context":{` + plainUser + `}`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)

			token, err := f.client.CreateToken(t.Context(), tc.request)
			if err != nil {
				t.Fatal(err)
			}

			header, claims, err := testtoken.Unpack(token.JWT)
			if err != nil {
				t.Fatal(err)
			}
			if want := map[string]any{"alg": "HS256", "typ": "JWT"}; !reflect.DeepEqual(header, want) {
				t.Errorf("got header %v, want %v", header, want)
			}
			if want := decoded(t, `{`+fixedClaims+tc.claims+`}`); !reflect.DeepEqual(claims, want) {
				t.Errorf("got claims\n%v, want\n%v", claims, want)
			}
			if got := len(f.upstream.seen()); got != 0 {
				t.Errorf("got %d requests upstream, want none", got)
			}
		})
	}
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	var value map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// TestCreateToken_IsSignedAsTheServerVerifies has every algorithm of luajwtjitsi, verified with another library.
func TestCreateToken_IsSignedAsTheServerVerifies(t *testing.T) {
	t.Parallel()
	shared, own := fields{}, fields{"secret": nil, "privateKey": pemOf(loginKey()), "keyId": " login/1 "}
	for _, tc := range []struct {
		written any // in the secret, nil for the default
		base    fields
		alg     jose.SignatureAlgorithm
	}{
		{nil, shared, jose.HS256},
		{"HS256", shared, jose.HS256},
		{"HS384", shared, jose.HS384},
		{" HS512\n", shared, jose.HS512},
		{nil, own, jose.RS256},
		{"RS256", own, jose.RS256},
		{"RS384", own, jose.RS384},
		{"RS512", own, jose.RS512},
	} {
		t.Run(fmt.Sprint(tc.written, tc.alg), func(t *testing.T) {
			t.Parallel()
			f := setup(t, withSecret(tc.base.With(fields{"algorithm": tc.written})))
			token, err := f.client.CreateToken(t.Context(), asRequest(full()))
			if err != nil {
				t.Fatal(err)
			}
			signed, err := jose.ParseSigned(token.JWT, []jose.SignatureAlgorithm{tc.alg})
			if err != nil {
				t.Fatal(err)
			}
			var key, other any = []byte(loginSecret), []byte(newSecret)
			want := map[string]any{"alg": string(tc.alg), "typ": "JWT"}
			if tc.base["privateKey"] != nil {
				key, other = &loginKey().PublicKey, &systemKey().PublicKey
				want["kid"] = "login/1"
			}
			if _, err := signed.Verify(key); err != nil {
				t.Errorf("the signature is not the key's: %v", err)
			}
			if _, err := signed.Verify(other); err == nil {
				t.Error("the signature is another key's")
			}
			if header, _, _ := testtoken.Unpack(token.JWT); !reflect.DeepEqual(header, want) {
				t.Errorf("got header %v, want %v", header, want)
			}
		})
	}
}

func TestCreateToken_LinksToTheRoomItIsFor(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, base string
		secret     fields
		request    jitsi.TokenRequest
		want, sub  string
	}{
		{"plain", webURL, nil, asRequest(full()), "https://meet.example.org/standup#jwt=", domain},
		{"in the fragment", webURL, nil, jitsi.TokenRequest{Participant: full(), Link: jitsi.InFragment}, "https://meet.example.org/standup#jwt=", domain},
		{"in the query", webURL, nil, jitsi.TokenRequest{Participant: full(), Link: jitsi.InQuery}, "https://meet.example.org/standup?jwt=", domain},
		{"tenant", webURL, nil, jitsi.TokenRequest{Participant: full(), Tenant: "acme"}, "https://meet.example.org/acme/standup#jwt=", "acme"},
		{"the secret's tenant", webURL, fields{"tenant": " ACME "}, asRequest(full()), "https://meet.example.org/acme/standup#jwt=", "acme"},
		{
			"another tenant than the secret's", webURL,
			fields{"tenant": "acme"},
			jitsi.TokenRequest{Participant: full(), Tenant: "other"},
			"https://meet.example.org/other/standup#jwt=", "other",
		},
		{
			"not ASCII", webURL, nil, changed(minimal(), func(p *jitsimeet.Participant) { p.Room = must(jitsimeet.ParseRoom("été Привет")) }),
			"https://meet.example.org/%c3%a9t%c3%a9%20%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82#jwt=", domain,
		},
		{
			"base with a path and a port", "http://127.0.0.1:8000/call//",
			fields{"domain": domain},
			jitsi.TokenRequest{Participant: full(), Tenant: "acme", Link: jitsi.InQuery},
			"http://127.0.0.1:8000/call/acme/standup?jwt=", "acme",
		},
		{"domain in capitals", "https://Meet.Example.ORG/", nil, asRequest(full()), "https://Meet.Example.ORG/standup#jwt=", domain},
		{"another domain", "https://call.example.net:8443", fields{"domain": " XMPP.example.org "}, asRequest(full()), "https://call.example.net:8443/standup#jwt=", "xmpp.example.org"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, withSecret(fields{"baseUrl": tc.base}.With(tc.secret)))
			token, err := f.client.CreateToken(t.Context(), tc.request)
			if err != nil {
				t.Fatal(err)
			}
			if token.JoinURL != tc.want+token.JWT {
				t.Errorf("got %s, want %s and the token", token.JoinURL, tc.want)
			}
			_, claims, _ := testtoken.Unpack(token.JWT)
			if claims["room"] != string(tc.request.Room) || claims["sub"] != tc.sub {
				t.Errorf("got room %v and sub %v in the claims, want %s and %s", claims["room"], claims["sub"], tc.request.Room, tc.sub)
			}
		})
	}
}

func TestCreateToken_LinksNowhereWithAPattern(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, pattern := range []jitsimeet.Pattern{jitsimeet.AllRooms, "team%-%d+"} {
		token, err := f.client.CreateToken(t.Context(), changed(minimal(), func(p *jitsimeet.Participant) { p.Room, p.Pattern = "", pattern }))
		if err != nil || token.JoinURL != "" || token.JWT == "" {
			t.Errorf("%s: got link %q, token %t, %v; want a token without a link", pattern, token.JoinURL, token.JWT != "", err)
		}
	}
}

// TestCreateToken_EndsWhenItSays in whole seconds, and begins ten seconds ago: the server allows no leeway.
func TestCreateToken_EndsWhenItSays(t *testing.T) {
	t.Parallel()
	for _, fraction := range []time.Duration{0, time.Nanosecond, 999 * time.Millisecond} {
		f := setup(t)
		f.clock.Step(fraction)
		for _, lifetime := range []time.Duration{jitsimeet.MinLifetime, 90 * time.Second, jitsimeet.DefaultLifetime, jitsimeet.MaxLifetime, 1500 * time.Millisecond} {
			token, err := f.client.CreateToken(t.Context(), changed(minimal(), func(p *jitsimeet.Participant) { p.Lifetime = lifetime }))
			if err != nil {
				t.Fatal(err)
			}
			_, claims, _ := testtoken.Unpack(token.JWT)
			exp, expErr := testtoken.UnixSeconds(claims["exp"])
			nbf, nbfErr := testtoken.UnixSeconds(claims["nbf"])
			if expErr != nil || nbfErr != nil {
				t.Fatal(expErr, nbfErr)
			}
			if late := f.clock.Seen().Add(lifetime).Sub(exp); late < 0 || late >= time.Second {
				t.Errorf("%v: exp is %v before that, want it in the same second", lifetime, late)
			}
			if !nbf.Equal(start.Add(-10 * time.Second)) {
				t.Errorf("%v: got nbf %v, want 10 s before %v", lifetime, nbf, start)
			}
			if !token.Expires.Equal(exp) || token.Expires.Location() != time.UTC {
				t.Errorf("%v: got %v, want %v in UTC", lifetime, token.Expires, exp.UTC())
			}
		}
	}
}

func TestCreateToken_IssuerAndAudienceAreTheSecrets(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		changes  fields
		iss, aud string
	}{
		{nil, issuer, issuer},
		{fields{"issuer": " other \n"}, "other", "other"},
		{fields{"audience": " jitsi "}, issuer, "jitsi"},
		{fields{"audience": " "}, issuer, issuer},
	} {
		f := setup(t, withSecret(tc.changes))
		_, claims, _ := testtoken.Unpack(must(f.client.CreateToken(t.Context(), asRequest(minimal()))).JWT)
		if claims["iss"] != tc.iss || claims["aud"] != tc.aud {
			t.Errorf("%v: got %v and %v, want %s and %s", tc.changes, claims["iss"], claims["aud"], tc.iss, tc.aud)
		}
	}
}

// isOwner is what mod_token_affiliation makes of a token (contract, section 2.3).
func isOwner(claims map[string]any) bool {
	about, _ := claims["context"].(map[string]any)
	user, _ := about["user"].(map[string]any)
	switch user["affiliation"] {
	case "owner", "moderator", "teacher":
		return true
	}
	return user["moderator"] == true || user["moderator"] == "true"
}

// isModerator is what token_moderation makes of it (section 2.4).
func isModerator(claims map[string]any) bool { return claims["moderator"] == true }

// mintsWhatWasAsked holds a token against what holds of every one.
func mintsWhatWasAsked(t *testing.T, f *fixture, p jitsimeet.Participant) {
	t.Helper()
	if p.Valid() != nil {
		return
	}
	token, err := f.client.CreateToken(t.Context(), asRequest(p))
	if err != nil {
		t.Fatalf("got %v for %+v", err, p)
	}
	header, claims, err := testtoken.Unpack(token.JWT)
	if err != nil {
		t.Fatal(err)
	}
	if isOwner(claims) != p.Moderator || isModerator(claims) != p.Moderator {
		t.Fatalf("got a moderator for one plugin: %t, for the other: %t; want %t of %v", isOwner(claims), isModerator(claims), p.Moderator, claims)
	}
	about := claims["context"].(map[string]any)
	allowed := []string{"aud", "context", "exp", "iss", "nbf", "room", "sub"}
	if p.Moderator {
		allowed = append(allowed, "moderator")
	}
	slices.Sort(allowed)
	if got := slices.Sorted(maps.Keys(claims)); !slices.Equal(got, allowed) {
		t.Fatalf("got the claims %q, want %q", got, allowed)
	}
	for name := range about {
		if !slices.Contains([]string{"user", "features", "room"}, name) {
			t.Fatalf("got context.%s", name)
		}
	}
	known := []string{"id", "name", "email", "avatar", "hidden-from-recorder", "moderator", "affiliation"}
	for name, value := range about["user"].(map[string]any) {
		text, isText := value.(string)
		if !slices.Contains(known, name) || !isText && (name != "moderator" || value != true) || isText && text == "" {
			t.Fatalf("got context.user.%s = %#v", name, value)
		}
	}
	if _, says := about["features"]; says != (p.Features != nil) {
		t.Fatalf("got features: %t, want %t", says, p.Features != nil)
	}
	if claims["room"] != p.RoomClaim() || header["alg"] != "HS256" {
		t.Fatalf("got room %v and header %v", claims["room"], header)
	}
}

// TestCreateToken_GuestsAreGuestsWhateverTheyAreCalled over many participants made at random.
func TestCreateToken_GuestsAreGuestsWhateverTheyAreCalled(t *testing.T) {
	t.Parallel()
	f := setup(t)
	random := rand.New(rand.NewPCG(17, 42))
	words := []string{"", "true", "owner", "moderator", "teacher", `","moderator":true,"x":"`, "ada@example.org", "\x00\n", "é\u202e", `\"}`, "https://example.org/owner", "null", "1"}
	word := func() string { return words[random.IntN(len(words))] }
	for range 3000 {
		p := jitsimeet.Participant{
			Room: room, Moderator: random.IntN(2) == 0, Lifetime: time.Duration(1+random.IntN(7200)) * time.Second,
			User: jitsimeet.User{ID: "u" + strings.TrimSpace(strings.Map(printable, word())), Name: word(), Email: word(), HiddenFromRecorder: random.IntN(2) == 0},
		}
		if random.IntN(3) == 0 {
			p.User.Avatar = "https://example.org/owner?moderator=true"
		}
		if random.IntN(3) == 0 {
			p.Room, p.Pattern = "", []jitsimeet.Pattern{"*", "owner", "team%-%d+"}[random.IntN(3)]
		}
		if random.IntN(2) == 0 {
			p.Features = map[string]bool{}
			for _, name := range jitsimeet.Features() {
				if random.IntN(2) == 0 {
					p.Features[name] = random.IntN(2) == 0
				}
			}
		}
		mintsWhatWasAsked(t, f, p)
	}
}

func printable(r rune) rune {
	if r < ' ' {
		return -1
	}
	return r
}

// FuzzCreateToken checks the same of any text in any place.
func FuzzCreateToken(f *testing.F) {
	f.Add("u-17", "Ada", "ada@example.org", "https://example.org/a.png", "standup", false, false, uint32(0))
	f.Add(`","moderator":true,"a":"`, `"},"moderator":true,"x":{"`, "owner", "", "moderator", false, true, uint32(1))
	f.Add("true", "\xff\u2028", "null", "http://a", "*", true, true, uint32(0xffffffff))
	fixed := setup(f)
	f.Fuzz(func(t *testing.T, id, name, email, avatar, place string, moderator, hidden bool, features uint32) {
		p := jitsimeet.Participant{
			User: jitsimeet.User{ID: id, Name: name, Email: email, Avatar: avatar, HiddenFromRecorder: hidden}, Moderator: moderator, Lifetime: time.Hour,
		}
		if p.Room, _ = jitsimeet.ParseRoom(place); p.Room == "" {
			p.Pattern, _ = jitsimeet.ParsePattern(place)
		}
		if features != 0 {
			p.Features = map[string]bool{}
			for i, name := range jitsimeet.Features() {
				p.Features[name] = features>>i&1 == 1
			}
		}
		if jitsi.CheckPattern(p.Pattern) != nil {
			return
		}
		mintsWhatWasAsked(t, fixed, p)
		if p.Room != "" && (!isASCII(string(p.Room)) || strings.ToLower(string(p.Room)) != string(p.Room)) {
			t.Fatalf("got the room %q, want lower-case ASCII", p.Room)
		}
	})
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

// TestCreateToken_TakesTheKeyOfTheSecretInMinutes because there is nobody who would reject the old one.
func TestCreateToken_TakesTheKeyOfTheSecretInMinutes(t *testing.T) {
	t.Parallel()
	f := setup(t)
	signedBy := func(secret string) bool {
		token := must(f.client.CreateToken(t.Context(), asRequest(minimal()))).JWT
		_, err := must(jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.HS256})).Verify([]byte(secret))
		return err == nil
	}
	if !signedBy(loginSecret) {
		t.Error("got another signature, want the secret's")
	}
	f.vault.Put(f.secret.With(fields{"secret": newSecret}))
	f.clock.Step(5*time.Minute - time.Nanosecond)
	if !signedBy(loginSecret) {
		t.Error("got another signature, want that of the secret that is held")
	}
	f.clock.Step(time.Nanosecond)
	if !signedBy(newSecret) {
		t.Error("got another signature, want that of the new secret")
	}
}

func TestCreateToken_WithoutASecretIsAnErrorThatNamesIt(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.vault.PutText("")
	token, err := f.client.CreateToken(t.Context(), asRequest(minimal()))
	if failure := secretError(t, err); failure.Passing || token != (jitsimeet.Token{}) {
		t.Errorf("got token %t, %v; want none", token.JWT != "", err)
	}
}

// TestConference_IsTheNodeOfTheSecretsTenant which is what events and reservations name.
func TestConference_IsTheNodeOfTheSecretsTenant(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		changes fields
		place   jitsi.Place
		want    string
	}{
		{nil, here(), "standup"},
		{nil, jitsi.Place{Tenant: "other", Room: room}, "[other]standup"},
		{fields{"tenant": "Acme"}, here(), "[acme]standup"},
		{fields{"tenant": "acme"}, jitsi.Place{Tenant: "other", Room: "%c3%a9"}, "[other]%c3%a9"},
	} {
		f := setup(t, withSecret(tc.changes))
		if got, err := f.client.Conference(t.Context(), tc.place); err != nil || got != tc.want {
			t.Errorf("%v: got %q, %v; want %q", tc, got, err, tc.want)
		}
	}
	f := setup(t)
	f.vault.PutText("")
	if got, err := f.client.Conference(t.Context(), here()); secretError(t, err) == nil || got != "" {
		t.Errorf("got %q, %v; want the secret named", got, err)
	}
}
