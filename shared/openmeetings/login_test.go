package openmeetings_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
)

// loginMethods gives the methods of the logins that were tried.
func (u *upstream) loginMethods() []string {
	var methods []string
	for _, r := range u.seen() {
		if r.path == "/user/login" {
			methods = append(methods, r.method)
		}
	}
	return methods
}

func (f *fixture) enter(ctx context.Context) error {
	_, err := f.client.CreateEntry(ctx, somebody(), openmeetings.EntryOptions{RoomID: 7}, 0)
	return err
}

func TestLogin_OlderServersAreRemembered(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.set(func(u *upstream) { u.login = http.MethodGet })
	for range 2 {
		if err := errors.Join(f.count(t.Context()), f.enter(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	f.clock.Step(25 * time.Minute)
	if err := f.count(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The session, two entries, the next session.
	if got, want := f.upstream.loginMethods(), []string{"POST", "GET", "GET", "GET", "GET"}; !slices.Equal(got, want) {
		t.Errorf("got logins by %q, want %q", got, want)
	}
}

func TestLogin_AnUpgradeIsNoticed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.set(func(u *upstream) { u.login = http.MethodGet })
	if err := f.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.upstream.set(func(u *upstream) { u.login = http.MethodPost })
	for range 2 {
		if err := f.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := f.upstream.loginMethods(), []string{"POST", "GET", "GET", "POST", "POST"}; !slices.Equal(got, want) {
		t.Errorf("got logins by %q, want %q", got, want)
	}
}

// The password stands in the URL of a GET, which servers log: only a server that says it knows no other gets it there.
func TestLogin_OnlyMethodNotAllowedLeadsToGET(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"404": status(404), "400": status(400), "500": status(500), "501": status(501), "503": status(503), "302": status(302, "Location", "/"),
		"HTML": standin.Says(200, "<html>", "Content-Type", "text/html"), "wrong": refuses("error.bad.credentials"), "break": standin.Breaks(""), "hang": standin.Hangs(""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.upstream.set(func(u *upstream) { u.onLogin = answer })
				if err := f.enter(t.Context()); err == nil {
					t.Error("got no error, want one")
				}
				if got := f.upstream.loginMethods(); !slices.Equal(got, []string{"POST"}) {
					t.Errorf("got logins by %q, want one POST", got)
				}
			})
		})
	}
}

func TestLogin_RefusedBothWays(t *testing.T) {
	t.Parallel()
	for name, do := range everyLogin() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.set(func(u *upstream) { u.login = "" })
			for range 2 {
				failure := upstreamError(t, do(t.Context(), f))
				if failure.Kind != httpclient.Refused || failure.Status != http.StatusMethodNotAllowed || failure.MayHaveHappened {
					t.Errorf("got %+v, want 405 refused", failure)
				}
			}
			if got, want := f.upstream.loginMethods(), []string{"POST", "GET", "POST", "GET"}; !slices.Equal(got, want) || len(f.upstream.commands()) != 0 {
				t.Errorf("got logins by %q, want %q and nothing else", got, want)
			}
		})
	}
}

// everyLogin gives the two kinds of calls that log in.
func everyLogin() map[string]func(context.Context, *fixture) error {
	return map[string]func(context.Context, *fixture) error{
		"command": func(ctx context.Context, f *fixture) error { return f.count(ctx) },
		"entry":   func(ctx context.Context, f *fixture) error { return f.enter(ctx) },
	}
}

func TestLogin_WithAWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	for _, login := range []string{http.MethodPost, http.MethodGet} {
		for name, do := range everyLogin() {
			t.Run(login+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := setup(t)
				f.upstream.set(func(u *upstream) { u.login, u.password = login, "another" })
				for call := 1; call <= 3; call++ {
					err := do(t.Context(), f)
					_ = refusal(t, err, "error.bad.credentials")
					if failure := credentials(t, err); failure.Hint != "" || failure.Status != http.StatusOK {
						t.Errorf("got %+v, want HTTP 200 without a hint", failure)
					}
					if got := f.upstream.times(login + " /user/login"); got != call {
						t.Errorf("got %d logins after %d calls, want one each", got, call)
					}
					if got := int(f.vault.Reads.Load()); got != 1+call {
						t.Errorf("got %d reads of the secret after %d calls, want the first and one for each", got, call)
					}
				}
				if got := len(f.upstream.commands()); got != 0 {
					t.Errorf("got %d commands, want none", got)
				}
			})
		}
	}
}

func TestLogin_WithAWrongPasswordIsTriedOnceForManyCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		f.vault.Takes = time.Second
		f.upstream.set(func(u *upstream) { u.onLogin = late(8*time.Second, refuses("error.bad.credentials")) })
		for _, err := range everybody(20, func() error { return f.count(t.Context()) }) {
			_ = credentials(t, err)
		}
		if got := f.vault.Reads.Load(); got != 2 {
			t.Errorf("got %d reads of the secret, want the first and one more for all", got)
		}
		if got := f.upstream.logins(); got != 1 || len(f.upstream.commands()) != 0 {
			t.Errorf("got %d logins and %d commands, want 1 and none", got, len(f.upstream.commands()))
		}
	})
}

func TestLogin_SaysWhatTheAccountLacks(t *testing.T) {
	t.Parallel()
	for message, hint := range map[string]string{
		"error.notactivated":    "the account lacks the right LOGIN",
		"error.nogroup":         "the account is in no group",
		"error.bad.credentials": "",
		"error.of.the.future":   "",
	} {
		for name, do := range everyLogin() {
			t.Run(message+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := setup(t)
				f.upstream.set(func(u *upstream) { u.onLogin = refuses(message) })
				err := do(t.Context(), f)
				_ = refusal(t, err, message)
				if failure := credentials(t, err); failure.Hint != hint {
					t.Errorf("got hint %q, want %q", failure.Hint, hint)
				}
			})
		}
	}
}

// What is the server's own trouble must not send anybody to change the secret.
func TestLogin_TroubleOfTheServersIsNotTheAccounts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		kind   httpclient.Kind
	}{
		"error.unknown": {refuses("error.unknown"), httpclient.Refused},
		"500":           {fails("a NullPointerException"), httpclient.Refused},
		"bare 500":      {status(500), httpclient.Refused},
		"502":           {status(502), httpclient.Refused},
		"503":           {status(503), httpclient.Busy},
		"no sid":        {says(`""`), httpclient.Nonsense},
		"null":          {says(`null`), httpclient.Nonsense},
		"other shape":   {gives(`{"health":{}}`), httpclient.Nonsense},
		"204":           {status(204), httpclient.Nonsense},
		"HTML":          {standin.Says(200, "<html>", "Content-Type", "text/html"), httpclient.Nonsense},
		"redirect":      {status(302, "Location", "/signin"), httpclient.Nonsense},
		"break":         {standin.Breaks(""), httpclient.Unreachable},
		"hang":          {standin.Hangs(""), httpclient.Timeout},
	} {
		for call, do := range everyLogin() {
			t.Run(name+"/"+call, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					f.upstream.set(func(u *upstream) { u.onLogin = tc.answer })
					failure := upstreamError(t, do(t.Context(), f))
					if failure.Kind != tc.kind || failure.Secret != "" {
						t.Errorf("got %+v, want %s", failure, tc.kind)
					}
					if logins := f.upstream.logins(); logins != 1 || len(f.upstream.commands()) != 0 || f.vault.Reads.Load() != 1 {
						t.Errorf("got %d logins, %d commands and %d reads, want 1, 0 and 1", logins, len(f.upstream.commands()), f.vault.Reads.Load())
					}
				})
			})
		}
	}
}

// Since 9.0.0 the answer to a wrong password comes after up to 15 seconds, longer than another call may take.
func TestLogin_WaitsForALateRefusal(t *testing.T) {
	t.Parallel()
	for name, do := range everyLogin() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.upstream.set(func(u *upstream) { u.onLogin = late(15*time.Second, refuses("error.bad.credentials")) })
				began := time.Now()
				_ = credentials(t, do(t.Context(), f))
				if took := time.Since(began); took != 15*time.Second || f.upstream.logins() != 1 {
					t.Errorf("got an answer after %s and %d logins, want it after 15s and 1", took, f.upstream.logins())
				}
			})
		})
	}
}

func TestLogin_WaitsNoLongerThanItsBudget(t *testing.T) {
	t.Parallel()
	for name, do := range everyLogin() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.upstream.set(func(u *upstream) { u.onLogin = standin.Hangs("") })
				began := time.Now()
				failure := upstreamError(t, do(t.Context(), f))
				if took := time.Since(began); failure.Kind != httpclient.Timeout || took != 25*time.Second || f.upstream.logins() != 1 {
					t.Errorf("got %v after %s and %d logins, want a timeout after 25s and 1", failure, took, f.upstream.logins())
				}
			})
		})
	}
}

func TestLogin_EndsWithTheCaller(t *testing.T) {
	t.Parallel()
	for name, do := range everyLogin() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.upstream.set(func(u *upstream) { u.onLogin = standin.Hangs("") })
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				began := time.Now()
				failure := upstreamError(t, do(ctx, f))
				if took := time.Since(began); failure.Kind != httpclient.Timeout || took != 3*time.Second || len(f.upstream.commands()) != 0 {
					t.Errorf("got %v after %s, want a timeout after 3s", failure, took)
				}
			})
		})
	}
}
