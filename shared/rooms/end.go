package rooms

import (
	"context"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
)

// MaxTimeLeft is the longest time after which End can end a room.
const MaxTimeLeft = 7 * 24 * time.Hour

// End sets the end of a room to so much time from now, and ends it at once with 0; it is for
// admins. A later call takes the place of an earlier one until the end has come. The conference of
// a room that ends at once is closed, and a provider that keeps a calendar is told of any other end; what came of that is
// in the Effect.
func (s *Service) End(ctx context.Context, caller, id string, left time.Duration) (Room, Effect, error) {
	var v view
	var told move
	err := s.change(ctx, func(ctx context.Context) (changes []table.Change, err error) {
		if v, err = s.lookAsAdmin(ctx, id, caller); err != nil {
			return nil, err
		}
		now, before := s.now(), v.record
		v.record.End = second(now.Add(left))
		due := v.record.End
		if left == 0 {
			v.record.End = now.UTC().Truncate(time.Millisecond) // not rounded, as messages are not
			due = now.Add(grace)                                // closed by this call, unless something comes between
		}
		changes = replan(id, &v.record, due, endTask{Early: left == 0})
		if left != 0 { // else the conference is closed
			told = s.move(id, before, v.record)
		}
		ended := in(v.record.event(eventEnded, audit.Person(caller), id), v.record.times())
		if left != 0 {
			ended.Type = eventEndSet
		}
		return s.with(ctx, append(append(changes, told.changes...), put(v.room, v.record)), ended)
	})
	if err != nil {
		return Room{}, Effect{}, err
	}
	s.setAlarm(ctx, id, v.record)
	effect := s.carryOutMove(ctx, caller, id, told)
	if left == 0 {
		effect = s.closeNow(ctx, caller, id, v.record)
	}
	return s.room(id, v.record, v.member), effect, nil
}

// closeNow closes the conference of a room that has just ended and leaves word of it for the task
// that finishes the room, which would close it once more otherwise.
func (s *Service) closeNow(ctx context.Context, caller, id string, r roomRecord) Effect {
	effect := s.closeConference(ctx, r)
	if effect.Provider == "" {
		return effect
	}
	closed := effect.event(eventClosed, audit.Person(caller), id)
	if effect.Err != nil {
		s.record(ctx, closed)
		return effect
	}
	s.record(ctx, closed, s.closedNote(ctx, dueKey(id, r.Due), true)...)
	return effect
}

// closedNote makes the change that notes in a room's end that its conference is closed; none where there is no such task
// any more. Without the note it is closed twice, which does no harm.
func (s *Service) closedNote(ctx context.Context, key table.Key, early bool) []table.Change {
	items, err := s.store.Get(ctx, key)
	if err != nil || !items[0].Exists() {
		return nil
	}
	return []table.Change{put(items[0], endTask{Closed: true, Early: early})}
}
