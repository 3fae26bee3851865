package main

import (
	"context"
	"fmt"
	"io"
)

// bench measures functions against the bare handler, one function after the other. The two take turns, bare, function,
// bare, function, so that a machine getting slower or faster does so for both, and neither runs more often than the
// other: that alone makes identical binaries differ by a tenth.
type bench struct {
	bare         *subject
	probeBinary  string
	subjects     []*subject
	surroundings Surroundings
	runs         int // starts of each function
	warm         int // warm calls of each function
}

// measure runs everything. Its error means that there is nothing to compare with; what a single function did wrong is
// in that subject.
func (b *bench) measure(ctx context.Context, progress io.Writer) error {
	for _, s := range b.subjects {
		if s.err != nil {
			continue
		}
		fmt.Fprintf(progress, "measuring %s\n", s.name)
		if err := b.compare(ctx, s); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (b *bench) compare(ctx context.Context, s *subject) error {
	if s.event, s.err = b.surroundings.Event(s.event); s.err != nil {
		return ctx.Err() // of this one nothing more is measured
	}
	if err := b.measureCold(ctx, s); err != nil || s.err != nil {
		return err
	}
	if s.event == nil {
		return nil
	}
	return b.measureWarm(ctx, s)
}

// measureCold starts the bare handler and the function in turns. The first turn is not counted: it brings the binaries
// into memory.
func (b *bench) measureCold(ctx context.Context, s *subject) error {
	for i := range 1 + b.runs {
		if err := b.coldTurn(ctx, s, i > 0); err != nil || s.err != nil {
			return err
		}
	}
	return nil
}

// coldTurn starts both once. Its error is the bare handler's.
func (b *bench) coldTurn(ctx context.Context, s *subject, measured bool) error {
	event := s.event
	if event == nil {
		event = bareEvent
	}
	bare, err := b.bare.startOnce(ctx, b.surroundings.Env, event)
	if err != nil {
		return fmt.Errorf("bare handler: %w", err)
	}
	own, err := s.startOnce(ctx, b.surroundings.Env, s.event)
	if s.err = err; err != nil || !measured {
		return ctx.Err()
	}
	s.bareCold.add(bare)
	s.cold.add(own)
	return nil
}

// bareEvent is fed to the bare handler where no function's event is at hand.
var bareEvent = []byte(`{"version":"2.0","routeKey":"GET /","rawPath":"/",` +
	`"requestContext":{"http":{"method":"GET","path":"/"}}}`)
