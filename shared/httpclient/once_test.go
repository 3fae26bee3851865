package httpclient_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gavel/shared/httpclient"
)

// requestsToSendOnce are requests of every sort that net/http treats differently. It repeats some by itself on a kept
// connection that breaks.
func requestsToSendOnce(url string) map[string]httpclient.Request {
	requests := map[string]httpclient.Request{"POST": post(url)}
	bare := func(method string) httpclient.Request {
		return httpclient.Request{Method: method, URL: url, Header: http.Header{"Authorization": {token}}}
	}
	requests["POST without a body"] = bare(http.MethodPost)
	keyed := post(url)
	keyed.Header = keyed.Header.Clone()
	keyed.Header.Set("Idempotency-Key", "k1")
	requests["POST with an idempotency key"] = keyed
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
		requests[method] = bare(method)
	}
	return requests
}

// sorts names the requests to try a fault with. The hanging ones cost time, and how a connection is kept makes no
// difference to them.
func (f fault) sorts() []string {
	if f.budget != 0 {
		return []string{"POST"}
	}
	return slices.Sorted(maps.Keys(requestsToSendOnce("")))
}

// This is the guarantee that a telephone does not ring twice.
func TestDo_SendsOnceOverAFreshConnection(t *testing.T) {
	t.Parallel()
	for name, f := range faults() {
		for _, sort := range f.sorts() {
			t.Run(name+"/"+sort, func(t *testing.T) {
				t.Parallel()
				p := listen(t, nil, func(c conn, _ int) bool { f.serve(c); return false })
				f.check(t, failure(t, f.client(), requestsToSendOnce(p.url)[sort]))
				requests, connections := p.received()
				if len(requests) != 1 || connections != 1 {
					t.Errorf("the provider got %d requests on %d connections, want 1 on 1", len(requests), connections)
				}
			})
		}
	}
}

func TestDo_SendsOnceOverAKeptConnection(t *testing.T) {
	t.Parallel()
	for name, f := range faults() {
		if f.budget != 0 && name != "hangs" {
			continue // they differ in the answer only, and cost time
		}
		for _, sort := range f.sorts() {
			t.Run(name+"/"+sort, func(t *testing.T) {
				t.Parallel()
				p := listen(t, nil, func(c conn, n int) bool {
					if n == 1 {
						c.ok()
						return true
					}
					f.serve(c)
					return false
				})
				client := f.client()
				if _, err := client.Do(t.Context(), post(p.url)); err != nil {
					t.Fatalf("first request: got %v, want none", err)
				}

				f.check(t, failure(t, client, requestsToSendOnce(p.url)[sort]))
				requests, connections := p.received()
				if len(requests) != 2 || connections != 1 {
					t.Errorf("the provider got %d requests on %d connections, want 2 on 1, with the first", len(requests), connections)
				}
			})
		}
	}
}

// A provider closes connections that were idle for a while, and sometimes just as a request is under way. Whether
// the client sees it in time is a matter of luck; that a command arrives once at most is not.
func TestDo_SendsOnceThoughTheKeptConnectionIsClosing(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(conn){"closed": func(conn) {}, "reset": conn.reset} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := listen(t, nil, func(c conn, _ int) bool { c.ok(); end(c); return false })
			client := newClient(ample)
			for i := range 200 {
				req := post(p.url)
				req.Body = fmt.Appendf(nil, `{"command":"number %d"}`, i)
				_, err := client.Do(t.Context(), req)

				requests, _ := p.received()
				times := 0
				for _, request := range requests {
					times += strings.Count(request, string(req.Body))
				}
				var failed *httpclient.Error
				switch {
				case err == nil && times != 1:
					t.Fatalf("command %d: got success and %d arrivals, want 1", i, times)
				case times > 1:
					t.Fatalf("command %d: got %v and %d arrivals, want 1 at most", i, err, times)
				case errors.As(err, &failed) && !failed.MayHaveHappened && times != 0:
					t.Fatalf("command %d: got %v that cannot have happened and %d arrivals, want none", i, err, times)
				}
			}
		})
	}
}

// A request that was not to be repeated looks on the wire like any other.
func TestDo_SendsOnceWithoutATrace(t *testing.T) {
	t.Parallel()
	p := listen(t, nil, func(c conn, _ int) bool { c.ok(); return true })
	client := newClient(ample)
	for _, repeatable := range []bool{false, true} {
		req := httpclient.Request{Method: http.MethodGet, URL: p.url + "/room", Repeatable: repeatable}
		if _, err := client.Do(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	requests, connections := p.received()
	if len(requests) != 2 || requests[0] != requests[1] {
		t.Errorf("got %q, want the same twice", requests)
	}
	if connections != 1 {
		t.Errorf("got %d connections, want 1 that is kept", connections)
	}
}
