package jitsi_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gavel/local/standin"
	"gavel/local/testtoken"
	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
)

const jidOf = "standup@conference.meet.example.org/"

func TestOccupants_AreOneEach(t *testing.T) {
	t.Parallel()
	f := setup(t)
	got, err := f.client.Occupants(t.Context(), here())
	want := []jitsi.Occupant{
		{JID: jidOf + "f0aa9e1e", Name: "Ada Łovelace", Email: "ada@example.org"},
		{JID: jidOf + "0badcafe"},
		{JID: jidOf + "11112222", Name: "+40747777777 (Bob)"},
		{JID: jidOf + "33334444", Name: "+4074777777"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %+v, %v; want %+v", got, err, want)
	}
	for i, id := range []string{"f0aa9e1e", "0badcafe", "11112222", "33334444"} {
		if got[i].ID() != id {
			t.Errorf("got the id %q, want %q", got[i].ID(), id)
		}
	}
	if strange := (jitsi.Occupant{JID: "no-resource"}); strange.ID() != "" {
		t.Errorf("got the id %q of %q, want none", strange.ID(), strange.JID)
	}
}

// TestOccupants_OfAnEmptyRoom comes as an object, because Lua has one kind of empty table.
func TestOccupants_OfAnEmptyRoom(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"{}", " {}\n", "[]", " [ ] "} {
		f := setup(t)
		f.upstream.from(roomPath, standin.Says(http.StatusOK, body))
		if got, err := f.client.Occupants(t.Context(), here()); err != nil || got == nil || len(got) != 0 {
			t.Errorf("%q: got %#v, %v; want an empty list", body, got, err)
		}
	}
}

// TestOccupants_AreReadWithWhatElseThereIs because releases add fields.
func TestOccupants_AreReadWithWhatElseThereIs(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.from(roomPath, standin.Says(http.StatusOK, `[{"jid":"`+jidOf+`a","new":{"x":1},"email":null},{"jid":"`+jidOf+`b"},{"jid":"`+jidOf+`a","display_name":"again"}]`))
	got, err := f.client.Occupants(t.Context(), here())
	if want := []jitsi.Occupant{{JID: jidOf + "a"}, {JID: jidOf + "b"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestOccupants_NoRoomIsNotFound(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, p := range []jitsi.Place{{Room: "elsewhere"}, {Tenant: "acme", Room: room}} {
		if got, err := f.client.Occupants(t.Context(), p); !errors.Is(err, jitsi.ErrNotFound) || got != nil {
			t.Errorf("%v: got %v, %v; want %v", p, got, err, jitsi.ErrNotFound)
		}
	}
}

// TestOccupants_AnAnswerThatIsNoListIsAnError because nobody must be taken for gone who is not.
func TestOccupants_AnAnswerThatIsNoListIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "yes", "null", "0", `""`, `{"participants":3}`, `{"error":"x"}`, "[", `[{"jid":`, `["` + jidOf + `a"]`, `[{"jid":7}]`, `[{}]`, "[null]",
		`[{"display_name":"Ada","email":""}]`, `[{"jid":""}]`, `[{"jid":"a","display_name":{}}]`, "[] []", strings.Repeat("[", 20_000), "ada@example.org",
	} {
		f := setup(t)
		f.upstream.from(roomPath, standin.Says(http.StatusOK, body))
		got, err := f.client.Occupants(t.Context(), here())
		failure := upstreamError(t, err)
		if got != nil || failure.Kind != httpclient.Nonsense || failure.Status != http.StatusOK {
			t.Errorf("%.40q: got %v and %+v, want nonsense", body, got, failure)
		}
		if strings.Contains(failure.Body, "ada@") || len(failure.Body) > httpclient.MaxExcerpt+len("…") {
			t.Errorf("%.40q: got the body %q, want its beginning without addresses", body, failure.Body)
		}
		if n := len(f.upstream.seen()); n != 1 {
			t.Errorf("%.40q: got %d requests, want 1", body, n)
		}
	}
}

// TestOccupants_OfAServerThatWantsAToken gets one only there: access logs keep what is in a query.
func TestOccupants_OfAServerThatWantsAToken(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		changes fields
		place   jitsi.Place
		node    string
		sub     string
	}{
		"plain":    {nil, here(), "standup", domain},
		"a tenant": {fields{"tenant": "acme"}, here(), "[acme]standup", "acme"},
		"odd name": {nil, jitsi.Place{Tenant: "other", Room: "%c3%a9"}, "[other]%c3%a9", "other"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, withSecret(tc.changes))
			f.upstream.tokens = true
			f.upstream.rooms = map[string][]occupant{tc.node: everybody()}
			for range 2 {
				if got, err := f.client.Occupants(t.Context(), tc.place); err != nil || len(got) != 4 {
					t.Errorf("got %v, %v; want 4", got, err)
				}
			}
			if _, err := f.client.Occupants(t.Context(), jitsi.Place{Room: "elsewhere"}); !errors.Is(err, jitsi.ErrNotFound) {
				t.Errorf("got %v, want %v", err, jitsi.ErrNotFound)
			}
			all := f.upstream.seen()
			if len(all) != 4 || all[0].status != 403 || all[1].status != 200 || all[2].status != 200 || all[3].status != 404 {
				t.Fatalf("got the answers %v, want one refusal, and from then on a token at once", all)
			}
			bare, token, _ := strings.Cut(all[1].query, "&token=")
			if bare != all[0].query || strings.Contains(all[0].query, "token=") {
				t.Errorf("got %s and %s, want the same with a token behind", all[0].query, all[1].query)
			}
			_, claims, err := testtoken.Unpack(token)
			if err != nil {
				t.Fatal(err)
			}
			want := decoded(t, `{`+fixedClaims+`"sub":"`+tc.sub+`","exp":1760000060,"room":"`+string(tc.place.Room)+`","context":{}}`)
			if !sameClaims(claims, want) {
				t.Errorf("got %v, want %v: nobody is in it, and no role", claims, want)
			}
			if isOwner(claims) || isModerator(claims) {
				t.Error("got a moderator's token")
			}
		})
	}
}

// TestOccupants_OfAServerThatTakesNoTokenOfOurs is about the credentials.
func TestOccupants_OfAServerThatTakesNoTokenOfOurs(t *testing.T) {
	t.Parallel()
	for _, code := range []int{401, 403} {
		f := setup(t)
		f.upstream.from(roomPath, standin.Says(code, ""))
		got, err := f.client.Occupants(t.Context(), here())
		failure := upstreamError(t, err)
		if got != nil || failure.Kind != httpclient.Credentials || failure.Status != code || failure.Secret != secretOf {
			t.Errorf("got %v and %+v, want credentials that name the secret", got, failure)
		}
		all := f.upstream.seen()
		if len(all) != 2 || strings.Contains(all[0].query, "token=") || !strings.Contains(all[1].query, "token=") {
			t.Errorf("got %v, want one without and one with a token", all)
		}
		// It is not known that a token would help, so that the next try begins anew.
		f.upstream.from(roomPath, standin.Says(http.StatusOK, "[]"))
		if _, err := f.client.Occupants(t.Context(), here()); err != nil || strings.Contains(f.upstream.seen()[2].query, "token=") {
			t.Errorf("got %v and %s, want it asked for without a token", err, f.upstream.seen()[2].query)
		}
	}
}

// TestOccupants_TakeTheRotatedLoginSecret at once, also where a token was known to be wanted.
func TestOccupants_TakeTheRotatedLoginSecret(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.tokens = true
	if _, err := f.client.Occupants(t.Context(), here()); err != nil {
		t.Fatal(err)
	}
	f.upstream.login = newSecret
	f.vault.Put(f.secret.With(fields{"secret": newSecret}))
	if got, err := f.client.Occupants(t.Context(), here()); err != nil || len(got) != 4 {
		t.Errorf("got %v, %v; want 4", got, err)
	}
	if n := f.vault.Reads.Load(); n != 2 {
		t.Errorf("got %d reads of the secret, want the first and one more", n)
	}
}
