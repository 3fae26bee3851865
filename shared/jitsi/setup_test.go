package jitsi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net"
	"net/http"
	"os"
	"reflect"
	"sync"
	"testing"
	"time"

	"gavel/local/pipes"
	"gavel/local/standin"
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

// fields are what the secret holds.
type fields = standin.Fields

// withSystem gives a copy with other fields of its system.
func withSystem(secret, changes fields) fields {
	return secret.With(fields{"system": secret["system"].(fields).With(changes)})
}

// fixture is a Client before a stand-in for Prosody that knows its keys.
type fixture struct {
	client   *jitsi.Client
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
	f := &fixture{clock: standin.NewClock(start), vault: standin.NewVault("jitsi")}
	f.upstream = newUpstream(tb, f.clock, s.listener)
	f.secret = fields{
		"baseUrl": webURL, "issuer": issuer, "secret": loginSecret, "callbackTokens": []string{callbackToken},
		"system": fields{"baseUrl": f.upstream.url + basePath, "privateKey": pemOf(systemKey()), "keyId": systemKeyID},
	}.With(s.changes)
	f.vault.Put(f.secret)
	f.client = jitsi.New(jitsi.Options{
		Secrets: f.vault, Now: f.clock.Now,
		HTTP: httpclient.New(httpclient.Options{
			Provider: jitsi.Provider, Budget: 10 * time.Second, Transport: s.transport, Now: f.clock.Now,
		}),
	})
	return f
}

// rotated is the secret with another system key.
func (f *fixture) rotated() fields {
	return withSystem(f.secret, fields{"privateKey": pemOf(nextKey()), "keyId": newKeyID})
}

// rotate gives the system a new key, in the secret and upstream, and takes the old one away.
func (f *fixture) rotate() {
	f.upstream.trust(newKeyID, nextKey())
	f.vault.Put(f.rotated())
}

// upstreamError checks that err is an *httpclient.Error of Jitsi and gives it.
func upstreamError(tb testing.TB, err error) *httpclient.Error {
	tb.Helper()
	return standin.UpstreamError(tb, err, jitsi.Provider)
}

// secretError checks that err is a *secrets.Error of the one secret and gives it.
func secretError(tb testing.TB, err error) *secrets.Error {
	tb.Helper()
	return standin.SecretError(tb, err, secretOf)
}

// now is the time of a synctest bubble.
func now() time.Time { return time.Now() }

// another is a number that nobody has been called at.
func another() phone.Number { return must(phone.Parse("+4915112345678")) }

func sameClaims(got, want map[string]any) bool { return reflect.DeepEqual(got, want) }

// silent hears no complaints of a stand-in, in tests that want what it would complain about.
type silent struct{ testing.TB }

func (silent) Errorf(string, ...any) {}
