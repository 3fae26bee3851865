package jitsi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/sandbox/jitsi"
)

// delivery is one request as it arrived.
type delivery struct {
	method string
	path   string
	header http.Header
	body   string
	event  map[string]any
}

// line sums an event up in a few words.
func (d delivery) line() string {
	words := fmt.Sprint(strings.TrimPrefix(d.path, "/api/events/"), " ", d.event["room_name"])
	if who, ok := d.event["occupant"].(map[string]any); ok {
		words += fmt.Sprint(" ", who["id"], " ", d.event["active_occupants_count"])
	}
	return words
}

// receiver is the other end of the server's calls. It keeps what it is sent and answers as answer says.
type receiver struct {
	t      *testing.T
	url    string
	answer func(delivery) (int, string)

	mu   sync.Mutex
	kept []delivery
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{t: t, answer: func(delivery) (int, string) { return http.StatusOK, "" }}
	h := httptest.NewServer(r)
	t.Cleanup(h.Close)
	r.url = h.URL + "/api"
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		r.t.Error(err)
	}
	got := delivery{method: req.Method, path: req.URL.Path, header: req.Header, body: string(raw)}
	_ = json.Unmarshal(raw, &got.event) // reservations are forms
	r.mu.Lock()
	r.kept = append(r.kept, got)
	r.mu.Unlock()
	status, body := r.answer(got)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
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

// requests are the methods and paths of what arrived.
func (r *receiver) requests() string {
	all := []string{}
	for _, d := range r.deliveries() {
		all = append(all, d.method+" "+strings.TrimPrefix(d.path, "/api"))
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

func (w *world) wantRequests(r *receiver, want string) {
	w.t.Helper()
	w.flush()
	if got := r.requests(); got != want {
		w.t.Errorf("got requests %s, want %s", got, want)
	}
}

// events makes the receiver that of events.
func (r *receiver) events(_ *jitsi.Options, set *jitsi.Settings) { set.EventsURL = r.url }

// reservations makes it the reservation system.
func (r *receiver) reservations(_ *jitsi.Options, set *jitsi.Settings) { set.ReservationsURL = r.url }
