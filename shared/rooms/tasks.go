package rooms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
)

const (
	// usualTask is what a provider that does not answer makes of a task, unless it is given more time than usual. What
	// takes longer, and is cut off by the end of the function, is done again when the claim is over.
	usualTask = 12 * time.Second
	// longestTask is how long a provider is given for a task.
	longestTask = 30 * time.Second
	// hold is how long a task is kept from others while a provider is asked. It outlasts the asking, and the writing down
	// of what came of it.
	hold = 2 * longestTask
	// retryFirst and retryLongest bound the time between two tries at a provider, which doubles.
	retryFirst   = 15 * time.Second
	retryLongest = 15 * time.Minute
	// giveUp is after how long a task that the provider keeps failing is dropped: no admission to
	// the conference is good any more by then.
	giveUp = longestLifetime
)

// doTask does one task. Its error is about the state; a provider that fails is counted.
func (s *Service) doTask(ctx context.Context, item table.Item, swept *Swept) error {
	parts := strings.Split(item.Sort, "#")
	if len(parts) < 3 {
		return fmt.Errorf("a task has the key %q", item.Sort)
	}
	switch kind, room := parts[1], parts[2]; kind {
	case kindEnd:
		return s.finish(ctx, room, item, swept)
	case kindMove:
		return s.moveAgain(ctx, room, item, swept)
	case kindExpel:
		return s.expelAgain(ctx, room, item, swept)
	case kindFile:
		return s.removeOrphan(ctx, room, item, swept)
	default: // of a later version, which may be back soon
		return fmt.Errorf("a task is of the unknown kind %q", kind)
	}
}

// claim takes a task for as long as a provider may take, together with more changes. It says whether the task was to
// be had: somebody else may be at it, or have done it.
func (s *Service) claim(ctx context.Context, item table.Item, t task, more ...table.Change) (bool, error) {
	a := t.tried()
	if a.Held.After(s.now()) {
		return false, nil
	}
	a.Held = s.now().Add(hold).UTC()
	return s.settle(ctx, nil, append(more, put(item, t))...)
}

// outcome is what came of a claimed task.
type outcome struct {
	err   error
	since time.Time   // when the task was first tried
	event audit.Event // says what was done; of no type where nobody is to be told
	done  *int        // counts those that succeed
}

// conclude writes what came of a claimed task, with its event: done, given up, or put off.
func (s *Service) conclude(ctx context.Context, item table.Item, t task, o outcome, swept *Swept) error {
	switch {
	case o.err == nil:
		*o.done++
	case s.tooLate(ctx, o.since):
		swept.GivenUp++
		o.event.Outcome = audit.GaveUp
	default:
		swept.Failed++
		return s.later(ctx, item.Key, t, o.event)
	}
	_, err := s.settle(ctx, told(o.event), table.Delete(item.Key, table.Any)) // the task is done, whoever holds it by now
	return err
}

// told gives the events to write of one.
func told(e audit.Event) []audit.Event {
	if e.Type == "" || e.Provider == "" {
		return nil
	}
	return []audit.Event{e}
}

// later puts a claimed task off that has failed once more. If the claim was too short and the task is another one's by
// now, or done, it is left to them.
func (s *Service) later(ctx context.Context, key table.Key, t task, e audit.Event) error {
	a := t.tried()
	_, rest, _ := strings.Cut(key.Sort, "#")
	next := table.Key{Partition: key.Partition, Sort: dueSort(s.now().Add(retryAfter(a.Tries+1)), rest)}
	items, err := s.store.Get(ctx, key, next)
	if err != nil {
		return err
	}
	stored, err := table.Decode[attempts](items[0])
	if err != nil || !items[0].Exists() || !stored.Held.Equal(a.Held) {
		return err
	}
	a.Tries, a.Held = a.Tries+1, time.Time{}
	again := create(next, t)
	if items[1].Exists() { // another task to do the same, due then as well: one of them is enough
		again = table.Check(items[1])
	}
	_, err = s.settle(ctx, told(e), table.Delete(key, items[0].Version), again)
	return err
}

// finish closes the conference of a room that is over and takes the room off the lists of open
// ones. It can be interrupted anywhere and begins anew then.
func (s *Service) finish(ctx context.Context, id string, item table.Item, swept *Swept) error {
	task, err := table.Decode[endTask](item)
	if err != nil {
		return err
	}
	rooms, err := s.store.Get(ctx, roomKey(id))
	if err != nil {
		return err
	}
	record, err := table.Decode[roomRecord](rooms[0])
	if err != nil {
		return err
	}
	if record.Due != item.Sort {
		_, err := s.settle(ctx, nil, table.Delete(item.Key, item.Version)) // replaced meanwhile
		return err
	}
	var events []audit.Event
	if !task.Closed && s.canBeOpen(record) && (task.Early || !s.closesByItself(record)) {
		closed, goOn, err := s.closeInTime(ctx, id, item, &task, rooms[0], record, swept)
		if !goOn {
			return err
		}
		events = told(closed)
	}
	if err := s.takeOffLists(ctx, id); err != nil {
		return err
	}
	record.Due = ""
	// The room has the version it was read with, so that this is still its task, whoever holds it by now.
	events = append(events, in(record.event(eventFinished, audit.Clock(), id), record.times()))
	done, err := s.settle(ctx, events, table.Delete(item.Key, table.Any), put(rooms[0], record))
	if done {
		swept.Finished++
	}
	return err
}

// closeInTime closes the conference of a room that is over. It gives the event of that and whether the room can be finished
// now, so that both are written together. Otherwise somebody else is at it, or the provider has failed and the room is to
// be finished later.
func (s *Service) closeInTime(
	ctx context.Context, id string, item table.Item, task *endTask, room table.Item, record roomRecord, swept *Swept,
) (closed audit.Event, goOn bool, err error) {
	if mine, err := s.claim(ctx, item, task); !mine {
		return closed, false, err
	}
	short, cancel := context.WithTimeout(ctx, longestTask)
	defer cancel()
	effect := s.closeConference(short, record)
	closed = effect.event(eventClosed, audit.Clock(), id)
	switch {
	case effect.Err == nil:
		if record.Participants > table.MaxWrite { // taking those off their lists can outlast the claim
			s.record(ctx, closed, s.closedNote(ctx, item.Key, task.Early)...)
			return audit.Event{}, true, nil
		}
		return closed, true, nil
	case s.tooLate(ctx, record.End):
		swept.GivenUp++
		closed.Outcome = audit.GaveUp
		return closed, true, nil
	}
	swept.Failed++
	task.Tries, task.Held = task.Tries+1, time.Time{}
	changes := replan(id, &record, s.now().Add(retryAfter(task.Tries)), *task)
	_, err = s.settle(ctx, told(closed), append(changes, put(room, record))...)
	return closed, false, err
}

// takeOffLists takes a room off the lists of open rooms of all its participants.
func (s *Service) takeOffLists(ctx context.Context, id string) error {
	after := ""
	for {
		items, err := s.store.Query(ctx, table.Range{
			Partition: roomPartition(id), Prefix: memberPrefix, After: after, Limit: table.MaxWrite,
		})
		if err != nil || len(items) == 0 {
			return err
		}
		changes := make([]table.Change, len(items))
		for i, item := range items {
			member, err := table.Decode[memberRecord](item)
			if err != nil {
				return err
			}
			changes[i] = table.Delete(openKey(member.User, id), table.Any)
			after = item.Sort
		}
		if _, err := s.settle(ctx, nil, changes...); err != nil {
			return err
		}
	}
}

func (s *Service) expelAgain(ctx context.Context, room string, item table.Item, swept *Swept) error {
	task, err := table.Decode[expelTask](item)
	if err != nil {
		return err
	}
	if mine, err := s.claim(ctx, item, &task); !mine {
		return err
	}
	short, cancel := context.WithTimeout(ctx, longestTask)
	defer cancel()
	effect := s.expel(short, task.Provider, task.Conference, task.guests())
	return s.conclude(ctx, item, &task, outcome{
		err: effect.Err, since: task.Since, event: to(effect.event(eventExpelled, audit.Clock(), room), task.User), done: &swept.Expelled,
	}, swept)
}

// tooLate says whether to give up on a task that has failed since a time.
func (s *Service) tooLate(ctx context.Context, since time.Time) bool {
	late := s.now().Sub(since) > giveUp
	if late {
		slog.ErrorContext(ctx, "provider kept failing, gave up", "since", since)
	}
	return late
}

// settle writes what came of a task, with its events, and says whether that was still to be written. If somebody else has
// done the task meanwhile, or changed the room, that is fine: the next sweep looks again.
func (s *Service) settle(ctx context.Context, events []audit.Event, changes ...table.Change) (bool, error) {
	changes, err := s.with(ctx, changes, events...)
	if err != nil {
		return false, err
	}
	err = s.store.Write(ctx, changes...)
	if errors.Is(err, table.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}

func retryAfter(tries int) time.Duration {
	return min(retryFirst<<min(tries-1, 10), retryLongest)
}
