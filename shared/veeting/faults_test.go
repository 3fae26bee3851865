package veeting_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
)

// faults are those of any server and those of answers that are not Veeting's. What only reads is repeated; all else is sent
// once.
func faults() map[string]standin.Fault {
	all := standin.Faults(`{"responseCode":0,"data":null}`, 3)
	all["cut off"] = standin.Nonsense(200, `{"responseCode":0,"data":{"id":"5e94`)
	all["nothing"] = standin.Nonsense(204, "")
	return all
}

// TestFaults_OfEveryOperation shows that only the list of admins is asked for again.
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
	f.upstream.from(fault.Answer)
	_, err := o.call(t.Context(), f)
	failure := upstreamError(t, err)
	if failure.Kind != fault.Kind || failure.Status != fault.Status || failure.MayHaveHappened != fault.Done || failure.Secret != "" {
		t.Errorf("%s: got %+v, want %s with HTTP %d, may have happened %t", o.name, failure, fault.Kind, fault.Status, fault.Done)
	}
	want := 1
	if o.reads {
		want = fault.Sent
	}
	if sent := len(f.upstream.seen()); sent != want {
		t.Errorf("%s: got %d requests, want %d", o.name, sent, want)
	}
}

// TestFaults_ThatPass are no more than a delay for what is asked again.
func TestFaults_ThatPass(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{"down": standin.Breaks(""), "500": standin.Says(500, ""), "503": standin.Says(503, "", "Retry-After", "1"), "slow": standin.Hangs("")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range operations() {
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					f.upstream.from(standin.InTurn(fault, gives(o.data)))
					got, err := o.call(t.Context(), f)
					if (err == nil) != o.reads {
						t.Errorf("%s: got %v, want that it is asked again: %t", o.name, err, o.reads)
					}
					if o.reads {
						sameJSON(t, o.name, got, o.want)
					}
				})
			}
		})
	}
}

// TestFaults_AfterARotationAreJudgedByThemselves is the one case in which a change goes out twice: the first was not let in.
func TestFaults_AfterARotationAreJudgedByThemselves(t *testing.T) {
	t.Parallel()
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range operations() {
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					f.upstream.from(gives(o.data))
					if _, err := o.call(t.Context(), f); err != nil {
						t.Fatal(err)
					}
					f.rotate()
					f.upstream.from(fault.Answer)
					_, err := o.call(t.Context(), f)
					got := upstreamError(t, err)
					if got.Kind != fault.Kind || got.Secret != "" || got.MayHaveHappened != fault.Done {
						t.Errorf("%s: got %+v, want %s, may have happened %t", o.name, got, fault.Kind, fault.Done)
					}
					want := 3 // at first, with the old key, and with the new one
					if o.reads {
						want = 2 + fault.Sent
					}
					sent := len(f.upstream.seen())
					if again := sent == want+1 && o.reads && fault.Kind == httpclient.Unreachable; again {
						sent-- // net/http repeats a GET by itself that breaks on a connection that was kept
					}
					if sent != want {
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
			f.upstream.from(standin.Says(code, "", "Retry-After", "120"))
			_, err := o.call(t.Context(), f)
			if got := upstreamError(t, err); got.RetryAfter != 2*time.Minute {
				t.Errorf("%s: got %s for HTTP %d, want 2m", o.name, got.RetryAfter, code)
			}
		}
	}
}
