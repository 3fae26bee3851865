package openmeetings_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"gavel/shared/openmeetings"
)

func TestCheckSegment(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", ".", "..", "/", "a/b", `a\b`, `\`, ";", "a;b=c", "a\x00", "\n", "a\tb", "\x7f", "\u0085", "\xff", "a\xc3",
	} {
		if err := openmeetings.CheckSegment(text); !errors.Is(err, openmeetings.ErrSegment) {
			t.Errorf("%q: got %v, want ErrSegment", text, err)
		}
	}
	for _, text := range []string{
		"a", "...", ".a", "a.", " ", "%", "%2F", "%2e%2e", "auth0|5", "a b", "a+b", "é", "😀", "?", "#", "&=", `"`, "\u2028", "5", "-1", "a:b@c,d",
	} {
		if err := openmeetings.CheckSegment(text); err != nil {
			t.Errorf("%q: got %v, want none", text, err)
		}
	}
}

// Every text that becomes a part of a path is checked, and nothing is read or sent when it is none.
func TestSegments_AreCheckedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	f := setup(t)
	ctx, c := t.Context(), f.client
	only := func(_ any, err error) error { return err }
	for name, do := range map[string]func(bad string) error{
		"ErrorText":       func(bad string) error { return only(c.ErrorText(ctx, bad, 1)) },
		"FindRoom's type": func(bad string) error { return only(c.FindRoom(ctx, openmeetings.Conference, bad, "1")) },
		"FindRoom's id":   func(bad string) error { return only(c.FindRoom(ctx, openmeetings.Conference, "crm", bad)) },
		"EnsureRoom's type": func(bad string) error {
			return only(c.EnsureRoom(ctx, openmeetings.Conference, bad, "1", everyField()))
		},
		"EnsureRoom's id": func(bad string) error {
			return only(c.EnsureRoom(ctx, openmeetings.Conference, "crm", bad, everyField()))
		},
		"KickUser's type":           func(bad string) error { return only(c.KickUser(ctx, 7, bad, "1")) },
		"KickUser's id":             func(bad string) error { return only(c.KickUser(ctx, 7, "crm", bad)) },
		"DeleteExternalUser's type": func(bad string) error { return only(c.DeleteExternalUser(ctx, bad, "1")) },
		"DeleteExternalUser's id":   func(bad string) error { return only(c.DeleteExternalUser(ctx, "crm", bad)) },
		"DeleteExternalFile's type": func(bad string) error { return only(c.DeleteExternalFile(ctx, bad, "1")) },
		"DeleteExternalFile's id":   func(bad string) error { return only(c.DeleteExternalFile(ctx, "crm", bad)) },
		"Files":                     func(bad string) error { return only(c.Files(ctx, bad)) },
		"RenameFile":                func(bad string) error { return only(c.RenameFile(ctx, 9, bad)) },
		"Recordings":                func(bad string) error { return only(c.Recordings(ctx, bad)) },
		"UserRecordings":            func(bad string) error { return only(c.UserRecordings(ctx, bad, "1")) },
		"FindAppointments":          func(bad string) error { return only(c.FindAppointments(ctx, bad)) },
	} {
		for _, bad := range []string{"", "..", "a/b", "a;b"} {
			if err := do(bad); !errors.Is(err, openmeetings.ErrSegment) {
				t.Errorf("%s of %q: got %v, want ErrSegment", name, bad, err)
			}
		}
	}
	if len(f.upstream.seen()) != 0 || f.vault.Reads.Load() != 0 {
		t.Errorf("got %d requests and %d reads of the secret, want none", len(f.upstream.seen()), f.vault.Reads.Load())
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		password, login, email string
		good                   bool
	}{
		"good":                      {"Aa1!Aa1!", "ada", "ada@example.org", true},
		"every special":             {"Aa1Aa1Aa1]", "", "", true},
		"bracket":                   {"Aa1Aa1Aa1[", "", "", true},
		"letters of other scripts":  {"Пароль1!aA", "", "", true},
		"eight with umlauts":        {"Aa1!äöüß", "", "", true},
		"seven":                     {"Aa1!Aa1", "", "", false},
		"seven in more bytes":       {"Aa1!äöü", "", "", false},
		"no small letter":           {"AA1!AA1!", "", "", false},
		"no capital":                {"aa1!aa1!", "", "", false},
		"no digit":                  {"Aaa!Aaa!", "", "", false},
		"no special":                {"Aa1aAa1a", "", "", false},
		"another special":           {"Aa1?Aa1?", "", "", false},
		"capital of another script": {"яaa1!aa1Я", "", "", false},
		"empty":                     {"", "", "", false},
		"login":                     {"xxAda1!x", "ada", "", false},
		"part of the login":         {"1!Love-aA", "lovelace", "", false},
		"end of the login":          {"1!XXACExx", "lovelace", "", false},
		"other case":                {"1!xxLOVxx", "lovelace", "", false},
		"two letters of the login":  {"1!xxLoxxx", "lovelace", "", true},
		"login of two letters":      {"1!xxADxxx", "ad", "", true},
		"part of the e-mail":        {"1!Exa-xxx", "lovelace", "ada@example.org", false},
		"end of the e-mail":         {"1!xxORGxx", "lovelace", "ada@example.org", false},
		"part that is an umlaut's":  {"1!Äöüxxxx", "zäöü", "", false},
	} {
		err := openmeetings.CheckPassword(tc.password, tc.login, tc.email)
		if good := err == nil; good != tc.good || !good && !errors.Is(err, openmeetings.ErrPassword) {
			t.Errorf("%s: got %v, want it taken: %t", name, err, tc.good)
		}
	}
}

// What a caller asks for has an end.
func TestOperations_EndWithTheCaller(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		f := setup(t)
		o.prepare(f.upstream)
		ctx, cancel := context.WithCancel(t.Context())
		f.upstream.on(o.steps[0].route(), func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		_, err := o.do(ctx, f.client)
		if failure := upstreamError(t, err); !errors.Is(failure, context.Canceled) || f.upstream.times(o.steps[0].route()) != 1 {
			t.Errorf("%s: got %v after %d requests, want it canceled after 1", o.name, failure, f.upstream.times(o.steps[0].route()))
		}
		cancel()
	}
}
