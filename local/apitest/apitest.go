// Package apitest has what the tests of all groups of operations do alike: it serves an API as the world sees it, sends
// requests however odd, and holds the answers and the log against what every operation has promised.
package apitest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/auth"
	"gavel/shared/logs"
)

// Rejected stands in values that are refused, which no answer and no log line may repeat.
const Rejected = "zx81-rejected"

// PhoneForms finds the phone number of the tests, +40 747 777 777, however it is written, and its beginning where the rest
// was cut off. What is shorter would be found in ids and times of day, too.
const PhoneForms = `747[ .-]?777[ .-]?777|(\+|%2[Bb]|\b00)40[ .-]?747`

// Noon is where the tests' time begins.
func Noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// Machine is an API key with some scopes.
func Machine(scopes ...string) auth.Resolver {
	return func(context.Context) (auth.Principal, error) {
		return auth.Principal{Kind: auth.APIKey, Name: "crm", Scopes: scopes}, nil
	}
}

// Serve serves an API and gives its URL. It does what stands before one: it gives each request an id and a caller.
func Serve(t testing.TB, handler http.Handler, caller auth.Resolver) string {
	t.Helper()
	return ServeAll(t, handler, func(ctx context.Context, _ http.Header) (auth.Principal, error) { return caller(ctx) })
}

// ServeAll is Serve for callers that are told apart by the headers of their requests.
func ServeAll(t testing.TB, handler http.Handler, who func(context.Context, http.Header) (auth.Principal, error)) string {
	t.Helper()
	served := httptest.NewServer(identified(handler, who))
	t.Cleanup(served.Close)
	return served.URL
}

func identified(next http.Handler, who func(context.Context, http.Header) (auth.Principal, error)) http.Handler {
	var last atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := auth.WithResolver(r.Context(), func(ctx context.Context) (auth.Principal, error) { return who(ctx, r.Header) })
		ctx = logs.WithRequestID(ctx, "request-"+strconv.FormatInt(last.Add(1), 10))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Answer is what a caller got.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Send sends a request; the body is JSON unless the header says otherwise.
func Send(t testing.TB, base, method, path, body string, header http.Header) Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, base, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	// The path goes out as it is written here, however odd.
	path, request.URL.RawQuery, _ = strings.Cut(path, "?")
	request.URL.Opaque = strings.TrimPrefix(base, "http:") + path
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(request.Header, header)
	return Do(t, request)
}

// plain does not follow redirects, so that one would be seen. Its connections are its own: those of the default one are
// closed whenever a test server is.
var plain = &http.Client{
	Transport:     &http.Transport{MaxIdleConnsPerHost: 16},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Do sends a request as it is.
func Do(t testing.TB, request *http.Request) Answer {
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
	return Answer{Status: response.StatusCode, Header: response.Header, Body: body}
}
