package jitsi_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
)

// faults are those of any server. What they say of what can be repeated is not true of the dial-out, which is sent once.
func faults() map[string]standin.Fault { return standin.Faults("[]", 3) }

// TestFaults_OfEveryOperation shows that what would do more the second time is not sent again: a second dial-out rings twice.
func TestFaults_OfEveryOperation(t *testing.T) {
	t.Parallel()
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range operations() {
				synctest.Test(t, func(t *testing.T) { strike(t, fault, o) })
			}
		})
	}
}

func strike(t *testing.T, fault standin.Fault, o operation) {
	t.Helper()
	f := setup(t, inMemory())
	f.upstream.from(o.path, fault.Answer)
	got, err := o.call(t.Context(), f)
	failure := upstreamError(t, err)
	if got != "" || failure.Kind != fault.Kind || failure.Status != fault.Status || failure.MayHaveHappened != fault.Done || failure.Secret != "" {
		t.Errorf("%s: got %q and %+v, want %s with HTTP %d, may have happened %t", o.name, got, failure, fault.Kind, fault.Status, fault.Done)
	}
	want := fault.Sent
	if o.once {
		want = 1
	}
	all := f.upstream.seen(o.path)
	if len(all) != want {
		t.Errorf("%s: got %d requests, want %d", o.name, len(all), want)
	}
	for _, again := range all {
		if again.body != all[0].body || again.query != all[0].query || again.header.Get("Authorization") != all[0].header.Get("Authorization") {
			t.Errorf("%s: got another request the second time: %v", o.name, again)
		}
	}
}

// TestFaults_ThatPass are no more than a delay for what can be repeated.
func TestFaults_ThatPass(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{"down": standin.Breaks(""), "500": standin.Says(500, ""), "503": standin.Says(503, "", "Retry-After", "1"), "slow": standin.Hangs("")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range operations() {
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					fine := standin.Says(http.StatusOK, "")
					if o.path == roomPath {
						fine = standin.Says(http.StatusOK, "{}")
					} else {
						f.upstream.from(roomPath, standin.Says(http.StatusBadRequest, "")) // so that the command's own answer counts
					}
					f.upstream.from(o.path, standin.InTurn(fault, fine))
					got, err := o.call(t.Context(), f)
					if (err == nil) != !o.once || err == nil && got != o.done {
						t.Errorf("%s: got %q, %v, want that it is sent again: %t", o.name, got, err, !o.once)
					}
				})
			}
		})
	}
}

// TestFaults_AnEndThatWasLostIsFoundOut because the room is not there the second time.
func TestFaults_AnEndThatWasLostIsFoundOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		f.upstream.from(endPath, standin.InTurn(standin.Breaks(standin.Begun), standin.Says(http.StatusNotFound, "")))
		if got, err := f.client.EndRoom(t.Context(), here(), false); err != nil || got != "not_found" {
			t.Errorf("got %q, %v; want not_found", got, err)
		}
	})
}

// TestFaults_OfWhatWouldDoMoreTheSecondTime: with a number the next call to it would go, and who came back to a meeting
// that was ended silently would be sent away once more.
func TestFaults_OfWhatWouldDoMoreTheSecondTime(t *testing.T) {
	t.Parallel()
	for path, call := range map[string]func(f *fixture) (jitsi.Outcome, error){
		kickPath: func(f *fixture) (jitsi.Outcome, error) { return f.client.Kick(t.Context(), here(), aPhone()) },
		endPath:  func(f *fixture) (jitsi.Outcome, error) { return f.client.EndRoom(t.Context(), here(), true) },
	} {
		f := setup(t)
		f.upstream.from(path, standin.Says(http.StatusBadGateway, standin.Page))
		_, err := call(f)
		if failure := upstreamError(t, err); failure.Status != http.StatusBadGateway || !failure.MayHaveHappened {
			t.Errorf("%s: got %+v, want HTTP 502 passed on", path, failure)
		}
		if sent := len(f.upstream.seen(path)); sent != 1 {
			t.Errorf("%s: got %d requests, want 1", path, sent)
		}
	}
}

// TestFaults_AfterARotationAreJudgedByThemselves is the one case in which a dial-out goes out twice: the first was not let in.
func TestFaults_AfterARotationAreJudgedByThemselves(t *testing.T) {
	t.Parallel()
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range commands() {
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					if _, err := o.call(t.Context(), f); err != nil {
						t.Fatal(err)
					}
					f.rotate()
					f.upstream.from(o.path, fault.Answer)
					got, err := o.call(t.Context(), f)
					failure := upstreamError(t, err)
					if got != "" || failure.Kind != fault.Kind || failure.Secret != "" || failure.MayHaveHappened != fault.Done {
						t.Errorf("%s: got %q and %+v, want %s, may have happened %t", o.name, got, failure, fault.Kind, fault.Done)
					}
					want := 3 // at first, with the old key, and with the new one
					if !o.once {
						want = 2 + fault.Sent
					}
					if sent := len(f.upstream.seen(o.path)); sent != want {
						t.Errorf("%s: got %d requests, want %d", o.name, sent, want)
					}
				})
			}
		})
	}
}

func TestFaults_NobodyListens(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		synctest.Test(t, func(t *testing.T) {
			f := setup(t, inMemory())
			if err := f.upstream.listener.Close(); err != nil {
				t.Fatal(err)
			}
			_, err := o.call(t.Context(), f)
			if got := upstreamError(t, err); got.Kind != httpclient.Unreachable || got.MayHaveHappened {
				t.Errorf("%s: got %+v, want unreachable and nothing done", o.name, got)
			}
		})
	}
}

func TestFaults_RetryAfterIsPassedOn(t *testing.T) {
	t.Parallel()
	for _, code := range []int{429, 503} {
		for _, o := range operations() {
			f := setup(t)
			f.upstream.from(o.path, standin.Says(code, "", "Retry-After", "120"))
			_, err := o.call(t.Context(), f)
			if got := upstreamError(t, err); got.RetryAfter != 2*time.Minute {
				t.Errorf("%s: got %s for HTTP %d, want 2m", o.name, got.RetryAfter, code)
			}
		}
	}
}

func TestFaults_EndWithTheCaller(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			ctx, cancel := context.WithCancel(t.Context())
			f.upstream.from(o.path, func(_ http.ResponseWriter, r *http.Request) {
				cancel()
				<-r.Context().Done()
			})
			_, err := o.call(ctx, f)
			if failure := upstreamError(t, err); !errors.Is(failure, context.Canceled) || !failure.MayHaveHappened {
				t.Errorf("got %v, may have happened %t; want it canceled, true", failure, failure.MayHaveHappened)
			}
			if n := len(f.upstream.seen(o.path)); n != 1 {
				t.Errorf("got %d requests, want 1", n)
			}
		})
	}
}
