package jitsiapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/jitsi"
	"gavel/shared/problem"
)

func quoted(t testing.TB, text string) string {
	t.Helper()
	written, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

// fault is a way in which the server fails and what the caller is to learn of it.
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

const page = "<!DOCTYPE html><html><body>Unknown</body></html>"

func faults() []fault {
	says := apitest.Says
	return []fault{
		{"400", says(400, ""), 502, problem.UpstreamError, 400, false, "", 1},
		{"401", says(401, ""), 502, problem.UpstreamCredentials, 401, false, "", 1},
		{"403", says(403, page), 502, problem.UpstreamCredentials, 403, false, "", 1},
		{"404 with a page", says(404, page), 502, problem.UpstreamError, 404, false, "", 1},
		{"405", says(405, page), 502, problem.UpstreamError, 405, false, "", 1},
		{"429", says(429, "", "Retry-After", "120"), 503, problem.UpstreamBusy, 429, false, "120", 1},
		{"429 without a time", says(429, ""), 503, problem.UpstreamBusy, 429, false, "", 3},
		{"500", says(500, ""), 502, problem.UpstreamError, 500, true, "", 3},
		{"500 with a page", says(500, page), 502, problem.UpstreamError, 500, true, "", 3},
		{"502", says(502, page), 502, problem.UpstreamError, 502, true, "", 3},
		{"503", says(503, "", "Retry-After", "7"), 503, problem.UpstreamBusy, 503, false, "7", 1},
		{"504", says(504, ""), 502, problem.UpstreamError, 504, true, "", 3},
		{"a page that says yes", says(200, page), 502, problem.UpstreamError, 200, true, "", 1},
		{"redirect", says(307, "", "Location", "/elsewhere"), 502, problem.UpstreamError, 307, false, "", 1},
	}
}

// failing makes a gateway whose server answers the operation's own command, and nothing else, as it is told.
func failing(t testing.TB, op operation, with http.HandlerFunc, budget time.Duration) *gateway {
	t.Helper()
	opt := options{only: op.id, answer: with, budget: budget}
	if op.id == "jitsi-room-occupants" {
		opt.answer, opt.look = nil, with
	}
	return setup(t, opt)
}

// sent counts the operation's own commands.
func (g *gateway) sent(op operation) int {
	n := 0
	for _, line := range g.upstream.seen() {
		if strings.HasPrefix(line, op.command) {
			n++
		}
	}
	return n
}

// once says whether a command is sent once, whatever happens: a second one rings a second time.
func (o operation) once() bool { return o.id == "jitsi-dial-out" }

func TestServerFails_TheCallerLearnsWhatMatters(t *testing.T) {
	t.Parallel()
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for _, op := range calling() {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					g := failing(t, op, f.answer, 0)
					p := f.check(t, g.ask(t, op))
					tries := f.tries
					if op.once() {
						tries = 1
					}
					if op.id == "jitsi-room-occupants" && f.code == problem.UpstreamCredentials {
						tries = 2 // the second with a token
					}
					if n := g.sent(op); n != tries {
						t.Errorf("got %d requests upstream, want %d", n, tries)
					}
					if f.upstream == 404 && !strings.Contains(p.Detail, "nothing is served at this path") {
						t.Errorf("got %q, want it said that no module is there", p.Detail)
					}
				})
			}
		})
	}
}

func (f fault) check(t testing.TB, got answer) problem.Problem {
	t.Helper()
	p := isProblem(t, got, f.status, f.code)
	if p.Provider != jitsi.Provider || p.UpstreamStatus != f.upstream {
		t.Errorf("got provider %q, upstreamStatus %d, want jitsi, %d", p.Provider, p.UpstreamStatus, f.upstream)
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

// TestRoomOccupants_ThatAreNoListAreNotBelieved of which nothing can have happened.
func TestRoomOccupants_ThatAreNoListAreNotBelieved(t *testing.T) {
	t.Parallel()
	op := operationOf("room-occupants")
	for _, text := range []string{"fine", "", "null", `{"participants":2}`, `"x"`, `[{"jid":747}]`, `[{"jid":"a/b"`} {
		g := failing(t, op, apitest.Says(200, text), 0)
		if text == "null" { // Go reads it as a list with nothing in it
			if got := g.ask(t, op); got.Status != 200 || string(got.Body) != `{"occupants":[]}`+"\n" {
				t.Errorf("got HTTP %d with %s for null, want an empty list", got.Status, got.Body)
			}
			continue
		}
		fault{status: 502, code: problem.UpstreamError, upstream: 200}.check(t, g.ask(t, op))
	}
}

// TestKey_ThatWasRotatedIsReadOnceAndUsed without the caller noticing; also for a call, which has not rung.
func TestKey_ThatWasRotatedIsReadOnceAndUsed(t *testing.T) {
	t.Parallel()
	fresh := newKeyPair()
	for _, op := range commanding() {
		g := setup(t, options{only: op.id})
		g.upstream.trust(fresh)
		refusal := 401
		if op.id == "jitsi-kick-participant" {
			refusal = 403
		}
		fault{status: 502, code: problem.UpstreamCredentials, upstream: refusal}.check(t, g.ask(t, op))
		if reads := g.vault.Reads.Load(); reads != 2 || g.sent(op) != 1 {
			t.Errorf("%s: got %d reads and %d commands, want 2 and 1: the key is the same", op.id, reads, g.sent(op))
		}
		g.vault.Put(t, secretOf(g.upstream.url, map[string]any{
			"system": map[string]string{"baseUrl": g.upstream.url, "privateKey": fresh.pem, "keyId": "gavel-system-2"},
		}))
		if got := g.ask(t, op); got.Status != op.status || string(got.Body) != op.answer+"\n" {
			t.Errorf("%s: got HTTP %d with %s, want it done with the new key", op.id, got.Status, got.Body)
		}
		if reads := g.vault.Reads.Load(); reads != 3 || g.sent(op) != 3 {
			t.Errorf("%s: got %d reads and %d commands, want 3 and 3", op.id, reads, g.sent(op))
		}
	}
}

// patience is a budget in which a busy machine gets a request sent, of which one that is repeated has half.
const patience = 6 * time.Second

func TestServerHangs_TheCallerLearnsThatItMayHaveHappened(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	var all sync.WaitGroup // as tests run side by side only as many as there are cores, and these do nothing but wait
	for _, op := range calling() {
		all.Go(func() {
			g := failing(t, op, hang, patience)
			fault{status: 504, code: problem.UpstreamTimeout, maybe: true}.check(t, g.ask(t, op))
			if n := g.sent(op); n != 1 && op.once() || n < 1 || n > 3 {
				t.Errorf("%s: got %d requests upstream, want 1, or up to 3 of what can be repeated", op.id, n)
			}
		})
	}
	all.Wait()
}

func TestServerIsNotThere_NothingCanHaveHappened(t *testing.T) {
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

// TestConnectionBreaks_ACallIsSentOnce has the server hang up on what it got.
func TestConnectionBreaks_ACallIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]string{"at once": "", "in its answer": "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"} {
		for _, op := range calling() {
			t.Run(name+" "+op.id, func(t *testing.T) {
				t.Parallel()
				g := failing(t, op, func(w http.ResponseWriter, _ *http.Request) {
					if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
						_, _ = conn.Write([]byte(begin))
						_ = conn.Close()
					}
				}, 0)
				fault{status: 502, code: problem.UpstreamError, maybe: true}.check(t, g.ask(t, op))
				if n := g.sent(op); n != 1 && op.once() || n < 1 || n > 6 {
					t.Errorf("got %d requests upstream, want 1, or a few of what can be repeated", n)
				}
			})
		}
	}
}

// TestServerRepeatsWhatItGot in all the ways a careless server can; the log is watched by TestMain.
func TestServerRepeatsWhatItGot(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{302, 400, 401, 404, 409, 500} {
				for _, form := range []string{"%s", `{"error":"%s"}`, `{"message":"%s","x":["%s"]}`, page + "%s"} {
					g := failing(t, op, repeating(status, form), 0)
					got := g.ask(t, op)
					if status == 404 && got.Status != 502 && !strings.HasPrefix(form, "<") {
						if body := string(got.Body); !strings.Contains(body, "not_found") || confidential.Match(got.Body) {
							t.Errorf("got HTTP %d with %s, want that nothing is there", got.Status, body)
						}
						continue
					}
					if p := problems.Document(t, got); got.Status != 502 || p.UpstreamBody == "" {
						t.Errorf("got HTTP %d, want 502 with a redacted body: %s", got.Status, got.Body)
					}
				}
			}
		})
	}
}

// repeating answers with the token, the number and an address in place of each %s.
func repeating(status int, form string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent := r.Header.Get("Authorization") + " " + r.URL.RawQuery + " 40747777777 0040 747 777 777 ada@example.org " + strings.ReplaceAll(string(body), `"`, "'")
		apitest.Says(status, strings.ReplaceAll(form, "%s", sent), "Location", "/x?"+r.Header.Get("Authorization"))(w, r)
	}
}
