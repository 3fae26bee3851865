package veeting_test

import (
	"encoding/json"
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

// fields are what the secret holds.
type fields = standin.Fields

// fixture is a Client before a stand-in for Veeting that knows its key.
type fixture struct {
	client   *veeting.Client
	upstream *upstream
	vault    *standin.Vault
	clock    *standin.Clock
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
	f := &fixture{clock: standin.NewClock(start), vault: standin.NewVault("veeting"), upstream: newUpstream(tb, s.listener)}
	f.secret = fields{
		"baseUrl": f.upstream.url + basePath, "apiKey": apiKey, "level": "instance",
		"webhookKeys": map[string]string{"onMeetingClosed": hookKey},
	}.With(s.changes)
	f.vault.Put(f.secret)
	f.client = veeting.New(veeting.Options{
		Secrets: f.vault, Now: f.clock.Now,
		HTTP: httpclient.New(httpclient.Options{
			Provider: veeting.Provider, Budget: 10 * time.Second, Transport: s.transport, Now: f.clock.Now,
		}),
	})
	return f
}

// rotate gives the client a new key, in the secret and upstream, and takes the old one away.
func (f *fixture) rotate() {
	f.upstream.set(func(u *upstream) { u.key = newKey })
	f.vault.Put(f.secret.With(fields{"apiKey": newKey}))
}

// upstreamError checks that err is an *httpclient.Error of Veeting and gives it.
func upstreamError(tb testing.TB, err error) *httpclient.Error {
	tb.Helper()
	return standin.UpstreamError(tb, err, veeting.Provider)
}

// secretError checks that err is a *secrets.Error of the one secret and gives it.
func secretError(tb testing.TB, err error) *secrets.Error {
	tb.Helper()
	return standin.SecretError(tb, err, secretOf)
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
