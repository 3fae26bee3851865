package openmeetings_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
)

// The stand-in fails a test whose entry links share a sid, with each other or with commands; these tests make them mix.
func TestCreateEntry_HasASessionOfItsOwn(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for range 3 {
		if err := errors.Join(f.count(t.Context()), f.enter(t.Context()), f.enter(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	f.checkEntries(t, 6)
}

func TestCreateEntry_HasASessionOfItsOwnAmongManyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		f.upstream.set(func(u *upstream) { u.delay = time.Second })
		for _, err := range everybody(callers, func() error {
			return errors.Join(f.enter(t.Context()), f.count(t.Context()))
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		f.checkEntries(t, callers)
	})
}

// checkEntries wants one login for each entry and one for all commands.
func (f *fixture) checkEntries(t *testing.T, want int) {
	t.Helper()
	sids := map[string]bool{}
	for _, r := range f.upstream.commands() {
		if r.path == "/user/hash" {
			sids[r.sid] = true
		}
	}
	if got := f.upstream.times("POST /user/hash"); got != want || len(sids) != want {
		t.Errorf("got %d entries with %d sids, want %d each", got, len(sids), want)
	}
	if got := f.upstream.logins(); got != want+1 {
		t.Errorf("got %d logins, want one for each of %d entries and one for the commands", got, want)
	}
}

func TestCreateEntry_IsNotTriedAgainInAnotherSession(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.set(func(u *upstream) { u.deny = true })
	entry, err := f.client.CreateEntry(t.Context(), somebody(), openmeetings.EntryOptions{RoomID: 7}, 0)
	if failure := credentials(t, err); failure.Hint == "" || entry != (openmeetings.Entry{}) {
		t.Errorf("got %+v and %+v, want a hint and no entry", entry, failure)
	}
	if logins, entries := f.upstream.logins(), len(f.upstream.commands()); logins != 1 || entries != 1 {
		t.Errorf("got %d logins and %d entries, want 1 each", logins, entries)
	}
}

func TestCreateEntry_GivesTheLink(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.clock.Step(1500 * time.Millisecond)
	base := f.upstream.url + basePath + "/hash?secure="
	for name, tc := range map[string]struct {
		hash     string
		language int64
		reusable bool
		want     openmeetings.Entry
	}{
		"once":        {hash, 2, false, openmeetings.Entry{Hash: hash, URL: base + hash + "&language=2", Expires: start.Add(30*time.Minute + time.Second)}},
		"many times":  {hash, 39, true, openmeetings.Entry{Hash: hash, URL: base + hash + "&language=39"}},
		"no language": {hash, 0, true, openmeetings.Entry{Hash: hash, URL: base + hash}},
		"odd hash":    {"a+b &c=%é", 0, true, openmeetings.Entry{Hash: "a+b &c=%é", URL: base + "a%2Bb+%26c%3D%25%C3%A9"}},
	} {
		f.upstream.on("POST /user/hash", says(`"`+tc.hash+`"`))
		got, err := f.client.CreateEntry(t.Context(), somebody(), openmeetings.EntryOptions{RoomID: 7, Reusable: tc.reusable}, tc.language)
		if err != nil || got != tc.want {
			t.Errorf("%s: got %+v, %v; want %+v", name, got, err, tc.want)
		}
	}
}

func TestCreateEntry_WithoutAHashIsNoEntry(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		kind   httpclient.Kind
	}{
		"empty":       {says(`""`), httpclient.Nonsense},
		"null":        {says(`null`), httpclient.Nonsense},
		"204":         {status(204), httpclient.Nonsense},
		"not a text":  {says(`{"a":1}`), httpclient.Nonsense},
		"no type":     {gives(`{"serviceResult":{"message":"` + hash + `"}}`), httpclient.Nonsense},
		"refused":     {refuses("externalId and/or externalType are not set"), httpclient.Refused},
		"400":         {status(400), httpclient.Refused},
		"500":         {fails("error.unknown"), httpclient.Refused},
		"other shape": {gives(`{"roomDTO":{}}`), httpclient.Nonsense},
	} {
		for _, o := range []operation{operationNamed("CreateEntry"), operationNamed("CreateInvitation")} {
			t.Run(name+"/"+o.name, func(t *testing.T) {
				t.Parallel()
				f := setup(t)
				f.upstream.on(o.steps[0].route(), tc.answer)
				got, err := o.do(t.Context(), f.client)
				if got != "" {
					t.Errorf("got hash %v, want none", got)
				}
				if failure := upstreamError(t, err); failure.Kind != tc.kind {
					t.Errorf("got %+v, want %s", failure, tc.kind)
				}
			})
		}
	}
}

func TestCreateEntry_OfNobodySaysWhy(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("POST /user/hash", refuses("externalId and/or externalType are not set"))
	_, err := f.client.CreateEntry(t.Context(), openmeetings.Person{}, openmeetings.EntryOptions{}, 0)
	failure := refusal(t, err, "externalId and/or externalType are not set")
	if failure.Kind != httpclient.Refused || failure.Status != http.StatusOK || failure.MayHaveHappened || f.upstream.logins() != 1 {
		t.Errorf("got %+v after %d logins, want it refused with HTTP 200 after 1", failure, f.upstream.logins())
	}
}

func TestCreateInvitation_GivesTheLink(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("POST /room/hash", says(`"`+hash+`"`))
	for language, suffix := range map[int64]string{0: "", 11: "&language=11"} {
		got, err := f.client.CreateInvitation(t.Context(), openmeetings.Invitation{RoomID: 7, Valid: openmeetings.Endless}, false, language)
		want := openmeetings.Entry{Hash: hash, URL: f.upstream.url + basePath + "/hash?invitation=" + hash + suffix}
		if err != nil || got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
}

func TestCreateInvitation_ToARoomThatDoesNotExist(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("POST /room/hash", fails("null"))
	got, err := f.client.CreateInvitation(t.Context(), openmeetings.Invitation{RoomID: 7}, false, 0)
	if !errors.Is(err, openmeetings.ErrNotFound) || got != (openmeetings.Entry{}) {
		t.Errorf("got %+v, %v; want ErrNotFound", got, err)
	}
}
