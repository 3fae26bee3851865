package jaas

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"gavel/local/sandbox/delivery"
)

// newQueue makes the queue in which the events of each tenant wait to be delivered one after the other, and those of
// different tenants side by side.
func newQueue(webhook WebhookFunc, client *http.Client, now func() time.Time) *delivery.Queue[event] {
	return delivery.New(delivery.Options[event]{
		Try: func(ctx context.Context, appID string, e event) error {
			return deliver(ctx, webhook, client, now, appID, e)
		},
		Provider: Provider,
		Name:     func(e event) slog.Attr { return slog.String("event", e.EventType) },
	})
}

// deliver makes one try. Body and idempotency key are the same in every try, while each has a signature of its time.
func deliver(ctx context.Context, webhook WebhookFunc, client *http.Client, now func() time.Time, appID string, e event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return delivery.Final(err)
	}
	hook, err := webhook(ctx, appID)
	if err != nil {
		return fmt.Errorf("find the webhook: %w", err)
	}
	if hook.URL == "" {
		return nil
	}
	return hook.post(ctx, client, now(), body)
}
