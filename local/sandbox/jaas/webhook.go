package jaas

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"gavel/local/sandbox/delivery"
)

// Webhook is what a tenant's owner enters in the console: where events go and how to know them.
// https://developer.8x8.com/jaas/docs/jaas-console-webhooks
type Webhook struct {
	// URL receives the events by POST; empty when the tenant has no webhook.
	URL string
	// Secret is the whole of it, "whsec_" included.
	Secret string
	// Authorization is the value of that header, sent as it is; empty sends none.
	Authorization string
}

// WebhookFunc returns the webhook of a tenant. It is asked before every try, so that a change counts at once; an error
// counts as a failed try.
type WebhookFunc func(ctx context.Context, appID string) (Webhook, error)

// deliveryTimeout is how long a receiver may take; the documents name no limit.
const deliveryTimeout = 10 * time.Second

// post delivers one body. Any 2xx is success; a redirect is none.
func (h Webhook) post(ctx context.Context, client *http.Client, at time.Time, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, deliveryTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Jaas-Signature", h.signature(at, body))
	if h.Authorization != "" {
		req.Header.Set("Authorization", h.Authorization)
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

// signature is that of https://developer.8x8.com/jaas/docs/webhooks-signatures. The key is the text of the secret,
// not what its digits stand for.
func (h Webhook) signature(at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(h.Secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
