package veeting_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/pipes"
	"gavel/shared/httpclient"
	"gavel/shared/secrets"
	"gavel/shared/veeting"
)

const (
	// basePath stands before the API's own path.
	basePath = "/white/label"
	apiPath  = "/api/v6"

	apiKey    = "Key.of_the-instance!81c2"
	newKey    = "Key-after-the-rotation"
	hookKey   = "Key-of-the-hook"
	userID    = "5e9459c5b863b82cefdddf4e"
	userEmail = "test-user@example.com"
	accountID = "5e9459c5b863b82cefdddf4f"
	meetingID = "5e945c36b863b82cefdddf54"

	// secretOf is the full name of the secret.
	secretOf = "gavel/veeting"
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

// fields are what the secret holds.
type fields map[string]any

// with gives a copy with other fields; those that are nil are left out.
func (f fields) with(changes fields) fields {
	copied := maps.Clone(f)
	for name, value := range changes {
		if copied[name] = value; value == nil {
			delete(copied, name)
		}
	}
	return copied
}

// vault holds the one secret, with its reads counted. Without content the secret does not exist.
type vault struct {
	reads atomic.Int64

	mu      sync.Mutex
	content string
	version int
}

var _ secrets.Source = (*vault)(nil)

func (v *vault) FullName(name string) string { return "gavel/" + name }

func (v *vault) Read(_ context.Context, name string) (secrets.Raw, error) {
	v.reads.Add(1)
	v.mu.Lock()
	defer v.mu.Unlock()
	if name != "veeting" || v.content == "" {
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

func (v *vault) putFields(f fields) { v.put(string(must(json.Marshal(f)))) }

// fixture is a Client before a stand-in for Veeting that knows its key.
type fixture struct {
	client   *veeting.Client
	upstream *upstream
	vault    *vault
	clock    *stepped
	secret   fields // what the vault held at first
}

type option func(*settings)

type settings struct {
	listener  net.Listener
	transport http.RoundTripper
	changes   fields // of the secret
}

// inMemory has the upstream answer in a synctest bubble.
func inMemory() option {
	return func(s *settings) {
		wire := pipes.Listen("veeting.test")
		s.listener = wire
		s.transport = &http.Transport{DialContext: wire.DialContext, DisableCompression: true}
	}
}

// withSecret changes fields of the secret.
func withSecret(changes fields) option { return func(s *settings) { s.changes = changes } }

func accountLevel() option { return withSecret(fields{"level": "account"}) }

func setup(tb testing.TB, options ...option) *fixture {
	tb.Helper()
	s := settings{transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	for _, set := range options {
		set(&s)
	}
	f := &fixture{clock: &stepped{at: start}, vault: &vault{}, upstream: newUpstream(tb, s.listener)}
	f.secret = fields{
		"baseUrl": f.upstream.url + basePath, "apiKey": apiKey, "level": "instance",
		"webhookKeys": map[string]string{"onMeetingClosed": hookKey},
	}.with(s.changes)
	f.vault.putFields(f.secret)
	f.client = veeting.New(veeting.Options{
		Secrets: f.vault, Now: f.clock.now,
		HTTP: httpclient.New(httpclient.Options{
			Provider: veeting.Provider, Budget: 10 * time.Second, Transport: s.transport, Now: f.clock.now,
		}),
	})
	return f
}

// rotate gives the client a new key, in the secret and upstream, and takes the old one away.
func (f *fixture) rotate() {
	f.upstream.set(func(u *upstream) { u.key = newKey })
	f.vault.putFields(f.secret.with(fields{"apiKey": newKey}))
}

// upstreamError checks that err is an *httpclient.Error of Veeting and gives it.
func upstreamError(tb testing.TB, err error) *httpclient.Error {
	tb.Helper()
	var failure *httpclient.Error
	if !errors.As(err, &failure) {
		tb.Fatalf("got error %v, want an *httpclient.Error", err)
	}
	if failure.Provider != veeting.Provider {
		tb.Errorf("got provider %q, want %q", failure.Provider, veeting.Provider)
	}
	return failure
}

// secretError checks that err is a *secrets.Error of the one secret and gives it.
func secretError(tb testing.TB, err error) *secrets.Error {
	tb.Helper()
	var failure *secrets.Error
	if !errors.As(err, &failure) {
		tb.Fatalf("got error %v, want a *secrets.Error", err)
	}
	if failure.Name != secretOf {
		tb.Errorf("got secret %q, want %q", failure.Name, secretOf)
	}
	return failure
}

// sameJSON demands that a value is the wanted JSON, numbers as they are written.
func sameJSON(tb testing.TB, what string, value any, want string) {
	tb.Helper()
	text := string(must(json.Marshal(value)))
	if !reflect.DeepEqual(generic(text), generic(want)) {
		tb.Errorf("%s: got %s, want %s", what, text, want)
	}
}

func generic(text string) (value any) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		panic(err)
	}
	return value
}
