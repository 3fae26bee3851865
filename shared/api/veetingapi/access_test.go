package veetingapi_test

import (
	"context"
	"net/http"
	"testing"

	"gavel/local/apitest"
	"gavel/shared/auth"
	"gavel/shared/problem"
)

func TestCaller_WhoMayNotIsRefusedAndNothingIsSent(t *testing.T) {
	t.Parallel()
	person := func(context.Context) (auth.Principal, error) {
		return auth.Principal{Kind: auth.User, Name: "ada", Scopes: []string{"rooms"}}, nil
	}
	for name, tt := range map[string]struct {
		caller auth.Resolver
		status int
		code   problem.Code
	}{
		"nobody": {
			func(context.Context) (auth.Principal, error) { return auth.Principal{}, auth.ErrNoCredentials },
			http.StatusUnauthorized, problem.Unauthenticated,
		},
		"somebody else": {
			func(context.Context) (auth.Principal, error) { return auth.Principal{}, auth.ErrBadCredentials },
			http.StatusUnauthorized, problem.Unauthenticated,
		},
		"no scope":                 {apitest.Machine(), http.StatusForbidden, problem.Forbidden},
		"another group's scope":    {apitest.Machine("jaas", "openmeetings"), http.StatusForbidden, problem.Forbidden},
		"a scope that looks alike": {apitest.Machine("veeting", "veeting:", "veeting:meeting", "veeting:Accounts", "*", ""), http.StatusForbidden, problem.Forbidden},
		"a person without it":      {person, http.StatusForbidden, problem.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{caller: tt.caller})
			g.untouched(t)
			for _, op := range operations() {
				if op.scope == "" {
					continue
				}
				got := g.ask(t, op)
				isProblem(t, got, tt.status, tt.code)
				// Who may not is told nothing of what the request should be.
				isProblem(t, g.with(t, op, `{"`+rejected), tt.status, tt.code)
				if challenge := got.Header.Get("WWW-Authenticate"); (challenge != "") != (tt.status == http.StatusUnauthorized) {
					t.Errorf("%s: got WWW-Authenticate %q with HTTP %d", op.id, challenge, got.Status)
				}
			}
		})
	}
}

// TestCaller_NeedsTheOneScopeOfTheOperation shows that either scope opens its own operations alone.
func TestCaller_NeedsTheOneScopeOfTheOperation(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"veeting:accounts", "veeting:meetings"} {
		for name, caller := range map[string]auth.Resolver{
			"a machine": apitest.Machine("jaas", scope),
			"a person": func(context.Context) (auth.Principal, error) {
				return auth.Principal{Kind: auth.User, Name: "ada@example.org", Scopes: []string{scope}}, nil
			},
		} {
			t.Run(scope+" "+name, func(t *testing.T) {
				t.Parallel()
				g := setup(t, options{caller: caller})
				for _, op := range operations() {
					got := g.ask(t, op)
					if op.scope == scope || op.scope == "" {
						if got.Status != op.status {
							t.Errorf("%s: got HTTP %d, want %d: %s", op.id, got.Status, op.status, got.Body)
						}
						continue
					}
					isProblem(t, got, http.StatusForbidden, problem.Forbidden)
				}
			})
		}
	}
}

// TestWebhook_NeedsNoCaller because its sender has a key of its own.
func TestWebhook_NeedsNoCaller(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: webhookID, caller: func(context.Context) (auth.Principal, error) { return auth.Principal{}, auth.ErrBadCredentials }})
	if got := g.ask(t, operationOf("webhook")); got.Status != http.StatusOK {
		t.Errorf("got HTTP %d, want 200: %s", got.Status, got.Body)
	}
}
