package problem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"gavel/shared/problem"
)

func TestProblem_AsJSON(t *testing.T) {
	t.Parallel()
	happened, not := true, false
	for name, tt := range map[string]struct {
		change func(*problem.Problem)
		want   string // after the members that are always there
	}{
		"bare":         {func(*problem.Problem) {}, ``},
		"of a request": {func(p *problem.Problem) { p.RequestID = "Zl1x2jvqliAEPbw=" }, `,"requestId":"Zl1x2jvqliAEPbw="`},
		"with faults": {
			func(p *problem.Problem) {
				p.Errors = []problem.Fault{{Location: "body.phoneNo", Message: "expected a phone number"}, {Message: "unknown field"}}
			},
			`,"errors":[{"location":"body.phoneNo","message":"expected a phone number"},{"location":"","message":"unknown field"}]`,
		},
		"of a provider": {
			func(p *problem.Problem) {
				p.Provider, p.UpstreamStatus, p.UpstreamBody, p.MayHaveHappened = "jaas", 500, `{"error":"no"}`, &happened
			},
			`,"provider":"jaas","upstreamStatus":500,"upstreamBody":"{\"error\":\"no\"}","mayHaveHappened":true`,
		},
		// "no" is said, which nothing at all would not be.
		"that has not happened": {func(p *problem.Problem) { p.MayHaveHappened = &not }, `,"mayHaveHappened":false`},
		"of a secret":           {func(p *problem.Problem) { p.Secret = "gavel/veeting" }, `,"secret":"gavel/veeting"`},
		"with headers": {
			func(p *problem.Problem) { p.RetryAfter, p.Allow = time.Second, "POST" }, ``,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := problem.New(http.StatusBadGateway, problem.UpstreamError, "the provider refused the command")
			tt.change(p)
			want := `{"type":"urn:gavel:problem:upstream_error","title":"Bad Gateway","status":502,` +
				`"detail":"the provider refused the command","code":"upstream_error"` + tt.want + `}`
			got, err := json.Marshal(p)
			if err != nil || string(got) != want {
				t.Errorf("got %s, %v, want %s", got, err, want)
			}
		})
	}
}

func TestProblem_Headers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status     int
		retryAfter time.Duration
		allow      string
		want       map[string]string
	}{
		"none":                       {status: 422},
		"no time":                    {status: 503, retryAfter: 0},
		"time gone by":               {status: 503, retryAfter: -time.Second},
		"a nanosecond":               {status: 503, retryAfter: 1, want: map[string]string{"Retry-After": "1"}},
		"a second":                   {status: 503, retryAfter: time.Second, want: map[string]string{"Retry-After": "1"}},
		"a second and a bit":         {status: 503, retryAfter: time.Second + 1, want: map[string]string{"Retry-After": "2"}},
		"a day":                      {status: 503, retryAfter: 24 * time.Hour, want: map[string]string{"Retry-After": "86400"}},
		"a method that is not there": {status: 405, allow: "GET, POST", want: map[string]string{"Allow": "GET, POST"}},
		"no credentials":             {status: 401, want: map[string]string{"Www-Authenticate": `Bearer realm="gavel"`}},
		"credentials that may not":   {status: 403},
		"all": {
			status: 401, retryAfter: 1500 * time.Millisecond, allow: "GET",
			want: map[string]string{"Retry-After": "2", "Allow": "GET", "Www-Authenticate": `Bearer realm="gavel"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := problem.New(tt.status, problem.Internal, "")
			p.RetryAfter, p.Allow = tt.retryAfter, tt.allow
			got := map[string]string{}
			for name, values := range p.GetHeaders() {
				if len(values) != 1 {
					t.Errorf("%s: got %q, want one value", name, values)
				}
				got[name] = values[0]
			}
			if !maps.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestProblem_IsAnError(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("ban: %w", problem.New(http.StatusNotFound, problem.NotFound, "no such room"))
	var got *problem.Problem
	if !errors.As(err, &got) || got.Error() != "not_found: no such room" {
		t.Fatalf("got %v, want the problem", err)
	}
	if got.GetStatus() != http.StatusNotFound {
		t.Errorf("got status %d, want 404", got.GetStatus())
	}
	for _, negotiated := range []string{"application/json", "text/html", ""} {
		if got, want := got.ContentType(negotiated), "application/problem+json"; got != want {
			t.Errorf("asked for %q: got %q, want %q", negotiated, got, want)
		}
	}
}

// Callers branch on the codes, so they are never to change.
func TestCodes_StayAsTheyAre(t *testing.T) {
	t.Parallel()
	for code, want := range map[problem.Code]string{
		problem.InvalidRequest: "invalid_request", problem.Unauthenticated: "unauthenticated", problem.Forbidden: "forbidden",
		problem.NotFound: "not_found", problem.MethodNotAllowed: "method_not_allowed", problem.TooLarge: "too_large",
		problem.UpstreamError: "upstream_error", problem.UpstreamCredentials: "upstream_credentials",
		problem.UpstreamBusy: "upstream_busy", problem.UpstreamTimeout: "upstream_timeout",
		problem.NotConfigured: "not_configured", problem.Unavailable: "unavailable", problem.Internal: "internal_error",
		problem.IdempotencyMismatch: "idempotency_mismatch", problem.IdempotencyInFlight: "idempotency_in_flight",
		problem.IdempotencyUnknown: "idempotency_unknown",
	} {
		if string(code) != want {
			t.Errorf("got %q, want %q", code, want)
		}
		if got, want := problem.New(http.StatusTeapot, code, "").Type, "urn:gavel:problem:"+want; got != want {
			t.Errorf("got type %q, want %q", got, want)
		}
	}
}
