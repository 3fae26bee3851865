package rooms_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"

	"gavel/shared/clock"
	"gavel/shared/ids"
)

// operation is one that is compared with bare calls.
type operation struct {
	name    string
	request func(actor) request
	creates bool // something with an id of its own, which is in the answer
	signs   bool // with RSA
	// least picks the one call that the operation could not do without; nil for the signature.
	least func([]call) call
}

func operations() []operation {
	return []operation{
		{name: "create", request: func(a actor) request { return createRoom(a.user) }, creates: true, least: lastPut},
		{name: "get", request: func(a actor) request { return getRoom(a.user, a.room) }, least: firstKey},
		{name: "list", request: func(a actor) request { return listRooms(a.user, page, "") }, least: firstCall},
		{name: "join", request: func(a actor) request { return join(a.user, a.room) }, signs: true},
		{name: "send-chat", request: func(a actor) request { return sendChat(a.user, a.room) }, creates: true, least: lastPut},
	}
}

func firstCall(calls []call) call { return calls[0] }

func firstKey(calls []call) call { return call{keys: calls[0].keys[:1]} }

// lastPut picks the room of a creation and the message of a chat.
func lastPut(calls []call) call {
	changes := calls[len(calls)-1].changes
	return call{changes: changes[len(changes)-1:]}
}

// actor is somebody with rooms of their own, so that nobody waits for another one.
type actor struct{ user, room string }

// newActors makes people with so many rooms each, the last of them with a message in it.
func newActors(ctx context.Context, s *stage, count, rooms int) ([]actor, error) {
	actors := make([]actor, count)
	group, ctx := errgroup.WithContext(ctx)
	for i := range actors {
		group.Go(func() error {
			actors[i].user = "auth0|actor-" + strconv.Itoa(i)
			for range rooms {
				made, err := s.ask(ctx, createRoom(actors[i].user))
				if err != nil {
					return err
				}
				actors[i].room = made.ID
			}
			_, err := s.serve(ctx, sendChat(actors[i].user, actors[i].room))
			return err
		})
	}
	return actors, group.Wait()
}

// trio is an operation, the same requests without it, and the least.
type trio struct{ own, same, least *side }

// newTrio has the operation called once by each actor, to see what it asks of its store.
func newTrio(ctx context.Context, e *engine, s *stage, t *tenant, op operation, actors []actor) (trio, error) {
	scripts := make([]script, len(actors))
	for i, a := range actors {
		rec := &recorder{Store: e.store}
		made, err := newStage(rec, t).ask(ctx, op.request(a))
		if err != nil {
			return trio{}, err
		}
		if err := e.raw.hold(ctx, rec.found); err != nil {
			return trio{}, err
		}
		scripts[i] = script{calls: rec.calls, id: made.ID}
	}
	own := func(ctx context.Context, i int) error {
		_, err := s.serve(ctx, op.request(actors[i]))
		return err
	}
	same := func(ctx context.Context, i int) error {
		if err := replay(ctx, e.raw, op, scripts[i].id, scripts[i].calls...); err != nil || !op.signs {
			return err
		}
		return sign(t.key)
	}
	least := func(ctx context.Context, i int) error {
		if op.least == nil {
			return sign(t.key)
		}
		return replay(ctx, e.raw, op, scripts[i].id, op.least(scripts[i].calls))
	}
	n := len(actors)
	return trio{&side{workers: n, run: own}, &side{workers: n, run: same}, &side{workers: n, run: least}}, nil
}

// replay makes calls of an engine, for something new if they create something.
func replay(ctx context.Context, r raw, op operation, id string, calls ...call) error {
	fresh := ids.New(clock.Now())
	for _, c := range calls {
		if op.creates {
			c = c.as(id, fresh)
		}
		c, err := c.retold()
		if err == nil {
			err = c.make(ctx, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sign makes the signature of a token of the usual length.
func sign(key *rsa.PrivateKey) error {
	sum := sha256.Sum256(bytes.Repeat([]byte("a"), 700))
	_, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	return err
}

// compareOperations measures all operations on an engine, and prints what came out.
func compareOperations(tb testing.TB, w io.Writer, e *engine, p plan) {
	tb.Helper()
	t := newTenant(tb)
	s := newStage(e.store, t)
	actors, err := newActors(tb.Context(), s, slices.Max(p.at), page)
	if err != nil {
		tb.Fatal(err)
	}
	var rows [][]string
	for _, op := range operations() {
		for _, workers := range p.at {
			three, err := newTrio(tb.Context(), e, s, t, op, actors[:workers])
			if err == nil {
				err = inTurns(tb.Context(), p, three.own, three.same, three.least)
			}
			if err != nil {
				tb.Fatalf("%s: %v", op.name, err)
			}
			rows = append(rows, three.row(op.name, workers))
		}
	}
	if err := printTable(w, "Operations on "+e.name, operationsHead, rows, operationsExplained); err != nil {
		tb.Error(err)
	}
}

var operationsHead = []string{
	"operation", "at once", "ops/s", "p50", "p90", "p99", "same requests: ops/s", "p50", "p99", "ratio", "least: ops/s", "p50", "p99", "ratio",
}

const operationsExplained = `Times in ms. Same requests: what the operation asks of the engine, asked of it without us. Least: the one call it cannot
do without (create and send-chat: put one item; get: get one; list: the query; join: the RSA signature). Ratios are how
many times as long ours takes: calls a second, the median of the rounds.`

func (t trio) row(name string, workers int) []string {
	row := []string{
		name, strconv.Itoa(workers), perSecond(t.own.rate()),
		ms(percentile(t.own.times, 50)), ms(percentile(t.own.times, 90)), ms(percentile(t.own.times, 99)),
	}
	for _, other := range []*side{t.same, t.least} {
		row = append(row, perSecond(other.rate()), ms(percentile(other.times, 50)), ms(percentile(other.times, 99)),
			fmt.Sprintf("× %s", ratio(t.own.timesOf(other))))
	}
	return row
}
