package jitsi_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"gavel/local/testtoken"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
)

func TestParseTenant(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(jitsi.TenantPattern)
	for _, tc := range []struct {
		in, want string // empty where it is refused
	}{
		{"acme", "acme"},
		{"Acme-Inc_2", "acme-inc_2"},
		{"7", "7"},
		{strings.Repeat("T", 63), strings.Repeat("t", 63)},
		{strings.Repeat("t", 64), ""},
		{"", ""},
		{"-acme", ""},
		{"_acme", ""},
		{"acme.inc", ""},
		{"acme/inc", ""},
		{"acme inc", ""},
		{" acme", ""},
		{"acme\n", ""},
		{"acme%20", ""},
		{"acme]", ""},
		{"[acme", ""},
		{"acme&room=x", ""},
		{"acmé", ""},
		{"\u212a", ""}, // Kelvin, of which k is the small letter
		{"a\xff", ""},
		{"..", ""},
	} {
		got, err := jitsi.ParseTenant(tc.in)
		if string(got) != tc.want || errors.Is(err, jitsi.ErrTenant) != (tc.want == "") {
			t.Errorf("%q: got %q, %v; want %q", tc.in, got, err, tc.want)
		}
		if form.MatchString(tc.in) != (tc.want != "") {
			t.Errorf("%q: the pattern says otherwise", tc.in)
		}
	}
}

func TestParseNode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		want jitsi.Place // zero where it is refused
	}{
		{"standup", jitsi.Place{Room: "standup"}},
		{"StandUp", jitsi.Place{Room: "standup"}},
		{"%C3%A9t%c3%a9", jitsi.Place{Room: "%c3%a9t%c3%a9"}},
		{"[acme]standup", jitsi.Place{Tenant: "acme", Room: "standup"}},
		{"[Acme_2]StandUp", jitsi.Place{Tenant: "acme_2", Room: "standup"}},
		{"a.b-c_d~e", jitsi.Place{Room: "a.b-c_d~e"}},
		{"", jitsi.Place{}},
		{"[acme]", jitsi.Place{}},
		{"[acme", jitsi.Place{}},
		{"[]standup", jitsi.Place{}},
		{"[a.b]standup", jitsi.Place{}},
		{"[acme][other]standup", jitsi.Place{}},
		{"acme]standup", jitsi.Place{}},
		{"[[acme]standup", jitsi.Place{}},
		{"*", jitsi.Place{}},
		{"[acme]*", jitsi.Place{}},
		{"..", jitsi.Place{}},
		{"été", jitsi.Place{}}, // as Prosody does not keep it
		{"a b", jitsi.Place{}},
		{"a%20b", jitsi.Place{Room: "a%20b"}},
		{"a%2fb", jitsi.Place{}},
		{"a/b", jitsi.Place{}},
		{"standup@conference.meet.example.org", jitsi.Place{}},
		{"a%41", jitsi.Place{}},
		{"a%0a", jitsi.Place{}},
		{"a\n", jitsi.Place{}},
		{"a\xff", jitsi.Place{}},
		{strings.Repeat("a", 129), jitsi.Place{}},
	} {
		tc.want.Exact = tc.want.Room != ""
		got, err := jitsi.ParseNode(tc.in)
		if got != tc.want || errors.Is(err, jitsi.ErrNode) != (tc.want == jitsi.Place{}) {
			t.Errorf("%q: got %+v, %v; want %+v", tc.in, got, err, tc.want)
		}
	}
}

// FuzzPlace checks that every place is found again by its name, and that a name that is taken stays the same.
func FuzzPlace(f *testing.F) {
	for _, text := range []string{"standup", "[acme]standup", "[a]b]c", "Été", "%5bacme%5dstandup", "％5b", "\u212a", "[\u212a]x"} {
		f.Add("", text)
		f.Add("Acme", text)
		f.Add(text, "standup")
	}
	f.Fuzz(func(t *testing.T, tenant, name string) {
		if p, err := jitsi.ParseNode(name); err == nil && p.Node() != strings.ToLower(name) {
			t.Fatalf("got %+v of %q, which is %q", p, name, p.Node())
		}
		p := jitsi.Place{Exact: true}
		var err error
		if p.Room, err = jitsimeet.ParseRoom(name); err != nil {
			return
		}
		if p.Tenant, err = jitsi.ParseTenant(tenant); err != nil && tenant != "" {
			return
		}
		if got, err := jitsi.ParseNode(p.Node()); err != nil || got != p {
			t.Fatalf("got %+v, %v of %q, want %+v", got, err, p.Node(), p)
		}
	})
}

// What Prosody calls a room stays where it is, also when the secret has been given a tenant since.
func TestPlace_ThatIsExactIsInNoOtherTenant(t *testing.T) {
	t.Parallel()
	f := setup(t, withSecret(fields{"tenant": "acme"}))
	place := must(jitsi.ParseNode(string(room)))
	if _, err := f.client.EndRoom(t.Context(), place, false); err != nil {
		t.Error(err)
	}
	if got := f.upstream.seen(endPath)[0].query; strings.Contains(got, "acme") {
		t.Errorf("got %q, want no tenant", got)
	}
	request := asRequest(full())
	request.Tenant, request.ExactTenant = place.Tenant, place.Exact
	token := must(f.client.CreateToken(t.Context(), request))
	_, claims, err := testtoken.Unpack(token.JWT)
	if err != nil || claims["sub"] == "acme" || strings.Contains(token.JoinURL, "/acme/") {
		t.Errorf("got %v, %v and %s, want no tenant", err, claims["sub"], token.JoinURL)
	}
}
