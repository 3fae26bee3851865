package rooms_test

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// wire carries the requests to DynamoDB, counts them by operation, and answers some of them itself.
type wire struct {
	t      *testing.T
	client *http.Client

	mu       sync.Mutex
	requests map[string]int
	answer   func(operation string) *http.Response // nil to carry the request
}

func newWire(t *testing.T) *wire {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &wire{t: t, client: &http.Client{Transport: transport}, requests: map[string]int{}}
}

// Do makes one request, or answers it in DynamoDB's place.
func (w *wire) Do(r *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if operation == "Scan" {
		w.t.Error("got a Scan, want none ever")
	}
	// A machine that is too busy makes the SDK repeat a request, which tells nothing of the operation.
	attempt := r.Header.Get("Amz-Sdk-Request")
	first := strings.HasPrefix(attempt, "attempt=1;")
	if !first {
		w.t.Logf("%s: %s", operation, attempt)
	}
	w.mu.Lock()
	if first {
		w.requests[operation]++
	}
	answer := w.answer
	w.mu.Unlock()
	if answer != nil {
		if made := answer(operation); made != nil {
			made.Request = r
			return made, nil
		}
	}
	resp, err := w.client.Do(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Logf("%s: got %v, %v", operation, resp, err)
	}
	return resp, err
}

// answering has the requests answered by a function; nil from it lets one through.
func (w *wire) answering(answer func(operation string) *http.Response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = answer
}

// count gives the requests that a function makes.
func (w *wire) count(f func()) map[string]int {
	w.mu.Lock()
	clear(w.requests)
	w.mu.Unlock()
	f()
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.requests)
}

// dynamoError is an answer of DynamoDB
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html).
func dynamoError(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status),
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body:   io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}
