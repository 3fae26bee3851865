package rooms

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
)

const (
	sweepBatch = 25
	// longestTask is what a provider that does not answer makes of a task.
	longestTask = 12 * time.Second
	// retryFirst and retryLongest bound the time between two tries at a provider, which doubles.
	retryFirst   = 15 * time.Second
	retryLongest = 15 * time.Minute
	// giveUp is after how long a task that the provider keeps failing is dropped: no admission to
	// the conference is good any more by then.
	giveUp = longestLifetime
)

// Swept counts what a Sweep did.
type Swept struct {
	Finished int // rooms
	Expelled int // guests
	Failed   int // tasks that will be tried again
}

// Sweep does what is due: it finishes rooms whose end has come and repeats what failed at a
// provider. It works until nothing is due or the context is about to end. What it costs depends on
// what is due, not on how many rooms there are.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	var swept Swept
	for _, shard := range dueShards {
		if runsOut(ctx) {
			return swept, nil
		}
		if err := s.sweepShard(ctx, string(shard), &swept); err != nil {
			return swept, err
		}
	}
	return swept, nil
}

func (s *Service) sweepShard(ctx context.Context, shard string, swept *Swept) error {
	after := ""
	for {
		items, err := s.store.Query(ctx, table.Range{Partition: dueShard(shard), Prefix: "0", After: after, Limit: sweepBatch})
		if err != nil {
			return err
		}
		for _, item := range items {
			if dueTime(item.Sort).After(s.now()) || runsOut(ctx) {
				return nil
			}
			if err := s.doTask(ctx, item, swept); err != nil {
				return err
			}
			after = item.Sort
		}
		if len(items) < sweepBatch {
			return nil
		}
	}
}

// FinishRoom finishes a room if its end has come, as the sweep would.
func (s *Service) FinishRoom(ctx context.Context, id string) (Swept, error) {
	var swept Swept
	items, err := s.store.Get(ctx, roomKey(id))
	if err != nil {
		return swept, err
	}
	record, err := table.Decode[roomRecord](items[0])
	if err != nil || record.Due == "" || dueTime(record.Due).After(s.now()) {
		return swept, err
	}
	tasks, err := s.store.Get(ctx, dueKey(id, record.Due))
	if err != nil || !tasks[0].Exists() {
		return swept, err
	}
	return swept, s.doTask(ctx, tasks[0], &swept)
}

// doTask does one task. Its error is about the state; a provider that fails is counted.
func (s *Service) doTask(ctx context.Context, item table.Item, swept *Swept) error {
	parts := strings.Split(item.Sort, "#")
	if len(parts) >= 3 && parts[1] == kindEnd {
		return s.finish(ctx, parts[2], item, swept)
	}
	if len(parts) >= 3 && parts[1] == kindMove {
		return s.moveAgain(ctx, parts[2], item, swept)
	}
	room := ""
	if len(parts) >= 3 {
		room = parts[2]
	}
	return s.expelAgain(ctx, room, item, swept)
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
		return s.settle(ctx, nil, table.Delete(item.Key, item.Version)) // replaced meanwhile
	}
	var events []audit.Event
	if !task.Closed && (task.Early || !s.closesByItself(record)) {
		effect := s.closeConference(ctx, record)
		closed := effect.event(eventClosed, audit.Clock(), id)
		over := s.isOver(ctx, &closed, record.End)
		if events = effect.events(closed); !over {
			swept.Failed++
			task.Tries++
			changes := replan(id, &record, s.now().Add(retryAfter(task.Tries)), task)
			return s.settle(ctx, events, append(changes, put(rooms[0], record))...)
		}
	}
	if err := s.takeOffLists(ctx, id); err != nil {
		return err
	}
	swept.Finished++
	record.Due = ""
	events = append(events, in(record.event(eventFinished, audit.Clock(), id), record.times()))
	return s.settle(ctx, events, table.Delete(item.Key, item.Version), put(rooms[0], record))
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
		if err := s.settle(ctx, nil, changes...); err != nil {
			return err
		}
	}
}

func (s *Service) expelAgain(ctx context.Context, room string, item table.Item, swept *Swept) error {
	task, err := table.Decode[expelTask](item)
	if err != nil {
		return err
	}
	effect := s.expel(ctx, task.Provider, task.Conference, task.GuestID)
	expelled := to(effect.event(eventExpelled, audit.Clock(), room), task.User)
	if s.isOver(ctx, &expelled, task.Since) {
		swept.Expelled++
		return s.settle(ctx, effect.events(expelled), table.Delete(item.Key, item.Version))
	}
	swept.Failed++
	task.Tries++
	return s.later(ctx, item, expelled, task, task.Tries)
}

// tooLate says whether to give up on a task that has failed since a time.
func (s *Service) tooLate(ctx context.Context, since time.Time) bool {
	late := s.now().Sub(since) > giveUp
	if late {
		slog.ErrorContext(ctx, "provider kept failing, gave up", "since", since)
	}
	return late
}

// isOver says whether a task is done with, because its provider followed or because it has failed since a time that is too
// long ago, which is the outcome of its event then.
func (s *Service) isOver(ctx context.Context, e *audit.Event, since time.Time) bool {
	if e.Outcome != audit.Failed {
		return true
	}
	if s.tooLate(ctx, since) {
		e.Outcome = audit.GaveUp
		return true
	}
	return false
}

// settle writes what came of a task, with its events. If somebody else has done the task meanwhile, or changed the
// room, that is fine: the next sweep looks again.
func (s *Service) settle(ctx context.Context, events []audit.Event, changes ...table.Change) error {
	changes, err := s.with(ctx, changes, events...)
	if err != nil {
		return err
	}
	err = s.store.Write(ctx, changes...)
	if isConflict(err) {
		return nil
	}
	return err
}

// runsOut says whether the context ends too soon to begin another task.
func runsOut(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && time.Until(deadline) < longestTask
}

func retryAfter(tries int) time.Duration {
	return min(retryFirst<<min(tries-1, 10), retryLongest)
}
