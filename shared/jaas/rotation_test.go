package jaas_test

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/jaas"
)

// rejection is a command that is not let in.
type rejection struct {
	call   call
	status int
}

func (r rejection) String() string { return r.call.name + "/" + strconv.Itoa(r.status) }

// rejections are those of every command, with both statuses that reject credentials.
func rejections() []rejection {
	var all []rejection
	for _, c := range calls() {
		all = append(all, rejection{c, http.StatusUnauthorized}, rejection{c, http.StatusForbidden})
	}
	return all
}

// rejected checks that a call ended with credentials that name the secret.
func rejected(t *testing.T, outcome jaas.Outcome, err error, want int) {
	t.Helper()
	failure := upstreamError(t, err)
	if outcome != "" || failure.Kind != httpclient.Credentials || failure.Secret != secretOf || failure.Status != want {
		t.Errorf("got outcome %q and %+v, want credentials with HTTP %d and secret %s", outcome, failure, want, secretOf)
	}
	if failure.MayHaveHappened {
		t.Error("got a command that may have happened, want one that was not let in")
	}
}

func TestRejection_WithTheSameSecretIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, r := range rejections() {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.rejects = r.status
			f.upstream.distrust(appID, keyID)

			outcome, err := r.call.do(t.Context(), f.client, appID)

			rejected(t, outcome, err, r.status)
			f.upstream.only(t)
			if got := f.vault.reads.Load(); got != 2 {
				t.Errorf("got %d reads of the secret, want the first and one more", got)
			}
		})
	}
}

func TestRejection_OfTheRotatedKeyTooIsAnError(t *testing.T) {
	t.Parallel()
	for _, r := range rejections() {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.rejects = r.status
			if _, err := r.call.do(t.Context(), f.client, appID); err != nil {
				t.Fatal(err)
			}
			f.rotate(t)
			f.upstream.distrust(appID, newKeyID)

			outcome, err := r.call.do(t.Context(), f.client, appID)

			rejected(t, outcome, err, r.status)
			if got := len(f.upstream.seen()); got != 3 {
				t.Errorf("got %d requests, want one before and two after the rotation", got)
			}
			if got := f.vault.reads.Load(); got != 2 {
				t.Errorf("got %d reads of the secret, want the first and one more", got)
			}
		})
	}
}

func TestRejection_WithASecretThatCannotBeReadAnyMoreIsStillARejection(t *testing.T) {
	t.Parallel()
	for name, all := range map[string]map[string]any{
		"gone":            {},
		"malformed":       {secretName(appID): "keyId: " + keyID},
		"without a key":   {secretName(appID): map[string]string{"keyId": keyID}},
		"another's keyId": {secretName(appID): secretOfKey(string(otherApp)+"/"+keyID, theKey())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.from(func(w http.ResponseWriter, _ *http.Request) {
				f.vault.put(t, all)
				w.WriteHeader(http.StatusUnauthorized)
			})

			outcome, err := f.client.DialOut(t.Context(), appID, room, number())

			rejected(t, outcome, err, http.StatusUnauthorized)
			f.upstream.only(t)
		})
	}
}

func TestRotation_IsNoticedWhenTheOldKeyIsRejected(t *testing.T) {
	t.Parallel()
	for _, r := range rejections() {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.rejects = r.status
			if _, err := r.call.do(t.Context(), f.client, appID); err != nil {
				t.Fatal(err)
			}
			f.rotate(t)

			for range 2 {
				if outcome, err := r.call.do(t.Context(), f.client, appID); err != nil || outcome != r.call.done {
					t.Errorf("got %q, %v; want %q", outcome, err, r.call.done)
				}
			}

			want := []request{{kid: keyID}, {kid: keyID, status: r.status}, {kid: newKeyID}, {kid: newKeyID}}
			all := f.upstream.seen()
			if len(all) != len(want) {
				t.Fatalf("got %d requests, want %d: before, rejected, with the new key, and the next call", len(all), len(want))
			}
			for i, got := range all {
				if got.kid != string(appID)+"/"+want[i].kid || got.status != want[i].status || got.uri != all[0].uri || got.body != all[0].body {
					t.Errorf("request %d: got %s with key %s, rejected with %d; want key %s, %d", i+1, got.uri, got.kid, got.status, want[i].kid, want[i].status)
				}
			}
			if got := f.vault.reads.Load(); got != 2 {
				t.Errorf("got %d reads of the secret, want the first and one more", got)
			}
		})
	}
}

// The failure after the rotation is judged on its own: it is no rejection, and a dial-out that may
// have happened is not sent a third time.
func TestRotation_ThenAFailureOfAnotherKind(t *testing.T) {
	t.Parallel()
	f := setup(t)
	if _, err := f.client.DialOut(t.Context(), appID, room, number()); err != nil {
		t.Fatal(err)
	}
	f.rotate(t)
	f.upstream.from(status(http.StatusInternalServerError))

	_, err := f.client.DialOut(t.Context(), appID, room, number())

	if failure := upstreamError(t, err); failure.Kind != httpclient.Refused || failure.Secret != "" || !failure.MayHaveHappened {
		t.Errorf("got %+v, want refused and that it may have happened, with no secret named", failure)
	}
	if got := len(f.upstream.seen()); got != 3 {
		t.Errorf("got %d requests, want 3", got)
	}
}

func TestRotation_ThenNotFoundIsAnOutcome(t *testing.T) {
	t.Parallel()
	f := setup(t)
	if _, err := f.client.DestroyRoom(t.Context(), appID, room); err != nil {
		t.Fatal(err)
	}
	f.rotate(t)
	f.upstream.from(status(http.StatusNotFound))
	if outcome, err := f.client.DestroyRoom(t.Context(), appID, room); err != nil || outcome != jaas.NotFound {
		t.Errorf("got %q, %v; want %q", outcome, err, jaas.NotFound)
	}
}

func TestRotation_IsReadOnceForManyCallersAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		if _, err := f.client.BanUser(t.Context(), appID, userID); err != nil {
			t.Fatal(err)
		}
		f.rotate(t)
		f.vault.gate = make(chan struct{})

		results := make(chan error, callers)
		for i := range callers {
			go func() {
				c := calls()[i%len(calls())]
				_, err := c.do(t.Context(), f.client, appID)
				results <- err
			}()
		}
		// Everybody is rejected by now and waits for the one who reads the secret.
		synctest.Wait()
		if got := f.vault.reads.Load(); got != 2 {
			t.Errorf("got %d reads of the secret, want the first and one more", got)
		}
		close(f.vault.gate)
		for range callers {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}

		if got := f.vault.reads.Load(); got != 2 {
			t.Errorf("got %d reads of the secret, want the first and one more", got)
		}
		if got := len(f.upstream.seen()); got != 1+2*callers {
			t.Errorf("got %d requests, want the first, and two of each caller", got)
		}
		if got := len(f.upstream.tokens()); got != 2 {
			t.Errorf("got %d tokens, want one of each key", got)
		}
	})
}

// A caller whose rejection arrives after another has read the new secret does not read it again.
func TestRotation_IsNotReadAgainByALateCaller(t *testing.T) {
	t.Parallel()
	f := setup(t)
	arrived, late := make(chan struct{}), make(chan struct{})
	f.upstream.then(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-late
		w.WriteHeader(http.StatusUnauthorized)
	})
	done := make(chan error, 1)
	go func() {
		_, err := f.client.DialOut(t.Context(), appID, room, number())
		done <- err
	}()
	select {
	case <-arrived:
	case err := <-done:
		t.Fatalf("got an answer before the stand-in gave one: %v", err)
	}
	f.rotate(t)
	if _, err := f.client.DestroyRoom(t.Context(), appID, room); err != nil {
		t.Fatal(err)
	}
	close(late)

	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := f.vault.reads.Load(); got != 2 {
		t.Errorf("got %d reads of the secret, want the first and one more", got)
	}
}

// A secret that changes while JaaS still takes the old key is noticed when it is next read.
func TestRotation_WithoutARejectionTakesEffectInMinutes(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.trust(appID, newKeyID, &nextKey().PublicKey)
	for range 3 {
		if _, err := f.client.BanUser(t.Context(), appID, userID); err != nil {
			t.Fatal(err)
		}
		f.vault.put(t, map[string]any{secretName(appID): secretOfKey(newKeyID, nextKey())})
		f.clock.Step(3 * time.Minute)
	}
	all := f.upstream.seen()
	got := []string{all[0].kid, all[1].kid, all[2].kid}
	if got[0] != got[1] || got[2] != string(appID)+"/"+newKeyID {
		t.Errorf("got keys %v, want the old one twice and then the new one", got)
	}
}

func TestRejection_OfOneTenantLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.distrust(appID, keyID)
	for _, id := range []jaas.AppID{otherApp, appID, otherApp} {
		_, err := f.client.DestroyRoom(t.Context(), id, room)
		if failed := err != nil; failed != (id == appID) {
			t.Errorf("%s: got %v", id, err)
		}
	}
	if got := f.vault.reads.Load(); got != 3 {
		t.Errorf("got %d reads of secrets, want two of the rejected one", got)
	}
}
