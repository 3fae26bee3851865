package rooms

import (
	"context"
	"time"

	"gavel/shared/table"
)

// Reservation is what a provider that asks is told of a room whose conference may be held.
type Reservation struct {
	Conference string // as the provider calls it
	Start      time.Time
	End        time.Time // zero for a room that stays open until it is ended
	CreatedBy  string
	AskedAt    time.Time
}

// Reserved says whether a provider may hold the conference of a room now. Nobody stands behind the question but the
// provider itself, so any room that is bound to it is found. Its *Error is NotFound, NotStarted or Ended.
func (s *Service) Reserved(ctx context.Context, provider, id string) (Reservation, error) {
	items, err := s.store.Get(ctx, roomKey(id))
	if err != nil {
		return Reservation{}, err
	}
	record, err := table.Decode[roomRecord](items[0])
	if err != nil {
		return Reservation{}, err
	}
	if !items[0].Exists() || record.Provider != provider {
		return Reservation{}, &Error{Code: NotFound, Detail: "there is no such room"}
	}
	if err := s.canJoin(record); err != nil {
		return Reservation{}, err
	}
	return Reservation{
		Conference: record.Conference, Start: record.Start, End: record.End, CreatedBy: record.CreatedBy, AskedAt: s.now(),
	}, nil
}
