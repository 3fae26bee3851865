package jitsi_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"gavel/local/standin"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/phone"
)

// TestWire_IsAsTheModulesReadIt has the whole request: the type exactly, and only where there is a body.
func TestWire_IsAsTheModulesReadIt(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			if _, err := o.call(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			isWire(t, f, o, o.query, o.body)
		})
	}
}

// isWire checks the one request to the operation's module.
func isWire(t *testing.T, f *fixture, o operation, query, body string) {
	t.Helper()
	all := f.upstream.seen(o.path)
	if len(all) != 1 {
		t.Fatalf("got %d requests, want 1", len(all))
	}
	got := all[0]
	if got.method != o.method || got.query != query || got.body != body {
		t.Errorf("got  %s %s?%s\n     %s\nwant %s %s?%s\n     %s", got.method, got.path, got.query, got.body, o.method, o.path, query, body)
	}
	want := http.Header{"User-Agent": got.header["User-Agent"]}
	if o.path != roomPath {
		want["Authorization"] = []string{"Bearer " + f.upstream.sent()[0]}
	}
	if body != "" {
		want["Content-Type"] = []string{"application/json"}
	}
	header := got.header.Clone()
	header.Del("Content-Length")
	if !reflect.DeepEqual(header, want) {
		t.Errorf("got the header %v, want %v", header, want)
	}
	length := got.header.Get("Content-Length")
	if o.method == http.MethodGet && length != "" || body == "" && o.method == http.MethodPost && length != "0" {
		t.Errorf("got the length %q of no body", length)
	}
}

// TestWire_OfOddRooms shows what becomes of a name: end-meeting and kick-participant decode once, room not at all.
func TestWire_OfOddRooms(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		changes fields // of the secret
		place   jitsi.Place
		ending  string // what end-meeting is told
		decoded string // and reads
		kicking string
		inviting,
		looking string
	}{
		{
			"a name that is not ASCII", nil,
			jitsi.Place{Room: must(jitsimeet.ParseRoom("Été 1"))},
			"%25c3%25a9t%25c3%25a9%25201%40conference.meet.example.org", "%c3%a9t%c3%a9%201@conference.meet.example.org",
			"room=%c3%a9t%c3%a9%201", "%c3%a9t%c3%a9%201@conference.meet.example.org", "room=%c3%a9t%c3%a9%201&domain=meet.example.org",
		},
		{
			"a tenant", nil,
			jitsi.Place{Tenant: "acme_2-x", Room: room},
			"standup%40conference.acme_2-x.meet.example.org", "standup@conference.acme_2-x.meet.example.org",
			"room=standup&prefix=acme_2-x", "standup@conference.acme_2-x.meet.example.org", "room=standup&domain=meet.example.org&subdomain=acme_2-x",
		},
		{
			"the secret's tenant and prefix",
			fields{"tenant": "Acme", "mucPrefix": "MUC"},
			here(),
			"standup%40muc.acme.meet.example.org", "standup@muc.acme.meet.example.org",
			"room=standup&prefix=acme", "standup@muc.acme.meet.example.org", "room=standup&domain=meet.example.org&subdomain=acme",
		},
		{
			"another tenant than the secret's",
			fields{"tenant": "acme"},
			jitsi.Place{Tenant: "other", Room: "a.b~c"},
			"a.b~c%40conference.other.meet.example.org", "a.b~c@conference.other.meet.example.org",
			"room=a.b~c&prefix=other", "a.b~c@conference.other.meet.example.org", "room=a.b~c&domain=meet.example.org&subdomain=other",
		},
		{
			"another domain than the page's",
			fields{"baseUrl": "https://call.example.net/path", "domain": " Meet.Example.ORG "},
			here(),
			"standup%40conference.meet.example.org", "standup@conference.meet.example.org",
			"room=standup", "standup@conference.meet.example.org", "room=standup&domain=meet.example.org",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := must(url.QueryUnescape(tc.ending)); got != tc.decoded {
				t.Fatalf("the case is wrong: %s is read as %s", tc.ending, got)
			}
			for _, o := range operations() {
				query, body := tc.looking, o.body
				switch o.path {
				case endPath:
					query = strings.Replace(o.query, "standup%40conference.meet.example.org", tc.ending, 1)
				case kickPath:
					query = tc.kicking
				case invitePath:
					query, body = "", `{"conference":"`+tc.inviting+`","phoneNo":"+40747777777"}`
				}
				f := setup(t, withSecret(tc.changes))
				f.upstream.set(func(u *upstream) {
					if tc.changes["mucPrefix"] != nil {
						u.mucPrefix = "muc"
					}
					tenant, _ := tc.changes["tenant"].(string)
					if tc.place.Tenant != "" {
						tenant = string(tc.place.Tenant)
					}
					u.rooms = map[string][]occupant{nodeOf(strings.ToLower(tenant), string(tc.place.Room)): everybody()}
				})
				if got, err := o.do(t.Context(), f.client, tc.place); err != nil || got != o.done {
					t.Errorf("%s: got %q, %v; want %q", o.name, got, err, o.done)
					continue
				}
				if o.path == kickPath {
					for _, look := range f.upstream.seen(roomPath) {
						if look.query != tc.looking {
							t.Errorf("%s: got a look at %s, want %s", o.name, look.query, tc.looking)
						}
					}
				}
				isWire(t, f, o, query, body)
			}
		})
	}
}

// TestWire_NumbersAreInOneForm however people write them.
func TestWire_NumbersAreInOneForm(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0040 747-777-777", "+40 (747) 777.777", " +40747777777\n"} {
		f := setup(t)
		kicked, kickErr := f.client.Kick(t.Context(), here(), jitsi.Target{Number: must(phone.Parse(text))})
		called, callErr := f.client.DialOut(t.Context(), here(), must(phone.Parse(text)))
		if kickErr != nil || callErr != nil || kicked != jitsi.Kicked || called != jitsi.Requested {
			t.Errorf("%q: got %q, %v and %q, %v", text, kicked, kickErr, called, callErr)
		}
		for _, got := range f.upstream.seen(kickPath, invitePath) {
			if !strings.HasSuffix(got.body, `:"+40747777777"}`) {
				t.Errorf("%q: got %s", text, got.body)
			}
		}
	}
}

// TestWire_BaseURLIsTakenAsPeopleWriteIt with slashes and blanks behind.
func TestWire_BaseURLIsTakenAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"", "/", "//", " ", "/ \n"} {
		f := setup(t)
		f.vault.Put(withSystem(f.secret, fields{"baseUrl": f.upstream.url + basePath + written}))
		for _, o := range operations() {
			if got, err := o.call(t.Context(), f); err != nil || got != o.done {
				t.Errorf("%q, %s: got %q, %v", written, o.name, got, err)
			}
		}
	}
}

// TestRedirect_IsNotFollowed because the token would go along.
func TestRedirect_IsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		f := setup(t)
		f.upstream.from(o.path, standin.Says(http.StatusTemporaryRedirect, "", "Location", "/elsewhere"))
		_, err := o.call(t.Context(), f)
		if failure := upstreamError(t, err); failure.Status != 307 || len(f.upstream.seen(o.path)) != 1 {
			t.Errorf("%s: got %v after %d requests, want the redirect as an error", o.name, failure, len(f.upstream.seen(o.path)))
		}
	}
}

// TestUpstream_RefusesAParticipantsToken shows that the stand-in is as strict as the modules: the keys are apart.
func TestUpstream_RefusesAParticipantsToken(t *testing.T) {
	t.Parallel()
	f := setup(t, withSecret(fields{"secret": nil, "privateKey": pemOf(loginKey()), "keyId": systemKeyID}))
	token := must(f.client.CreateToken(t.Context(), asRequest(full()))).JWT
	header := http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
	for _, o := range commands() {
		got := request{method: o.method, path: o.path, query: o.query, body: o.body, header: header}
		if refusal, _ := f.upstream.enter(got); refusal != o.rejects {
			t.Errorf("%s: got %d for a participant's token, want %d", o.name, refusal, o.rejects)
		}
	}
}
