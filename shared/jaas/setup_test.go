package jaas_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/pipes"
	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/phone"
	"gavel/shared/secrets"
)

const (
	appID    jaas.AppID = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
	otherApp jaas.AppID = "vpaas-magic-cookie-ffffffffffffffffffffffffffffffff"
	keyID               = "4f4910"
	newKeyID            = "77ab00"
	domain              = "8x8.vc"
	basePath            = "/v1/_jaas"

	// secretOf is the full name of the tenant's secret.
	secretOf = "gavel/jaas/" + string(appID)
)

// start is the moment of the documentation's example token.
var start = time.Unix(1_760_000_000, 0)

// The keys of these tests are made anew in every run; each is made once, as that takes long.
var (
	theKey   = sync.OnceValue(func() *rsa.PrivateKey { return generate(2048) })
	nextKey  = sync.OnceValue(func() *rsa.PrivateKey { return generate(2048) })
	largeKey = sync.OnceValue(func() *rsa.PrivateKey { return generate(4096) })
)

func generate(bits int) *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, bits)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func pemOf(key *rsa.PrivateKey) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))}))
}

func TestMain(m *testing.M) {
	// One test reads the log, and sees to it itself.
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// vault is a secrets file, with its reads counted.
type vault struct {
	*secrets.File
	path  string
	reads atomic.Int64
	// gate holds reads back until it is closed; nil holds none back.
	gate chan struct{}
}

var _ secrets.Source = (*vault)(nil)

func newVault(tb testing.TB) *vault {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "secrets.json")
	return &vault{File: secrets.NewFile(path, "gavel"), path: path}
}

func (v *vault) Read(ctx context.Context, name string) (secrets.Raw, error) {
	v.reads.Add(1)
	if v.gate != nil {
		<-v.gate
	}
	return v.File.Read(ctx, name)
}

// put replaces all secrets by these, at once.
func (v *vault) put(tb testing.TB, all map[string]any) {
	tb.Helper()
	part := v.path + ".part"
	if err := os.WriteFile(part, must(json.Marshal(all)), 0o600); err != nil {
		tb.Fatal(err)
	}
	if err := os.Rename(part, v.path); err != nil {
		tb.Fatal(err)
	}
}

func secretName(id jaas.AppID) string { return "jaas/" + string(id) }

func secretOfKey(id string, key *rsa.PrivateKey) map[string]string {
	return map[string]string{"keyId": id, "privateKey": pemOf(key)}
}

// fixture is a Client before a stand-in for JaaS, with one tenant whose key the stand-in knows.
type fixture struct {
	client   *jaas.Client
	upstream *upstream
	vault    *vault
	clock    *standin.Clock
}

type option func(*settings)

type settings struct {
	domain    string
	path      string // of the base URL
	trailing  string // what follows the base URL in the options
	budget    time.Duration
	listener  net.Listener
	transport http.RoundTripper
}

func withDomain(name string) option   { return func(s *settings) { s.domain = name } }
func withPath(path string) option     { return func(s *settings) { s.path = path } }
func withTrailing(text string) option { return func(s *settings) { s.trailing = text } }

// inMemory has the upstream answer in a synctest bubble.
func inMemory() option {
	return func(s *settings) {
		wire := pipes.Listen("jaas.test")
		s.listener = wire
		s.transport = &http.Transport{DialContext: wire.DialContext}
	}
}

func setup(tb testing.TB, options ...option) *fixture {
	tb.Helper()
	s := settings{domain: domain, path: basePath, budget: 10 * time.Second, transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	for _, set := range options {
		set(&s)
	}
	f := &fixture{clock: standin.NewClock(start), vault: newVault(tb)}
	f.vault.put(tb, map[string]any{
		secretName(appID):    secretOfKey(keyID, theKey()),
		secretName(otherApp): secretOfKey(keyID, nextKey()),
	})
	f.upstream = newUpstream(tb, f.clock, s)
	f.upstream.trust(appID, keyID, &theKey().PublicKey)
	f.upstream.trust(otherApp, keyID, &nextKey().PublicKey)
	f.client = jaas.New(jaas.Options{
		BaseURL: f.upstream.url + s.path + s.trailing,
		Domain:  s.domain,
		Secrets: f.vault,
		HTTP: httpclient.New(httpclient.Options{
			Provider: jaas.Provider, Budget: s.budget, Transport: s.transport, Now: f.clock.Now,
		}),
		Now: f.clock.Now,
	})
	return f
}

// rotate gives the tenant a new key, in the secret and upstream, and takes the old one away.
func (f *fixture) rotate(tb testing.TB) {
	tb.Helper()
	f.upstream.distrust(appID, keyID)
	f.upstream.trust(appID, newKeyID, &nextKey().PublicKey)
	f.vault.put(tb, map[string]any{secretName(appID): secretOfKey(newKeyID, nextKey())})
}

// call is one of the six commands with arguments that are all right.
type call struct {
	name    string
	done    jaas.Outcome
	do      func(ctx context.Context, c *jaas.Client, id jaas.AppID) (jaas.Outcome, error)
	mayMiss bool // 404 says that what should be gone is gone already
}

const (
	room       jitsimeet.Room          = "testroom"
	userID                             = "auth0|5f903d7a"
	phoneNo                            = "+40747777777"
	shortID    jitsimeet.ParticipantID = "f0aa9e1e"
	conference                         = "testroom@conference." + string(appID) + ".8x8.vc"
)

func number() phone.Number { return must(phone.Parse(phoneNo)) }

func calls() []call {
	return []call{
		{name: "BAN_USER", done: jaas.Banned, do: func(ctx context.Context, c *jaas.Client, id jaas.AppID) (jaas.Outcome, error) {
			return c.BanUser(ctx, id, userID)
		}},
		{name: "BAN_JWT", done: jaas.Banned, do: func(ctx context.Context, c *jaas.Client, id jaas.AppID) (jaas.Outcome, error) {
			return c.BanJWT(ctx, id, participantToken(id))
		}},
		{name: "DESTROY", done: jaas.Destroyed, mayMiss: true, do: func(ctx context.Context, c *jaas.Client, id jaas.AppID) (jaas.Outcome, error) {
			return c.DestroyRoom(ctx, id, room)
		}},
		{name: "DIAL_OUT_PARTICIPANT", done: jaas.Requested, do: func(ctx context.Context, c *jaas.Client, id jaas.AppID) (jaas.Outcome, error) {
			return c.DialOut(ctx, id, room, number())
		}},
		{name: "HANG_UP_CALL", done: jaas.HungUp, mayMiss: true, do: func(ctx context.Context, c *jaas.Client, id jaas.AppID) (jaas.Outcome, error) {
			return c.HangUp(ctx, id, room, number())
		}},
		{name: "KICK_PARTICIPANT", done: jaas.Kicked, mayMiss: true, do: func(ctx context.Context, c *jaas.Client, id jaas.AppID) (jaas.Outcome, error) {
			return c.KickParticipant(ctx, id, room, shortID)
		}},
	}
}

func callNamed(name string) call {
	for _, c := range calls() {
		if c.name == name {
			return c
		}
	}
	panic("no call " + name)
}

// upstreamError checks that err is an *httpclient.Error of JaaS and gives it.
func upstreamError(tb testing.TB, err error) *httpclient.Error {
	tb.Helper()
	return standin.UpstreamError(tb, err, jaas.Provider)
}

// secretError checks that err is a *secrets.Error of the tenant's secret and gives it.
func secretError(tb testing.TB, err error) *secrets.Error {
	tb.Helper()
	return standin.SecretError(tb, err, secretOf)
}
