package rooms_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync/atomic"
	"testing"
)

// contentionTurns makes turns longer: a call has up to ten seconds to get its message in.
const contentionTurns = 5

// chatters are people who write into as many rooms, or into one.
type chatters struct {
	name   string
	side   *side
	failed atomic.Int64 // messages that came to nothing
}

// showContention has people write into one chat at once, and prints what came out.
func showContention(tb testing.TB, w io.Writer, e *engine, p plan) {
	tb.Helper()
	stages := newStages(tb, e, p.senders)
	actors, err := newActors(tb.Context(), stages[0], p.senders, 1)
	if err == nil {
		err = crowdInto(tb.Context(), stages[0], actors)
	}
	if err != nil {
		tb.Fatal(err)
	}
	alone := newChatters(e, stages, actors[:1], 1)
	apart := newChatters(e, stages, actors, len(actors))
	together := newChatters(e, stages, actors, 1)
	p.turn *= contentionTurns
	if err := inTurns(tb.Context(), p, alone.side, apart.side, together.side); err != nil {
		tb.Fatal(err)
	}
	rows := [][]string{alone.row(alone), apart.row(alone), together.row(alone)}
	if err := printTable(w, "Chat on "+e.name, contentionHead, rows, contentionExplained); err != nil {
		tb.Error(err)
	}
}

// newStages makes one for each sender: calls that run at once do so in functions that know nothing of each other. Only
// the embedded engine has all of them in one process.
func newStages(tb testing.TB, e *engine, count int) []*stage {
	tb.Helper()
	t := newTenant(tb)
	stages := make([]*stage, count)
	for i := range stages {
		if i > 0 && e.oneProcess {
			stages[i] = stages[0]
			continue
		}
		stages[i] = newStage(e.store, t)
	}
	return stages
}

// crowdInto adds everybody to the first one's room.
func crowdInto(ctx context.Context, s *stage, actors []actor) error {
	users := make([]string, 0, len(actors))
	for _, a := range actors[1:] {
		users = append(users, a.user)
	}
	_, err := s.serve(ctx, addParticipants(actors[0].user, actors[0].room, users...))
	return err
}

func newChatters(e *engine, stages []*stage, people []actor, rooms int) *chatters {
	c := &chatters{name: fmt.Sprintf("senders: %d, rooms: %d", len(people), rooms)}
	c.side = &side{workers: len(people), counter: e.requests, run: func(ctx context.Context, worker int) error {
		_, err := stages[worker].serve(ctx, sendChat(people[worker].user, people[worker%rooms].room))
		if errors.Is(err, errBusy) {
			c.failed.Add(1)
			return nil
		}
		return err
	}}
	return c
}

var contentionHead = []string{"", "messages/s", "p50", "p90", "p99", "requests each", "failed", "÷ 1 sender"}

const contentionExplained = `Times in ms. Requests: to the engine, for each message. Failed: 503, to be repeated by the client. The last column
compares messages a second.`

func (c *chatters) row(alone *chatters) []string {
	times := c.side.times
	return []string{
		c.name, perSecond(c.side.rate()), ms(percentile(times, 50)), ms(percentile(times, 90)), ms(percentile(times, 99)),
		ratio(float64(c.side.requests) / float64(len(times))), strconv.FormatInt(c.failed.Load(), 10),
		ratio(alone.side.timesOf(c.side)),
	}
}
