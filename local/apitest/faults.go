package apitest

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/shared/problem"
)

// Patience is a budget in which a busy machine gets a request sent, of which one that is repeated has half.
const Patience = 6 * time.Second

// Nowhere is an address where nobody listens; a port that was just given back may be another test's by now.
const Nowhere = "http://127.0.0.1:1"

// Page is what a web server says that is not the meeting system's API.
const Page = "<!DOCTYPE html><html><body>Sign in</body></html>"

// Fault is a way in which a meeting system fails and what the caller is to learn of it.
type Fault struct {
	Name   string
	Answer http.HandlerFunc

	Status     int
	Code       problem.Code
	Upstream   int // upstreamStatus
	Maybe      bool
	RetryAfter string // the header of the answer
	// Tries is how often a call that can be repeated is sent.
	Tries int
}

// Faults are those that every meeting system can have. after500 is how often a call that can be repeated is sent when it is
// answered with 500, which some servers say of what cannot be repeated.
func Faults(after500 int) []Fault {
	const refused, keys, busy = problem.UpstreamError, problem.UpstreamCredentials, problem.UpstreamBusy
	return []Fault{
		{"400", Says(400, ""), 502, refused, 400, false, "", 1},
		{"401", Says(401, ""), 502, keys, 401, false, "", 1},
		{"403", Says(403, Page), 502, keys, 403, false, "", 1},
		{"404", Says(404, Page), 502, refused, 404, false, "", 1},
		{"405", Says(405, Page), 502, refused, 405, false, "", 1},
		{"406", Says(406, ""), 502, refused, 406, false, "", 1},
		{"429", Says(429, "", "Retry-After", "120"), 503, busy, 429, false, "120", 1},
		{"429 without a time", Says(429, ""), 503, busy, 429, false, "", 3},
		{"500", Says(500, ""), 502, refused, 500, true, "", after500},
		{"500 with a page", Says(500, Page), 502, refused, 500, true, "", after500},
		{"502", Says(502, Page), 502, refused, 502, true, "", 3},
		{"503", Says(503, "", "Retry-After", "7"), 503, busy, 503, false, "7", 1},
		{"503 without a time", Says(503, Page), 503, busy, 503, false, "", 3},
		{"504", Says(504, ""), 502, refused, 504, true, "", 3},
		{"a page that says yes", Says(200, Page), 502, refused, 200, true, "", 1},
		{"redirect", Says(302, "", "Location", "/elsewhere"), 502, refused, 302, false, "", 1},
		{"redirect that keeps the method", Says(307, "", "Location", "/elsewhere"), 502, refused, 307, false, "", 1},
	}
}

// Nonsense is a fault: the server answers with success and with what no such server says.
func Nonsense(name, body string) Fault {
	return Fault{Name: name, Answer: Says(http.StatusOK, body), Status: 502, Code: problem.UpstreamError, Upstream: 200, Maybe: true, Tries: 1}
}

// Check holds a problem document against what the caller is to learn of a fault of the provider's. secret is the full name
// of its secret.
func (f Fault) Check(t testing.TB, c Problems, got Answer, provider, secret string) problem.Problem {
	t.Helper()
	p := c.Is(t, got, f.Status, f.Code)
	if p.Provider != provider || p.UpstreamStatus != f.Upstream {
		t.Errorf("got provider %q, upstreamStatus %d, want %s, %d", p.Provider, p.UpstreamStatus, provider, f.Upstream)
	}
	if p.MayHaveHappened == nil || *p.MayHaveHappened != f.Maybe || strings.Contains(p.Detail, "may have been carried out") != f.Maybe {
		t.Errorf("got mayHaveHappened %v, want %v: %.500s", p.MayHaveHappened, f.Maybe, got.Body)
	}
	if after := got.Header.Get("Retry-After"); after != f.RetryAfter {
		t.Errorf("got Retry-After %q, want %q", after, f.RetryAfter)
	}
	if len(p.UpstreamBody) > 600 {
		t.Errorf("got %d bytes of upstreamBody, want a beginning", len(p.UpstreamBody))
	}
	if f.Code != problem.UpstreamCredentials {
		secret = ""
	}
	if p.Secret != secret || !strings.Contains(p.Detail, secret) {
		t.Errorf("got secret %q and detail %q, want %q in both", p.Secret, p.Detail, secret)
	}
	return p
}

// Hangs begins an answer, if there is a beginning, and never ends it.
func Hangs(beginning string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if beginning != "" {
			_, _ = io.WriteString(w, beginning)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}
}

// Breaks hangs up on what it got, after the first bytes of an answer.
func Breaks(beginning string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_, _ = io.WriteString(conn, beginning)
			_ = conn.Close()
		}
	}
}

// Breakings are where a server can hang up: the bytes of its answer until then.
func Breakings() map[string]string {
	return map[string]string{"at once": "", "in its answer": "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"}
}
