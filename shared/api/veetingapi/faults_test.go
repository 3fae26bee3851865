package veetingapi_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"gavel/local/apitest"
	"gavel/local/standin"
	"gavel/shared/problem"
	"gavel/shared/veeting"
)

// fault is a way in which the server fails and what the caller is to learn of it.
type fault = apitest.Fault

func check(t testing.TB, f fault, got answer) problem.Problem {
	t.Helper()
	return f.Check(t, problems, got, veeting.Provider, secretName)
}

// faults are those of any server and those of answers that are not Veeting's.
func faults() []fault {
	return append(apitest.Faults(3),
		fault{Name: "401 in its own form", Answer: standin.Says(401, `{"responseCode":-3}`), Status: 502, Code: problem.UpstreamCredentials, Upstream: 401, Tries: 1},
		apitest.Nonsense("JSON cut off", `{"responseCode":0,"data":{"id":"5e`),
		apitest.Nonsense("no code", `{"data":{"id":"5e945c36b863b82cefdddf54"}}`),
		apitest.Nonsense("null for a code", `{"responseCode":null}`),
		apitest.Nonsense("nothing", ""),
		apitest.Nonsense("text", "fine"),
	)
}

// TestVeetingFails_TheCallerLearnsWhatMatters and what changes something is sent once.
func TestVeetingFails_TheCallerLearnsWhatMatters(t *testing.T) {
	t.Parallel()
	for _, f := range faults() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			for _, op := range calling() {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					g := setup(t, options{only: op.id, answer: f.Answer})
					check(t, f, g.ask(t, op))
					tries := 1
					if op.reads() {
						tries = f.Tries
					}
					if n := len(g.upstream.seen()); n != tries {
						t.Errorf("got %d requests upstream, want %d", n, tries)
					}
				})
			}
		})
	}
}

// TestKey_ThatWasRotatedIsReadOnceAndUsed without the caller noticing.
func TestKey_ThatWasRotatedIsReadOnceAndUsed(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		g := setup(t, options{only: op.id})
		g.ask(t, op)
		const next = "Hush-next-key"
		g.upstream.trust(next)
		p := check(t, fault{Status: 502, Code: problem.UpstreamCredentials, Upstream: 401}, g.ask(t, op))
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

func TestVeetingHangs_TheCallerLearnsThatItMayHaveHappened(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup // as tests run side by side only as many as there are cores, and these do nothing but wait
	for name, answer := range map[string]http.HandlerFunc{"before its answer": standin.Hangs(""), "in its answer": standin.Hangs(`{"responseCode":`)} {
		for _, op := range calling() {
			all.Go(func() {
				g := setup(t, options{only: op.id, answer: answer, budget: standin.Patience})
				check(t, fault{Status: 504, Code: problem.UpstreamTimeout, Maybe: true}, g.ask(t, op))
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
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, url: standin.Nowhere + base})
			check(t, fault{Status: 502, Code: problem.UpstreamError}, g.ask(t, op))
		})
	}
}

// TestConnectionBreaks_TheCommandIsSentOnce has Veeting hang up on what it got.
func TestConnectionBreaks_TheCommandIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, begin := range apitest.Breakings() {
		for _, op := range calling() {
			t.Run(name+" "+op.id, func(t *testing.T) {
				t.Parallel()
				g := setup(t, options{only: op.id, answer: standin.Breaks(begin)})
				check(t, fault{Status: 502, Code: problem.UpstreamError, Maybe: true}, g.ask(t, op))
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
				for _, form := range []string{"%s", `{"responseCode":-4,"responseMessage":"%s","data":"%s"}`, `{"responseCode":"%s"}`, standin.Page + "%s"} {
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
		standin.Says(status, strings.ReplaceAll(form, "%s", sent), "Location", "/x?"+r.Header.Get("X-Api-Key"))(w, r)
	}
}
