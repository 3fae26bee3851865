package veeting_test

import (
	"context"
	"path"
	"testing"
	"time"

	"gavel/local/sandbox/veeting"
	"gavel/local/standin"
)

const hookKey = "the receiver's own key"

type delivery = standin.Delivery

// hookOf is the hook that a delivery was for.
func hookOf(d delivery) string { return path.Base(d.Path) }

// receiver is the other end of the webhooks.
type receiver struct{ *standin.Receiver }

func newReceiver(t *testing.T) receiver {
	t.Helper()
	r := receiver{standin.NewReceiver(t)}
	t.Cleanup(func() {
		for _, d := range r.Deliveries() {
			if d.Event == nil {
				t.Errorf("got %s, want JSON", d.Body)
			}
		}
	})
	return r
}

// lines are the hook and the topic of what arrived.
func (r receiver) lines() string {
	return r.Lines(func(d delivery) string {
		topic, _ := d.Event["topic"].(string)
		return hookOf(d) + " " + topic
	})
}

// hook makes the receiver that of all hooks, with the hook's name at the end of the URL.
func (r receiver) hook(o *veeting.Options) {
	o.Webhook = func(_ context.Context, hook string) (veeting.Webhook, error) {
		return veeting.Webhook{URL: r.URL + "/webhooks/veeting/" + hook, Key: hookKey}, nil
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
