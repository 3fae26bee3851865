package jaas

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// The pauses between the tries of an event, each twice the one before. They are the sandbox's own: of the service it
// is only documented that it tries again, with exponential backoff.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

// maxEvents is how many events of a tenant can wait for a receiver that is slow.
const maxEvents = 10_000

// queue delivers the events of each tenant one after the other, and those of different tenants side by side. A
// goroutine runs only for a tenant that has events to deliver.
type queue struct {
	webhook WebhookFunc
	client  *http.Client
	now     func() time.Time
	ctx     context.Context // ends with stop
	stop    context.CancelFunc

	mu      sync.Mutex
	waiting map[string][]event // has an entry, maybe an empty one, for as long as the tenant's goroutine runs
	idle    chan struct{}      // closed once waiting has no entry
}

func newQueue(webhook WebhookFunc, client *http.Client, now func() time.Time) *queue {
	ctx, stop := context.WithCancel(context.Background())
	idle := make(chan struct{})
	close(idle)
	return &queue{
		webhook: webhook, client: client, now: now, ctx: ctx, stop: stop,
		waiting: map[string][]event{}, idle: idle,
	}
}

// add puts an event at the end of its tenant's queue. It never waits.
func (q *queue) add(appID string, e event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ctx.Err() != nil {
		return
	}
	events, running := q.waiting[appID]
	if len(events) >= maxEvents {
		slog.WarnContext(q.ctx, "webhook dropped, too many wait", "provider", Provider, "event", e.EventType)
		return
	}
	if len(q.waiting) == 0 {
		q.idle = make(chan struct{})
	}
	q.waiting[appID] = append(events, e)
	if !running {
		go q.run(appID)
	}
}

func (q *queue) run(appID string) {
	for {
		e, ok := q.next(appID)
		if !ok {
			return
		}
		q.deliver(appID, e)
	}
}

// next takes the first of a tenant's events out of the queue. Where there is none, the tenant's entry goes.
func (q *queue) next(appID string) (event, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	events := q.waiting[appID]
	if len(events) > 0 && q.ctx.Err() == nil {
		q.waiting[appID] = events[1:]
		return events[0], true
	}
	delete(q.waiting, appID)
	if len(q.waiting) == 0 {
		close(q.idle)
	}
	return event{}, false
}

// deliver tries until the receiver has the event or has failed too often.
func (q *queue) deliver(appID string, e event) {
	if err := q.tryAll(appID, e); err != nil && q.ctx.Err() == nil {
		slog.WarnContext(q.ctx, "webhook not delivered", "provider", Provider, "event", e.EventType, "error", err)
	}
}

// tryAll returns the error of the last try. Body and idempotency key are the same in every try, while each has a
// signature of its time.
func (q *queue) tryAll(appID string, e event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	for pause := firstPause; ; pause *= 2 {
		err := q.try(appID, body)
		if err == nil || pause > lastPause || !q.wait(pause) {
			return err
		}
	}
}

func (q *queue) try(appID string, body []byte) error {
	hook, err := q.webhook(q.ctx, appID)
	if err != nil {
		return fmt.Errorf("find the webhook: %w", err)
	}
	if hook.URL == "" {
		return nil
	}
	return hook.post(q.ctx, q.client, q.now(), body)
}

// wait returns false when the queue was stopped meanwhile.
func (q *queue) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-q.ctx.Done():
		return false
	}
}

// flush waits until no event is left, those included that others lead to while it waits.
func (q *queue) flush(ctx context.Context) error {
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

// close ends the delivery under way and forgets what waits.
func (q *queue) close() {
	q.stop()
	q.mu.Lock()
	idle := q.idle
	q.mu.Unlock()
	<-idle
}
