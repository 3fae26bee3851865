package rooms

import (
	"context"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
)

// Update is what to change of a room; nil leaves a value as it is.
type Update struct {
	Name  *string
	Start *time.Time
	End   *time.Time
}

// Update changes a room as one of its admins. The start can be moved until it has come, the end as
// long as it has not. A provider that keeps a calendar is told; what came of that is in the Effect.
func (s *Service) Update(ctx context.Context, caller, id string, u Update) (Room, Effect, error) {
	var v view
	var told move
	moved := false
	err := s.change(ctx, func(ctx context.Context) (changes []table.Change, err error) {
		if v, err = s.lookAsAdmin(ctx, id, caller); err != nil {
			return nil, err
		}
		before := v.record
		if err := v.record.apply(u, s.now()); err != nil || v.record == before {
			return nil, err
		}
		if moved = !v.record.End.Equal(before.End); moved {
			changes = replan(id, &v.record, v.record.End, endTask{})
		}
		told = s.move(id, before, v.record)
		updated := in(v.record.event(eventUpdated, audit.Person(caller), id), v.record.changed(before))
		return s.with(ctx, append(append(changes, told.changes...), put(v.room, v.record)), updated)
	})
	if err != nil {
		return Room{}, Effect{}, err
	}
	if moved {
		s.setAlarm(ctx, id, v.record)
	}
	return s.room(id, v.record, v.member), s.carryOutMove(ctx, caller, id, told), nil
}

func (r *roomRecord) apply(u Update, now time.Time) error {
	started := r.statusAt(now) == StatusStarted
	if u.Name != nil {
		r.Name = *u.Name
	}
	if u.Start != nil && !second(*u.Start).Equal(r.Start) {
		if started {
			return &Error{Code: Started, Detail: "the room has started; its start cannot be moved any more"}
		}
		r.Start = second(*u.Start)
	}
	if u.End != nil {
		if r.End = second(*u.End); r.End.IsZero() { // which stands for no end elsewhere
			return invalid("end_time", "expected a time in the future")
		}
	}
	if u.Start == nil && u.End == nil {
		return nil
	}
	return checkTimes(r.Start, r.End, now)
}
