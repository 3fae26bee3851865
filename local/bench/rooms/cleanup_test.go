package rooms_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"gavel/shared/clock"
	"gavel/shared/ids"
	"gavel/shared/rooms"
	"gavel/shared/table"
)

// shards are those that tasks lie in, by the last digit of the room's id.
const shards = "0123456789abcdef"

// host is a meeting system that does everything at once.
type host struct{ rooms.Provider }

func (host) Bind(_ context.Context, m rooms.Meeting) (string, error) { return m.RoomID, nil }

func (host) Close(context.Context, string) (rooms.Action, error) {
	return rooms.Action{Name: "close", Outcome: "closed"}, nil
}

// sweeping is the service that a function sweeps with, by a clock that is so much later.
func sweeping(store table.Store, later time.Duration) *rooms.Service {
	return rooms.New(rooms.Options{
		Store: store, Providers: map[string]rooms.Provider{"host": host{}},
		Now: func() time.Time { return clock.Now().Add(later) },
	})
}

// ending gives the items of rooms that began two hours ago and last so long, as many in each shard.
func ending(ctx context.Context, e *engine, count int, last time.Duration) ([]table.Item, error) {
	rec := &recorder{Store: e.store}
	const ago = -2 * time.Hour
	now := clock.Now().Add(ago)
	room, err := sweeping(rec, ago).Create(ctx, "auth0|ada", rooms.Booking{Name: "Stand-up", Provider: "host", Start: now, End: now.Add(last)})
	if err != nil {
		return nil, err
	}
	patterns := created(script{calls: rec.calls, id: room.ID})
	items := make([]table.Item, 0, count*len(patterns))
	for i := range count {
		digit := shards[i%len(shards):][:1]
		id := ids.New(now.Add(-time.Duration(i) * time.Second))[:len(room.ID)-1] + digit
		for _, item := range patterns {
			item = renamed(item, room.ID, id)
			if strings.HasPrefix(item.Partition, "due#") {
				item.Partition = "due#" + digit
			}
			items = append(items, item)
		}
	}
	return items, nil
}

// swept is what sweeps of one number of rooms took.
type swept struct {
	total     int
	own, bare []time.Duration
	requests  int64
}

// showCleanup measures sweeps that have as much to do among few rooms and among many.
func showCleanup(tb testing.TB, w io.Writer, e *engine, p plan) {
	tb.Helper()
	due, totals := p.due, p.total
	if !e.oneProcess { // DynamoDB Local is some twenty times slower
		due, totals = max(due/10, 16), sizes{max(totals[0]/20, 32), max(totals[len(totals)-1]/20, 64)}
	}
	all := make([]swept, len(totals))
	there := 0
	for i, total := range totals {
		all[i].total = total
		others, err := ending(tb.Context(), e, total-due-there, 30*24*time.Hour)
		if err == nil {
			err = e.raw.fill(tb.Context(), others)
		}
		there = total - due
		for round := 0; err == nil && round < p.rounds; round++ {
			err = all[i].measure(tb.Context(), e, due)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	rows := make([][]string, len(all))
	for i, s := range all {
		rows[i] = []string{
			fmt.Sprintf("%d rooms, %d due", s.total, due), ms(percentile(s.own, 50)), fmt.Sprint(s.requests),
			fmt.Sprintf("%.2f", float64(s.requests)/float64(due)), "× " + over(s.own, all[0].own), "× " + over(s.own, s.bare),
		}
	}
	head := []string{"cleanup", "ms", "requests", "of each due", "÷ the first", "÷ bare"}
	if err := printTable(w, "Cleanup on "+e.name, head, rows, cleanupExplained); err != nil {
		tb.Error(err)
	}
}

// measure sweeps once, and makes the same requests once more without us, of the same items.
func (s *swept) measure(ctx context.Context, e *engine, due int) error {
	items, err := ending(ctx, e, due, time.Hour)
	if err == nil {
		err = e.raw.fill(ctx, items)
	}
	if err != nil {
		return err
	}
	rec := &recorder{Store: e.store}
	before, begun := e.requests.Load(), time.Now()
	done, err := sweeping(rec, 0).Sweep(ctx)
	s.own = append(s.own, time.Since(begun))
	s.requests = e.requests.Load() - before
	if err != nil || done.Finished != due+1 || done.Failed+done.Left != 0 {
		return fmt.Errorf("got %+v, %w, want %d finished", done, err, due+1)
	}
	if err := e.raw.hold(ctx, rec.found); err != nil {
		return err
	}
	for i := range rec.calls {
		if rec.calls[i], err = rec.calls[i].retold(); err != nil {
			return err
		}
	}
	begun = time.Now()
	for _, c := range rec.calls {
		if err := c.make(ctx, e.raw); err != nil {
			return err
		}
	}
	s.bare = append(s.bare, time.Since(begun))
	return nil
}

const cleanupExplained = `Of one sweep, p50. Bare: the same requests without us, in the state that the sweep has left.`
