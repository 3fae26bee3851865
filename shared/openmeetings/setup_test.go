package openmeetings_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/pipes"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
	"gavel/shared/secrets"
)

const (
	basePath = "/openmeetings"
	user     = "gavel-bot"
	// password holds what forms, queries, JSON and regular expressions treat as something else.
	password    = `Pa+ss w%rd"ö&1;/\x`
	newPassword = "Next-1-Word!"
	// secretOf is the full name of the secret.
	secretOf = "gavel/openmeetings"
	// callers is how many do something at once.
	callers = 50
)

var start = time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	// One test reads the log, and sees to it itself.
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// stepped is a clock that moves when it is told to.
type stepped struct {
	mu sync.Mutex
	at time.Time
}

func (c *stepped) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stepped) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// vault holds the one secret, with its reads counted. Without content the secret does not exist.
type vault struct {
	reads atomic.Int64
	takes time.Duration // of a read; not for real, but in a synctest bubble

	mu      sync.Mutex
	content string
	version int
}

var _ secrets.Source = (*vault)(nil)

func (v *vault) FullName(name string) string { return "gavel/" + name }

func (v *vault) Read(_ context.Context, name string) (secrets.Raw, error) {
	v.reads.Add(1)
	<-time.After(v.takes)
	v.mu.Lock()
	defer v.mu.Unlock()
	if name != "openmeetings" || v.content == "" {
		return secrets.Raw{}, &secrets.Error{Name: v.FullName(name), Reason: "it does not exist"}
	}
	return secrets.NewRaw(fmt.Sprint(v.version), []byte(v.content)), nil
}

func (v *vault) put(content string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.content = content
	v.version++
}

func (v *vault) putAccount(baseURL, user, password string) {
	v.put(string(must(json.Marshal(map[string]string{"baseUrl": baseURL, "user": user, "password": password}))))
}

// fixture is a Client before a stand-in for OpenMeetings that lets its account in.
type fixture struct {
	client   *openmeetings.Client
	upstream *upstream
	vault    *vault
	clock    *stepped
}

type option func(*settings)

type settings struct {
	budget    time.Duration
	listener  net.Listener
	transport http.RoundTripper
	base      string
}

// inMemory has the upstream answer in a synctest bubble.
func inMemory() option {
	return func(s *settings) {
		wire := pipes.Listen("openmeetings.test")
		s.listener = wire
		s.transport = &http.Transport{DialContext: wire.DialContext, MaxIdleConnsPerHost: 64}
	}
}

func withBase(path string) option { return func(s *settings) { s.base = path } }

func setup(tb testing.TB, options ...option) *fixture {
	tb.Helper()
	s := settings{base: basePath, budget: 10 * time.Second, transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	for _, set := range options {
		set(&s)
	}
	f := &fixture{clock: &stepped{at: start}, vault: &vault{}}
	f.upstream = newUpstream(tb, s)
	f.vault.putAccount(f.upstream.url+s.base, user, password)
	f.client = openmeetings.New(openmeetings.Options{
		Secrets: f.vault,
		HTTP: httpclient.New(httpclient.Options{
			Provider: openmeetings.Provider, Budget: s.budget, Transport: s.transport, Now: f.clock.now,
		}),
		Now: f.clock.now,
	})
	return f
}

// count is a command that reads, and one that any right lets in.
func (f *fixture) count(ctx context.Context) error {
	_, err := f.client.CountRoom(ctx, 7)
	return err
}

// everybody does something at once and gives the errors.
func everybody(n int, do func() error) []error {
	results := make(chan error, n)
	for range n {
		go func() { results <- do() }()
	}
	all := make([]error, n)
	for i := range all {
		all[i] = <-results
	}
	return all
}

// upstreamError checks that err is an *httpclient.Error of OpenMeetings and gives it.
func upstreamError(tb testing.TB, err error) *httpclient.Error {
	tb.Helper()
	var failure *httpclient.Error
	if !errors.As(err, &failure) {
		tb.Fatalf("got error %v, want an *httpclient.Error", err)
	}
	if failure.Provider != openmeetings.Provider {
		tb.Errorf("got provider %q, want %q", failure.Provider, openmeetings.Provider)
	}
	return failure
}

// refusal checks that err is a *Refusal with a message and gives its failure.
func refusal(tb testing.TB, err error, message string) *httpclient.Error {
	tb.Helper()
	var said *openmeetings.Refusal
	if !errors.As(err, &said) || said.Message != message {
		tb.Fatalf("got error %#v, want a *Refusal with %q", err, message)
	}
	return upstreamError(tb, err)
}

// sameJSON compares two texts as JSON, numbers as they are written.
func sameJSON(got, want string) bool {
	a, errA := generic(got)
	b, errB := generic(want)
	return errA == nil && errB == nil && sameValue(a, b)
}

func sameValue(a, b any) bool { return reflect.DeepEqual(a, b) }

func generic(text string) (value any, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err = decoder.Decode(&value); err == nil && decoder.More() {
		err = errors.New("more than one value")
	}
	return value, err
}

// serve starts a server on the listener, or on a port of this machine.
func serve(tb testing.TB, listener net.Listener, handler http.Handler) *httptest.Server {
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
