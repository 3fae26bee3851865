package openmeetings_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"gavel/local/pipes"
	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
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

func putAccount(v *standin.Vault, baseURL, user, password string) {
	v.Put(standin.Fields{"baseUrl": baseURL, "user": user, "password": password})
}

// fixture is a Client before a stand-in for OpenMeetings that lets its account in.
type fixture struct {
	client   *openmeetings.Client
	upstream *upstream
	vault    *standin.Vault
	clock    *standin.Clock
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
	f := &fixture{clock: standin.NewClock(start), vault: standin.NewVault("openmeetings")}
	f.upstream = newUpstream(tb, s)
	putAccount(f.vault, f.upstream.url+s.base, user, password)
	f.client = openmeetings.New(openmeetings.Options{
		Secrets: f.vault,
		HTTP: httpclient.New(httpclient.Options{
			Provider: openmeetings.Provider, Budget: s.budget, Transport: s.transport, Now: f.clock.Now,
		}),
		Now: f.clock.Now,
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
	return standin.UpstreamError(tb, err, openmeetings.Provider)
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
