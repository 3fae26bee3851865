package openmeetingsapi_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gavel/local/apitest"
	"gavel/local/standin"
	"gavel/shared/openmeetings"
	"gavel/shared/problem"
)

// fault is a way in which the server fails and what the caller is to learn of it.
type fault = apitest.Fault

func check(t testing.TB, f fault, got answer) problem.Problem {
	t.Helper()
	return f.Check(t, problems, got, openmeetings.Provider, secretName)
}

const nullThing = `Cannot invoke \"org.apache.openmeetings.db.entity.room.Room.getId()\" because \"r\" is null`

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

// faults are those of any server, of which a 500 is not tried again, and those of answers that are not OpenMeetings'.
func faults() []fault {
	return append(apitest.Faults(1),
		fault{
			Name: "500 with another JSON", Answer: standin.Says(500, `{"error":"no"}`), Status: 502, Code: problem.UpstreamError, Upstream: 500, Maybe: true, Tries: 1,
		},
		apitest.Nonsense("JSON cut off", `{"roomDTO":{"id":2,"name":"Stand-up`),
		apitest.Nonsense("another root", `{"thing":{"id":2},"type":"SUCCESS"}`),
		apitest.Nonsense("nothing", ""),
		apitest.Nonsense("text", "fine"),
		apitest.Nonsense("a list for an object", `[{"id":2}]`),
		apitest.Nonsense("null", `null`),
	)
}

// everywhere are the faults that are tried on each operation, and not only on the sample.
var everywhere = map[string]bool{
	"401": true, "429": true, "500": true, "500 with a page": true, "502": true, "503": true, "a page that says yes": true,
	"JSON cut off": true, "another root": true,
}

func TestServerFails_TheCallerLearnsWhatMatters(t *testing.T) {
	t.Parallel()
	for _, f := range faults() {
		ops := sample()
		if everywhere[f.Name] {
			ops = operations()
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			for _, op := range ops {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					g := setup(t, options{only: op.id, command: f.Answer})
					check(t, f, g.ask(t, op))
					tries := 1
					if op.reads {
						tries = f.Tries
					}
					if n := len(g.upstream.commands()); n != tries {
						t.Errorf("got %d requests upstream, want %d", n, tries)
					}
				})
			}
		})
	}
}

// TestServerSaysMore_ThanAFunctionCanPassOn has a list of users beyond 5 MiB, and one of just that.
func TestServerSaysMore_ThanAFunctionCanPassOn(t *testing.T) {
	t.Parallel()
	op := operationOf("list-users")
	const before, after = `{"userDTO":[{"id":7,"login":"`, `"}]}`
	whole := before + strings.Repeat("x", 5<<20-len(before+after)) + after
	g := setup(t, options{only: op.id, command: standin.Says(200, whole)})
	if got := g.ask(t, op); got.Status != op.status || len(got.Body) < 5<<20-100 {
		t.Errorf("got HTTP %d with %d bytes, want all of 5 MiB", got.Status, len(got.Body))
	}
	g = setup(t, options{only: op.id, command: standin.Says(200, whole+" ")})
	check(t, fault{Status: 502, Code: problem.UpstreamError, Upstream: 200, Maybe: true}, g.ask(t, op))
}

// TestServerRefuses_WithStatus200 is about an ERROR that looks like a success.
func TestServerRefuses_WithStatus200(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, command: standin.Says(200, refusal("No such luck"))})
			got := g.ask(t, op)
			// Where a thing is expected, that is an answer no server would give.
			p := check(t, fault{Status: 502, Code: problem.UpstreamError, Upstream: 200, Maybe: !op.says}, got)
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
			g := setup(t, options{only: op.id, command: standin.Says(500, refusal(nullThing), "exception", "null")})
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
		check(t, fault{Status: 502, Code: problem.UpstreamError, Upstream: upstream, Maybe: true}, got)
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
			g := setup(t, options{only: op.id, command: standin.Says(204, "")})
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
					standin.Says(500, standin.Page)(w, r)
				}})
				check(t, fault{Status: 502, Code: problem.UpstreamError, Upstream: 500, Maybe: true}, g.ask(t, op))
				if n := len(g.upstream.commands()); n != nth {
					t.Errorf("got %d requests upstream, want %d", n, nth)
				}
			})
		}
	}
}

func TestServerHangs_TheCallerLearnsThatItMayHaveHappened(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{"before its answer": standin.Hangs(""), "in its answer": standin.Hangs(`{"serviceResult":`)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup // as tests run side by side only as many as there are cores, and these do nothing but wait
			for _, op := range operations() {
				all.Go(func() {
					g := setup(t, options{only: op.id, command: answer, budget: standin.Patience})
					check(t, fault{Status: 504, Code: problem.UpstreamTimeout, Maybe: true}, g.ask(t, op))
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
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, url: standin.Nowhere + base})
			check(t, fault{Status: 502, Code: problem.UpstreamError}, g.ask(t, op))
		})
	}
}

// TestConnectionBreaks_TheCommandIsSentOnce has the server hang up on what it got.
func TestConnectionBreaks_TheCommandIsSentOnce(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, command: standin.Breaks("")})
			check(t, fault{Status: 502, Code: problem.UpstreamError, Maybe: true}, g.ask(t, op))
			// What can be repeated is, and net/http repeats it once more over a connection that was used before.
			if n := len(g.upstream.commands()); n != 1 && !op.reads || n < 1 || n > 6 {
				t.Errorf("got %d requests upstream, want 1, or a few of what only reads", n)
			}
		})
	}
}
