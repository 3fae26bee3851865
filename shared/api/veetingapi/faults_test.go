package veetingapi_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/problem"
	"gavel/shared/veeting"
)

// fault is a way in which Veeting fails and what the caller is to learn of it.
type fault struct {
	name   string
	answer http.HandlerFunc

	status   int
	code     problem.Code
	upstream int // upstreamStatus
	maybe    bool
	// retryAfter is the header of the answer.
	retryAfter string
	// tries is how often a call that can be repeated is sent.
	tries int
}

const page = "<!DOCTYPE html><html><body>Sign in</body></html>"

func faults() []fault {
	return []fault{
		{"400", apitest.Says(400, ""), 502, problem.UpstreamError, 400, false, "", 1},
		{"401", apitest.Says(401, `{"responseCode":-3}`), 502, problem.UpstreamCredentials, 401, false, "", 1},
		{"403", apitest.Says(403, page), 502, problem.UpstreamCredentials, 403, false, "", 1},
		{"404", apitest.Says(404, page), 502, problem.UpstreamError, 404, false, "", 1},
		{"429", apitest.Says(429, "", "Retry-After", "120"), 503, problem.UpstreamBusy, 429, false, "120", 1},
		{"429 without a time", apitest.Says(429, ""), 503, problem.UpstreamBusy, 429, false, "", 3},
		{"500", apitest.Says(500, ""), 502, problem.UpstreamError, 500, true, "", 3},
		{"500 with HTML", apitest.Says(500, page), 502, problem.UpstreamError, 500, true, "", 3},
		{"502", apitest.Says(502, page), 502, problem.UpstreamError, 502, true, "", 3},
		{"503", apitest.Says(503, "", "Retry-After", "7"), 503, problem.UpstreamBusy, 503, false, "7", 1},
		{"504", apitest.Says(504, ""), 502, problem.UpstreamError, 504, true, "", 3},
		{"HTML that says yes", apitest.Says(200, page), 502, problem.UpstreamError, 200, true, "", 1},
		{"JSON cut off", apitest.Says(200, `{"responseCode":0,"data":{"id":"5e`), 502, problem.UpstreamError, 200, true, "", 1},
		{"no code", apitest.Says(200, `{"data":{"id":"5e945c36b863b82cefdddf54"}}`), 502, problem.UpstreamError, 200, true, "", 1},
		{"null for a code", apitest.Says(200, `{"responseCode":null}`), 502, problem.UpstreamError, 200, true, "", 1},
		{"nothing", apitest.Says(200, ""), 502, problem.UpstreamError, 200, true, "", 1},
		{"text", apitest.Says(200, "fine"), 502, problem.UpstreamError, 200, true, "", 1},
		{"redirect", apitest.Says(307, "", "Location", "/elsewhere"), 502, problem.UpstreamError, 307, false, "", 1},
	}
}

// TestVeetingFails_TheCallerLearnsWhatMatters and what changes something is sent once.
func TestVeetingFails_TheCallerLearnsWhatMatters(t *testing.T) {
	t.Parallel()
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for _, op := range calling() {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					g := setup(t, options{only: op.id, answer: f.answer})
					f.check(t, g.ask(t, op))
					tries := 1
					if op.reads() {
						tries = f.tries
					}
					if n := len(g.upstream.seen()); n != tries {
						t.Errorf("got %d requests upstream, want %d", n, tries)
					}
				})
			}
		})
	}
}

func (f fault) check(t testing.TB, got answer) problem.Problem {
	t.Helper()
	p := isProblem(t, got, f.status, f.code)
	if p.Provider != veeting.Provider || p.UpstreamStatus != f.upstream {
		t.Errorf("got provider %q, upstreamStatus %d, want veeting, %d", p.Provider, p.UpstreamStatus, f.upstream)
	}
	if p.MayHaveHappened == nil || *p.MayHaveHappened != f.maybe || strings.Contains(p.Detail, "may have been carried out") != f.maybe {
		t.Errorf("got mayHaveHappened %v, want %v: %.500s", p.MayHaveHappened, f.maybe, got.Body)
	}
	if after := got.Header.Get("Retry-After"); after != f.retryAfter {
		t.Errorf("got Retry-After %q, want %q", after, f.retryAfter)
	}
	secret := ""
	if f.code == problem.UpstreamCredentials {
		secret = secretName
	}
	if p.Secret != secret || secret != "" && !strings.Contains(p.Detail, secret) {
		t.Errorf("got secret %q and detail %q, want %q in both", p.Secret, p.Detail, secret)
	}
	return p
}

// TestKey_ThatWasRotatedIsReadOnceAndUsed without the caller noticing.
func TestKey_ThatWasRotatedIsReadOnceAndUsed(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		g := setup(t, options{only: op.id})
		g.ask(t, op)
		const next = "Hush-next-key"
		g.upstream.trust(next)
		p := fault{status: 502, code: problem.UpstreamCredentials, upstream: 401}.check(t, g.ask(t, op))
		if reads := g.vault.Reads.Load(); reads != 2 || len(g.upstream.seen()) != 2 || p.Secret != secretName {
			t.Errorf("%s: got %d reads and %d requests, want 2 each: the key is the same", op.id, reads, len(g.upstream.seen()))
		}
		g.vault.put(t, g.upstream.url, map[string]any{"apiKey": next})
		for range 2 {
			if got := g.ask(t, op); got.Status != op.status || string(got.Body) != op.answer+"\n" {
				t.Errorf("%s: got HTTP %d with %s, want it done with the new key", op.id, got.Status, got.Body)
			}
		}
		if reads := g.vault.Reads.Load(); reads != 3 || len(g.upstream.seen()) != 5 {
			t.Errorf("%s: got %d reads and %d requests, want 3 and 5", op.id, reads, len(g.upstream.seen()))
		}
	}
}

// patience is a budget in which a busy machine gets a request sent, of which one that is repeated has half.
const patience = 6 * time.Second

func TestVeetingHangs_TheCallerLearnsThatItMayHaveHappened(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	halfway := func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"responseCode":`))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	var all sync.WaitGroup // as tests run side by side only as many as there are cores, and these do nothing but wait
	for name, answer := range map[string]http.HandlerFunc{"before its answer": hang, "in its answer": halfway} {
		for _, op := range calling() {
			all.Go(func() {
				g := setup(t, options{only: op.id, answer: answer, budget: patience})
				fault{status: 504, code: problem.UpstreamTimeout, maybe: true}.check(t, g.ask(t, op))
				if n := len(g.upstream.seen()); n != 1 && !op.reads() || n < 1 || n > 3 {
					t.Errorf("%s %s: got %d requests upstream, want 1, or up to 3 of what only reads", op.id, name, n)
				}
			})
		}
	}
	all.Wait()
}

func TestVeetingIsNotThere_NothingCanHaveHappened(t *testing.T) {
	t.Parallel()
	// Nobody listens on port 1; a port that was just given back may be another test's by now.
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, url: "http://127.0.0.1:1" + base})
			fault{status: 502, code: problem.UpstreamError}.check(t, g.ask(t, op))
		})
	}
}

// TestConnectionBreaks_TheCommandIsSentOnce has Veeting hang up on what it got.
func TestConnectionBreaks_TheCommandIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]string{"at once": "", "in its answer": "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"} {
		for _, op := range calling() {
			t.Run(name+" "+op.id, func(t *testing.T) {
				t.Parallel()
				g := setup(t, options{only: op.id, answer: func(w http.ResponseWriter, _ *http.Request) {
					if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
						_, _ = conn.Write([]byte(begin))
						_ = conn.Close()
					}
				}})
				fault{status: 502, code: problem.UpstreamError, maybe: true}.check(t, g.ask(t, op))
				// What can be repeated is, and net/http repeats it once more over a connection that was used before.
				if n := len(g.upstream.seen()); n != 1 && !op.reads() || n < 1 || n > 6 {
					t.Errorf("got %d requests upstream, want 1, or a few of what only reads", n)
				}
			})
		}
	}
}

// TestVeetingRepeatsWhatItGot in all the ways a careless server can; the log is watched by TestMain.
func TestVeetingRepeatsWhatItGot(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{200, 302, 400, 401, 409, 500} {
				for _, form := range []string{"%s", `{"responseCode":-4,"responseMessage":"%s","data":"%s"}`, `{"responseCode":"%s"}`, page + "%s"} {
					g := setup(t, options{only: op.id, answer: repeating(status, form)})
					if got := g.ask(t, op); got.Status != 502 {
						t.Errorf("got HTTP %d, want 502: %s", got.Status, got.Body)
					} else {
						document(t, got)
					}
				}
			}
		})
	}
}

// repeating answers with the key and the addresses of the request in place of each %s.
func repeating(status int, form string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sent := r.Header.Get("X-Api-Key") + " " + r.Header.Get("X-User-Email") + " " + userEmail + " " + strings.ReplaceAll(userEmail, "@", "%40")
		apitest.Says(status, strings.ReplaceAll(form, "%s", sent), "Location", "/x?"+r.Header.Get("X-Api-Key"))(w, r)
	}
}
