// Package standin has what the tests' stand-ins do alike, for meeting systems and for the store of secrets: a clock that
// moves when it is told to, a secret that changes, and the ways in which a server answers or fails to.
package standin

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

// Clock stands still until it is stepped. With a tick it also moves whenever it is read, so that two signatures can be told
// apart: RS256 gives the same token for the same claims.
type Clock struct {
	Tick time.Duration

	mu sync.Mutex
	at time.Time
}

// NewClock makes a Clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now gives the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(c.Tick)
	return c.at
}

// Seen gives the time without a tick.
func (c *Clock) Seen() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Step lets time go by.
func (c *Clock) Step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Must gives the value, and panics with the error if there is one.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Serve starts a server on the listener, or on a port of this machine when it is nil.
func Serve(tb testing.TB, listener net.Listener, handler http.Handler) *httptest.Server {
	tb.Helper()
	server := httptest.NewUnstartedServer(handler)
	if listener != nil {
		_ = server.Listener.Close()
		server.Listener = listener
	}
	server.Start()
	tb.Cleanup(server.Close)
	return server
}

// UpstreamError checks that err is an *httpclient.Error of a provider and gives it.
func UpstreamError(tb testing.TB, err error, provider string) *httpclient.Error {
	tb.Helper()
	var failure *httpclient.Error
	if !errors.As(err, &failure) {
		tb.Fatalf("got error %v, want an *httpclient.Error", err)
	}
	if failure.Provider != provider {
		tb.Errorf("got provider %q, want %q", failure.Provider, provider)
	}
	return failure
}

// SecretError checks that err is a *secrets.Error of a secret, by its full name, and gives it.
func SecretError(tb testing.TB, err error, name string) *secrets.Error {
	tb.Helper()
	var failure *secrets.Error
	if !errors.As(err, &failure) {
		tb.Fatalf("got error %v, want a *secrets.Error", err)
	}
	if failure.Name != name {
		tb.Errorf("got secret %q, want %q", failure.Name, name)
	}
	return failure
}

// Holds tells whether text holds any of the parts, and which. Parts that are empty are passed over.
func Holds(text string, parts ...string) (string, bool) {
	for _, part := range parts {
		if part != "" && strings.Contains(text, part) {
			return part, true
		}
	}
	return "", false
}
