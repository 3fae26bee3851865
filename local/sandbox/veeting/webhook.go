package veeting

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"gavel/local/sandbox/delivery"
)

// The hooks that the sandbox has, of those in https://veeting.com/en/developer-documentation/web-hooks.
const (
	hookScheduled = "onMeetingScheduled"
	hookUpdated   = "onMeetingUpdated"
	hookClosed    = "onMeetingClosed"
	hookDeleted   = "onMeetingDeleted"
)

// Webhook is what the instance's owner enters for one hook in the system configuration.
type Webhook struct {
	// URL receives the events; empty when nobody listens to the hook.
	URL string
	// Key is sent as X-API-KEY, unless it is empty. It is the receiver's and has nothing to do with the API's keys.
	Key string
	// Method is POST, which is the default, or PUT. With any other, nothing is sent.
	Method string
}

// WebhookFunc returns the webhook of a hook such as "onMeetingClosed". It is asked before every try, so that a change
// counts at once; an error counts as a failed try.
type WebhookFunc func(ctx context.Context, hook string) (Webhook, error)

// deliveryTimeout is how long a receiver may take; the documents name no limit.
const deliveryTimeout = 10 * time.Second

// send delivers one body. Any 2xx is success; a redirect is none.
func (h Webhook) send(ctx context.Context, client *http.Client, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, deliveryTimeout)
	defer cancel()
	req, err := h.request(ctx, body)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	delivery.Drain(res.Body)
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("the receiver answered %d", res.StatusCode)
	}
	return nil
}

func (h Webhook) request(ctx context.Context, body []byte) (*http.Request, error) {
	method := h.Method
	switch method {
	case "":
		method = http.MethodPost
	case http.MethodPost, http.MethodPut:
	default:
		return nil, fmt.Errorf("the webhook's method is %q, neither POST nor PUT", method)
	}
	req, err := http.NewRequestWithContext(ctx, method, h.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if h.Key != "" {
		req.Header.Set(headerKey, h.Key)
	}
	return req, nil
}
