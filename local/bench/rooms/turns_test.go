package rooms_test

import (
	"context"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// side is one of several things that are compared.
type side struct {
	workers int // who do it at once
	run     func(ctx context.Context, worker int) error
	counter *atomic.Int64 // of requests to the engine; nil where nobody asks

	times    []time.Duration // what each took
	rates    []float64       // per second, of each round
	requests int64           // in all
}

// fewest is how often each worker does it in a turn, however long that takes: where each takes long, much of a short
// turn would pass with some workers done already.
const fewest = 3

// inTurns runs the sides, each for a while, again and again: a machine that gets slower or faster does so for all. The
// first round is not counted. The side that begins is another one in each round.
func inTurns(ctx context.Context, p plan, sides ...*side) error {
	for round := range 1 + p.rounds {
		for i := range sides {
			s := sides[(round+i)%len(sides)]
			if err := s.turn(ctx, p.turn, round > 0); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *side) turn(ctx context.Context, length time.Duration, counted bool) error {
	before, start := s.load(), time.Now()
	times := make([][]time.Duration, s.workers)
	group, ctx := errgroup.WithContext(ctx)
	for worker := range s.workers {
		group.Go(func() (err error) {
			times[worker], err = s.work(ctx, worker, start.Add(length))
			return err
		})
	}
	err := group.Wait()
	took := time.Since(start)
	if err != nil || !counted {
		return err
	}
	all := slices.Concat(times...)
	s.times = append(s.times, all...)
	s.rates = append(s.rates, float64(len(all))/took.Seconds())
	s.requests += s.load() - before
	return nil
}

func (s *side) work(ctx context.Context, worker int, end time.Time) ([]time.Duration, error) {
	var times []time.Duration
	for begun := time.Now(); len(times) < fewest || begun.Before(end); {
		if err := s.run(ctx, worker); err != nil {
			return nil, err
		}
		now := time.Now()
		times = append(times, now.Sub(begun))
		begun = now
	}
	return times, nil
}

func (s *side) load() int64 {
	if s.counter == nil {
		return 0
	}
	return s.counter.Load()
}

// rate gives how often a second it was done.
func (s *side) rate() float64 { return median(s.rates) }

// timesOf gives how many times as long as the other side this one takes.
func (s *side) timesOf(other *side) float64 {
	ratios := make([]float64, len(s.rates))
	for i := range ratios {
		ratios[i] = other.rates[i] / s.rates[i]
	}
	return median(ratios)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// percentile gives the shortest time that p percent do not exceed; 0 without times.
func percentile(times []time.Duration, p float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}
