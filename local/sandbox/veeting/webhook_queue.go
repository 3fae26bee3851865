package veeting

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// The pauses between the tries of an event, each twice the one before. They are the sandbox's own: the documents say
// nothing of trying again.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

// maxEvents is how many events can wait for a receiver that is slow.
const maxEvents = 10_000

// event is a meeting as it was when a hook fired.
type event struct {
	hook    string
	meeting meetingView
}

// queue delivers the events one after the other, whatever their hooks, so that a meeting's course arrives in order. Its
// goroutine runs only while there are events to deliver.
type queue struct {
	webhook WebhookFunc
	client  *http.Client
	ctx     context.Context // ends with stop
	stop    context.CancelFunc

	mu      sync.Mutex
	waiting []event
	idle    chan struct{} // closed while the goroutine does not run
	running bool
}

func newQueue(webhook WebhookFunc, client *http.Client) *queue {
	ctx, stop := context.WithCancel(context.Background())
	idle := make(chan struct{})
	close(idle)
	return &queue{webhook: webhook, client: client, ctx: ctx, stop: stop, idle: idle}
}

// add puts an event at the end of the queue. It never waits.
func (q *queue) add(e event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ctx.Err() != nil {
		return
	}
	if len(q.waiting) >= maxEvents {
		slog.WarnContext(q.ctx, "webhook dropped, too many wait", "provider", Provider, "hook", e.hook)
		return
	}
	q.waiting = append(q.waiting, e)
	if !q.running {
		q.running, q.idle = true, make(chan struct{})
		go q.run()
	}
}

func (q *queue) run() {
	for {
		e, ok := q.next()
		if !ok {
			return
		}
		if err := q.deliver(e); err != nil && q.ctx.Err() == nil {
			slog.WarnContext(q.ctx, "webhook not delivered", "provider", Provider, "hook", e.hook, "error", err)
		}
	}
}

// next takes the first event out of the queue. Where there is none, the goroutine ends.
func (q *queue) next() (event, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) > 0 && q.ctx.Err() == nil {
		e := q.waiting[0]
		q.waiting = q.waiting[1:]
		return e, true
	}
	q.waiting, q.running = nil, false
	close(q.idle)
	return event{}, false
}

// deliver tries until the receiver has the event or has failed too often, and returns the error of the last try.
func (q *queue) deliver(e event) error {
	body, err := json.Marshal(e.meeting)
	if err != nil {
		return err
	}
	for pause := firstPause; ; pause *= 2 {
		err := q.try(e.hook, body)
		if err == nil || pause > lastPause || !q.wait(pause) {
			return err
		}
	}
}

func (q *queue) try(hook string, body []byte) error {
	h, err := q.webhook(q.ctx, hook)
	if err != nil {
		return fmt.Errorf("find the webhook: %w", err)
	}
	if h.URL == "" {
		return nil
	}
	return h.send(q.ctx, q.client, body)
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
