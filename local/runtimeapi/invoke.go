package runtimeapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"gavel/shared/trace"
)

// invocation is one event on its way through the function.
type invocation struct {
	id    string
	trace string
	event []byte
	done  chan outcome // buffered: nobody reads it if the caller gave up

	started time.Time   // guarded by api.mu
	timer   *time.Timer // guarded by api.mu
}

type outcome struct {
	result Result
	err    error
}

func newInvocation(event []byte) *invocation {
	return &invocation{
		id:    randomUUID(),
		trace: trace.New(time.Now()),
		event: event,
		done:  make(chan outcome, 1),
	}
}

// Invoke hands the event to the function and returns its answer; an error the function answered with is in the
// Result. The returned error is an *ExitError if the process ended before it answered, ErrTimeout if it was killed at
// its deadline, or the context's error. A function whose caller gave up finishes that event before it gets another.
//
// Calls from several goroutines wait for each other, as one Lambda environment does one thing at a time.
func (p *Process) Invoke(ctx context.Context, event []byte) (Result, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return Result{}, gaveUp(ctx)
	}
	inv := newInvocation(event)
	select {
	case p.api.events <- inv:
		return p.await(ctx, inv)
	case <-p.exited:
		return Result{}, p.exitError("invocation")
	case <-ctx.Done():
		return Result{}, gaveUp(ctx)
	}
}

func (p *Process) await(ctx context.Context, inv *invocation) (Result, error) {
	select {
	case out := <-inv.done:
		return out.result, out.err
	case <-p.exited:
		return p.lastWords(inv)
	case <-ctx.Done():
		return Result{}, gaveUp(ctx)
	}
}

// lastWords returns what a function that has ended answered before: a panic is reported first, then the process exits.
func (p *Process) lastWords(inv *invocation) (Result, error) {
	select {
	case out := <-inv.done:
		return out.result, out.err
	default:
		return Result{}, p.exitError("invocation")
	}
}

func gaveUp(ctx context.Context) error {
	return fmt.Errorf("runtimeapi: invoke: %w", context.Cause(ctx))
}

// randomUUID returns a version 4 UUID, the form of Lambda's request ids.
func randomUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
