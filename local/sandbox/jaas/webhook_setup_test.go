package jaas_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/sandbox/jaas"
)

const hookSecret = "whsec_9635df66714a4cf088ee9d0979dd3bf6"

// delivery is one webhook as it arrived.
type delivery struct {
	path   string
	header http.Header
	body   string
	event  map[string]any
}

// line sums an event up in a few words.
func (d delivery) line() string {
	data, _ := d.event["data"].(map[string]any)
	words := fmt.Sprint(d.event["eventType"], " ", d.event["fqn"].(string)[len(appID)+1:])
	for _, name := range []string{"id", "disconnectReason"} {
		if value, ok := data[name]; ok {
			words += fmt.Sprint(" ", value)
		}
	}
	return words
}

// receiver is the other end of a webhook. It keeps what it is sent and answers 204, or as answer says.
type receiver struct {
	t      *testing.T
	url    string
	answer func(delivery) int

	mu   sync.Mutex
	kept []delivery
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{t: t, answer: func(delivery) int { return http.StatusNoContent }}
	h := httptest.NewServer(r)
	t.Cleanup(h.Close)
	r.url = h.URL
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		r.t.Error(err)
	}
	got := delivery{path: req.URL.Path, header: req.Header, body: string(raw)}
	if err := json.Unmarshal(raw, &got.event); err != nil {
		r.t.Error(err)
	}
	if got, want := req.Method, http.MethodPost; got != want {
		r.t.Errorf("method: got %s, want %s", got, want)
	}
	r.mu.Lock()
	r.kept = append(r.kept, got)
	r.mu.Unlock()
	w.WriteHeader(r.answer(got))
}

func (r *receiver) deliveries() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]delivery(nil), r.kept...)
}

// lines are the events that arrived, summed up.
func (r *receiver) lines() string {
	all := []string{}
	for _, d := range r.deliveries() {
		all = append(all, d.line())
	}
	return strings.Join(all, "\n")
}

// hook makes the receiver the webhook of every tenant.
func (r *receiver) hook(o *jaas.Options) {
	o.Webhook = func(_ context.Context, appID string) (jaas.Webhook, error) {
		return jaas.Webhook{URL: r.url + "/webhooks/jaas/" + appID, Secret: hookSecret, Authorization: "Basic Z2F2ZWw6"}, nil
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
