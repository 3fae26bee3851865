package veeting_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/veeting"
)

// measured is a Client before the least a server can do, so that it is the client that is measured.
type measured struct {
	client    *veeting.Client
	transport *http.Transport
	base      string
}

func measure(b *testing.B) *measured {
	b.Helper()
	const text = `{"responseCode":0,"data":` + meetingData + `}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header()["Content-Type"] = []string{"application/json"}
		_, _ = io.WriteString(w, text)
	}))
	b.Cleanup(server.Close)
	m := &measured{transport: &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true}, base: server.URL + basePath + apiPath}
	store, clock := standin.NewVault("veeting"), standin.NewClock(start)
	store.Put(fields{"baseUrl": m.base, "apiKey": apiKey, "level": "instance", "webhookKeys": map[string]string{hook: hookKey}})
	m.client = veeting.New(veeting.Options{
		Secrets: store, Now: clock.Now,
		HTTP: httpclient.New(httpclient.Options{Provider: veeting.Provider, Budget: 10 * time.Second, Transport: m.transport, Now: clock.Now}),
	})
	return m
}

func (m *measured) schedule(ctx context.Context) error {
	_, err := m.client.Schedule(ctx, byEmail, newMeeting())
	return err
}

func (m *measured) receive(ctx context.Context) error {
	_, err := m.client.Receive(ctx, hook, hookKey, []byte(sent))
	return err
}

// bare is what scheduling comes to without a client: body and header are at hand, the answer is read.
func (m *measured) bare(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.base+"/meeting", strings.NewReader("{"+meetingBody))
	if err != nil {
		return err
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "X-API-KEY": {apiKey}, "X-USER-EMAIL": {userEmail}}
	answer, err := (&http.Client{Transport: m.transport}).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err = io.Copy(io.Discard, answer.Body); err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	return err
}

// BenchmarkCalls compares scheduling with a bare POST of net/http to the same server. Both include the server's share,
// which is in the same process. An event goes nowhere.
func BenchmarkCalls(b *testing.B) {
	for _, tc := range []struct {
		name string
		call func(m *measured, ctx context.Context) error
	}{{"schedule", (*measured).schedule}, {"bare-post", (*measured).bare}, {"receive", (*measured).receive}} {
		b.Run(tc.name, func(b *testing.B) {
			m := measure(b)
			b.ReportAllocs()
			for b.Loop() {
				if err := tc.call(m, b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
