package veetingapi_test

import (
	"bytes"
	"context"
	"encoding/json"
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
	"gavel/shared/api/veetingapi"
	"gavel/shared/auth"
	"gavel/shared/httpclient"
	"gavel/shared/inbox"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/secrets"
	"gavel/shared/table"
	"gavel/shared/table/embedded"
	"gavel/shared/veeting"
)

const (
	secretName = "gavel/veeting"
	base       = "/white/label"

	apiKey    = "Hush-key-81c2"
	userID    = "5e9459c5b863b82cefdddf4e"
	userEmail = "test-user@example.com"
	meetingID = "5e945c36b863b82cefdddf54"
	hookKey   = "made-up-key-of-the-hook"
	hook      = "onMeetingClosed"
	webhookID = "veeting-webhook"

	// rejected stands in values that are refused, which no answer and no log line may repeat.
	rejected = "zx81-rejected"
)

// clock stands still until it is stepped.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// options are what a test changes about the surroundings; the zero value is a good day.
type options struct {
	answer http.HandlerFunc // in place of Veeting's
	url    string           // of another server altogether
	// secret changes fields of the secret; those that are nil are left out.
	secret  map[string]any
	secrets secrets.Source
	// budget is how long the server may take; far longer than any test when 0.
	budget time.Duration
	// only is the one operation that is served; all when empty. To add all of them takes longer than most tests.
	only string
	// caller tells who calls; it is always an API key with both scopes when nil.
	caller auth.Resolver
	// store keeps the events; an embedded one when nil.
	store table.Store
}

// gateway is the API as the world sees it, with a stand-in for Veeting behind it.
type gateway struct {
	url      string
	upstream *upstream
	vault    *vault
	clock    *clock
}

func setup(t testing.TB, opt options) *gateway {
	t.Helper()
	up := newUpstream(t, opt.answer)
	if opt.url == "" {
		opt.url = up.url
	}
	g := &gateway{upstream: up, vault: &vault{}, clock: &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}}
	g.vault.put(t, opt.url, opt.secret)
	if opt.secrets == nil {
		opt.secrets = g.vault
	}
	if opt.budget == 0 {
		opt.budget = 30 * time.Second
	}
	if opt.store == nil && (opt.only == "" || opt.only == webhookID || opt.only == "veeting-list-events") {
		opt.store = onEmbedded(t)
	}
	client := veeting.New(veeting.Options{
		Secrets: opt.secrets, Now: g.clock.now,
		HTTP: httpclient.New(httpclient.Options{Provider: veeting.Provider, Budget: opt.budget, Now: g.clock.now}),
	})
	mux, events := http.NewServeMux(), inbox.New(opt.store, g.clock.now)
	if opt.only == "" {
		veetingapi.Register(api.New(mux), client, events)
	} else {
		registers()[opt.only](api.New(mux), client, events)
	}
	served := httptest.NewServer(identified(api.Handler(mux), opt.caller))
	t.Cleanup(served.Close)
	g.url = served.URL
	return g
}

func onEmbedded(t testing.TB) table.Store {
	t.Helper()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// vault holds the secret, with its reads counted.
type vault struct {
	reads atomic.Int64

	mu      sync.Mutex
	content []byte
	version int
}

func (v *vault) FullName(name string) string { return "gavel/" + name }

func (v *vault) Read(_ context.Context, name string) (secrets.Raw, error) {
	v.reads.Add(1)
	v.mu.Lock()
	defer v.mu.Unlock()
	if name != "veeting" {
		return secrets.Raw{}, &secrets.Error{Name: v.FullName(name), Reason: "it does not exist"}
	}
	return secrets.NewRaw(strconv.Itoa(v.version), v.content), nil
}

// put stores the secret as it should be, but for some changes.
func (v *vault) put(t testing.TB, url string, changes map[string]any) {
	t.Helper()
	all := map[string]any{
		"baseUrl": url, "apiKey": apiKey, "level": "instance",
		"webhookKeys": map[string]string{hook: hookKey, "onMeetingUpdated": "made-up-key-of-another"},
	}
	maps.Copy(all, changes)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.content = text
	v.version++
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

// machine is an API key with some scopes.
func machine(scopes ...string) auth.Resolver {
	return func(context.Context) (auth.Principal, error) {
		return auth.Principal{Kind: auth.APIKey, Name: "crm", Scopes: scopes}, nil
	}
}

// identified does what stands before the API: it gives each request an id and a caller.
func identified(next http.Handler, caller auth.Resolver) http.Handler {
	if caller == nil {
		caller = machine("veeting:accounts", "veeting:meetings")
	}
	var last atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := auth.WithResolver(r.Context(), caller)
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

// send sends a request and holds the answer against the OpenAPI document; the body is JSON unless the header says
// otherwise.
func (g *gateway) send(t testing.TB, method, path, body string, header http.Header) answer {
	t.Helper()
	got := g.sendOnly(t, method, path, body, header)
	described(t, method, path, got)
	return got
}

func (g *gateway) sendOnly(t testing.TB, method, path, body string, header http.Header) answer {
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

// document reads a problem document, in which nothing confidential may stand.
func document(t testing.TB, got answer) problem.Problem {
	t.Helper()
	if found := confidential.Find(got.body); found != nil {
		t.Errorf("got %.500s, which says %q", got.body, found)
	}
	var p problem.Problem
	decoder := json.NewDecoder(bytes.NewReader(got.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		t.Fatalf("got HTTP %d with %.300q, want a problem document: %v", got.status, got.body, err)
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

// isProblem checks status and code of a problem document.
func isProblem(t testing.TB, got answer, status int, code problem.Code) problem.Problem {
	t.Helper()
	p := document(t, got)
	if p.Status != status || p.Code != code {
		t.Errorf("got HTTP %d with code %s, want %d with %s: %.500s", p.Status, p.Code, status, code, got.body)
	}
	return p
}

// refused checks the problem document of a request that is wrong, and where it says so. A place stands there twice where
// the schema and a check of its own both have something to say.
func refused(t testing.TB, got answer, status int, where ...string) {
	t.Helper()
	if found := slices.Compact(faultsOf(t, got, status)); !slices.Equal(found, where) {
		t.Errorf("got faults at %q, want at %q: %.500s", found, where, got.body)
	}
}

// refusedAt is for a fault that brings others with it: of a body that cannot be read, what must be in it is missing, too.
func refusedAt(t testing.TB, got answer, status int, where string) {
	t.Helper()
	if found := faultsOf(t, got, status); !slices.Contains(found, where) {
		t.Errorf("got faults at %q, want one at %q: %.500s", found, where, got.body)
	}
}

// faultsOf gives the places of the faults, and checks that nothing is said of the value or of the inside.
func faultsOf(t testing.TB, got answer, status int) []string {
	t.Helper()
	p := isProblem(t, got, status, problem.InvalidRequest)
	found := make([]string, 0, len(p.Errors))
	for _, fault := range p.Errors {
		found = append(found, fault.Location)
	}
	for _, inside := range []string{rejected, "747", "Go ", "json:", "mail:", "veetingapi", "strconv", "parsing time"} {
		if strings.Contains(string(got.body), inside) {
			t.Errorf("got %.500s, which says %q", got.body, inside)
		}
	}
	return found
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
