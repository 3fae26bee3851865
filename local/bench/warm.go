package main

import (
	"context"
	"errors"
	"fmt"

	"gavel/local/runtimeapi"
)

// settlingCalls precede the measured warm calls: connections get opened and pools filled.
const settlingCalls = 20

// trio is what runs while the warm calls of one function are measured.
type trio struct {
	bare, own, probe *runtimeapi.Process
}

// measureWarm keeps one process of each running and calls them in turns.
func (b *bench) measureWarm(ctx context.Context, s *subject) (err error) {
	var t trio
	defer func() { err = errors.Join(err, t.close()) }()
	if err := b.startTrio(ctx, s, &t); err != nil || s.err != nil {
		return err
	}
	for i := range settlingCalls + b.warm {
		if err := b.warmTurn(ctx, s, &t, i >= settlingCalls); err != nil || s.err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) startTrio(ctx context.Context, s *subject, t *trio) (err error) {
	if t.bare, err = b.bare.start(ctx, b.surroundings.Env); err != nil {
		return fmt.Errorf("bare handler: %w", err)
	}
	if t.probe, err = startProbe(ctx, b.probeBinary, b.surroundings); err != nil {
		return fmt.Errorf("probe of the upstream: %w", err)
	}
	t.own, s.err = s.start(ctx, b.surroundings.Env)
	return ctx.Err()
}

// warmTurn calls all three with the same event. Its error is not the function's.
func (b *bench) warmTurn(ctx context.Context, s *subject, t *trio, measured bool) error {
	bare, err := call(ctx, t.bare, s.event)
	if err != nil {
		return fmt.Errorf("bare handler: %w", err)
	}
	before := b.surroundings.Upstream()
	own, err := call(ctx, t.own, s.event)
	after := b.surroundings.Upstream()
	if s.err = err; err != nil {
		return ctx.Err()
	}
	trip, err := roundTrip(ctx, t.probe, s.event)
	if err != nil {
		return fmt.Errorf("probe of the upstream: %w", err)
	}
	if !measured {
		return nil
	}
	s.bareWarm = append(s.bareWarm, bare)
	s.warm = append(s.warm, own)
	s.roundTrips = append(s.roundTrips, trip)
	s.requests += after.Requests - before.Requests
	s.busy += after.Busy - before.Busy
	return nil
}

// close ends what was started.
func (t *trio) close() error {
	var errs []error
	for _, p := range []*runtimeapi.Process{t.bare, t.own, t.probe} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}
