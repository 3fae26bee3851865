package jitsiapi_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/local/apitest"
	"gavel/local/standin"
	"gavel/shared/api"
	"gavel/shared/api/jitsiapi"
	"gavel/shared/api/roomsapi"
	"gavel/shared/auth"
	"gavel/shared/bans"
	"gavel/shared/bindings"
	"gavel/shared/httpclient"
	"gavel/shared/inbox"
	"gavel/shared/jitsi"
	"gavel/shared/problem"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/secrets"
	"gavel/shared/table"
)

const (
	secretName = "gavel/jitsi"

	issuer      = "gavel-app"
	loginKeyID  = "gavel-login"
	systemKeyID = "gavel-system"
	callback    = "made-up-callback-token" // as in the sample events
	next        = "made-up-callback-token-of-next-week"
	phoneNo     = "+40747777777"
	hushSecret  = "Hush-of-the-server-and-us"

	rejected = apitest.Rejected
)

// bearer is the Authorization header of the Jitsi server.
const bearer = "Bearer " + callback

// keyPair is one key for all tests: making one takes longer than most of them.
type keyPair struct {
	*rsa.PrivateKey

	pem string
}

func newKeyPair() keyPair {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return keyPair{key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}
}

var (
	loginKey  = sync.OnceValue(newKeyPair)
	systemKey = sync.OnceValue(newKeyPair)
)

// options are what a test changes about the surroundings; the zero value is a good day.
type options struct {
	// answer is Prosody's, in place of its own, to whatever is not about who is in a room; look to what is.
	answer, look http.HandlerFunc
	url          string // of another server altogether
	// secret changes fields of the secret; those that are nil are left out.
	secret  map[string]any
	secrets secrets.Source
	// budget is how long the server may take; far longer than any test when 0.
	budget time.Duration
	// only is the one operation that is served; all when empty. To add all of them takes longer than most tests.
	only string
	// caller tells who calls; it is always an API key with the scope when nil.
	caller auth.Resolver
	// store keeps the state; an embedded one when nil.
	store table.Store
	// people serves the rooms' own operations as well.
	people bool
}

// gateway is the API as the world sees it, with a stand-in for Prosody behind it and real state beside it.
type gateway struct {
	url      string
	handler  http.Handler
	upstream *upstream
	vault    *standin.Vault
	clock    *standin.Clock
	roster   *roster.Roster
	rooms    *rooms.Service
}

func setup(t testing.TB, opt options) *gateway {
	t.Helper()
	mux := http.NewServeMux()
	g := &gateway{vault: standin.NewVault("jitsi"), clock: standin.NewClock(apitest.Noon())}
	g.upstream = newUpstream(t, opt, g.clock.Now)
	if opt.url == "" {
		opt.url = g.upstream.url
	}
	g.vault.Put(secretOf(opt.url, opt.secret))
	if opt.secrets == nil {
		opt.secrets = g.vault
	}
	if opt.budget == 0 {
		opt.budget = 30 * time.Second
	}
	if opt.store == nil && needsState(opt.only) {
		opt.store = apitest.Embedded(t)
	}
	if opt.caller == nil {
		opt.caller = apitest.Machine("jitsi")
	}
	client := jitsi.New(jitsi.Options{
		Secrets: opt.secrets, Now: g.clock.Now,
		HTTP: httpclient.New(httpclient.Options{Provider: jitsi.Provider, Budget: opt.budget, Now: g.clock.Now}),
	})
	g.roster = roster.New(opt.store, g.clock.Now, apitest.Days)
	g.rooms = rooms.New(rooms.Options{Store: opt.store, Now: g.clock.Now, Providers: map[string]rooms.Provider{
		jitsi.Provider: &bindings.Jitsi{Client: client, Present: g.roster}, "elsewhere": elsewhere{},
	}})
	s := jitsiapi.Services{
		Client: client, Events: inbox.New(opt.store, g.clock.Now, apitest.Days), Roster: g.roster, Rooms: g.rooms, Bans: bans.New(opt.store),
	}
	if opt.only == "" {
		jitsiapi.Register(api.New(mux), s)
	} else {
		registers()[opt.only](api.New(mux), s)
	}
	if opt.people {
		roomsapi.Register(api.New(mux), g.rooms)
	}
	g.handler = api.Handler(mux)
	g.url = apitest.Serve(t, g.handler, opt.caller)
	return g
}

func needsState(only string) bool {
	switch only {
	case "jitsi-end-room", "jitsi-kick-participant", "jitsi-dial-out", "jitsi-room-occupants", "jitsi-public-key":
		return false
	}
	return true
}

// registers are what each function calls to serve its one operation.
func registers() map[string]func(huma.API, jitsiapi.Services) {
	type services = jitsiapi.Services
	return map[string]func(huma.API, services){
		"jitsi-create-token":       func(a huma.API, s services) { jitsiapi.RegisterCreateToken(a, s.Client, s.Bans) },
		"jitsi-end-room":           func(a huma.API, s services) { jitsiapi.RegisterEndRoom(a, s.Client) },
		"jitsi-kick-participant":   func(a huma.API, s services) { jitsiapi.RegisterKickParticipant(a, s.Client) },
		"jitsi-dial-out":           func(a huma.API, s services) { jitsiapi.RegisterDialOut(a, s.Client) },
		"jitsi-room-occupants":     func(a huma.API, s services) { jitsiapi.RegisterRoomOccupants(a, s.Client) },
		"jitsi-public-key":         func(a huma.API, s services) { jitsiapi.RegisterPublicKey(a, s.Client) },
		"jitsi-create-reservation": func(a huma.API, s services) { jitsiapi.RegisterCreateReservation(a, s.Client, s.Rooms) },
		"jitsi-get-reservation":    func(a huma.API, s services) { jitsiapi.RegisterGetReservation(a, s.Client, s.Rooms) },
		"jitsi-delete-reservation": func(a huma.API, s services) { jitsiapi.RegisterDeleteReservation(a, s.Client) },
		"jitsi-webhook": func(a huma.API, s services) {
			jitsiapi.RegisterWebhook(a, jitsiapi.WebhookServices{Client: s.Client, Events: s.Events, Roster: s.Roster, Bans: s.Bans})
		},
		"jitsi-list-events": func(a huma.API, s services) { jitsiapi.RegisterListEvents(a, s.Client, s.Events) },
	}
}

// elsewhere is another provider that rooms can be bound to.
type elsewhere struct{ rooms.Provider }

func (elsewhere) Bind(_ context.Context, m rooms.Meeting) (string, error) { return m.RoomID, nil }

// secretOf is the secret as it should be, but for some changes.
func secretOf(url string, changes map[string]any) map[string]any {
	all := map[string]any{
		"baseUrl": "https://meet.example.org", "issuer": issuer, "privateKey": loginKey().pem, "keyId": loginKeyID,
		"system":         map[string]string{"baseUrl": url, "privateKey": systemKey().pem, "keyId": systemKeyID},
		"callbackTokens": []string{callback, next},
	}
	maps.Copy(all, changes)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	return all
}

type answer = apitest.Answer

// send sends a request and holds the answer against the OpenAPI document; the body is JSON unless the header says
// otherwise.
func (g *gateway) send(t testing.TB, method, path, body string, header http.Header) answer {
	t.Helper()
	got := g.sendOnly(t, method, path, body, header)
	openAPI().Check(t, method, path, got)
	return got
}

func (g *gateway) sendOnly(t testing.TB, method, path, body string, header http.Header) answer {
	t.Helper()
	return apitest.Send(t, g.url, method, path, body, header)
}

func (g *gateway) post(t testing.TB, path, body string) answer {
	t.Helper()
	return g.send(t, http.MethodPost, path, body, nil)
}

// ask sends the operation's own request.
func (g *gateway) ask(t testing.TB, op operation) answer {
	t.Helper()
	return g.send(t, op.method, op.path, op.body, op.header)
}

// with sends the operation's request with another body.
func (g *gateway) with(t testing.TB, op operation, body string) answer {
	t.Helper()
	return g.send(t, op.method, op.path, body, op.header)
}

var problems = apitest.Problems{Confidential: confidential, Inside: []string{"jitsiapi", "jitsimeet", "mime:"}}

func isProblem(t testing.TB, got answer, status int, code problem.Code) problem.Problem {
	t.Helper()
	return problems.Is(t, got, status, code)
}

func refused(t testing.TB, got answer, status int, where ...string) {
	t.Helper()
	problems.Refused(t, got, status, where...)
}

// untouched says, when the test and all its parts have ended, whether anything went upstream.
func (g *gateway) untouched(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if all := g.upstream.seen(); len(all) > 0 {
			t.Errorf("got %q upstream, want nothing", all)
		}
	})
}
