package openmeetingsapi_test

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
		"another group's scope":    {apitest.Machine("jaas", "veeting:meetings"), http.StatusForbidden, problem.Forbidden},
		"a scope that looks alike": {apitest.Machine("openmeetings:rooms", "OpenMeetings", "openmeeting", ""), http.StatusForbidden, problem.Forbidden},
		"a person without it":      {person, http.StatusForbidden, problem.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{caller: tt.caller})
			g.untouched(t)
			for _, op := range operations() {
				got := g.ask(t, op)
				isProblem(t, got, tt.status, tt.code)
				// Who may not is told nothing of what the request should be.
				isProblem(t, g.send(t, op.method, op.path, `{"`+rejected, nil), tt.status, tt.code)
				if challenge := got.Header.Get("WWW-Authenticate"); (challenge != "") != (tt.status == http.StatusUnauthorized) {
					t.Errorf("%s: got WWW-Authenticate %q with HTTP %d", op.id, challenge, got.Status)
				}
			}
		})
	}
}

func TestCaller_WithTheScopeIsLetIn(t *testing.T) {
	t.Parallel()
	for name, caller := range map[string]auth.Resolver{
		"a machine": apitest.Machine("jaas", "openmeetings"),
		"a person": func(context.Context) (auth.Principal, error) {
			return auth.Principal{Kind: auth.User, Name: "ada@example.org", Scopes: []string{"openmeetings"}}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{caller: caller})
			for _, op := range operations() {
				if got := g.ask(t, op); got.Status != op.status {
					t.Errorf("%s: got HTTP %d, want %d: %s", op.id, got.Status, op.status, got.Body)
				}
			}
		})
	}
}
