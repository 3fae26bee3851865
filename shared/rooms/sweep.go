package rooms

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"gavel/shared/config"
	"gavel/shared/table"
)

// Bounds of one sweep.
const (
	sweepBatch   = 25   // tasks of one shard before it is the next one's turn
	mostTasks    = 5000 // in all
	longestSweep = 4 * time.Minute
	countedLeft  = 100 // of one shard
	mostFaults   = 10  // in the error; the log has all
)

// Swept counts what a Sweep did.
type Swept struct {
	Finished    int // rooms
	Expelled    int // guests
	Rescheduled int // meetings, at a provider that keeps a calendar
	Removed     int // files that nobody has used
	Failed      int // tasks that will be tried again
	GivenUp     int // tasks that a provider has failed for too long
	Left        int // tasks that were due and not begun; of each shard some are counted, not all
	// Oldest is for how long the task had been due that had waited longest.
	Oldest time.Duration
}

// Sweep does what is due: it finishes rooms whose end has come, repeats what failed at a provider, and removes files that
// nobody has used. It works until nothing is due, its bounds are reached, or the context is about to end; the next one goes
// on where it stopped. What it costs depends on what is due, not on how many rooms there are. A task that fails keeps no
// other from being done. Several sweeps at once share the tasks among them.
//
// The error is about the state, and about tasks that cannot be done, which stay where they are.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	r := &run{Service: s, end: time.Now().Add(longestSweep), unusable: map[string]bool{}}
	if r.over(ctx) {
		return r.swept, nil
	}
	r.sweep(ctx, r.begin(ctx))
	return r.swept, errors.Join(r.faults...)
}

// run is one sweep.
type run struct {
	*Service
	end    time.Time
	begun  int // tasks
	swept  Swept
	faults []error
	// unusable are what an operator has to mend, by its name.
	unusable map[string]bool
}

// shard is one as far as it was gone through.
type shard struct{ name, after string }

var sweepKey = table.Key{Partition: "sweep", Sort: "next"}

// sweepNote says at which shard the next sweep is to begin.
type sweepNote struct {
	Shard string `json:"shard"`
}

// begin gives the shards in the order in which to go through them: from the one that another sweep did not come to, and
// else from another one each minute. A note is taken and not only read: should this sweep be killed, the next one begins
// elsewhere, and not before what has killed this one.
func (r *run) begin(ctx context.Context) []*shard {
	first := int(r.now().Unix()/60) % len(dueShards)
	items, err := r.store.Get(ctx, sweepKey)
	if err != nil {
		r.fault(ctx, "where to begin", err)
	} else if items[0].Exists() {
		note, err := table.Decode[sweepNote](items[0])
		mine, notMine := r.settle(ctx, nil, table.Delete(sweepKey, items[0].Version))
		if err := errors.Join(err, notMine); err != nil {
			r.fault(ctx, "where to begin", err)
		}
		if at := strings.Index(dueShards, note.Shard); mine && at >= 0 {
			first = at
		}
	}
	shards := make([]*shard, 0, len(dueShards))
	for _, name := range dueShards[first:] + dueShards[:first] {
		shards = append(shards, &shard{name: string(name)})
	}
	return shards
}

// sweep does a batch of each shard in turn, again and again.
func (r *run) sweep(ctx context.Context, shards []*shard) {
	for len(shards) > 0 {
		var unfinished []*shard
		for i, sh := range shards {
			if r.over(ctx) {
				r.leave(ctx, append(shards[i:], unfinished...))
				return
			}
			if r.batch(ctx, sh) {
				unfinished = append(unfinished, sh)
			}
		}
		shards = unfinished
	}
}

// batch does some tasks of a shard and says whether there may be more.
func (r *run) batch(ctx context.Context, sh *shard) bool {
	items, err := r.due(ctx, sh, sweepBatch)
	if err != nil {
		r.fault(ctx, "read what is due", err)
		return false
	}
	for _, item := range items {
		if r.over(ctx) {
			return true
		}
		sh.after = item.Sort
		r.begun++
		if err := r.doTask(ctx, item, &r.swept); err != nil {
			r.swept.Failed++
			r.fault(ctx, item.Sort, err)
		}
	}
	return len(items) == sweepBatch
}

// due gives the next tasks of a shard that are due.
func (r *run) due(ctx context.Context, sh *shard, limit int) ([]table.Item, error) {
	items, err := r.store.Query(ctx, table.Range{Partition: dueShard(sh.name), Prefix: "0", After: sh.after, Limit: limit})
	now := r.now()
	for i, item := range items {
		late := now.Sub(dueTime(item.Sort))
		if late < 0 {
			return items[:i], err
		}
		r.swept.Oldest = max(r.swept.Oldest, late)
	}
	return items, err
}

// leave notes where the next sweep is to go on, and counts what it will find there.
func (r *run) leave(ctx context.Context, shards []*shard) {
	if ctx.Err() != nil {
		return // the next one begins somewhere
	}
	items, err := r.store.Get(ctx, sweepKey)
	if err == nil {
		_, err = r.settle(ctx, nil, put(items[0], sweepNote{Shard: shards[0].name}))
	}
	if err != nil {
		r.fault(ctx, "note where to go on", err)
	}
	for _, sh := range shards {
		items, err := r.due(ctx, sh, countedLeft)
		if err != nil {
			r.fault(ctx, "count what is left", err)
			return
		}
		r.swept.Left += len(items)
	}
}

// fault keeps an error for the run's own. What an operator has to mend is the same for every shard: it is kept once, and told
// of by whoever gets the run's error.
func (r *run) fault(ctx context.Context, what string, err error) {
	if unusable, ok := errors.AsType[*config.Unusable](err); ok {
		if !r.unusable[unusable.What] {
			r.unusable[unusable.What] = true
			r.faults = append(r.faults, err)
		}
		return
	}
	slog.ErrorContext(ctx, "cleanup goes on without it", "what", what, "error", err)
	if len(r.faults) < mostFaults {
		r.faults = append(r.faults, err)
	}
}

// over says whether not to begin another task.
func (r *run) over(ctx context.Context) bool {
	return r.begun >= r.mostTasks || time.Now().After(r.end) || runsOut(ctx)
}

// runsOut says whether the context ends too soon to begin another task.
func runsOut(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && time.Until(deadline) < usualTask
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
	swept.Oldest = s.now().Sub(dueTime(record.Due))
	err = s.doTask(ctx, tasks[0], &swept)
	return swept, err
}
