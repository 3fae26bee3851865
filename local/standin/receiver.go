package standin

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Delivery is one request as it arrived.
type Delivery struct {
	Method, Path string
	Header       http.Header
	Body         string
	Event        map[string]any // the body, if it is a JSON object
}

// Receiver is the other end of a meeting system's calls. It keeps what it is sent and answers 204, or as Answer says.
type Receiver struct {
	URL    string
	Answer func(Delivery) (status int, body string)

	mu   sync.Mutex
	kept []Delivery
}

// NewReceiver starts a Receiver for as long as the test runs.
func NewReceiver(tb testing.TB) *Receiver {
	tb.Helper()
	r := &Receiver{Answer: func(Delivery) (int, string) { return http.StatusNoContent, "" }}
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		raw, err := io.ReadAll(request.Body)
		if err != nil {
			tb.Error(err)
		}
		got := Delivery{Method: request.Method, Path: request.URL.Path, Header: request.Header, Body: string(raw)}
		_ = json.Unmarshal(raw, &got.Event)
		r.mu.Lock()
		r.kept = append(r.kept, got)
		r.mu.Unlock()
		status, body := r.Answer(got)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	tb.Cleanup(served.Close)
	r.URL = served.URL
	return r
}

// Deliveries gives what arrived, in the order in which it did.
func (r *Receiver) Deliveries() []Delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.kept)
}

// Lines sums what arrived up, a line each.
func (r *Receiver) Lines(line func(Delivery) string) string {
	all := []string{}
	for _, d := range r.Deliveries() {
		all = append(all, line(d))
	}
	return strings.Join(all, "\n")
}

// Wire is a receiver inside a synctest bubble, where time passes only when everybody waits. It answers as Answers says, one
// after the other, and then with 200; 0 is a connection that breaks.
type Wire struct {
	Answers []int
	Hang    bool
	Began   time.Time
	Tries   []Try
}

// Try is a request that reached a Wire.
type Try struct {
	After  time.Duration // since it began
	Path   string
	Header http.Header
	Body   string
}

// RoundTrip notes the try and answers it.
func (w *Wire) RoundTrip(request *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	w.Tries = append(w.Tries, Try{time.Since(w.Began), request.URL.Path, request.Header, string(raw)})
	if w.Hang {
		<-request.Context().Done()
		return nil, request.Context().Err()
	}
	status := http.StatusOK
	if len(w.Answers) > 0 {
		status, w.Answers = w.Answers[0], w.Answers[1:]
	}
	if status == 0 {
		return nil, errors.New("connection reset")
	}
	header := http.Header{"Location": {"http://127.0.0.1/elsewhere"}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader("no")), Request: request}, nil
}

// Course sums the tries up: what was tried when.
func (w *Wire) Course(what func(Try) string) []string {
	all := []string{}
	for _, t := range w.Tries {
		all = append(all, what(t)+" "+t.After.String())
	}
	return all
}

// Bodies counts the bodies that differ.
func (w *Wire) Bodies() int {
	seen := map[string]bool{}
	for _, t := range w.Tries {
		seen[t.Body] = true
	}
	return len(seen)
}
