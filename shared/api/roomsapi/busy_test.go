package roomsapi_test

import (
	"net/http"
	"strings"
	"testing"

	"gavel/shared/problem"
)

func isBusy(t *testing.T, got answer) {
	t.Helper()
	isProblem(t, got, http.StatusServiceUnavailable, problem.Unavailable)
	if after := got.Header.Get("Retry-After"); after != "1" {
		t.Errorf("got Retry-After %q, want 1", after)
	}
	if strings.Contains(string(got.Body), "throughput") {
		t.Errorf("got %s, which repeats the engine's words", got.Body)
	}
}

func TestBusyStore_IsToldAndChangesNothing(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			w := setup(t, options{})
			m := w.meet(t)
			before := w.send(t, as(owner), http.MethodGet, "/participant/room/"+m.room, "")
			if op.id != "rooms-create" { // which has nothing to read
				w.store.noReads.Store(true)
				isBusy(t, w.send(t, as(owner), op.method, m.at(op), op.body))
				w.store.noReads.Store(false)
			}
			w.store.noWrites.Store(true)
			got := w.send(t, as(owner), op.method, m.at(op), op.body)
			switch {
			case op.id == "rooms-create", op.id == "rooms-download-url", // the first one notes that the file is used
				op.final && op.id != "rooms-join" && op.id != "rooms-revoke-admin":
				isBusy(t, got)
			case got.Status != op.status: // what writes nothing, or nothing that matters
				t.Errorf("got HTTP %d with %s, want %d", got.Status, got.Body, op.status)
			}
			w.store.noWrites.Store(false)
			after := w.send(t, as(owner), http.MethodGet, "/participant/room/"+m.room, "")
			if string(before.Body) != string(after.Body) {
				t.Errorf("got the room %s, want it as before, %s", after.Body, before.Body)
			}
			if asked := len(w.asked.Exchanges()); asked != 0 {
				t.Errorf("JaaS got %d requests, want none: nothing has changed", asked)
			}
			if again := w.send(t, as(owner), op.method, m.at(op), op.body); again.Status != op.status {
				t.Errorf("got HTTP %d with %s at the second try, want %d", again.Status, again.Body, op.status)
			}
		})
	}
}
