package openmeetingsapi_test

import (
	"testing"

	"gavel/local/apitest"
	"gavel/shared/auth"
)

func TestCaller_WhoMayNotIsRefusedAndNothingIsSent(t *testing.T) {
	t.Parallel()
	for name, stranger := range apitest.Strangers([]string{"jaas", "veeting:meetings"}, []string{"openmeetings:rooms", "OpenMeetings", "openmeeting", ""}) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{caller: stranger.Caller})
			g.untouched(t)
			for _, op := range operations() {
				problems.TurnsAway(t, op.id, stranger, g.ask(t, op), g.send(t, op.method, op.path, `{"`+rejected, nil))
			}
		})
	}
}

func TestCaller_WithTheScopeIsLetIn(t *testing.T) {
	t.Parallel()
	for name, caller := range map[string]auth.Resolver{
		"a machine": apitest.Machine("jaas", "openmeetings"), "a person": apitest.Person("openmeetings"),
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
