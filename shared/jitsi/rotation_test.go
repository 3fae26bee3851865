package jitsi_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gavel/local/standin"
	"gavel/local/testtoken"
	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
)

// callers is how many call at once in the tests of concurrency.
const callers = 30

// rejected checks that a call ended with credentials that name the secret.
func rejected(t *testing.T, o operation, got jitsi.Outcome, err error) {
	t.Helper()
	failure := upstreamError(t, err)
	if got != "" || failure.Kind != httpclient.Credentials || failure.Secret != secretOf || failure.Status != o.rejects || failure.MayHaveHappened {
		t.Errorf("%s: got %q and %+v, want credentials with HTTP %d and secret %s", o.name, got, failure, o.rejects, secretOf)
	}
}

func TestRejection_WithTheSameSecretIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, o := range commands() {
		f := setup(t)
		f.upstream.trust(newKeyID, nextKey())

		got, err := o.call(t.Context(), f)

		rejected(t, o, got, err)
		if sent, reads := len(f.upstream.seen(o.path)), f.vault.Reads.Load(); sent != 1 || reads != 2 {
			t.Errorf("%s: got %d requests and %d reads of the secret, want 1, and one more read than the first", o.name, sent, reads)
		}
	}
}

// TestRejection_OfAKeyUnderAnothersID is for a secret in which key and id do not belong together.
func TestRejection_OfAKeyUnderAnothersID(t *testing.T) {
	t.Parallel()
	for _, o := range commands() {
		f := setup(t)
		f.vault.Put(withSystem(f.secret, fields{"privateKey": pemOf(nextKey())}))
		got, err := o.call(t.Context(), f)
		rejected(t, o, got, err)
	}
}

func TestRejection_OfTheRotatedKeyTooIsAnError(t *testing.T) {
	t.Parallel()
	for _, o := range commands() {
		f := setup(t)
		if _, err := o.call(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.rotate()
		f.upstream.trust("a-third", loginKey())

		got, err := o.call(t.Context(), f)

		rejected(t, o, got, err)
		if sent, reads := len(f.upstream.seen(o.path)), f.vault.Reads.Load(); sent != 3 || reads != 2 {
			t.Errorf("%s: got %d requests and %d reads of the secret, want 3 and 2", o.name, sent, reads)
		}
	}
}

func TestRejection_WithASecretThatCannotBeReadAnyMoreIsStillARejection(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"gone": "", "malformed": "baseUrl: x", "without a key": `{"baseUrl":"https://meet.example.org","issuer":"a"}`} {
		for _, o := range commands() {
			f := setup(t)
			f.upstream.from(o.path, func(w http.ResponseWriter, _ *http.Request) {
				f.vault.PutText(content)
				w.WriteHeader(o.rejects)
			})
			got, err := o.call(t.Context(), f)
			rejected(t, o, got, err)
			if sent := len(f.upstream.seen(o.path)); sent != 1 {
				t.Errorf("%s, %s: got %d requests, want 1", name, o.name, sent)
			}
		}
	}
}

// TestRotation_ToASecretWithoutSystem names what is missing now.
func TestRotation_ToASecretWithoutSystem(t *testing.T) {
	t.Parallel()
	for _, o := range commands() {
		f := setup(t)
		if _, err := o.call(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.upstream.trust(newKeyID, nextKey())
		f.vault.Put(f.secret.With(fields{"system": nil}))
		if _, err := o.call(t.Context(), f); secretError(t, err).Passing {
			t.Errorf("%s: got %v, want a failure to mend", o.name, err)
		}
	}
}

func TestRotation_IsNoticedWhenTheOldKeyIsRejected(t *testing.T) {
	t.Parallel()
	for _, o := range commands() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			if _, err := o.call(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			f.rotate()
			for range 2 {
				if got, err := o.call(t.Context(), f); err != nil || got != o.done {
					t.Errorf("got %q, %v; want %q", got, err, o.done)
				}
			}
			want := []request{{kid: systemKeyID, status: 200}, {kid: systemKeyID, status: o.rejects}, {kid: newKeyID, status: 200}, {kid: newKeyID, status: 200}}
			all := f.upstream.seen(o.path)
			if len(all) != len(want) {
				t.Fatalf("got %d requests, want %d: before, rejected, with the new key, and the next call", len(all), len(want))
			}
			for i, got := range all {
				if got.kid != want[i].kid || got.status != want[i].status || got.query != all[0].query || got.body != all[0].body {
					t.Errorf("request %d: got %+v, want key %s and %d", i+1, got, want[i].kid, want[i].status)
				}
			}
			if got := f.vault.Reads.Load(); got != 2 {
				t.Errorf("got %d reads of the secret, want the first and one more", got)
			}
		})
	}
}

func TestRotation_ThenNotFoundIsAnOutcome(t *testing.T) {
	t.Parallel()
	for _, o := range commands() {
		if !o.mayMiss {
			continue
		}
		f := setup(t)
		if _, err := o.call(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.rotate()
		if got, err := o.do(t.Context(), f.client, jitsi.Place{Room: "elsewhere"}); err != nil || got != jitsi.NotFound {
			t.Errorf("%s: got %q, %v; want %q", o.name, got, err, jitsi.NotFound)
		}
	}
}

// TestRotation_WithoutARejectionTakesEffectInMinutes where the server takes the old key and the new one.
func TestRotation_WithoutARejectionTakesEffectInMinutes(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.from(endPath, standin.Says(200, ""))
	var kids []string
	for range 3 {
		_, err := f.client.EndRoom(t.Context(), here(), false)
		if all := f.upstream.seen(); err == nil {
			kids = append(kids, all[len(all)-1].kid)
		}
		f.vault.Put(f.rotated())
		f.clock.Step(3 * time.Minute)
		if len(kids) == 2 {
			f.upstream.trust(newKeyID, nextKey())
		}
	}
	if len(kids) != 3 || kids[0] != systemKeyID || kids[1] != systemKeyID || kids[2] != newKeyID || f.vault.Reads.Load() != 2 {
		t.Errorf("got keys %v after %d reads, want the old one twice and then the new one", kids, f.vault.Reads.Load())
	}
}

func TestRotation_IsReadOnceForManyCallersAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		if _, err := f.client.DialOut(t.Context(), here(), number()); err != nil {
			t.Fatal(err)
		}
		f.rotate()
		f.clock.Tick = time.Second / 100 // without more than a minute going by
		f.vault.Gate = make(chan struct{})

		results := make(chan error, callers)
		for range callers {
			go func() {
				_, err := f.client.DialOut(t.Context(), here(), number())
				results <- err
			}()
		}
		// Everybody is rejected by now and waits for the one who reads the secret.
		synctest.Wait()
		if got := f.vault.Reads.Load(); got != 2 {
			t.Errorf("got %d reads of the secret, want the first and one more", got)
		}
		close(f.vault.Gate)
		for range callers {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		if got := len(f.upstream.seen()); got != 1+2*callers {
			t.Errorf("got %d requests, want the first, and two of each caller", got)
		}
		if got := len(f.upstream.sent()); got != 2 {
			t.Errorf("got %d tokens, want one of each key", got)
		}
	})
}

// TestSystemToken_IsSignedOnceForManyCalls because a signature costs a thousand times what the rest does.
func TestSystemToken_IsSignedOnceForManyCalls(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.clock.Tick = time.Millisecond
	done := make(chan error, callers)
	for i := range callers {
		go func() {
			o := commands()[i%len(commands())]
			_, err := o.do(t.Context(), f.client, here())
			done <- err
		}()
	}
	for range callers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := len(f.upstream.sent()); got != 1 {
		t.Errorf("got %d tokens, want one for all", got)
	}
}

// TestSystemToken_IsRenewedBeforeItsEnd with a minute left: more than a call with all its tries takes.
func TestSystemToken_IsRenewedBeforeItsEnd(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for i, step := range []struct {
		by     time.Duration
		tokens int
	}{{0, 1}, {time.Second, 1}, {4*time.Minute - time.Second - time.Nanosecond, 1}, {time.Nanosecond, 2}, {4*time.Minute - time.Nanosecond, 2}, {time.Nanosecond, 3}, {time.Hour, 4}} {
		f.clock.Step(step.by)
		if _, err := f.client.DialOut(t.Context(), here(), number()); err != nil {
			t.Fatal(err)
		}
		if got := len(f.upstream.sent()); got != step.tokens {
			t.Errorf("step %d: got %d tokens, want %d", i, got, step.tokens)
		}
	}
}

func TestSystemToken_IsExactlyThis(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		changes  fields
		iss, aud string
	}{
		"of participants' tokens": {fields{}, issuer, issuer},
		"of its own":              {fields{"issuer": " sys ", "audience": " ops "}, "sys", "ops"},
		"issuer alone":            {fields{"issuer": "sys"}, "sys", issuer},
	} {
		f := setup(t)
		f.upstream.tb = silent{t} // it knows one issuer
		f.vault.Put(withSystem(f.secret, tc.changes))
		_, _ = f.client.DialOut(t.Context(), here(), number())
		token := f.upstream.sent()[0]
		header, claims, err := testtoken.Unpack(token)
		if err != nil {
			t.Fatal(err)
		}
		if header["alg"] != "RS256" || header["typ"] != "JWT" || header["kid"] != systemKeyID || len(header) != 3 {
			t.Errorf("%s: got the header %v", name, header)
		}
		want := decoded(t, `{"iss":"`+tc.iss+`","aud":"`+tc.aud+`","sub":"meet.example.org","room":"*","nbf":1759999990,"exp":1760000300}`)
		if !sameClaims(claims, want) {
			t.Errorf("%s: got %v, want %v", name, claims, want)
		}
		if err := testtoken.Verify(token, &systemKey().PublicKey); err != nil {
			t.Errorf("%s: the signature is not the key's: %v", name, err)
		}
	}
}
