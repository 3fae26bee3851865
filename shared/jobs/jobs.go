// Package jobs holds what EventBridge has done: events in, no answer out.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"gavel/shared/logs"
	"gavel/shared/rooms"
)

// Finisher finishes a room whose end has come.
type Finisher interface {
	FinishRoom(ctx context.Context, id string) (rooms.Swept, error)
}

// RoomEnd is the event of a room's one-off schedule.
type RoomEnd struct {
	RoomID string `json:"room_id"`
}

// EndRoom finishes the room of the event. A room that is not due, because its end was moved
// meanwhile, is left alone; what a provider failed to do is left to the sweep.
func EndRoom(s Finisher) func(context.Context, RoomEnd) error {
	return func(ctx context.Context, event RoomEnd) error {
		id, err := rooms.ParseID(event.RoomID)
		if err != nil {
			return fmt.Errorf("the event names no room: %w", err)
		}
		logs.Add(ctx, slog.String("room", id))
		swept, err := s.FinishRoom(ctx, id)
		count(ctx, swept)
		return err
	}
}

// Sweeper does what is due.
type Sweeper interface {
	Sweep(ctx context.Context) (rooms.Swept, error)
}

// Cleanup does what is due, whatever the event says.
func Cleanup(s Sweeper) func(context.Context, json.RawMessage) error {
	return func(ctx context.Context, _ json.RawMessage) error {
		swept, err := s.Sweep(ctx)
		count(ctx, swept)
		return err
	}
}

// count notes what a run did, for its log line and as metrics.
func count(ctx context.Context, swept rooms.Swept) {
	logs.AddMetrics(ctx,
		logs.Metric{Name: "roomsFinished", Unit: logs.Count, Value: swept.Finished},
		logs.Metric{Name: "guestsExpelled", Unit: logs.Count, Value: swept.Expelled},
		logs.Metric{Name: "meetingsRescheduled", Unit: logs.Count, Value: swept.Rescheduled},
		logs.Metric{Name: "filesRemoved", Unit: logs.Count, Value: swept.Removed},
		logs.Metric{Name: "tasksFailed", Unit: logs.Count, Value: swept.Failed},
		logs.Metric{Name: "tasksGivenUp", Unit: logs.Count, Value: swept.GivenUp},
		logs.Metric{Name: "tasksLeft", Unit: logs.Count, Value: swept.Left},
		logs.Metric{Name: "oldestDueSeconds", Unit: logs.Seconds, Value: int(swept.Oldest.Seconds())},
	)
}
