package openmeetingsapi_test

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
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/api"
	"gavel/shared/api/openmeetingsapi"
	"gavel/shared/auth"
	"gavel/shared/httpclient"
	"gavel/shared/logs"
	"gavel/shared/openmeetings"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

const (
	secretName = "gavel/openmeetings"

	// rejected stands in values that are refused, which no answer and no log line may repeat.
	rejected = "zx81-rejected"
)

// stopped is where the tests' time stands still.
func stopped() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// options are what a test changes about the surroundings; the zero value is a good day.
type options struct {
	// login and command answer in place of the server: the one when it is asked to let us in, the other for all else.
	login, command http.HandlerFunc
	// url is another server altogether.
	url     string
	secrets secrets.Source
	// budget is how long the server may take; far longer than any test when 0.
	budget time.Duration
	// only is the one operation that is served; all when empty. To add all of them takes longer than most tests.
	only string
	// caller tells who calls; it is always an API key with the scope when nil.
	caller auth.Resolver
}

// gateway is the API as the world sees it, with a server behind it.
type gateway struct {
	url      string
	upstream *upstream
}

func setup(t testing.TB, opt options) *gateway {
	t.Helper()
	up := newUpstream(t, opt)
	if opt.url == "" {
		opt.url = up.url
	}
	if opt.secrets == nil {
		opt.secrets = secretsFile(t, account(opt.url))
	}
	if opt.budget == 0 {
		opt.budget = 30 * time.Second
	}
	client := openmeetings.New(openmeetings.Options{
		Secrets: opt.secrets, Now: stopped,
		HTTP: httpclient.New(httpclient.Options{Provider: openmeetings.Provider, Budget: opt.budget, MaxAnswer: 5 << 20, Now: stopped}),
	})
	mux := http.NewServeMux()
	if opt.only == "" {
		openmeetingsapi.Register(api.New(mux), client)
	} else {
		registers()[opt.only](api.New(mux), client)
	}
	served := httptest.NewServer(identified(api.Handler(mux), opt.caller))
	t.Cleanup(served.Close)
	return &gateway{url: served.URL, upstream: up}
}

// account is the secret as it should be.
func account(at string) map[string]any {
	return map[string]any{"openmeetings": map[string]string{"baseUrl": at, "user": login, "password": password}}
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
		caller = machine("openmeetings")
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
	return g.send(t, op.method, op.path, op.body, nil)
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
	return problemOf(t, got)
}

// problemOf reads a problem document and checks what all of them have in common.
func problemOf(t testing.TB, got answer) problem.Problem {
	t.Helper()
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
	for _, inside := range []string{rejected, "747", "Go ", "json:", "openmeetingsapi", "strconv", "parsing time"} {
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
		if all, logins := g.upstream.commands(), g.upstream.loggedIn(); len(all) > 0 || logins > 0 {
			t.Errorf("got %d logins and %+v upstream, want nothing", logins, all)
		}
	})
}
