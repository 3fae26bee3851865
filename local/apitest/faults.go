package apitest

import (
	"net/http"
	"strings"
	"testing"

	"gavel/local/standin"
	"gavel/shared/problem"
)

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
		{"400", standin.Says(400, ""), 502, refused, 400, false, "", 1},
		{"401", standin.Says(401, ""), 502, keys, 401, false, "", 1},
		{"403", standin.Says(403, standin.Page), 502, keys, 403, false, "", 1},
		{"404", standin.Says(404, standin.Page), 502, refused, 404, false, "", 1},
		{"405", standin.Says(405, standin.Page), 502, refused, 405, false, "", 1},
		{"406", standin.Says(406, ""), 502, refused, 406, false, "", 1},
		{"429", standin.Says(429, "", "Retry-After", "120"), 503, busy, 429, false, "120", 1},
		{"429 without a time", standin.Says(429, ""), 503, busy, 429, false, "", 3},
		{"500", standin.Says(500, ""), 502, refused, 500, true, "", after500},
		{"500 with a page", standin.Says(500, standin.Page), 502, refused, 500, true, "", after500},
		{"502", standin.Says(502, standin.Page), 502, refused, 502, true, "", 3},
		{"503", standin.Says(503, "", "Retry-After", "7"), 503, busy, 503, false, "7", 1},
		{"503 without a time", standin.Says(503, standin.Page), 503, busy, 503, false, "", 3},
		{"504", standin.Says(504, ""), 502, refused, 504, true, "", 3},
		{"a page that says yes", standin.Says(200, standin.Page), 502, refused, 200, true, "", 1},
		{"redirect", standin.Says(302, "", "Location", "/elsewhere"), 502, refused, 302, false, "", 1},
		{"redirect that keeps the method", standin.Says(307, "", "Location", "/elsewhere"), 502, refused, 307, false, "", 1},
	}
}

// Nonsense is a fault: the server answers with success and with what no such server says.
func Nonsense(name, body string) Fault {
	return Fault{Name: name, Answer: standin.Says(http.StatusOK, body), Status: 502, Code: problem.UpstreamError, Upstream: 200, Maybe: true, Tries: 1}
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

// Breakings are where a server can hang up: the bytes of its answer until then.
func Breakings() map[string]string {
	return map[string]string{"at once": "", "in its answer": standin.Begun}
}
