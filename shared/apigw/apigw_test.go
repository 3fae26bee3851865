package apigw_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"gavel/shared/api"
	"gavel/shared/apigw"
	"gavel/shared/auth"
	"gavel/shared/logs"
	"gavel/shared/problem"
)

// event is one as the gateway sends it, written by hand after the samples of
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.
// changes are JSON objects merged into it; null takes a member out.
func event(t testing.TB, changes ...string) events.APIGatewayV2HTTPRequest {
	t.Helper()
	const whole = `{
		"version": "2.0", "routeKey": "$default", "rawPath": "/path", "rawQueryString": "",
		"headers": {"content-length": "2", "host": "api.example.org", "user-agent": "curl/8", "x-forwarded-proto": "https"},
		"requestContext": {
			"accountId": "123456789012", "apiId": "a1b2c3", "domainName": "api.example.org", "domainPrefix": "api",
			"http": {"method": "POST", "path": "/path", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "curl/8"},
			"requestId": "JKJaXmPLvHcESHA=", "routeKey": "$default", "stage": "$default", "time": "01/Mar/2026:12:00:00 +0000", "timeEpoch": 1772366400000
		},
		"body": "{}", "isBase64Encoded": false
	}`
	var merged map[string]any
	for _, text := range append([]string{whole}, changes...) {
		var change map[string]any
		if err := json.Unmarshal([]byte(text), &change); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		merged = merge(merged, change)
	}
	text, err := json.Marshal(merged)
	if err != nil {
		t.Fatal(err)
	}
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// merge is a JSON Merge Patch (RFC 7396).
func merge(into, change map[string]any) map[string]any {
	if into == nil {
		into = map[string]any{}
	}
	for name, value := range change {
		inner, nested := value.(map[string]any)
		switch {
		case value == nil:
			delete(into, name)
		case nested:
			existing, _ := into[name].(map[string]any)
			into[name] = merge(existing, inner)
		default:
			into[name] = value
		}
	}
	return into
}

// seen is what a handler was given.
type seen struct {
	request   *http.Request
	body      string
	principal auth.Principal
	authError error
}

// capture runs the event and gives what the handler saw.
func capture(t testing.TB, e events.APIGatewayV2HTTPRequest) seen {
	t.Helper()
	var got seen
	handler := apigw.Adapt(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = seen{request: r, body: string(body)}
		got.principal, got.authError = auth.Resolve(r.Context())
	}))
	if _, err := handler(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if got.request == nil {
		t.Fatal("got no request, want the handler called")
	}
	return got
}

func quoted(t testing.TB, text string) string {
	t.Helper()
	out, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestPathParameter_ArrivesWhole routes through the real mux: the gateway has decoded the values,
// so that what they hold looks like syntax.
func TestPathParameter_ArrivesWhole(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		"standup", "a/b", "//", "../x", "..", ".", "%", "%2F", "100%", "%zz", "a?b=c", "a#b", "a b", "ü", "日本", "😀", "\u202e", "a+b",
		"a&b;c=d", "'\"<>\\^`{|}", "{room}", "\x7f", "\n", "a\x00b", strings.Repeat("x", 5000), "auth0|5f90/x y",
	} {
		t.Run(value[:min(len(value), 20)], func(t *testing.T) {
			t.Parallel()
			var got, last string
			mux := http.NewServeMux()
			mux.HandleFunc("POST /rooms/{room}/kick/{id}", func(_ http.ResponseWriter, r *http.Request) {
				got, last = r.PathValue("room"), r.PathValue("id")
			})
			e := event(t, `{"routeKey": "POST /rooms/{room}/kick/{id}", "rawPath": `+quoted(t, "/prod/rooms/"+value+"/kick/z")+
				`, "pathParameters": {"room": `+quoted(t, value)+`, "id": "z"}}`)
			answer, err := apigw.Adapt(api.Handler(mux))(t.Context(), e)
			if err != nil || answer.StatusCode != http.StatusOK || got != value || last != "z" {
				t.Errorf("got %q and %q with HTTP %d and %v, want %q and z with 200", got, last, answer.StatusCode, err, value)
			}
		})
	}
}

// TestPathParameter_ThatNamesNothingIsNoRoute is about a value that is empty, and about a slash
// alone, which net/http's mux takes for the end of a path even when it is escaped.
func TestPathParameter_ThatNamesNothingIsNoRoute(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rooms/{room}/kick", func(http.ResponseWriter, *http.Request) { t.Error("got the handler called, want it spared") })
	handle := apigw.Adapt(api.Handler(mux))
	for _, value := range []string{"", "/"} {
		e := event(t, `{"routeKey": "POST /rooms/{room}/kick", "rawPath": "/rooms/`+value+`/kick", "pathParameters": {"room": "`+value+`"}}`)
		answer, err := handle(t.Context(), e)
		if err != nil || answer.StatusCode != http.StatusNotFound || answer.Headers["Content-Type"] != problem.ContentType {
			t.Errorf("got HTTP %d, %q and %v for %q, want a 404 problem", answer.StatusCode, answer.Headers, err, value)
		}
	}
}

func TestPath_IsMadeFromTheRouteWhereThereIsOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ change, path, escaped string }{
		"default route":       {`{"rawPath": "/a b/%/ü?x"}`, "/a b/%/ü?x", "/a%20b/%25/%C3%BC%3Fx"},
		"default, no path":    {`{"rawPath": null}`, "/path", "/path"},
		"root":                {`{"rawPath": "/"}`, "/", "/"},
		"no path at all":      {`{"rawPath": null, "requestContext": {"http": null}}`, "/", "/"},
		"no slash":            {`{"rawPath": "x"}`, "/x", "/x"},
		"named stage":         {`{"routeKey": "POST /rooms", "rawPath": "/prod/rooms"}`, "/rooms", "/rooms"},
		"greedy":              {`{"routeKey": "ANY /{proxy+}", "rawPath": "/prod/a/b c", "pathParameters": {"proxy": "a/b c"}}`, "/a/b c", "/a/b%20c"},
		"greedy after a part": {`{"routeKey": "ANY /v1/{proxy+}", "rawPath": "/v1/x/%", "pathParameters": {"proxy": "x/%"}}`, "/v1/x/%", "/v1/x/%25"},
		"parameter not given": {`{"routeKey": "POST /rooms/{room}", "rawPath": "/rooms/x"}`, "/rooms/x", "/rooms/x"},
		"dots":                {`{"rawPath": "/a/../b"}`, "/a/../b", "/a/../b"},
		"host in the path":    {`{"rawPath": "//evil.example/x"}`, "//evil.example/x", "//evil.example/x"},
		"user in the path":    {`{"rawPath": "@evil.example/x"}`, "/@evil.example/x", "/@evil.example/x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := capture(t, event(t, c.change)).request
			if got.URL.Path != c.path || got.URL.EscapedPath() != c.escaped || got.Host != "api.example.org" {
				t.Errorf("got %q (%s) at %s, want %q (%s) at api.example.org", got.URL.Path, got.URL.EscapedPath(), got.Host, c.path, c.escaped)
			}
		})
	}
}

func TestHeaders_ArriveWhole(t *testing.T) {
	t.Parallel()
	got := capture(t, event(t, `{"headers": {
		"x-jaas-signature": "t=1632490060,v1=xlzqEojlh4qb21sQpXYsWgyK8x9HVpz+RQldsv18rV0=,v1=abc=",
		"X-API-KEY": "gvl_x,y", "aUtHoRiZaTiOn": "Bearer a, b", "accept": "text/html, */*;q=0.1", "x-blank": " a , b ", "x-empty": ""
	}}`)).request.Header
	for name, want := range map[string]string{
		"X-Jaas-Signature": "t=1632490060,v1=xlzqEojlh4qb21sQpXYsWgyK8x9HVpz+RQldsv18rV0=,v1=abc=",
		"X-Api-Key":        "gvl_x,y", "Authorization": "Bearer a, b", "Accept": "text/html, */*;q=0.1", "X-Blank": " a , b ", "X-Empty": "",
	} {
		if values := got.Values(name); !slices.Equal(values, []string{want}) {
			t.Errorf("got %s %q, want %q once", name, values, want)
		}
	}
}

func TestCookies_ArriveInOneHeader(t *testing.T) {
	t.Parallel()
	got := capture(t, event(t, `{"cookies": ["a=1; b=2", "c=3,4"]}`)).request
	for name, want := range map[string]string{"a": "1", "b": "2", "c": "3,4"} {
		if cookie, err := got.Cookie(name); err != nil || cookie.Value != want {
			t.Errorf("got %v and %v, want %s=%s", cookie, err, name, want)
		}
	}
}

func TestQuery_ArrivesAsItWasSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, query, a string }{
		"none":             {"", "", ""},
		"one":              {"a=1", "a=1", "1"},
		"several of one":   {"a=1&a=2&b=", "a=1&a=2&b=", "1"},
		"escaped":          {"a=%2B%26%3D%25&b=%C3%BC", "a=%2B%26%3D%25&b=%C3%BC", "+&=%"},
		"a plus":           {"a=x+y", "a=x+y", "x y"},
		"not escaped":      {"a=ü b#c", "a=%C3%BC%20b%23c", "ü b#c"},
		"a control":        {"a=\x7f", "a=%7F", "\x7f"},
		"a broken escape":  {"a=%zz", "a=%zz", ""},
		"question marks":   {"a=?&b=??", "a=?&b=??", "?"},
		"a URL":            {"a=https://x.example/?b=c", "a=https://x.example/?b=c", "https://x.example/?b=c"},
		"nothing but sign": {"&&=&", "&&=&", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := capture(t, event(t, `{"rawQueryString": `+quoted(t, c.raw)+`, "queryStringParameters": {"a": "not this"}}`)).request.URL
			if c.raw == "" {
				got = capture(t, event(t, `{"rawQueryString": ""}`)).request.URL
			}
			if got.RawQuery != c.query || got.Query().Get("a") != c.a {
				t.Errorf("got %q with a %q, want %q with %q", got.RawQuery, got.Query().Get("a"), c.query, c.a)
			}
		})
	}
}

func TestQuery_WithSeveralValuesKeepsAll(t *testing.T) {
	t.Parallel()
	got := capture(t, event(t, `{"rawQueryString": "a=1&a=2,3", "queryStringParameters": {"a": "1,2,3"}}`)).request.URL.Query()
	if !slices.Equal(got["a"], []string{"1", "2,3"}) {
		t.Errorf("got %q, want 1 and 2,3", got["a"])
	}
}

func TestBody_ArrivesDecoded(t *testing.T) {
	t.Parallel()
	binary := string([]byte{0, 1, 0xff, '\r', '\n', 0xc3})
	for name, c := range map[string]struct{ change, want string }{
		"text":          {`{"body": "{\"a\": \"ü\"}"}`, `{"a": "ü"}`},
		"none":          {`{"body": null}`, ""},
		"Base64":        {`{"body": "` + base64.StdEncoding.EncodeToString([]byte(binary)) + `", "isBase64Encoded": true}`, binary},
		"empty Base64":  {`{"body": "", "isBase64Encoded": true}`, ""},
		"looks Base64":  {`{"body": "YWJj"}`, "YWJj"},
		"line feeds":    {`{"body": "YWJj\nYWJj", "isBase64Encoded": true}`, "abcabc"},
		"signed bytes":  {`{"body": "eyJhIjogMX0=", "isBase64Encoded": true}`, `{"a": 1}`},
		"larger length": {`{"body": "abc", "headers": {"content-length": "5"}}`, "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := capture(t, event(t, c.change)).body; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestBody_ThatIsNotTheBase64ItIsSaidToBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"{}", "YWJ", "YWJj=", "Y-_j", "====", "\x00", "YWJj YWJj", "ü"} {
		handler := apigw.Adapt(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("got the handler called, want it spared") }))
		answer, err := handler(t.Context(), event(t, `{"body": `+quoted(t, body)+`, "isBase64Encoded": true}`))
		if err != nil {
			t.Errorf("got %v for %q, want an answer", err, body)
			continue
		}
		var p problem.Problem
		if err := json.Unmarshal([]byte(answer.Body), &p); err != nil {
			t.Errorf("got %q, want a problem: %v", answer.Body, err)
		}
		if answer.StatusCode != 400 || p.Code != problem.InvalidRequest || answer.Headers["Content-Type"] != problem.ContentType || p.RequestID != "JKJaXmPLvHcESHA=" {
			t.Errorf("got HTTP %d with %+v for %q, want a 400 problem with the request id", answer.StatusCode, p, body)
		}
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Request-Id": "JKJaXmPLvHcESHA="} {
			if got := answer.Headers[name]; got != want {
				t.Errorf("got %s %q for %q, want %q, as in all answers", name, got, body, want)
			}
		}
	}
}

// It has a line in the log as all calls have. The test is alone while it runs, as the log is the process's.
//
//nolint:paralleltest // see above
func TestBody_ThatIsRefusedIsLogged(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(logs.New(&log, "info"))
	t.Cleanup(func() { slog.SetDefault(before) })
	handler := apigw.Adapt(http.NotFoundHandler())
	if _, err := handler(t.Context(), event(t, `{"body": "{}", "isBase64Encoded": true}`)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"status":400`, `"code":"invalid_request"`, `"requestId":"JKJaXmPLvHcESHA="`} {
		if !strings.Contains(log.String(), want) || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("got %s, want one line with %s", log.String(), want)
		}
	}
}

func TestRequestID_IsTheGateways(t *testing.T) {
	t.Parallel()
	if id := logs.RequestID(capture(t, event(t)).request.Context()); id != "JKJaXmPLvHcESHA=" {
		t.Errorf("got the request id %q, want the event's", id)
	}
	forged := capture(t, event(t, `{"headers": {"x-request-id": "forged", "x-amzn-requestid": "forged"}}`)).request
	if id := logs.RequestID(forged.Context()); id != "JKJaXmPLvHcESHA=" {
		t.Errorf("got the request id %q, want the event's and not a header's", id)
	}
}

func TestEvent_WithPartsMissingIsServed(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]events.APIGatewayV2HTTPRequest{
		"no context":          event(t, `{"requestContext": null}`),
		"no HTTP":             event(t, `{"requestContext": {"http": null}}`),
		"no domain":           event(t, `{"requestContext": {"domainName": null}}`),
		"no request id":       event(t, `{"requestContext": {"requestId": null}}`),
		"no headers":          event(t, `{"headers": null}`),
		"no route":            event(t, `{"routeKey": null}`),
		"route without slash": event(t, `{"routeKey": "POST rooms"}`),
		"nothing":             {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := capture(t, e)
			if got.request.URL == nil || !errors.Is(got.authError, auth.ErrNoCredentials) {
				t.Errorf("got %+v, want a request of nobody", got)
			}
		})
	}
}

func TestPrincipal_IsWhomTheAuthorizerNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		context string
		want    auth.Principal
	}{
		"API key":   {`{"kind": "api-key", "name": "crm", "scopes": "jaas veeting:meetings"}`, auth.Principal{Kind: auth.APIKey, Name: "crm", Scopes: []string{"jaas", "veeting:meetings"}}},
		"user":      {`{"kind": "user", "name": "auth0|5f90/x y", "scopes": ""}`, auth.Principal{Kind: auth.User, Name: "auth0|5f90/x y"}},
		"no scopes": {`{"kind": "user", "name": "alice"}`, auth.Principal{Kind: auth.User, Name: "alice"}},
		"more":      {`{"kind": "user", "name": "alice", "scopes": " jaas ", "admin": true}`, auth.Principal{Kind: auth.User, Name: "alice", Scopes: []string{"jaas"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := capture(t, event(t, `{"requestContext": {"authorizer": {"lambda": `+c.context+`}}}`))
			if got.authError != nil || got.principal.Kind != c.want.Kind || got.principal.Name != c.want.Name || !slices.Equal(got.principal.Scopes, c.want.Scopes) {
				t.Errorf("got %+v and %v, want %+v", got.principal, got.authError, c.want)
			}
		})
	}
}

func TestPrincipal_IsNobodyWithoutTheAuthorizersWord(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"no authorizer":        `{}`,
		"authorizer is null":   `{"requestContext": {"authorizer": null}}`,
		"empty authorizer":     `{"requestContext": {"authorizer": {}}}`,
		"empty context":        `{"requestContext": {"authorizer": {"lambda": {}}}}`,
		"no kind":              `{"requestContext": {"authorizer": {"lambda": {"name": "crm", "scopes": "jaas"}}}}`,
		"unknown kind":         `{"requestContext": {"authorizer": {"lambda": {"kind": "root", "name": "crm", "scopes": "jaas"}}}}`,
		"kind in capitals":     `{"requestContext": {"authorizer": {"lambda": {"kind": "USER", "name": "crm", "scopes": "jaas"}}}}`,
		"kind is a number":     `{"requestContext": {"authorizer": {"lambda": {"kind": 1, "name": "crm", "scopes": "jaas"}}}}`,
		"no name":              `{"requestContext": {"authorizer": {"lambda": {"kind": "user", "scopes": "jaas"}}}}`,
		"empty name":           `{"requestContext": {"authorizer": {"lambda": {"kind": "user", "name": "", "scopes": "jaas"}}}}`,
		"name is a list":       `{"requestContext": {"authorizer": {"lambda": {"kind": "user", "name": ["crm"], "scopes": "jaas"}}}}`,
		"a JWT authorizer":     `{"requestContext": {"authorizer": {"jwt": {"claims": {"sub": "crm"}, "scopes": ["jaas"]}}}}`,
		"headers":              `{"headers": {"kind": "user", "name": "crm", "scopes": "jaas", "x-api-key": "gvl_x"}}`,
		"context in its place": `{"requestContext": {"kind": "user", "name": "crm", "scopes": "jaas"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := capture(t, event(t, change)); !errors.Is(got.authError, auth.ErrNoCredentials) {
				t.Errorf("got %+v and %v, want ErrNoCredentials", got.principal, got.authError)
			}
		})
	}
}

func TestPrincipal_WithScopesOfAWrongTypeHasNone(t *testing.T) {
	t.Parallel()
	got := capture(t, event(t, `{"requestContext": {"authorizer": {"lambda": {"kind": "user", "name": "alice", "scopes": ["jaas"]}}}}`))
	if got.principal.Name != "alice" || len(got.principal.Scopes) != 0 {
		t.Errorf("got %+v, want alice without scopes", got.principal)
	}
}

func TestAnswer_HasAStatusAlways(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handle func(http.ResponseWriter)
		status int
		body   string
	}{
		"nothing":        {func(http.ResponseWriter) {}, 200, ""},
		"a header alone": {func(w http.ResponseWriter) { w.Header().Set("X", "y") }, 200, ""},
		"a body alone":   {func(w http.ResponseWriter) { _, _ = io.WriteString(w, "x") }, 200, "x"},
		"a status alone": {func(w http.ResponseWriter) { w.WriteHeader(204) }, 204, ""},
		"two":            {func(w http.ResponseWriter) { w.WriteHeader(201); w.WriteHeader(500) }, 201, ""},
		"late":           {func(w http.ResponseWriter) { _, _ = io.WriteString(w, "x"); w.WriteHeader(500) }, 200, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := apigw.Adapt(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { c.handle(w) }))
			answer, err := handler(t.Context(), event(t))
			if err != nil || answer.StatusCode != c.status || answer.Body != c.body || answer.IsBase64Encoded {
				t.Errorf("got HTTP %d with %q and %v, want %d with %q", answer.StatusCode, answer.Body, err, c.status, c.body)
			}
		})
	}
}

func TestAnswer_OfBytesIsBase64(t *testing.T) {
	t.Parallel()
	binary := []byte{0x1f, 0x8b, 0xff, 0}
	handler := apigw.Adapt(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Add("Vary", "A")
		w.Header().Add("Vary", "B")
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		_, _ = w.Write(binary)
	}))
	answer, err := handler(t.Context(), event(t))
	if err != nil || !answer.IsBase64Encoded || answer.Body != base64.StdEncoding.EncodeToString(binary) {
		t.Errorf("got %q, Base64 %v and %v, want the bytes in Base64", answer.Body, answer.IsBase64Encoded, err)
	}
	if answer.Headers["Vary"] != "A,B" || answer.Headers["Content-Type"] != "text/html" || !slices.Equal(answer.Cookies, []string{"a=1", "b=2"}) {
		t.Errorf("got %q and the cookies %q, want all of them", answer.Headers, answer.Cookies)
	}
}

func TestPanic_IsAnAnswerAndTheFunctionLives(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /path", func(_ http.ResponseWriter, r *http.Request) { panic("secret " + r.URL.Path) })
	mux.HandleFunc("GET /path", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "alive") })
	handler := apigw.Adapt(api.Handler(mux))
	answer, err := handler(t.Context(), event(t))
	if err != nil || answer.StatusCode != 500 || !strings.Contains(answer.Body, `"code":"internal_error"`) || strings.Contains(answer.Body, "secret") {
		t.Errorf("got HTTP %d with %s and %v, want a 500 problem", answer.StatusCode, answer.Body, err)
	}
	if answer.Headers["X-Request-Id"] != "JKJaXmPLvHcESHA=" || answer.Headers["Content-Type"] != problem.ContentType {
		t.Errorf("got the headers %q, want a problem's with the request id", answer.Headers)
	}
	if answer, err = handler(t.Context(), event(t, `{"requestContext": {"http": {"method": "GET"}}}`)); err != nil || answer.Body != "alive" {
		t.Errorf("got %q and %v afterwards, want the function alive", answer.Body, err)
	}
}

// TestDeadline_LeavesTimeToAnswer compares instants; nothing waits.
func TestDeadline_LeavesTimeToAnswer(t *testing.T) {
	t.Parallel()
	deadline := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	var got time.Time
	handler := apigw.Adapt(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got, _ = r.Context().Deadline() }))
	if _, err := handler(ctx, event(t)); err != nil {
		t.Fatal(err)
	}
	if left := deadline.Sub(got); left < 100*time.Millisecond || left > 2*time.Second {
		t.Errorf("got %v kept back, want a fraction of a second", left)
	}
}

func TestDeadline_ThatHasComeIsAnAnswerNonetheless(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(50*time.Millisecond))
	defer cancel()
	handler := apigw.Adapt(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		w.WriteHeader(http.StatusGatewayTimeout)
	}))
	if answer, err := handler(ctx, event(t)); err != nil || answer.StatusCode != http.StatusGatewayTimeout {
		t.Errorf("got HTTP %d and %v, want the handler's 504", answer.StatusCode, err)
	}
}

func TestDeadline_IsNotNeeded(t *testing.T) {
	t.Parallel()
	if _, limited := capture(t, event(t)).request.Context().Deadline(); limited {
		t.Error("got a deadline, want none where Lambda gives none")
	}
}
