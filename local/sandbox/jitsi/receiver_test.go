package jitsi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/sandbox/jitsi"
	"gavel/local/standin"
)

type delivery = standin.Delivery

// line sums an event up in a few words.
func line(d delivery) string {
	words := fmt.Sprint(strings.TrimPrefix(d.Path, "/api/events/"), " ", d.Event["room_name"])
	if who, ok := d.Event["occupant"].(map[string]any); ok {
		words += fmt.Sprint(" ", who["id"], " ", d.Event["active_occupants_count"])
	}
	return words
}

// receiver is the other end of the server's calls.
type receiver struct {
	*standin.Receiver

	url string // of the API
}

func newReceiver(t *testing.T) receiver {
	t.Helper()
	r := receiver{Receiver: standin.NewReceiver(t)}
	r.url = r.URL + "/api"
	return r
}

// lines are the events that arrived, summed up.
func (r receiver) lines() string { return r.Lines(line) }

// requests are the methods and paths of what arrived.
func (r receiver) requests() string {
	all := []string{}
	for _, d := range r.Deliveries() {
		all = append(all, d.Method+" "+strings.TrimPrefix(d.Path, "/api"))
	}
	return strings.Join(all, ", ")
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

// try is join for goroutines beside the test's own, which must not end it.
func (w *world) try(room, token string) reply {
	got := w.join(room, token)
	if got.status != http.StatusCreated {
		w.t.Errorf("join %s: got %d %s, want 201", room, got.status, got.raw)
	}
	return got
}

func (w *world) wantRequests(r receiver, want string) {
	w.t.Helper()
	w.flush()
	if got := r.requests(); got != want {
		w.t.Errorf("got requests %s, want %s", got, want)
	}
}

// events makes the receiver that of events.
func (r receiver) events(_ *jitsi.Options, set *jitsi.Settings) { set.EventsURL = r.url }

// reservations makes it the reservation system.
func (r receiver) reservations(_ *jitsi.Options, set *jitsi.Settings) { set.ReservationsURL = r.url }
