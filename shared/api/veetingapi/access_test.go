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
	for name, stranger := range apitest.Strangers([]string{"jaas", "openmeetings"}, []string{"veeting", "veeting:", "veeting:meeting", "veeting:Accounts", "*", ""}) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{caller: stranger.Caller})
			g.untouched(t)
			for _, op := range operations() {
				if op.scope == "" {
					continue
				}
				problems.TurnsAway(t, op.id, stranger, g.ask(t, op), g.with(t, op, `{"`+rejected))
			}
		})
	}
}

// TestCaller_NeedsTheOneScopeOfTheOperation shows that either scope opens its own operations alone.
func TestCaller_NeedsTheOneScopeOfTheOperation(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"veeting:accounts", "veeting:meetings"} {
		for name, caller := range map[string]auth.Resolver{
			"a machine": apitest.Machine("jaas", scope), "a person": apitest.Person(scope),
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
