package jitsi_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
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
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/phone"
	"gavel/shared/secrets"
)

const (
	// basePath stands before the modules' own paths.
	basePath = "/behind/prosody"
	webURL   = "https://meet.example.org"
	domain   = "meet.example.org"

	issuer = "my_app"
	// The library that verifies takes no secret that is shorter than the longest of the hashes.
	loginSecret   = "Login-secret!of the/team=81c2, and as long as it takes to be of any use: 64 bytes"
	newSecret     = "Login-secret-after-the-rotation, and as long as it takes to be of any use: 64 bytes"
	systemKeyID   = "sys-2026"
	newKeyID      = "sys-2027"
	callbackToken = "Callback.token-of_the-server"

	// secretOf is the full name of the secret.
	secretOf = "gavel/jitsi"

	room    jitsimeet.Room          = "standup"
	shortID jitsimeet.ParticipantID = "f0aa9e1e"
	otherID jitsimeet.ParticipantID = "0badcafe"
	phoneNo                         = "+40747777777"
)

// start is the moment of the contract's example token.
var start = time.Unix(1_760_000_000, 0)

// The keys of these tests are made anew in every run; each is made once, as that takes long.
var (
	systemKey = sync.OnceValue(generate)
	nextKey   = sync.OnceValue(generate)
	loginKey  = sync.OnceValue(generate)
)

func generate() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) }

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

func armor(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func pemOf(key *rsa.PrivateKey) string {
	return armor("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key)))
}

func publicPEM(key *rsa.PrivateKey) string {
	return armor("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(key.Public())))
}

func number() phone.Number { return must(phone.Parse(phoneNo)) }

// stepped is a clock that moves when it is told to. With a tick it also moves whenever it is read, so that two signatures
// can be told apart: RS256 gives the same token for the same claims.
type stepped struct {
	mu   sync.Mutex
	at   time.Time
	tick time.Duration
}

func (c *stepped) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(c.tick)
	return c.at
}

// seen is the time without a tick.
func (c *stepped) seen() time.Time {
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

// withSystem gives a copy with other fields of its system.
func (f fields) withSystem(changes fields) fields {
	return f.with(fields{"system": f["system"].(fields).with(changes)})
}

// vault holds the one secret, with its reads counted. Without content the secret does not exist.
type vault struct {
	reads atomic.Int64
	// gate holds reads back until it is closed; nil holds none back.
	gate chan struct{}

	mu      sync.Mutex
	content string
	version int
	fails   bool // as a store that is down
}

var _ secrets.Source = (*vault)(nil)

func (v *vault) FullName(name string) string { return "gavel/" + name }

func (v *vault) Read(_ context.Context, name string) (secrets.Raw, error) {
	v.reads.Add(1)
	if v.gate != nil {
		<-v.gate
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.fails:
		return secrets.Raw{}, &secrets.Error{Name: v.FullName(name), Reason: "the store is down", Passing: true}
	case name != "jitsi" || v.content == "":
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

func (v *vault) fail(down bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.fails = down
}

// fixture is a Client before a stand-in for Prosody that knows its keys.
type fixture struct {
	client   *jitsi.Client
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
		wire := pipes.Listen("jitsi.test")
		s.listener = wire
		s.transport = &http.Transport{DialContext: wire.DialContext, DisableCompression: true}
	}
}

// withSecret changes fields of the secret.
func withSecret(changes fields) option { return func(s *settings) { s.changes = changes } }

func setup(tb testing.TB, options ...option) *fixture {
	tb.Helper()
	s := settings{transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	for _, set := range options {
		set(&s)
	}
	f := &fixture{clock: &stepped{at: start}, vault: &vault{}}
	f.upstream = newUpstream(tb, f.clock, s.listener)
	f.secret = fields{
		"baseUrl": webURL, "issuer": issuer, "secret": loginSecret, "callbackTokens": []string{callbackToken},
		"system": fields{"baseUrl": f.upstream.url + basePath, "privateKey": pemOf(systemKey()), "keyId": systemKeyID},
	}.with(s.changes)
	f.vault.putFields(f.secret)
	f.client = jitsi.New(jitsi.Options{
		Secrets: f.vault, Now: f.clock.now,
		HTTP: httpclient.New(httpclient.Options{
			Provider: jitsi.Provider, Budget: 10 * time.Second, Transport: s.transport, Now: f.clock.now,
		}),
	})
	return f
}

// rotated is the secret with another system key.
func (f *fixture) rotated() fields {
	return f.secret.withSystem(fields{"privateKey": pemOf(nextKey()), "keyId": newKeyID})
}

// rotate gives the system a new key, in the secret and upstream, and takes the old one away.
func (f *fixture) rotate() {
	f.upstream.trust(newKeyID, nextKey())
	f.vault.putFields(f.rotated())
}

// upstreamError checks that err is an *httpclient.Error of Jitsi and gives it.
func upstreamError(tb testing.TB, err error) *httpclient.Error {
	tb.Helper()
	var failure *httpclient.Error
	if !errors.As(err, &failure) {
		tb.Fatalf("got error %v, want an *httpclient.Error", err)
	}
	if failure.Provider != jitsi.Provider {
		tb.Errorf("got provider %q, want %q", failure.Provider, jitsi.Provider)
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

// has tells whether text holds any of the parts, and which.
func has(text string, parts ...string) (string, bool) {
	for _, part := range parts {
		if part != "" && strings.Contains(text, part) {
			return part, true
		}
	}
	return "", false
}

// now is the time of a synctest bubble.
func now() time.Time { return time.Now() }

// another is a number that nobody has been called at.
func another() phone.Number { return must(phone.Parse("+4915112345678")) }

func sameClaims(got, want map[string]any) bool { return reflect.DeepEqual(got, want) }

// silent hears no complaints of a stand-in, in tests that want what it would complain about.
type silent struct{ testing.TB }

func (silent) Errorf(string, ...any) {}
