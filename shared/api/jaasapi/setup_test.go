package jaasapi_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/api/jaasapi"
	"gavel/shared/auth"
	"gavel/shared/clock"
	"gavel/shared/httpclient"
	"gavel/shared/jaas"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

const (
	appID      = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
	base       = "/v1/_jaas" // an upstream is never at the root of its host
	secretName = "gavel/jaas/" + appID

	// rejected stands in values that are refused, which no answer and no log line may repeat.
	rejected = "zx81-rejected"
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

// secretsFile gives a source that reads a file with the given content.
func secretsFile(t testing.TB, content any) secrets.Source {
	t.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "secrets.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return secrets.NewFile(path, "gavel")
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
		opt.secrets = secretsFile(t, tenantSecret())
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
	mux := http.NewServeMux()
	jaasapi.Register(api.New(mux), jaasapi.Services{Client: client, Roster: opt.roster, Events: opt.events})
	served := httptest.NewServer(identified(api.Handler(mux), opt.authenticator))
	t.Cleanup(served.Close)
	return &gateway{url: served.URL, upstream: up}
}

// identified does what stands before the API: it gives each request an id and a caller.
func identified(next http.Handler, authenticator *auth.Authenticator) http.Handler {
	var last atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := auth.WithResolver(r.Context(), func(ctx context.Context) (auth.Principal, error) {
			if authenticator == nil {
				return auth.Principal{Kind: auth.APIKey, Name: "crm", Scopes: []string{"jaas"}}, nil
			}
			return authenticator.Authenticate(ctx, r.Header)
		})
		ctx = logs.WithRequestID(ctx, "request-"+strconv.FormatInt(last.Add(1), 10))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// answer is what a caller got.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request; the body is JSON unless the header says otherwise.
func (g *gateway) send(t testing.TB, method, path, body string, header http.Header) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, g.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	// The path goes out as it is written here, however odd.
	path, request.URL.RawQuery, _ = strings.Cut(path, "?")
	request.URL.Opaque = strings.TrimPrefix(g.url, "http:") + path
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(request.Header, header)
	return do(t, request)
}

func (g *gateway) post(t testing.TB, path, body string) answer {
	t.Helper()
	return g.send(t, http.MethodPost, path, body, nil)
}

// plain does not follow redirects, so that one would be seen.
var plain = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func do(t testing.TB, request *http.Request) answer {
	t.Helper()
	response, err := plain.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: body}
}

// document reads a problem document and checks what all of them have in common.
func document(t testing.TB, got answer) problem.Problem {
	t.Helper()
	var p problem.Problem
	decoder := json.NewDecoder(bytes.NewReader(got.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		t.Fatalf("got HTTP %d with %q, want a problem document: %v", got.status, got.body, err)
	}
	if ct := got.header.Get("Content-Type"); ct != problem.ContentType {
		t.Errorf("got content type %q, want %q", ct, problem.ContentType)
	}
	if p.Status != got.status || p.Title != http.StatusText(got.status) || p.Type != "urn:gavel:problem:"+string(p.Code) {
		t.Errorf("got status %d, title %q, type %q, want those of HTTP %d and code %s", p.Status, p.Title, p.Type, got.status, p.Code)
	}
	if id := got.header.Get("X-Request-Id"); id == "" || p.RequestID != id {
		t.Errorf("got requestId %q, want %q as in X-Request-Id", p.RequestID, id)
	}
	if p.Detail == "" {
		t.Error("got no detail, want what happened in words")
	}
	for _, fault := range p.Errors {
		if fault.Location == "" || fault.Message == "" {
			t.Errorf("got the fault %+v, want a location and a message", fault)
		}
	}
	return p
}

// refused checks the problem document of a request that is wrong, and where it says so.
func refused(t testing.TB, got answer, status int, where ...string) {
	t.Helper()
	p := document(t, got)
	if p.Status != status || p.Code != problem.InvalidRequest {
		t.Errorf("got HTTP %d with code %s, want %d with %s", p.Status, p.Code, status, problem.InvalidRequest)
	}
	if found := locations(p); !slices.Equal(found, where) {
		t.Errorf("got faults at %q, want at %q: %s", found, where, got.body)
	}
	if strings.Contains(string(got.body), rejected) || strings.Contains(string(got.body), "747") {
		t.Errorf("got %s, which repeats the rejected value", got.body)
	}
	if strings.Contains(string(got.body), "Go ") || strings.Contains(string(got.body), "json:") {
		t.Errorf("got %s, which tells of the inside", got.body)
	}
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

func locations(p problem.Problem) []string {
	found := make([]string, 0, len(p.Errors))
	for _, fault := range p.Errors {
		found = append(found, fault.Location)
	}
	return found
}
