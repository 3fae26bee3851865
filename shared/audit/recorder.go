package audit

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gavel/shared/logs"
	"gavel/shared/table"
)

// RecordTime bounds how long an event that stands alone is tried to be written.
const RecordTime = 2 * time.Second

// errNoTable says that there is nowhere to keep events.
var errNoTable = errors.New("GAVEL_TABLE is not set")

// Recorder writes the events of what changes no state of ours, such as a command to a meeting system. It is safe for
// concurrent use. Nil is one of nowhere to write.
type Recorder struct {
	store func() table.Store
	trail Trail
	now   func() time.Time
}

// NewRecorder makes a Recorder. The store is asked for when there is something to write.
func NewRecorder(store func() table.Store, trail Trail, now func() time.Time) *Recorder {
	return &Recorder{store: store, trail: trail, now: now}
}

// Record writes the event of something that was done. It does so also for a caller who has gone, and with what the event
// tells of having taken all of the caller's time. What was done was done: if the event cannot be written that is Lost.
func (r *Recorder) Record(ctx context.Context, e Event) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), RecordTime)
	defer cancel()
	if err := r.write(ctx, e); err != nil {
		Lost(ctx, e, err)
	}
}

func (r *Recorder) write(ctx context.Context, e Event) error {
	if r == nil {
		return errNoTable
	}
	changes, err := r.trail.Changes(ctx, r.now(), e)
	if err != nil {
		return err
	}
	return r.store().Write(ctx, changes...)
}

// Lost notes that an event was not written, or that nobody knows whether it was: in the log, and as the metric eventsLost
// of the call. The log says what an event may say.
func Lost(ctx context.Context, e Event, err error) {
	slog.ErrorContext(ctx, "an event was not written", "event", e.Type, "provider", e.Provider, "outcome", e.Outcome, "error", err)
	logs.AddMetrics(ctx, logs.Metric{Name: "eventsLost", Unit: logs.Count, Value: 1})
}
