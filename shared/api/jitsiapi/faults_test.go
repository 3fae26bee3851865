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
	"gavel/local/standin"
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
type fault = apitest.Fault

func check(t testing.TB, f fault, got answer) problem.Problem {
	t.Helper()
	return f.Check(t, problems, got, jitsi.Provider, secretName)
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
	for _, f := range apitest.Faults(3) {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			for _, op := range calling() {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					g := failing(t, op, f.Answer, 0)
					p := check(t, f, g.ask(t, op))
					tries := f.Tries
					if op.once() {
						tries = 1
					}
					if op.id == "jitsi-room-occupants" && f.Code == problem.UpstreamCredentials {
						tries = 2 // the second with a token
					}
					if n := g.sent(op); n != tries {
						t.Errorf("got %d requests upstream, want %d", n, tries)
					}
					if f.Upstream == 404 && !strings.Contains(p.Detail, "nothing is served at this path") {
						t.Errorf("got %q, want it said that no module is there", p.Detail)
					}
				})
			}
		})
	}
}

// TestRoomOccupants_ThatAreNoListAreNotBelieved of which nothing can have happened.
func TestRoomOccupants_ThatAreNoListAreNotBelieved(t *testing.T) {
	t.Parallel()
	op := operationOf("room-occupants")
	for _, text := range []string{"fine", "", "null", `{"participants":2}`, `"x"`, `[{"jid":747}]`, `[{"jid":"a/b"`} {
		g := failing(t, op, standin.Says(200, text), 0)
		check(t, fault{Status: 502, Code: problem.UpstreamError, Upstream: 200}, g.ask(t, op))
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
		check(t, fault{Status: 502, Code: problem.UpstreamCredentials, Upstream: refusal}, g.ask(t, op))
		if reads := g.vault.Reads.Load(); reads != 2 || g.sent(op) != 1 {
			t.Errorf("%s: got %d reads and %d commands, want 2 and 1: the key is the same", op.id, reads, g.sent(op))
		}
		g.vault.Put(secretOf(g.upstream.url, map[string]any{
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

func TestServerHangs_TheCallerLearnsThatItMayHaveHappened(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup // as tests run side by side only as many as there are cores, and these do nothing but wait
	for _, op := range calling() {
		all.Go(func() {
			g := failing(t, op, standin.Hangs(""), standin.Patience)
			check(t, fault{Status: 504, Code: problem.UpstreamTimeout, Maybe: true}, g.ask(t, op))
			if n := g.sent(op); n != 1 && op.once() || n < 1 || n > 3 {
				t.Errorf("%s: got %d requests upstream, want 1, or up to 3 of what can be repeated", op.id, n)
			}
		})
	}
	all.Wait()
}

func TestServerIsNotThere_NothingCanHaveHappened(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, url: standin.Nowhere + base})
			check(t, fault{Status: 502, Code: problem.UpstreamError}, g.ask(t, op))
		})
	}
}

// TestConnectionBreaks_ACallIsSentOnce has the server hang up on what it got.
func TestConnectionBreaks_ACallIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, begin := range apitest.Breakings() {
		for _, op := range calling() {
			t.Run(name+" "+op.id, func(t *testing.T) {
				t.Parallel()
				g := failing(t, op, standin.Breaks(begin), 0)
				check(t, fault{Status: 502, Code: problem.UpstreamError, Maybe: true}, g.ask(t, op))
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
				for _, form := range []string{"%s", `{"error":"%s"}`, `{"message":"%s","x":["%s"]}`, standin.Page + "%s"} {
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
		standin.Says(status, strings.ReplaceAll(form, "%s", sent), "Location", "/x?"+r.Header.Get("Authorization"))(w, r)
	}
}
