package veeting

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"

	"gavel/local/sandbox/delivery"
)

// event is a meeting as it was when a hook fired.
type event struct {
	hook    string
	meeting meetingView
}

// queue delivers the events one after the other, whatever their hooks, so that a meeting's course arrives in order.
type queue struct{ *delivery.Queue[event] }

func newQueue(webhook WebhookFunc, client *http.Client) *queue {
	return &queue{delivery.New(delivery.Options[event]{
		Try:      func(ctx context.Context, _ string, e event) error { return deliver(ctx, webhook, client, e) },
		Provider: Provider,
		Name:     func(e event) slog.Attr { return slog.String("hook", e.hook) },
	})}
}

func (q *queue) add(e event) { q.Add("", e) }

// deliver makes one try.
func deliver(ctx context.Context, webhook WebhookFunc, client *http.Client, e event) error {
	body, err := json.Marshal(e.meeting)
	if err != nil {
		return delivery.Final(err)
	}
	h, err := webhook(ctx, e.hook)
	if err != nil {
		return fmt.Errorf("find the webhook: %w", err)
	}
	if h.URL == "" {
		return nil
	}
	return h.send(ctx, client, body)
}
