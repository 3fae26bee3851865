package veeting_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/sandbox/veeting"
)

const hookKey = "the receiver's own key"

// delivery is one webhook as it arrived.
type delivery struct {
	method, hook string
	header       http.Header
	body         string
	meeting      map[string]any
}

// receiver is the other end of the webhooks. It keeps what it is sent and answers 204, or as answer says.
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
	got := delivery{method: req.Method, hook: path.Base(req.URL.Path), header: req.Header, body: string(raw)}
	if err := json.Unmarshal(raw, &got.meeting); err != nil {
		r.t.Error(err)
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

// lines are the hook and the topic of what arrived.
func (r *receiver) lines() string {
	all := []string{}
	for _, d := range r.deliveries() {
		topic, _ := d.meeting["topic"].(string)
		all = append(all, d.hook+" "+topic)
	}
	return strings.Join(all, "\n")
}

// hook makes the receiver that of all hooks, with the hook's name at the end of the URL.
func (r *receiver) hook(o *veeting.Options) {
	o.Webhook = func(_ context.Context, hook string) (veeting.Webhook, error) {
		return veeting.Webhook{URL: r.url + "/webhooks/veeting/" + hook, Key: hookKey}, nil
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

// topic schedules a meeting of another topic and end, and returns its id.
func (w *world) topic(topic, end string, minutes string) string {
	w.t.Helper()
	body := meeting.with("topic", quote(topic)).with("endTime", quote(end)).with("duration", minutes)
	got := w.account("POST", meetings, body.String())
	w.want(got, "200 0")
	return got.id()
}
