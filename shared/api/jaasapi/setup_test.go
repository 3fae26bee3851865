package jaasapi_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/api/jaasapi"
	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/httpclient"
	"gavel/shared/jaas"
	"gavel/shared/problem"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/secrets"
	"gavel/shared/table"
)

const (
	appID      = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
	base       = "/v1/_jaas" // an upstream is never at the root of its host
	secretName = "gavel/jaas/" + appID

	rejected = apitest.Rejected
)

// operation is one of the seven with a request it takes.
type operation struct {
	id   string
	path string // after /jaas/{appId}
	body string
	// status and answer are those of a success.
	status int
	answer string

	// field is the one the body cannot do without; empty when it has none.
	field string
	// command is by what JaaS knows what it is asked for; empty when it is not asked.
	command string
	// gone is whether a 404 of JaaS is an outcome.
	gone bool
}

func (o operation) url() string { return "/jaas/" + appID + o.path }

// inRoom is whether the path names a room.
func (o operation) inRoom() bool { return strings.HasPrefix(o.path, "/rooms/") }

// at gives the path with another room in it, written as it goes over the wire.
func (o operation) at(room string) string {
	return "/jaas/" + appID + strings.Replace(o.path, "standup", room, 1)
}

func operations() []operation {
	return []operation{
		{id: "jaas-create-token", path: "/tokens", field: "room", body: `{"room":"standup","user":{"id":"u-17"}}`, status: http.StatusCreated},
		{
			id: "jaas-ban-user", field: "userId", path: "/bans/users", body: `{"userId":"auth0|5f90/x y"}`,
			status: http.StatusOK, answer: "banned", command: `/ban/user/`,
		},
		{
			id: "jaas-ban-jwt", field: "jwt", path: "/bans/tokens", body: `{"jwt":"` + participantJWT + `"}`,
			status: http.StatusOK, answer: "banned", command: `/ban/jwt`,
		},
		{id: "jaas-destroy-room", path: "/rooms/standup/destroy", status: http.StatusOK, answer: "destroyed", command: `"DESTROY"`, gone: true},
		{
			id: "jaas-dial-out", field: "phoneNo", path: "/rooms/standup/dial-out", body: `{"phoneNo":"+40747777777"}`,
			status: http.StatusOK, answer: "requested", command: `"DIAL_OUT_PARTICIPANT"`,
		},
		{
			id: "jaas-hang-up", field: "phoneNo", path: "/rooms/standup/hang-up", body: `{"phoneNo":"+40747777777"}`,
			status: http.StatusOK, answer: "hung_up", command: `"HANG_UP_CALL"`, gone: true,
		},
		{
			id: "jaas-kick-participant", field: "participantId", path: "/rooms/standup/kick", body: `{"participantId":"f0aa9e1e"}`,
			status: http.StatusOK, answer: "kicked", command: `"KICK_PARTICIPANT"`, gone: true,
		},
	}
}

// participantJWT has the form of a token of no tenant in particular; nobody here verifies it.
const participantJWT = "eyJhbGciOiJSUzI1NiJ9.eyJyb29tIjoic3RhbmR1cCJ9.c2lnbmF0dXJl"

// tenantKey is one key for all tests: making one takes longer than most of them.
var tenantKey = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
})

// tenantSecret is the secret of the one tenant as it should be.
func tenantSecret() map[string]any {
	return map[string]any{"jaas/" + appID: map[string]string{"keyId": "4f4910", "privateKey": tenantKey()}}
}

// options are what a test changes about the surroundings; the zero value is a good day.
type options struct {
	roster jaasapi.Roster
	events inboxapi.EventLog
	// upstream answers in place of JaaS; with an empty JSON object when nil.
	upstream http.HandlerFunc
	// upstreamURL is another upstream altogether.
	upstreamURL string
	secrets     secrets.Source
	// budget is how long JaaS may take; far longer than any test when 0.
	budget time.Duration
	now    func() time.Time
	store  table.Store // of the bans; one of its own when nil
	// authenticator tells who calls; it is always an API key with the scope when nil.
	authenticator *auth.Authenticator
}

// gateway is the API as the world sees it, with an upstream behind it.
type gateway struct {
	url      string
	upstream *upstream
}

// upstream counts and keeps what reaches it.
type upstream struct {
	count    atomic.Int64
	mu       sync.Mutex
	requests []received
}

type received struct {
	path, contentType, body string
}

func (u *upstream) serve(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := u.keep(r)
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer(w, r)
	}
}

// keep reads a request to its end.
func (u *upstream) keep(r *http.Request) []byte {
	u.count.Add(1)
	body, _ := io.ReadAll(r.Body)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.requests = append(u.requests, received{path: r.URL.EscapedPath(), contentType: r.Header.Get("Content-Type"), body: string(body)})
	return body
}

// asked counts the commands of one operation.
func (u *upstream) asked(op operation) int {
	n := 0
	for _, request := range u.received() {
		if strings.Contains(request.path+request.body, op.command) {
			n++
		}
	}
	return n
}

func (u *upstream) received() []received {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.requests
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }

func setup(t testing.TB, opt options) *gateway {
	t.Helper()
	if opt.upstream == nil {
		opt.upstream = ok
	}
	if opt.secrets == nil {
		opt.secrets = apitest.SecretsFile(t, tenantSecret())
	}
	if opt.budget == 0 {
		opt.budget = 30 * time.Second
	}
	if opt.now == nil {
		opt.now = clock.Now
	}
	up := &upstream{}
	if opt.upstreamURL == "" {
		served := httptest.NewServer(http.StripPrefix(base, up.serve(opt.upstream)))
		t.Cleanup(served.Close)
		opt.upstreamURL = served.URL + base
	}
	client := jaas.New(jaas.Options{
		BaseURL: opt.upstreamURL, Domain: "8x8.vc", Secrets: opt.secrets, Now: opt.now,
		HTTP: httpclient.New(httpclient.Options{Provider: jaas.Provider, Budget: opt.budget, Now: opt.now}),
	})
	if opt.store == nil {
		opt.store = apitest.Embedded(t)
	}
	if opt.roster == nil {
		opt.roster = roster.New(opt.store, opt.now, apitest.Days)
	}
	mux := http.NewServeMux()
	jaasapi.Register(api.New(mux), jaasapi.Services{
		Client: client, Roster: opt.roster, Events: opt.events, Bans: bans.NewKeeper(opt.store, audit.Trail{}, clock.Now),
		Aliases: rooms.New(rooms.Options{Store: opt.store, Now: opt.now}),
	})
	if opt.authenticator != nil {
		return &gateway{url: apitest.ServeAll(t, api.Handler(mux), opt.authenticator.Authenticate), upstream: up}
	}
	recorder := audit.NewRecorder(func() table.Store { return opt.store }, audit.Trail{}, clock.Now)
	return &gateway{url: apitest.Serve(t, api.Tell(recorder, api.Handler(mux)), apitest.Machine("jaas")), upstream: up}
}

type answer = apitest.Answer

// send sends a request; the body is JSON unless the header says otherwise.
func (g *gateway) send(t testing.TB, method, path, body string, header http.Header) answer {
	t.Helper()
	return apitest.Send(t, g.url, method, path, body, header)
}

func (g *gateway) post(t testing.TB, path, body string) answer {
	t.Helper()
	return g.send(t, http.MethodPost, path, body, nil)
}

var problems = apitest.Problems{Confidential: confidential, Inside: []string{"jaasapi"}, Once: true}

func document(t testing.TB, got answer) problem.Problem {
	t.Helper()
	return problems.Document(t, got)
}

func refused(t testing.TB, got answer, status int, where ...string) {
	t.Helper()
	problems.Refused(t, got, status, where...)
}

// untouched says, when the test and all its parts have ended, whether anything went upstream.
func (g *gateway) untouched(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if n := g.upstream.count.Load(); n != 0 {
			t.Errorf("got %d requests upstream, want none: %+v", n, g.upstream.received())
		}
	})
}
