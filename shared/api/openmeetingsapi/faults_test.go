package openmeetingsapi_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/openmeetings"
	"gavel/shared/problem"
)

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

const (
	page      = "<!DOCTYPE html><html><body>Sign in</body></html>"
	nullThing = `Cannot invoke \"org.apache.openmeetings.db.entity.room.Room.getId()\" because \"r\" is null`
)

// sample gives operations of each kind, for faults in which they cannot differ but by their kind.
func sample() []operation {
	var found []operation
	for _, id := range []string{
		"create-entry", "update-room", "list-users", "kick", "end-room", "create-invitation", "delete-appointment", "upload-file", "version",
	} {
		found = append(found, operationOf(id))
	}
	return found
}

func faults() []fault {
	return []fault{
		{"401", apitest.Says(401, ""), 502, problem.UpstreamCredentials, 401, false, "", 1},
		{"429", apitest.Says(429, "", "Retry-After", "120"), 503, problem.UpstreamBusy, 429, false, "120", 1},
		{"500 without a body", apitest.Says(500, ""), 502, problem.UpstreamError, 500, true, "", 1},
		{"500 with HTML", apitest.Says(500, page), 502, problem.UpstreamError, 500, true, "", 1},
		{"502", apitest.Says(502, page), 502, problem.UpstreamError, 502, true, "", 3},
		{"503", apitest.Says(503, "", "Retry-After", "7"), 503, problem.UpstreamBusy, 503, false, "7", 1},
		{"HTML that says yes", apitest.Says(200, page), 502, problem.UpstreamError, 200, true, "", 1},
		{"JSON cut off", apitest.Says(200, `{"roomDTO":{"id":2,"name":"Stand-up`), 502, problem.UpstreamError, 200, true, "", 1},
		{"another root", apitest.Says(200, `{"thing":{"id":2},"type":"SUCCESS"}`), 502, problem.UpstreamError, 200, true, "", 1},
	}
}

// furtherFaults are those that are tried on a sample.
func furtherFaults() []fault {
	return []fault{
		{"400", apitest.Says(400, ""), 502, problem.UpstreamError, 400, false, "", 1},
		{"403", apitest.Says(403, page), 502, problem.UpstreamCredentials, 403, false, "", 1},
		{"404", apitest.Says(404, page), 502, problem.UpstreamError, 404, false, "", 1},
		{"405", apitest.Says(405, ""), 502, problem.UpstreamError, 405, false, "", 1},
		{"406", apitest.Says(406, ""), 502, problem.UpstreamError, 406, false, "", 1},
		{"429 without a time", apitest.Says(429, ""), 503, problem.UpstreamBusy, 429, false, "", 3},
		{"500 with another JSON", apitest.Says(500, `{"error":"no"}`), 502, problem.UpstreamError, 500, true, "", 1},
		{"503 without a time", apitest.Says(503, page), 503, problem.UpstreamBusy, 503, false, "", 3},
		{"504", apitest.Says(504, ""), 502, problem.UpstreamError, 504, true, "", 3},
		{"nothing that says yes", apitest.Says(200, ""), 502, problem.UpstreamError, 200, true, "", 1},
		{"text", apitest.Says(200, "fine"), 502, problem.UpstreamError, 200, true, "", 1},
		{"a list for an object", apitest.Says(200, `[{"id":2}]`), 502, problem.UpstreamError, 200, true, "", 1},
		{"null", apitest.Says(200, `null`), 502, problem.UpstreamError, 200, true, "", 1},
		{"redirect", apitest.Says(302, "", "Location", "/elsewhere"), 502, problem.UpstreamError, 302, false, "", 1},
		{"redirect that keeps the method", apitest.Says(307, "", "Location", "/elsewhere"), 502, problem.UpstreamError, 307, false, "", 1},
	}
}

func TestServerFails_TheCallerLearnsWhatMatters(t *testing.T) {
	t.Parallel()
	for _, f := range faults() {
		f.befalls(t, operations())
	}
	for _, f := range furtherFaults() {
		f.befalls(t, sample())
	}
}

func (f fault) befalls(t *testing.T, ops []operation) {
	t.Helper()
	t.Run(f.name, func(t *testing.T) {
		t.Parallel()
		for _, op := range ops {
			t.Run(op.id, func(t *testing.T) {
				t.Parallel()
				g := setup(t, options{only: op.id, command: f.answer})
				f.check(t, g.ask(t, op))
				tries := 1
				if op.reads {
					tries = f.tries
				}
				if n := len(g.upstream.commands()); n != tries {
					t.Errorf("got %d requests upstream, want %d", n, tries)
				}
			})
		}
	})
}

// TestServerSaysMore_ThanAFunctionCanPassOn has a list of users beyond 5 MiB, and one of just that.
func TestServerSaysMore_ThanAFunctionCanPassOn(t *testing.T) {
	t.Parallel()
	op := operationOf("list-users")
	const before, after = `{"userDTO":[{"id":7,"login":"`, `"}]}`
	whole := before + strings.Repeat("x", 5<<20-len(before+after)) + after
	g := setup(t, options{only: op.id, command: apitest.Says(200, whole)})
	if got := g.ask(t, op); got.Status != op.status || len(got.Body) < 5<<20-100 {
		t.Errorf("got HTTP %d with %d bytes, want all of 5 MiB", got.Status, len(got.Body))
	}
	g = setup(t, options{only: op.id, command: apitest.Says(200, whole+" ")})
	fault{status: 502, code: problem.UpstreamError, upstream: 200, maybe: true}.check(t, g.ask(t, op))
}

func (f fault) check(t testing.TB, got answer) problem.Problem {
	t.Helper()
	p := isProblem(t, got, f.status, f.code)
	if p.Provider != openmeetings.Provider || p.UpstreamStatus != f.upstream {
		t.Errorf("got provider %q, upstreamStatus %d, want openmeetings, %d", p.Provider, p.UpstreamStatus, f.upstream)
	}
	if p.MayHaveHappened == nil || *p.MayHaveHappened != f.maybe {
		t.Errorf("got mayHaveHappened %v, want %v: %.500s", p.MayHaveHappened, f.maybe, got.Body)
	}
	if after := got.Header.Get("Retry-After"); after != f.retryAfter {
		t.Errorf("got Retry-After %q, want %q", after, f.retryAfter)
	}
	if len(p.UpstreamBody) > 600 {
		t.Errorf("got %d bytes of upstreamBody, want a beginning", len(p.UpstreamBody))
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

// TestServerRefuses_WithStatus200 is about an ERROR that looks like a success.
func TestServerRefuses_WithStatus200(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, command: apitest.Says(200, refusal("No such luck"))})
			got := g.ask(t, op)
			// Where a thing is expected, that is an answer no server would give.
			p := fault{status: 502, code: problem.UpstreamError, upstream: 200, maybe: !op.says}.check(t, got)
			if op.says && !strings.Contains(p.UpstreamBody, "No such luck") {
				t.Errorf("got upstreamBody %q, want what the server says", p.UpstreamBody)
			}
			if n := len(g.upstream.commands()); n != 1 {
				t.Errorf("got %d requests upstream, want 1", n)
			}
		})
	}
}

// TestServerKnowsNoSuchThing_AndSaysSoInWordsOfItsLanguage is about what a service answers that uses what it did not find.
func TestServerKnowsNoSuchThing_AndSaysSoInWordsOfItsLanguage(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, command: apitest.Says(500, refusal(nullThing), "exception", "null")})
			got := g.ask(t, op)
			op.means(t, got, op.unknown, 500)
			want := 1
			if op.id == "openmeetings-delete-external-file" { // which then looks for the file itself
				want = 2
			}
			if n := len(g.upstream.commands()); n != want {
				t.Errorf("got %d requests upstream, want %d", n, want)
			}
		})
	}
}

// means checks what the caller gets of an answer with a meaning.
func (o operation) means(t testing.TB, got answer, m meaning, upstream int) {
	t.Helper()
	switch m {
	case notFound:
		if p := isProblem(t, got, http.StatusNotFound, problem.NotFound); p.MayHaveHappened != nil || p.UpstreamBody != "" {
			t.Errorf("got %s, want nothing of the server in it", got.Body)
		}
	case gone:
		if got.Status != http.StatusOK || string(got.Body) != `{"outcome":"not_found"}`+"\n" {
			t.Errorf("got HTTP %d with %s, want 200 with the outcome not_found", got.Status, got.Body)
		}
	case empty:
		if got.Status != http.StatusOK || !strings.HasSuffix(string(got.Body), `":[]}`+"\n") {
			t.Errorf("got HTTP %d with %s, want 200 with an empty list", got.Status, got.Body)
		}
	default:
		fault{status: 502, code: problem.UpstreamError, upstream: upstream, maybe: true}.check(t, got)
	}
}

func TestServerHasNothingToSay_WithStatus204(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if op.nothing == undefined {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, command: apitest.Says(204, "")})
			op.means(t, g.ask(t, op), op.nothing, 204)
		})
	}
}

// TestSecondCallFails_TheCallerLearnsIt is about operations that ask the server more than once.
func TestSecondCallFails_TheCallerLearnsIt(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		for nth := 2; nth <= len(op.sent); nth++ {
			t.Run(op.id, func(t *testing.T) {
				t.Parallel()
				up := newUpstream(t, options{})
				var asked atomic.Int64
				g := setup(t, options{only: op.id, command: func(w http.ResponseWriter, r *http.Request) {
					if asked.Add(1) < int64(nth) {
						up.answer(w, r, r.Method+" "+strings.TrimPrefix(r.URL.EscapedPath(), services))
						return
					}
					apitest.Says(500, page)(w, r)
				}})
				fault{status: 502, code: problem.UpstreamError, upstream: 500, maybe: true}.check(t, g.ask(t, op))
				if n := len(g.upstream.commands()); n != nth {
					t.Errorf("got %d requests upstream, want %d", n, nth)
				}
			})
		}
	}
}

// patience is a budget in which a busy machine gets a request sent, of which one that is repeated has half.
const patience = 6 * time.Second

func TestServerHangs_TheCallerLearnsThatItMayHaveHappened(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	halfway := func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"serviceResult":`))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	for name, answer := range map[string]http.HandlerFunc{"before its answer": hang, "in its answer": halfway} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup // as tests run side by side only as many as there are cores, and these do nothing but wait
			for _, op := range operations() {
				all.Go(func() {
					g := setup(t, options{only: op.id, command: answer, budget: patience})
					fault{status: 504, code: problem.UpstreamTimeout, maybe: true}.check(t, g.ask(t, op))
					if n := len(g.upstream.commands()); n != 1 && !op.reads || n < 1 || n > 3 {
						t.Errorf("%s: got %d requests upstream, want 1, or up to 3 of what only reads", op.id, n)
					}
				})
			}
			all.Wait()
		})
	}
}

func TestServerIsNotThere_NothingCanHaveHappened(t *testing.T) {
	t.Parallel()
	// Nobody listens on port 1; a port that was just given back may be another test's by now.
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, url: "http://127.0.0.1:1" + base})
			fault{status: 502, code: problem.UpstreamError}.check(t, g.ask(t, op))
		})
	}
}

// TestConnectionBreaks_TheCommandIsSentOnce has the server hang up on what it got.
func TestConnectionBreaks_TheCommandIsSentOnce(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, command: func(w http.ResponseWriter, _ *http.Request) {
				if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
					_ = conn.Close()
				}
			}})
			fault{status: 502, code: problem.UpstreamError, maybe: true}.check(t, g.ask(t, op))
			// What can be repeated is, and net/http repeats it once more over a connection that was used before.
			if n := len(g.upstream.commands()); n != 1 && !op.reads || n < 1 || n > 6 {
				t.Errorf("got %d requests upstream, want 1, or a few of what only reads", n)
			}
		})
	}
}
