package openmeetings_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
	"gavel/shared/secrets"
)

// credentials checks that an error blames the account, and that nothing was done.
func credentials(t *testing.T, err error) *httpclient.Error {
	t.Helper()
	failure := upstreamError(t, err)
	if failure.Kind != httpclient.Credentials || failure.Secret != secretOf || failure.MayHaveHappened {
		t.Errorf("got %+v, want credentials of secret %s and nothing done", failure, secretOf)
	}
	return failure
}

func TestSession_OneLoginForManyCommands(t *testing.T) {
	t.Parallel()
	f := setup(t)
	sids := map[string]bool{}
	for _, o := range operations() {
		if o.steps[0].path == "/user/hash" || o.open {
			continue
		}
		o.prepare(f.upstream)
		if _, err := o.do(t.Context(), f.client); err != nil {
			t.Errorf("%s: %v", o.name, err)
		}
	}
	for _, r := range f.upstream.commands() {
		sids[r.sid] = true
	}
	if got := f.upstream.logins(); got != 1 || len(sids) != 1 || f.vault.Reads.Load() != 1 {
		t.Errorf("got %d logins, %d sids and %d reads of the secret, want 1 each", got, len(sids), f.vault.Reads.Load())
	}
}

func TestSession_OneLoginForManyCallersAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		f.upstream.set(func(u *upstream) { u.delay = time.Second })
		for _, err := range everybody(callers, func() error { return f.count(t.Context()) }) {
			if err != nil {
				t.Error(err)
			}
		}
		if logins, commands := f.upstream.logins(), len(f.upstream.commands()); logins != 1 || commands != callers {
			t.Errorf("got %d logins and %d commands, want 1 and %d", logins, commands, callers)
		}
	})
}

func TestSession_IsRenewedBeforeTheServerForgetsIt(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, passed := range []time.Duration{0, 25*time.Minute - 1, 1, 24 * time.Minute, 2 * time.Minute} {
		f.clock.Step(passed)
		if err := f.count(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	all := f.upstream.commands()
	for i, wantSame := range []bool{true, false, true, false} {
		if same := all[i].sid == all[i+1].sid; same != wantSame {
			t.Errorf("command %d: got the sid of the one before: %t, want %t", i+2, same, wantSame)
		}
	}
	if got := f.upstream.logins(); got != 3 {
		t.Errorf("got %d logins, want 3", got)
	}
}

func TestSession_ThatTheServerForgotIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		if o.steps[0].path == "/user/hash" || o.open {
			continue
		}
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			o.prepare(f.upstream)
			if err := f.count(t.Context()); err != nil {
				t.Fatal(err)
			}
			o.prepare(f.upstream)
			f.upstream.forget()

			if _, err := o.do(t.Context(), f.client); err != nil {
				t.Fatal(err)
			}

			all := f.upstream.commands()[1:]
			if len(all) != len(o.steps)+1 || all[0].route() != all[1].route() || all[0].body != all[1].body && o.name != "UploadFile" {
				t.Errorf("got %d requests, want the first one twice and the others once", len(all))
			}
			if all[0].sid == all[1].sid || f.upstream.logins() != 2 {
				t.Errorf("got %d logins, want a second one and its sid", f.upstream.logins())
			}
			if got := f.vault.Reads.Load(); got != 1 {
				t.Errorf("got %d reads of the secret, want 1", got)
			}
		})
	}
}

// Whoever finds the session over when another has renewed it already takes the new one.
func TestSession_ThatTheServerForgotIsRenewedOnceForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		if err := f.count(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.upstream.forget()
		f.upstream.set(func(u *upstream) { u.delay = time.Second })
		for _, err := range everybody(callers, func() error { return f.count(t.Context()) }) {
			if err != nil {
				t.Error(err)
			}
		}
		if logins, commands := f.upstream.logins(), len(f.upstream.commands()); logins != 2 || commands != 1+2*callers {
			t.Errorf("got %d logins and %d commands, want 2 and %d", logins, commands, 1+2*callers)
		}
	})
}

func TestSession_AMissingRightIsTheAccounts(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		if o.steps[0].path == "/user/hash" || o.open {
			continue
		}
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			o.prepare(f.upstream)
			f.upstream.set(func(u *upstream) { u.deny = true })

			_, err := o.do(t.Context(), f.client)

			failure := credentials(t, err)
			_ = refusal(t, err, "error.notallowed")
			if failure.Hint == "" || failure.Status != http.StatusInternalServerError {
				t.Errorf("got hint %q and status %d, want a hint and 500", failure.Hint, failure.Status)
			}
			if errors.Is(err, openmeetings.ErrNotFound) {
				t.Error("got ErrNotFound, want that the right is missing")
			}
			if logins, commands := f.upstream.logins(), len(f.upstream.commands()); logins != 2 || commands != 2 {
				t.Errorf("got %d logins and %d commands, want 2 each", logins, commands)
			}
			if got := f.vault.Reads.Load(); got != 2 {
				t.Errorf("got %d reads of the secret, want the first and one more", got)
			}
		})
	}
}

// Only the one message says that the session may be over.
func TestSession_OtherRefusalsDoNotRenewIt(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"bare 500":             status(http.StatusInternalServerError),
		"500 with a page":      standin.Says(500, "<html>error.notallowed</html>", "Content-Type", "text/html"),
		"500, other shape":     standin.Says(500, `{"message":"error.notallowed"}`),
		"500, no type":         standin.Says(500, `{"serviceResult":{"message":"error.notallowed"}}`),
		"500, success":         standin.Says(500, result(`"error.notallowed"`, "SUCCESS")),
		"500 with other words": fails("error.unknown"),
		"500, longer key":      fails("error.notallowed.here"),
		"500 with a header":    standin.Says(500, "", "exception", "error.notallowed"),
		"200 with the key":     refuses("error.notallowed"),
		"503 with the key":     standin.Says(503, result(`"error.notallowed"`, "ERROR")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.upstream.on("DELETE /room/7", answer)
				for range 2 {
					_, err := f.client.DeleteRoom(t.Context(), 7)
					if failure := upstreamError(t, err); failure.Kind == httpclient.Credentials || failure.Secret != "" || failure.Hint != "" {
						t.Errorf("got %+v, want another kind than credentials", failure)
					}
				}
				if logins, commands := f.upstream.logins(), len(f.upstream.commands()); logins != 1 || commands != 2 || f.vault.Reads.Load() != 1 {
					t.Errorf("got %d logins, %d commands and %d reads, want 1, 2 and 1", logins, commands, f.vault.Reads.Load())
				}
			})
		})
	}
}

// A caller who gives up while the session is made neither waits for it nor takes it from the others.
func TestSession_OutlivesTheCallerWhoBeganIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		arrived := make(chan struct{})
		var let http.HandlerFunc
		f.upstream.set(func(u *upstream) {
			id := "ab12cd34-ef56-4a7b-9c8d-e0000af"
			u.sids[id] = &sid{}
			let = says(`"` + id + `"`)
			u.onLogin = func(w http.ResponseWriter, r *http.Request) {
				close(arrived)
				late(5*time.Second, let)(w, r)
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() { first <- f.count(ctx) }()
		<-arrived
		second := make(chan error, 1)
		go func() { second <- f.count(t.Context()) }()
		synctest.Wait()
		cancel()

		failure := upstreamError(t, <-first)
		if failure.Kind != httpclient.Timeout || !errors.Is(failure, context.Canceled) || failure.MayHaveHappened {
			t.Errorf("got %+v, want a timeout with nothing done", failure)
		}
		if err := <-second; err != nil || f.upstream.logins() != 1 {
			t.Errorf("got %v after %d logins, want success after 1", err, f.upstream.logins())
		}
	})
}

func TestSession_WithoutASecretNothingIsSent(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		f := setup(t)
		f.vault.PutText("")
		_, err := o.do(t.Context(), f.client)
		var failure *secrets.Error
		if !errors.As(err, &failure) || failure.Name != secretOf || len(f.upstream.seen()) != 0 {
			t.Errorf("%s: got %v after %d requests, want that the secret does not exist", o.name, err, len(f.upstream.seen()))
		}
	}
}
