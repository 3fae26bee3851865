package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/api"
	"gavel/shared/auth"
	"gavel/shared/httpclient"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

type input struct {
	Name string `path:"name" maxLength:"32"`
	Body struct {
		Text  string `json:"text"`
		Count int    `json:"count,omitempty"`
	}
}

type output struct {
	Body struct {
		Text string `json:"text"`
	}
}

// handle is what the operation of a test does.
type handle func(context.Context, *input) (*output, error)

func echo(_ context.Context, in *input) (*output, error) {
	out := &output{}
	out.Body.Text = in.Name + ": " + in.Body.Text
	return out, nil
}

// setup serves one operation with a scope, PUT /things/{name}, and an open one, GET /open. Who
// calls is told by resolve; nobody when it is nil.
func setup(t *testing.T, do handle, resolve auth.Resolver) string {
	t.Helper()
	mux := http.NewServeMux()
	a := api.New(mux)
	api.Register(a, api.Operation{ID: "test-put", Method: http.MethodPut, Path: "/things/{name}", Summary: "Put", Tag: "Test", Scope: "things"}, do)
	api.Register(a, api.Operation{ID: "test-delete", Method: http.MethodDelete, Path: "/things/{name}", Summary: "Delete", Tag: "Test", Scope: "things"}, do)
	api.Register(a, api.Operation{ID: "test-open", Method: http.MethodGet, Path: "/open", Summary: "Open", Tag: "Test"},
		func(ctx context.Context, _ *struct{}) (*output, error) { return do(ctx, &input{Name: "open"}) })
	handler := api.Handler(mux)
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := logs.WithRequestID(r.Context(), "the-id")
		if resolve != nil {
			ctx = auth.WithResolver(ctx, resolve)
		}
		handler.ServeHTTP(w, r.WithContext(ctx))
	}))
	t.Cleanup(served.Close)
	return served.URL
}

func allowed(context.Context) (auth.Principal, error) {
	return auth.Principal{Kind: auth.User, Name: "alice", Scopes: []string{"other", "things"}}, nil
}

type answer struct {
	status int
	header http.Header
	body   string
}

func send(t *testing.T, method, url, body string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// wants checks a problem document and the headers of every answer.
func (a answer) wants(t *testing.T, status int, code problem.Code) problem.Problem {
	t.Helper()
	var p problem.Problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("got HTTP %d with %q, want a problem document", a.status, a.body)
	}
	if a.status != status || p.Status != status || p.Code != code || p.RequestID != "the-id" || a.header.Get("Content-Type") != problem.ContentType {
		t.Errorf("got HTTP %d as %s with %s, want %d with code %s and the request id", a.status, a.header.Get("Content-Type"), a.body, status, code)
	}
	a.guarded(t)
	return p
}

func (a answer) guarded(t *testing.T) {
	t.Helper()
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Request-Id": "the-id"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("got %s %q, want %q", name, got, want)
		}
	}
}

func TestCaller_WithoutGoodCredentialsIsTurnedAway(t *testing.T) {
	t.Parallel()
	fails := func(err error) auth.Resolver {
		return func(context.Context) (auth.Principal, error) { return auth.Principal{}, err }
	}
	for name, c := range map[string]struct {
		resolve auth.Resolver
		status  int
		code    problem.Code
	}{
		"nobody to tell":    {nil, 401, problem.Unauthenticated},
		"no credentials":    {fails(auth.ErrNoCredentials), 401, problem.Unauthenticated},
		"bad credentials":   {fails(fmt.Errorf("%w: hush", auth.ErrBadCredentials)), 401, problem.Unauthenticated},
		"issuer is down":    {fails(fmt.Errorf("%w: hush", auth.ErrUnavailable)), 503, problem.Unavailable},
		"secret is missing": {fails(&secrets.Error{Name: "gavel/api-keys", Reason: "it does not exist", Cause: errors.New("hush")}), 503, problem.NotConfigured},
		"secrets are down":  {fails(&secrets.Error{Name: "gavel/api-keys", Reason: "no answer", Passing: true, Cause: errors.New("hush")}), 503, problem.Unavailable},
		"something else":    {fails(errors.New("hush")), 500, problem.Internal},
		"no scopes":         {auth.Resolver(func(context.Context) (auth.Principal, error) { return auth.Principal{Kind: auth.User, Name: "a"}, nil }), 403, problem.Forbidden},
		"other scopes": {func(context.Context) (auth.Principal, error) {
			return auth.Principal{Kind: auth.APIKey, Name: "crm", Scopes: []string{"thing", "things:read", "Things", "*", "things other", ""}}, nil
		}, 403, problem.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := setup(t, func(context.Context, *input) (*output, error) {
				t.Error("got the operation carried out, want it spared")
				return nil, errors.New("never")
			}, c.resolve)
			// Also a body that is bad: a stranger learns nothing of what is right.
			for _, body := range []string{`{"text":"a"}`, `[`, ""} {
				got := send(t, http.MethodPut, url+"/things/x", body)
				p := got.wants(t, c.status, c.code)
				if challenge := got.header.Get("WWW-Authenticate"); (challenge != "") != (c.status == 401) || c.status == 401 && !strings.HasPrefix(challenge, "Bearer") {
					t.Errorf("got WWW-Authenticate %q with HTTP %d, want a challenge with 401 alone", challenge, c.status)
				}
				if strings.Contains(got.body, "hush") || len(p.Errors) > 0 {
					t.Errorf("got %s, want neither the cause nor faults", got.body)
				}
			}
		})
	}
}

func TestOpenOperation_AsksNobodyWhoCalls(t *testing.T) {
	t.Parallel()
	url := setup(t, echo, func(context.Context) (auth.Principal, error) {
		t.Error("got credentials checked, want them left alone")
		return auth.Principal{}, auth.ErrNoCredentials
	})
	got := send(t, http.MethodGet, url+"/open", "")
	if got.status != http.StatusOK {
		t.Errorf("got HTTP %d, want 200", got.status)
	}
	got.guarded(t)
}

func TestPath_ThatIsNotServed(t *testing.T) {
	t.Parallel()
	url := setup(t, echo, allowed)
	for _, path := range []string{"/", "/nothing", "/things", "/things/", "/things/a/b", "/things/a/", "/open/", "/OPEN", "//open", "/./open", "/x/../open", "/docs", "/schemas/x.json", "/openapi.yaml"} {
		p := send(t, http.MethodGet, url+path, "").wants(t, 404, problem.NotFound)
		if strings.Contains(p.Detail, "nothing") {
			t.Errorf("got %q, want the path not repeated", p.Detail)
		}
	}
}

func TestMethod_ThatIsNotServedIsToldTheOthers(t *testing.T) {
	t.Parallel()
	url := setup(t, echo, allowed)
	for method, c := range map[string]struct{ path, allow string }{
		"GET": {"/things/a", "DELETE, PUT"}, "POST": {"/open", "GET, HEAD"}, "PATCH": {"/things/a%2Fb", "DELETE, PUT"},
		"OPTIONS": {"/things/a", "DELETE, PUT"}, "BREW": {"/open", "GET, HEAD"}, "PUT": {"/open", "GET, HEAD"},
	} {
		got := send(t, method, url+c.path, "")
		got.wants(t, 405, problem.MethodNotAllowed)
		if allow := got.header.Get("Allow"); allow != c.allow {
			t.Errorf("got Allow %q for %s %s, want %q", allow, method, c.path, c.allow)
		}
	}
}

func TestHead_IsAGetWithoutABody(t *testing.T) {
	t.Parallel()
	url := setup(t, echo, allowed)
	got := send(t, http.MethodHead, url+"/open", "")
	if got.status != http.StatusOK || got.body != "" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("got HTTP %d as %s with %q, want 200 as JSON without a body", got.status, got.header.Get("Content-Type"), got.body)
	}
	got.guarded(t)
	if got = send(t, http.MethodHead, url+"/things/a", ""); got.status != http.StatusMethodNotAllowed {
		t.Errorf("got HTTP %d for HEAD of a PUT, want 405", got.status)
	}
}

func TestPanic_IsAnAnswerAndTheServerLives(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"text": "hush", "error": errors.New("hush"), "number": 7, "abort": http.ErrAbortHandler} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := setup(t, func(_ context.Context, in *input) (*output, error) {
				if in.Body.Text == "panic" {
					panic(value)
				}
				return echo(nil, in) //nolint:staticcheck // echo asks for no context
			}, allowed)
			got := send(t, http.MethodPut, url+"/things/a", `{"text":"panic"}`)
			got.wants(t, 500, problem.Internal)
			if strings.Contains(got.body, "hush") || strings.Contains(got.body, "goroutine") {
				t.Errorf("got %s, want nothing of the panic", got.body)
			}
			if got = send(t, http.MethodPut, url+"/things/a", `{"text":"b"}`); got.body != `{"text":"a: b"}`+"\n" {
				t.Errorf("got %q afterwards, want the server alive", got.body)
			}
		})
	}
}

func TestError_OfAnOperationIsTheAnswerItStandsFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		status int
		code   problem.Code
		check  func(problem.Problem, http.Header) bool
	}{
		"unknown":            {errors.New("hush: password is xyzzy"), 500, problem.Internal, nil},
		"unknown, wrapped":   {fmt.Errorf("a: %w", errors.New("hush")), 500, problem.Internal, nil},
		"cancelled":          {context.Canceled, 500, problem.Internal, nil},
		"a problem":          {problem.New(409, "last_admin", "the last admin stays"), 409, "last_admin", nil},
		"a problem, wrapped": {fmt.Errorf("hush: %w", problem.New(409, "last_admin", "the last admin stays")), 409, "last_admin", nil},
		"a wait":             {&problem.Problem{Status: 429, Code: "slow_down", Detail: "x", RetryAfter: 1500 * time.Millisecond}, 429, "slow_down", func(_ problem.Problem, h http.Header) bool { return h.Get("Retry-After") == "2" }},
		"a secret":           {&secrets.Error{Name: "gavel/x", Reason: "it does not exist", Cause: errors.New("hush")}, 503, problem.NotConfigured, func(p problem.Problem, _ http.Header) bool { return p.Secret == "gavel/x" }},
		"a provider": {
			fmt.Errorf("hush: %w", &httpclient.Error{Provider: "jaas", Kind: httpclient.Refused, Status: 400, Body: "no", Cause: errors.New("hush")}),
			502, problem.UpstreamError,
			func(p problem.Problem, _ http.Header) bool {
				return p.Provider == "jaas" && p.UpstreamStatus == 400 && p.UpstreamBody == "no" && p.MayHaveHappened != nil && !*p.MayHaveHappened
			},
		},
		"a provider that is busy": {
			&httpclient.Error{Provider: "jaas", Kind: httpclient.Busy, Status: 429, RetryAfter: 61 * time.Second}, 503, problem.UpstreamBusy,
			func(_ problem.Problem, h http.Header) bool { return h.Get("Retry-After") == "61" },
		},
		"a provider's credentials": {
			&httpclient.Error{Provider: "jaas", Kind: httpclient.Credentials, Status: 401, Secret: "gavel/jaas/x"}, 502, problem.UpstreamCredentials,
			func(p problem.Problem, h http.Header) bool {
				return p.Secret == "gavel/jaas/x" && strings.Contains(p.Detail, "gavel/jaas/x") && h.Get("WWW-Authenticate") == ""
			},
		},
		"a provider that hangs": {
			&httpclient.Error{Provider: "jaas", Kind: httpclient.Timeout, MayHaveHappened: true, Cause: context.DeadlineExceeded}, 504, problem.UpstreamTimeout,
			func(p problem.Problem, _ http.Header) bool {
				return *p.MayHaveHappened && strings.Contains(p.Detail, "may have been")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := send(t, http.MethodPut, setup(t, func(context.Context, *input) (*output, error) { return nil, c.err }, allowed)+"/things/a", `{"text":"a"}`)
			p := got.wants(t, c.status, c.code)
			if strings.Contains(got.body, "hush") || strings.Contains(got.body, "xyzzy") {
				t.Errorf("got %s, want nothing of the error's own text", got.body)
			}
			if c.check != nil && !c.check(p, got.header) {
				t.Errorf("got %s and %v, want its members and headers", got.body, got.header)
			}
		})
	}
}

// TestProblem_OfTheHandlerIsNotChanged: it may be a variable that all requests share.
func TestProblem_OfTheHandlerIsNotChanged(t *testing.T) {
	t.Parallel()
	shared := problem.New(409, "room_ended", "it is over")
	if p := api.Problem(logs.WithRequestID(t.Context(), "one"), shared); p.RequestID != "one" || shared.RequestID != "" {
		t.Errorf("got the ids %q and %q, want one in the copy alone", p.RequestID, shared.RequestID)
	}
}

func TestProblem_WithoutARequestIDSaysNone(t *testing.T) {
	t.Parallel()
	recorder := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nothing", http.NoBody)
	api.Handler(http.NewServeMux()).ServeHTTP(recorder, request)
	if recorder.Code != 404 || strings.Contains(recorder.Body.String(), "requestId") || recorder.Header().Get("X-Request-Id") != "" {
		t.Errorf("got HTTP %d with %s, want 404 without an empty id", recorder.Code, recorder.Body)
	}
}

func TestAnswer_EscapesNothingThatNeedsNoEscape(t *testing.T) {
	t.Parallel()
	got := send(t, http.MethodPut, setup(t, echo, allowed)+"/things/a%2Fb%25", `{"text":"<a&b>"}`)
	if got.status != http.StatusOK || got.body != `{"text":"a/b%: <a&b>"}`+"\n" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("got HTTP %d with %q, want the text as it is", got.status, got.body)
	}
	got.guarded(t)
	if strings.Contains(got.body, "$schema") || got.header.Get("Link") != "" {
		t.Errorf("got %q and %q, want no link to a schema", got.body, got.header.Get("Link"))
	}
}

func TestFaults_AreSortedByTheirPlace(t *testing.T) {
	t.Parallel()
	url := setup(t, echo, allowed)
	p := send(t, http.MethodPut, url+"/things/"+strings.Repeat("a", 33), `{"z":1,"text":7,"a":1,"count":"x"}`).wants(t, 422, problem.InvalidRequest)
	var places []string
	for _, fault := range p.Errors {
		places = append(places, fault.Location)
	}
	if want := []string{"body.a", "body.count", "body.text", "body.z", "path.name"}; !slices.Equal(places, want) {
		t.Errorf("got faults at %q, want at %q", places, want)
	}
}

// TestBody_OfAnIntegerThatDoesNotFitRepeatsNothing: what the JSON library says would.
func TestBody_OfAnIntegerThatDoesNotFitRepeatsNothing(t *testing.T) {
	t.Parallel()
	url := setup(t, echo, allowed)
	for body, status := range map[string]int{
		`{"text":"a","count":40747.0}`:               422,
		`{"text":"a","count":4.0747e4}`:              422,
		`{"text":"a","count":407474074740747407470}`: 422,
		`{"text":"a","count":40747e40747}`:           400,
	} {
		got := send(t, http.MethodPut, url+"/things/a", body)
		got.wants(t, status, problem.InvalidRequest)
		if strings.Contains(got.body, "0747") || strings.Contains(got.body, "Go ") || strings.Contains(got.body, "json:") {
			t.Errorf("got %s for %s, want neither the value nor the inside", got.body, body)
		}
	}
}

// TestPanic_IsLoggedWithoutItsValue is alone while it runs: it reads the process's one log.
//
//nolint:paralleltest // see above
func TestPanic_IsLoggedWithoutItsValue(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(logs.New(&log, "debug"))
	t.Cleanup(func() { slog.SetDefault(before) })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(_ http.ResponseWriter, r *http.Request) { panic("hush " + r.URL.Query().Get("email")) })
	ctx := logs.WithRequestID(t.Context(), "the-id")
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/hush/ada?email=ada@example.org", http.NoBody)
	request.Header.Set("X-Api-Key", "hush")
	api.Handler(mux).ServeHTTP(httptest.NewRecorder(), request)
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `"stack":"goroutine`) || !strings.Contains(lines[1], `"status":500`) {
		t.Errorf("got the lines %q, want one of the panic with its stack and one of the request", lines)
	}
	for _, line := range lines {
		if strings.Contains(line, "hush") || strings.Contains(line, "ada@") || !strings.Contains(line, `"requestId":"the-id"`) {
			t.Errorf("got the line %s, want the request id and nothing of the request", line)
		}
	}
}

// A provider that fails is counted. One that refuses what a caller asked for has not failed.
//
//nolint:paralleltest // as above
func TestProblem_CountsWhatProvidersFail(t *testing.T) {
	for _, tt := range []struct {
		kind   httpclient.Kind
		status int
		counts bool
	}{
		{httpclient.Refused, 400, false},
		{httpclient.Refused, 404, false},
		{httpclient.Refused, 500, true},
		{httpclient.Credentials, 401, true},
		{httpclient.Busy, 429, true},
		{httpclient.Nonsense, 200, true},
		{httpclient.Unreachable, 0, true},
		{httpclient.Timeout, 0, true},
	} {
		var log bytes.Buffer
		before := slog.Default()
		slog.SetDefault(logs.New(&log, "warn"))
		_ = api.Problem(t.Context(), &httpclient.Error{Provider: "jaas", Kind: tt.kind, Status: tt.status, Cause: errors.New("the cause")})
		slog.SetDefault(before)
		if got := strings.Contains(log.String(), `"providerFailures":1`); got != tt.counts || !strings.Contains(log.String(), `"provider":"jaas"`) {
			t.Errorf("%s %d: got the line %s, want it counted: %t", tt.kind, tt.status, log.String(), tt.counts)
		}
	}
}

// deadlines notes until when the connection may be read.
type deadlines struct {
	http.ResponseWriter

	set []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

// A deadline that stays behind when the body has been read ends the request while it is worked on.
func TestRegister_LeavesNoDeadlineOnTheConnection(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	type input struct{ Body struct{} }
	api.Register(api.New(mux), api.Operation{ID: "test-wait", Method: http.MethodPost, Path: "/wait"},
		func(context.Context, *input) (*struct{}, error) { return nil, nil })
	request := httptest.NewRequest(http.MethodPost, "/wait", strings.NewReader("{}"))
	request.Header.Set("Content-Type", "application/json")
	answer := &deadlines{ResponseWriter: httptest.NewRecorder()}
	api.Handler(mux).ServeHTTP(answer, request)
	if len(answer.set) == 0 || !answer.set[len(answer.set)-1].IsZero() {
		t.Errorf("got the deadlines %v, want none in the end", answer.set)
	}
}

// Of two values for one parameter the library takes the first, which need not be the one that was meant.
func TestRegister_RefusesAQueryParameterThatIsGivenTwice(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	type input struct {
		ID   string `query:"id"`
		Name string `query:"name"`
	}
	called := false
	api.Register(api.New(mux), api.Operation{ID: "test-delete", Method: http.MethodDelete, Path: "/things"},
		func(context.Context, *input) (*struct{}, error) { called = true; return nil, nil })
	answer := httptest.NewRecorder()
	api.Handler(mux).ServeHTTP(answer, httptest.NewRequest(http.MethodDelete, "/things?name=c&id=a&id=b", nil))
	want := `"errors":[{"location":"query.id","message":"expected it once"}]`
	if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), want) || called {
		t.Errorf("got %d %s, want 422 with %s and nothing done", answer.Code, answer.Body, want)
	}
}

func TestRegister_RepeatsNothingOfATextInAWrongForm(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	type input struct {
		Body struct {
			Email string `json:"email" format:"email"`
		}
	}
	api.Register(api.New(mux), api.Operation{ID: "test-mail", Method: http.MethodPost, Path: "/mail"},
		func(context.Context, *input) (*struct{}, error) { return nil, nil })
	request := httptest.NewRequest(http.MethodPost, "/mail", strings.NewReader(`{"email":"ada@lovelace lovelace"}`))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	api.Handler(mux).ServeHTTP(answer, request)
	want := `{"location":"body.email","message":"expected string to be RFC 5322 email"}`
	if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), want) || strings.Contains(answer.Body.String(), "lovelace") {
		t.Errorf("got %d %s, want 422 with %s", answer.Code, answer.Body, want)
	}
}
