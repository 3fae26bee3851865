package rooms_test

import (
	"context"
	"testing"
	"time"

	"gavel/shared/rooms"
)

// A call whose reasons have gone by the time it writes is refused like one that comes after.
func TestChanges_RestOnWhatWasRead(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for name, meanwhile := range map[string]struct {
			act  func(ctx context.Context, room string) error
			want func(op operation) rooms.Code
		}{
			"the room ends": {
				func(ctx context.Context, room string) error {
					_, _, err := w.End(ctx, ada, room, 0)
					return err
				},
				func(op operation) rooms.Code { return op.admin[2] },
			},
			"the caller is removed": {
				func(ctx context.Context, room string) error {
					_, err := w.RemoveParticipant(ctx, ada, room, bob, 0)
					return err
				},
				func(operation) rooms.Code { return rooms.NotFound },
			},
			"the caller is no admin any more": {
				func(ctx context.Context, room string) error {
					_, err := w.RevokeAdmin(ctx, ada, room, bob)
					return err
				},
				func(op operation) rooms.Code { return op.participant[1] },
			},
		} {
			for i, op := range operations("") {
				if op.name == "download" || op.name == "send a file" || i%w.size(1, 3) > 0 {
					continue // the first two need a file, and rest on the same as others
				}
				if op.name == "join" {
					continue // it changes nothing: what it writes is that the link was made
				}
				room := w.open(t, bob, "eve")
				w.grant(t, room.ID, bob)
				w.step(time.Second)
				w.prepare(t, op, room.ID)
				w.store.set(trap{kind: writeCall, n: 1, before: func() error { return meanwhile.act(t.Context(), room.ID) }})
				err := op.call(t.Context(), w, bob, room.ID)
				if !w.store.disarm() {
					answered(t, name+" before it writes: "+op.name, err, meanwhile.want(op))
				}
			}
		}
	})
}

// prepare leaves an operation something to do.
func (w *world) prepare(t *testing.T, op operation, room string) {
	t.Helper()
	switch op.name {
	case "add":
		if _, err := w.RemoveParticipant(t.Context(), ada, room, "eve", 0); err != nil {
			t.Fatal(err)
		}
	case "revoke":
		w.grant(t, room, "eve")
	}
}
