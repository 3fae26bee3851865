package httpclient_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/trace"
)

func TestDo_SendsExactlyTheRequest(t *testing.T) {
	t.Parallel()
	const escaped = "/v1/_jaas/ban/user/auth0%7C5f90%2Fx%20y%25%C3%A9%c3%a9/%2E%2E/%2e/a%3Fb%23;v=1?q=a%20b+c%2F"
	const body = "{\"phoneNo\":\"+40747777777\",\"name\":\"Zoë <&>\"}\r\n\x00\xff"
	p := listen(t, nil, func(c conn, _ int) bool { c.ok(); return true })
	host := strings.TrimPrefix(p.url, "http://")
	for name, tt := range map[string]struct {
		req  httpclient.Request
		want []string
	}{
		"with a body": {
			httpclient.Request{
				Method: http.MethodPost, URL: p.url + escaped, Body: []byte(body),
				Header: http.Header{"Authorization": {"Bearer a.b-c"}, "Content-Type": {"application/json"}},
			},
			[]string{
				"POST " + escaped + " HTTP/1.1", "Host: " + host, "User-Agent: Go-http-client/1.1",
				fmt.Sprintf("Content-Length: %d", len(body)), "Authorization: Bearer a.b-c", "Content-Type: application/json", "", body,
			},
		},
		"without one": {
			httpclient.Request{Method: http.MethodPost, URL: p.url + escaped, Header: http.Header{"Authorization": {"Bearer a.b-c"}}},
			[]string{
				"POST " + escaped + " HTTP/1.1", "Host: " + host, "User-Agent: Go-http-client/1.1",
				"Content-Length: 0", "Authorization: Bearer a.b-c", "", "",
			},
		},
		"to get": {
			httpclient.Request{Method: http.MethodGet, URL: p.url + escaped},
			[]string{"GET " + escaped + " HTTP/1.1", "Host: " + host, "User-Agent: Go-http-client/1.1", "", ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := newClient(ample).Do(t.Context(), tt.req); err != nil {
				t.Fatal(err)
			}
			want := strings.Join(tt.want, "\r\n")
			if requests, _ := p.received(); !slices.Contains(requests, want) {
				t.Errorf("got %q, want %q", requests, want)
			}
		})
	}
}

func TestDo_GoesPastTheProxyOnLoopback(t *testing.T) {
	t.Parallel()
	client, base := setup(t, answering(http.StatusOK, "the provider"))
	for _, url := range []string{base, strings.Replace(base, "127.0.0.1", "localhost", 1)} {
		if got, err := client.Do(t.Context(), post(url)); err != nil || string(got.Body) != "the provider" {
			t.Errorf("%s: got %q, %v, want the provider", url, got.Body, err)
		}
	}
}

func TestDo_GoesThroughTheProxyElsewhere(t *testing.T) {
	t.Parallel()
	got, err := newClient(ample).Do(t.Context(), post("http://provider.test/v1"))
	if want := "the proxy, asked for http://provider.test/v1"; err != nil || string(got.Body) != want {
		t.Errorf("got %q, %v, want %q", got.Body, err, want)
	}
}

// Over HTTP/2 net/http repeats by itself what a provider resets, a dial-out as well.
func TestDo_SpeaksNoHTTP2(t *testing.T) {
	t.Parallel()
	offered := make(chan []string, 1)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		offered <- hello.SupportedProtos
		return nil, nil //nolint:nilnil // which stands for the server's own
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	_ = failure(t, newClient(ample), post(server.URL)) // its certificate is nobody's
	if got := <-offered; slices.Contains(got, "h2") {
		t.Errorf("the client offers %q, want no HTTP/2", got)
	}
}

func TestDo_ServesManyAtATime(t *testing.T) {
	t.Parallel()
	client, base := setup(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.URL.RawQuery)
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var running sync.WaitGroup
	for i := range 64 {
		running.Go(func() {
			want := fmt.Sprint("n=", i)
			if got, err := client.Do(ctx, post(base+"?"+want)); err != nil || string(got.Body) != want {
				t.Errorf("got %q, %v, want %q", got.Body, err, want)
			}
		})
	}
	running.Wait()
}

// The trace goes to the meeting system, and to nobody else.
func TestDo_HandsTheTraceOn(t *testing.T) {
	t.Parallel()
	const value = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
	for untraced, want := range map[bool]string{false: value, true: ""} {
		got := make(chan string, 1)
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("X-Amzn-Trace-Id") }))
		t.Cleanup(server.Close)
		client := httpclient.New(httpclient.Options{Provider: "jaas", Budget: ample, Untraced: untraced, Now: time.Now})
		if _, err := client.Do(trace.With(t.Context(), value+";Lineage=1:0"), post(server.URL)); err != nil {
			t.Fatal(err)
		}
		if header := <-got; header != want {
			t.Errorf("untraced %t: got %q, want %q", untraced, header, want)
		}
	}
}
