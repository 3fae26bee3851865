package openmeetings_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/httpclient"
)

// rotate changes the account's password upstream, and in the secret. Its session is over with that.
func (f *fixture) rotate() {
	f.upstream.set(func(u *upstream) { u.password = newPassword })
	putAccount(f.vault, f.upstream.url+basePath, user, newPassword)
	f.upstream.forget()
}

func TestRotation_IsNoticedWhenTheOldPasswordIsRejected(t *testing.T) {
	t.Parallel()
	for name, do := range everyLogin() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			if err := do(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			f.rotate()
			before := f.upstream.logins()
			for range 2 {
				if err := do(t.Context(), f); err != nil {
					t.Error(err)
				}
			}
			// The old password, the new one, and the new one again for a second entry.
			want := map[string]int{"command": 2, "entry": 3}[name]
			if got := f.upstream.logins() - before; got != want || f.vault.Reads.Load() != 2 {
				t.Errorf("got %d logins and %d reads of the secret, want %d and 2", got, f.vault.Reads.Load(), want)
			}
		})
	}
}

func TestRotation_IsReadOnceForManyCallersAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		if err := f.count(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.rotate()
		f.vault.Takes = time.Second
		f.upstream.set(func(u *upstream) { u.delay = 2 * time.Second })
		for _, err := range everybody(callers, func() error { return f.count(t.Context()) }) {
			if err != nil {
				t.Error(err)
			}
		}
		if logins := f.upstream.logins(); logins != 3 || f.vault.Reads.Load() != 2 {
			t.Errorf("got %d logins and %d reads, want 3 and 2: at first, with the old and with the new password", logins, f.vault.Reads.Load())
		}
	})
}

// An account that lacks a right may have been replaced by one that has it.
func TestRotation_ToAnAccountWithTheRight(t *testing.T) {
	t.Parallel()
	for name, do := range everyLogin() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			if err := do(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			f.upstream.set(func(u *upstream) { u.deny = true })
			other := newUpstream(t, settings{base: basePath})
			putAccount(f.vault, other.url+basePath, user, password)
			if err := do(t.Context(), f); err != nil {
				t.Error(err)
			}
			if got := len(other.commands()); got != 1 {
				t.Errorf("got %d commands at the new address, want 1", got)
			}
		})
	}
}

func TestRotation_OfThePasswordToAnotherWrongOneIsAnError(t *testing.T) {
	t.Parallel()
	for name, do := range everyLogin() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			if err := do(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			f.rotate()
			putAccount(f.vault, f.upstream.url+basePath, user, "a third one")
			before := f.upstream.logins()
			_ = credentials(t, do(t.Context(), f))
			if got := f.upstream.logins() - before; got != 2 || f.vault.Reads.Load() != 2 {
				t.Errorf("got %d logins and %d reads, want 2 each", got, f.vault.Reads.Load())
			}
		})
	}
}

func TestRotation_WithASecretThatCannotBeReadAnyMoreIsStillARejection(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "{", `{"user":"a"}`} {
		for name, do := range everyLogin() {
			f := setup(t)
			if err := do(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			f.rotate()
			f.vault.PutText(content)
			if failure := credentials(t, do(t.Context(), f)); failure.Status != http.StatusOK && failure.Status != http.StatusInternalServerError {
				t.Errorf("%s with %q: got %+v, want the server's rejection", name, content, failure)
			}
		}
	}
}

// The failure after the rotation is judged on its own.
func TestRotation_ThenAFailureOfAnotherKind(t *testing.T) {
	t.Parallel()
	f := setup(t)
	if err := f.count(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.rotate()
	f.upstream.on("DELETE /room/7", status(http.StatusInternalServerError))
	_, err := f.client.DeleteRoom(t.Context(), 7)
	if failure := upstreamError(t, err); failure.Kind != httpclient.Refused || failure.Secret != "" || !failure.MayHaveHappened {
		t.Errorf("got %+v, want it refused, and that it may have happened, with no secret named", failure)
	}
}

// A secret that changes while the server still takes the old password is noticed when it is next read; one that does
// not change leaves the session as it is.
func TestRotation_WithoutARejectionTakesEffectInMinutes(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for range 3 {
		if err := f.count(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.clock.Step(6 * time.Minute)
	}
	if logins := f.upstream.logins(); logins != 1 || f.vault.Reads.Load() != 3 {
		t.Errorf("got %d logins and %d reads, want 1 and 3", logins, f.vault.Reads.Load())
	}
	putAccount(f.vault, f.upstream.url+basePath+"/", user, password)
	for range 2 {
		if err := f.count(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if logins := f.upstream.logins(); logins != 2 {
		t.Errorf("got %d logins, want one more with the new secret", logins)
	}
}

// A proxy before the server that wants credentials of its own looks like the server.
func TestRejection_ByAProxyNamesTheSecret(t *testing.T) {
	t.Parallel()
	for _, code := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		f := setup(t)
		f.upstream.on("DELETE /room/7", status(code))
		_, err := f.client.DeleteRoom(t.Context(), 7)
		_ = credentials(t, err)
		if got := len(f.upstream.commands()); got != 1 || f.upstream.logins() != 1 || f.vault.Reads.Load() != 2 {
			t.Errorf("%d: got %d commands, %d logins and %d reads, want 1, 1 and 2", code, got, f.upstream.logins(), f.vault.Reads.Load())
		}
	}
}
