package jaas_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"
	"time"

	"gavel/local/sandbox/jaas"
	"gavel/local/standin"
)

const hookSecret = "whsec_9635df66714a4cf088ee9d0979dd3bf6"

type delivery = standin.Delivery

// line sums an event up in a few words.
func line(d delivery) string {
	data, _ := d.Event["data"].(map[string]any)
	words := fmt.Sprint(d.Event["eventType"], " ", d.Event["fqn"].(string)[len(appID)+1:])
	for _, name := range []string{"id", "disconnectReason"} {
		if value, ok := data[name]; ok {
			words += fmt.Sprint(" ", value)
		}
	}
	return words
}

// receiver is the other end of a webhook.
type receiver struct{ *standin.Receiver }

func newReceiver(t *testing.T) receiver {
	t.Helper()
	r := receiver{standin.NewReceiver(t)}
	t.Cleanup(func() {
		for _, d := range r.Deliveries() {
			if d.Method != http.MethodPost || d.Event == nil {
				t.Errorf("got %s with %s, want JSON by POST", d.Method, d.Body)
			}
		}
	})
	return r
}

// lines are the events that arrived, summed up.
func (r receiver) lines() string { return r.Lines(line) }

// hook makes the receiver the webhook of every tenant.
func (r receiver) hook(o *jaas.Options) {
	o.Webhook = func(_ context.Context, appID string) (jaas.Webhook, error) {
		return jaas.Webhook{URL: r.URL + "/webhooks/jaas/" + appID, Secret: hookSecret, Authorization: "Basic Z2F2ZWw6"}, nil
	}
}

// flush waits for what was sent, with a limit that only a bug reaches.
func (w *world) flush() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	defer cancel()
	if err := w.Flush(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// signatureOf computes the header for itself, step by step as the documents describe it.
func signatureOf(secret, body string, at time.Time) string {
	t := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t))
	mac.Write([]byte("."))
	mac.Write([]byte(body))
	return "t=" + t + ",v1=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
