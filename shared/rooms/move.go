package rooms

import (
	"context"

	"gavel/shared/audit"
	"gavel/shared/table"
)

// move is what a changed room asks for at a provider that keeps a calendar. The task is written together with the
// change itself, so that it is not forgotten if this process ends in between.
type move struct {
	key     table.Key
	needed  bool
	changes []table.Change
}

// move gives the task for a room that was changed, if its provider is to be told.
func (s *Service) move(id string, before, after roomRecord) move {
	if after.Conference == "" || before.meeting(id) == after.meeting(id) || !s.closesByItself(after) {
		return move{}
	}
	key := dueKey(id, dueSort(s.now().Add(grace), kindMove+"#"+id))
	change := put(table.Item{Key: key, Version: table.Absent}, moveTask{Since: s.now().UTC()})
	return move{key: key, needed: true, changes: []table.Change{change}}
}

// carryOutMove tells the provider, and takes the task back when that is done.
func (s *Service) carryOutMove(ctx context.Context, caller, id string, m move) Effect {
	if !m.needed {
		return Effect{}
	}
	kind, effect, err := s.reschedule(ctx, id)
	if err != nil || effect.Provider == "" {
		return effect
	}
	told := effect.event(kind, audit.Person(caller), id)
	if effect.Err != nil {
		s.record(ctx, told)
		return effect
	}
	// If this fails the provider is told twice, which does no harm.
	s.record(ctx, told, table.Delete(m.key, table.Any))
	return effect
}

// reschedule tells the provider what the room is booked for now, whatever it was when the task was written. When the room
// is over its conference is closed: the provider has not heard of its end. It gives the type of the event as well.
func (s *Service) reschedule(ctx context.Context, id string) (string, Effect, error) {
	items, err := s.store.Get(ctx, roomKey(id))
	if err != nil {
		return "", Effect{}, err
	}
	r, err := table.Decode[roomRecord](items[0])
	if err != nil {
		return "", Effect{}, err
	}
	if r.statusAt(s.now()) == StatusEnded {
		return eventClosed, s.closeConference(ctx, r), nil
	}
	effect := Effect{Provider: r.Provider}
	p, err := s.provider(r.Provider)
	if err == nil {
		if calendar, scheduled := p.(Scheduler); scheduled {
			err = calendar.Reschedule(ctx, r.Conference, r.meeting(id))
		}
	}
	if err == nil {
		effect.Actions = []Action{{Name: "reschedule", Outcome: "updated"}}
	}
	return eventRescheduled, noted(ctx, effect, err), nil
}

// moveAgain does a task that was left over.
func (s *Service) moveAgain(ctx context.Context, id string, item table.Item, swept *Swept) error {
	task, err := table.Decode[moveTask](item)
	if err != nil {
		return err
	}
	if mine, err := s.claim(ctx, item, &task); !mine {
		return err
	}
	short, cancel := context.WithTimeout(ctx, longestTask)
	defer cancel()
	kind, effect, err := s.reschedule(short, id)
	if err != nil {
		return err
	}
	return s.conclude(ctx, item, &task, outcome{
		err: effect.Err, since: task.Since, event: effect.event(kind, audit.Clock(), id), done: &swept.Rescheduled,
	}, swept)
}
