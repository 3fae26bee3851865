package httpclient_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/httpclient"
)

// After a thaw the wall clock has moved and net/http's idle timers have not.
func TestConnectionsAreNotReusedAfterAFreeze(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	var clock atomic.Int64
	client := httpclient.New(httpclient.Options{
		Provider: "test", Budget: 10 * time.Second,
		Now: func() time.Time { return time.Unix(1_760_000_000+clock.Load(), 0) },
	})
	call := func() {
		t.Helper()
		if _, err := client.Do(t.Context(), httpclient.Request{Method: http.MethodPost, URL: server.URL}); err != nil {
			t.Fatal(err)
		}
	}
	call()
	clock.Add(5)
	call()
	if got := connections.Load(); got != 1 {
		t.Errorf("within seconds: got %d connections, want one that is kept", got)
	}
	clock.Add(600)
	call()
	if got := connections.Load(); got != 2 {
		t.Errorf("after ten minutes: got %d connections, want a fresh one", got)
	}
}
