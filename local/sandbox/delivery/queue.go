// Package delivery carries what a sandbox provider tells others to its receivers: in the background, in order, and
// again when a receiver fails.
package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// The pauses between the tries of an event, each twice the one before. They are the sandboxes' own: of the providers
// it is at most documented that they try again, and real ones wait longer than a developer would.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

// MaxEvents is how many events of a key can wait for a receiver that is slow.
const MaxEvents = 10_000

// Options configures a [Queue] of events of type E.
type Options[E any] struct {
	// Try makes one try to deliver an event. An error leads to another, unless it is [Final].
	Try func(ctx context.Context, key string, e E) error
	// Provider is the name of the stand-in in the log.
	Provider string
	// Name is what the log says of an event, such as its type.
	Name func(E) slog.Attr
}

// Queue delivers the events of each key one after the other, and those of different keys side by side. A goroutine
// runs only for a key that has events to deliver.
type Queue[E any] struct {
	options Options[E]
	ctx     context.Context // ends with stop
	stop    context.CancelFunc

	mu      sync.Mutex
	waiting map[string][]E // has an entry, maybe an empty one, for as long as the key's goroutine runs
	idle    chan struct{}  // closed once waiting has no entry
}

// New returns an empty queue.
func New[E any](o Options[E]) *Queue[E] {
	q := &Queue[E]{options: o, waiting: map[string][]E{}, idle: make(chan struct{})}
	q.ctx, q.stop = context.WithCancel(context.Background()) //nolint:gosec // Close calls it
	close(q.idle)
	return q
}

// Add puts an event at the end of its key's queue. It never waits.
func (q *Queue[E]) Add(key string, e E) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ctx.Err() != nil {
		return
	}
	events, running := q.waiting[key]
	if len(events) >= MaxEvents {
		slog.WarnContext(q.ctx, "webhook dropped, too many wait", q.attrs(e)...)
		return
	}
	if len(q.waiting) == 0 {
		q.idle = make(chan struct{})
	}
	q.waiting[key] = append(events, e)
	if !running {
		go q.run(key)
	}
}

func (q *Queue[E]) run(key string) {
	for {
		e, ok := q.next(key)
		if !ok {
			return
		}
		if err := q.deliver(key, e); err != nil && q.ctx.Err() == nil {
			slog.WarnContext(q.ctx, "webhook not delivered", append(q.attrs(e), slog.Any("error", err))...)
		}
	}
}

// next takes the first of a key's events out of the queue. Where there is none, the key's entry goes.
func (q *Queue[E]) next(key string) (e E, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	events := q.waiting[key]
	if len(events) > 0 && q.ctx.Err() == nil {
		q.waiting[key] = events[1:]
		return events[0], true
	}
	delete(q.waiting, key)
	if len(q.waiting) == 0 {
		close(q.idle)
	}
	return e, false
}

// deliver tries until the receiver has the event or has failed too often, and returns the error of the last try.
func (q *Queue[E]) deliver(key string, e E) error {
	for pause := firstPause; ; pause *= 2 {
		err := q.options.Try(q.ctx, key, e)
		var last final
		if err == nil || errors.As(err, &last) || pause > lastPause || !q.wait(pause) {
			return err
		}
	}
}

// wait returns false when the queue was stopped meanwhile.
func (q *Queue[E]) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-q.ctx.Done():
		return false
	}
}

// attrs are what the log says of an event.
func (q *Queue[E]) attrs(e E) []any {
	return []any{slog.String("provider", q.options.Provider), q.options.Name(e)}
}

// Flush waits until no event is left, those included that others lead to while it waits.
func (q *Queue[E]) Flush(ctx context.Context) error {
	q.mu.Lock()
	idle := q.idle
	q.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("deliver webhooks: %w", context.Cause(ctx))
	}
}

// Close ends the delivery under way and forgets what waits; nothing can be added from then on.
func (q *Queue[E]) Close() {
	q.stop()
	q.mu.Lock()
	idle := q.idle
	q.mu.Unlock()
	<-idle
}

// final is an error after which there is no other try.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// Final marks an error of a try as one that another try would not mend.
func Final(err error) error { return final{err} }
