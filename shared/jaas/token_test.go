package jaas_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/local/testtoken"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
)

// full is a participant with everything that a token can say.
func full() jitsimeet.Participant {
	return jitsimeet.Participant{
		Room: must(jaas.ParseRoom("StandUp")),
		User: jitsimeet.User{
			ID: "auth0|5f90/x y", Name: `Ada <"&'> Łovelace`, Email: "ada@example.org",
			Avatar: "https://example.org/a.png?x=1&y=2", HiddenFromRecorder: true,
		},
		Moderator: true,
		Features:  map[string]bool{"recording": true, "livestreaming": false, "outbound-call": true, "lobby": false},
		Lifetime:  2 * time.Hour,
	}
}

func TestCreateToken_RefusesWhatCheckFinds(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, tc := range []struct {
		name   string
		change func(p *jitsimeet.Participant)
		fields []string
	}{
		{"no user id", func(p *jitsimeet.Participant) { p.User.ID = "" }, []string{"user.id"}},
		{"user id blank", func(p *jitsimeet.Participant) { p.User.ID = " \t" }, []string{"user.id"}},
		{"user id that cannot be banned", func(p *jitsimeet.Participant) { p.User.ID = ".." }, []string{"user.id"}},
		{"user id too long", func(p *jitsimeet.Participant) { p.User.ID = strings.Repeat("é", jitsimeet.MaxUserID+1) }, []string{"user.id"}},
		{"avatar no URL", func(p *jitsimeet.Participant) { p.User.Avatar = "a.png" }, []string{"user.avatar"}},
		{"avatar without a host", func(p *jitsimeet.Participant) { p.User.Avatar = "https:///a.png" }, []string{"user.avatar"}},
		{"avatar a script", func(p *jitsimeet.Participant) { p.User.Avatar = "javascript:alert(1)" }, []string{"user.avatar"}},
		{"avatar not to be parsed", func(p *jitsimeet.Participant) { p.User.Avatar = "https://[" }, []string{"user.avatar"}},
		{"unknown feature", func(p *jitsimeet.Participant) { p.Features["token_bypass"] = true }, []string{"features.token_bypass"}},
		{"unknown feature that is off", func(p *jitsimeet.Participant) { p.Features["Recording"] = false }, []string{"features.Recording"}},
		{"unknown features", func(p *jitsimeet.Participant) { p.Features[""], p.Features["moderator"] = true, true }, []string{"features.", "features.moderator"}},
		{"no lifetime", func(p *jitsimeet.Participant) { p.Lifetime = 0 }, []string{"expiresInSeconds"}},
		{"lifetime negative", func(p *jitsimeet.Participant) { p.Lifetime = -time.Hour }, []string{"expiresInSeconds"}},
		{"lifetime under a second", func(p *jitsimeet.Participant) { p.Lifetime = jitsimeet.MinLifetime - 1 }, []string{"expiresInSeconds"}},
		{"lifetime over a day", func(p *jitsimeet.Participant) { p.Lifetime = jitsimeet.MaxLifetime + 1 }, []string{"expiresInSeconds"}},
		{
			"lifetime of a master key", func(p *jitsimeet.Participant) {
				p.Room, p.Pattern, p.Lifetime = "", jitsimeet.AllRooms, jitsimeet.MaxLifetimeOfAll+1
			}, []string{"expiresInSeconds"},
		},
		{
			"everything", func(p *jitsimeet.Participant) {
				p.User.ID, p.User.Avatar, p.Features["x"], p.Lifetime = "", "x", true, 0
			}, []string{"expiresInSeconds", "features.x", "user.avatar", "user.id"},
		},
		{"no room", func(p *jitsimeet.Participant) { p.Room = "" }, nil},
		{"room and pattern", func(p *jitsimeet.Participant) { p.Pattern = "standup%-%d+" }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := full()
			tc.change(&p)
			var fields []string
			for _, fault := range p.Check() {
				fields = append(fields, fault.Field)
				if fault.Message == "" {
					t.Errorf("%s: no message", fault.Field)
				}
			}
			slices.Sort(fields)
			if !slices.Equal(fields, tc.fields) {
				t.Errorf("got faults in %q, want %q", fields, tc.fields)
			}
			token, err := f.client.CreateToken(t.Context(), appID, p)
			if !errors.Is(err, jitsimeet.ErrParticipant) || token != (jitsimeet.Token{}) {
				t.Errorf("got error %v and token %t, want ErrParticipant alone", err, token.JWT != "")
			}
		})
	}
	t.Cleanup(func() {
		if got := f.vault.reads.Load(); got != 0 {
			t.Errorf("got %d reads of the secret, want none", got)
		}
	})
}

func TestCreateToken_SaysExactlyThis(t *testing.T) {
	t.Parallel()
	master := minimal()
	master.Room, master.Pattern = "", jitsimeet.AllRooms
	pattern := minimal()
	pattern.Room, pattern.Pattern = "", must(jitsimeet.ParsePattern("Team%-%A+"))
	everything := minimal()
	everything.Features = map[string]bool{}
	for _, name := range jitsimeet.Features() {
		everything.Features[name] = true
	}
	const fixed = `"aud":"jitsi","iss":"chat","sub":"vpaas-magic-cookie-0123456789abcdef0123456789abcdef","nbf":1759999990,`
	const plain = `"user":{"id":"u-17","moderator":"false","hidden-from-recorder":"false"}`
	for _, tc := range []struct {
		name        string
		participant jitsimeet.Participant
		claims      string
	}{
		{"full", full(), `{` + fixed + `"exp":1760007200,"room":"standup","context":{
			"user":{"id":"auth0|5f90/x y","name":"Ada <\"&'> Łovelace","email":"ada@example.org",
				"avatar":"https://example.org/a.png?x=1&y=2","moderator":"true","hidden-from-recorder":"true"},
			"features":{"recording":"true","livestreaming":"false","outbound-call":"true","lobby":"false"},
			"room":{"regex":false}}}`},
		{"minimal", minimal(), `{` + fixed + `"exp":1760003600,"room":"testroom","context":{` + plain + `,"features":{},"room":{"regex":false}}}`},
		{"all rooms", master, `{` + fixed + `"exp":1760003600,"room":"*","context":{` + plain + `,"features":{},"room":{"regex":false}}}`},
		{"pattern", pattern, `{` + fixed + `"exp":1760003600,"room":"Team%-%A+","context":{` + plain + `,"features":{},"room":{"regex":true}}}`},
		{"every feature", everything, `{` + fixed + `"exp":1760003600,"room":"testroom","context":{` + plain + `,"features":{
			"livestreaming":"true","recording":"true","transcription":"true","sip-inbound-call":"true","sip-outbound-call":"true",
			"inbound-call":"true","outbound-call":"true","file-upload":"true","list-visitors":"true","send-groupchat":"true",
			"create-polls":"true","branding":"true","calendar":"true","flip":"true","live-translation":"true","lobby":"true",
			"moderation":"true","room":"true","screen-sharing":"true","send-private-message":"true"},
			"room":{"regex":false}}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)

			token, err := f.client.CreateToken(t.Context(), appID, tc.participant)
			if err != nil {
				t.Fatal(err)
			}

			header, claims, err := testtoken.Unpack(token.JWT)
			if err != nil {
				t.Fatal(err)
			}
			wantHeader := map[string]any{"alg": "RS256", "typ": "JWT", "kid": string(appID) + "/" + keyID}
			if !reflect.DeepEqual(header, wantHeader) {
				t.Errorf("got header %v, want %v", header, wantHeader)
			}
			if want := decoded(t, tc.claims); !reflect.DeepEqual(claims, want) {
				t.Errorf("got claims\n%v, want\n%v", claims, want)
			}
			if err := testtoken.Verify(token.JWT, &theKey().PublicKey); err != nil {
				t.Errorf("the signature is not the key's: %v", err)
			}
			if got := len(f.upstream.seen()); got != 0 {
				t.Errorf("got %d requests upstream, want none", got)
			}
		})
	}
}

func TestCreateToken_LinksToTheRoomItIsFor(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, domain, want string }{
		{"StandUp", "8x8.vc", "https://8x8.vc/" + string(appID) + "/standup#jwt="},
		{"été Привет", "8x8.vc", "https://8x8.vc/" + string(appID) + "/%c3%a9t%c3%a9%20%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82#jwt="},
		{"a/b?c#d", "stage.8x8.vc", "https://stage.8x8.vc/" + string(appID) + "/abcd#jwt="},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, withDomain(tc.domain))
			p := minimal()
			p.Room = must(jaas.ParseRoom(tc.name))

			token, err := f.client.CreateToken(t.Context(), appID, p)
			if err != nil {
				t.Fatal(err)
			}

			if token.JoinURL != tc.want+token.JWT {
				t.Errorf("got %s, want %s and the token", token.JoinURL, tc.want)
			}
			_, claims, _ := testtoken.Unpack(token.JWT)
			if got := claims["room"]; got != string(p.Room) || !strings.HasSuffix(strings.Split(token.JoinURL, "#")[0], "/"+string(p.Room)) {
				t.Errorf("got room %v in the claim and link %s, want %s in both", got, token.JoinURL, p.Room)
			}
		})
	}
}

func TestCreateToken_LinksNowhereWithAPattern(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, pattern := range []jitsimeet.Pattern{jitsimeet.AllRooms, "team%-%d+"} {
		p := minimal()
		p.Room, p.Pattern = "", pattern
		token, err := f.client.CreateToken(t.Context(), appID, p)
		if err != nil || token.JoinURL != "" || token.JWT == "" {
			t.Errorf("%s: got link %q, token %t, %v; want a token without a link", pattern, token.JoinURL, token.JWT != "", err)
		}
	}
}

func TestCreateToken_EndsWhenItSays(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.clock.Step(999 * time.Millisecond)
	for _, lifetime := range []time.Duration{jitsimeet.MinLifetime, 90 * time.Second, jitsimeet.DefaultLifetime, jitsimeet.MaxLifetime, 1500 * time.Millisecond} {
		p := minimal()
		p.Lifetime = lifetime
		token, err := f.client.CreateToken(t.Context(), appID, p)
		if err != nil {
			t.Fatal(err)
		}
		_, claims, _ := testtoken.Unpack(token.JWT)
		exp, err := testtoken.UnixSeconds(claims["exp"])
		if err != nil {
			t.Fatal(err)
		}
		late := f.clock.Seen().Add(lifetime).Sub(exp)
		if late < 0 || late >= time.Second {
			t.Errorf("%v: exp is %v before that, want it in the same second", lifetime, late)
		}
		if !token.Expires.Equal(exp) || token.Expires.Location() != time.UTC {
			t.Errorf("%v: got %v, want %v in UTC", lifetime, token.Expires, exp.UTC())
		}
	}
}

func TestCreateToken_IsSignedByItsTenant(t *testing.T) {
	t.Parallel()
	f := setup(t)
	token, err := f.client.CreateToken(t.Context(), otherApp, minimal())
	if err != nil {
		t.Fatal(err)
	}
	header, claims, _ := testtoken.Unpack(token.JWT)
	if header["kid"] != string(otherApp)+"/"+keyID || claims["sub"] != string(otherApp) || testtoken.Verify(token.JWT, &nextKey().PublicKey) != nil {
		t.Errorf("got header %v, claims %v; want those of %s, signed by its key", header, claims, otherApp)
	}
}

// What we mint can be banned, and is not taken for an admin token.
func TestCreateToken_GivesATokenThatCanBeBanned(t *testing.T) {
	t.Parallel()
	f := setup(t)
	token, err := f.client.CreateToken(t.Context(), appID, full())
	if err != nil {
		t.Fatal(err)
	}
	if outcome, err := f.client.BanJWT(t.Context(), appID, token.JWT); err != nil || outcome != jaas.Banned {
		t.Errorf("got %q, %v; want %q", outcome, err, jaas.Banned)
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
