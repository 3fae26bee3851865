package rooms_test

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"testing"
	"time"
)

const (
	// few is the length of the lists that are asked for: so much is there whatever the size.
	few = 5
	// growthTurns is for how many turns each operation is called.
	growthTurns = 8
	// mostAdded is how often an operation is called that adds to what there is many of, so that few of it stay few.
	mostAdded = 50
)

// showGrowth measures how the operations take to larger and larger crowds, and prints what came out.
func showGrowth(tb testing.TB, w io.Writer, e *engine, p plan) {
	tb.Helper()
	t := newTenant(tb)
	s := newStage(e.store, t)
	for _, c := range crowds(p) {
		scenes, err := c.scenes(tb.Context(), e, s, t)
		if err != nil {
			tb.Fatal(err)
		}
		var rows [][]string
		for _, call := range c.calls {
			g, err := newGrowing(tb.Context(), e, t, call, scenes)
			if err == nil {
				err = g.measure(tb.Context(), e, s, growthTurns*p.turn)
			}
			if err != nil {
				tb.Fatalf("%s: %v", call.name, err)
			}
			rows = append(rows, g.row())
		}
		if err := printTable(w, "Growth on "+e.name+": "+c.what, growthHead(c.sizes), rows, growthExplained); err != nil {
			tb.Error(err)
		}
	}
}

// growing is an operation, called where there is more and more of something.
type growing struct {
	crowdCall
	places []place
}

// place is where there is so much of it.
type place struct {
	scene  scene
	script script // what a reading operation asks of the engine

	own, bare []time.Duration
	requests  int64 // to the engine, of all calls
}

func newGrowing(ctx context.Context, e *engine, t *tenant, call crowdCall, scenes []scene) (*growing, error) {
	g := &growing{crowdCall: call, places: make([]place, len(scenes))}
	for i, sc := range scenes {
		g.places[i].scene = sc
		if call.kind != reads {
			continue
		}
		rec := &recorder{Store: e.store}
		if _, err := newStage(rec, t).serve(ctx, call.request(sc)); err != nil {
			return nil, err
		}
		if err := e.raw.hold(ctx, rec.found); err != nil {
			return nil, err
		}
		g.places[i].script.calls = rec.calls
	}
	return g, nil
}

// measure calls the operation for each size in turn, for a while.
func (g *growing) measure(ctx context.Context, e *engine, s *stage, length time.Duration) error {
	start := time.Now()
	for round := 0; time.Since(start) < length && (g.kind != adds || round < mostAdded); round++ {
		for i := range g.places {
			i = (i + round) % len(g.places) // so that it is not always the same one that comes behind the largest
			if err := g.places[i].call(ctx, e, s, g.request); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *place) call(ctx context.Context, e *engine, s *stage, of func(scene) request) error {
	r := of(p.scene)
	before, begun := e.requests.Load(), time.Now()
	if _, err := s.serve(ctx, r); err != nil {
		return err
	}
	p.own = append(p.own, time.Since(begun))
	p.requests += e.requests.Load() - before
	if len(p.script.calls) == 0 {
		return nil
	}
	begun = time.Now()
	for _, c := range p.script.calls {
		if err := c.make(ctx, e.raw); err != nil {
			return err
		}
	}
	p.bare = append(p.bare, time.Since(begun))
	return nil
}

// row says how many times as long the last takes as the first, and the same of the engine alone where that is known.
func (g *growing) row() []string {
	row := []string{g.name}
	for _, p := range g.places {
		row = append(row, ms(percentile(p.own, 50)), fmt.Sprintf("(%.3g)", float64(p.requests)/float64(len(p.own))))
	}
	first, last := g.places[0], g.places[len(g.places)-1]
	row = append(row, "× "+over(last.own, first.own))
	if len(first.bare) > 0 {
		row = append(row, "× "+over(last.bare, first.bare))
	}
	return row
}

// over compares medians.
func over(a, b []time.Duration) string {
	return ratio(float64(percentile(a, 50)) / float64(percentile(b, 50)))
}

func growthHead(s sizes) []string {
	head := []string{"operation"}
	for _, size := range s {
		head = append(head, strconv.Itoa(size), "")
	}
	return append(head, "last ÷ first", "bare")
}

const growthExplained = `p50 in ms; in brackets the requests to the engine. Lists are asked for 5. Each operation is called for all sizes in
turns. Bare: the same of the same requests without us.`
