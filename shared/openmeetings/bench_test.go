package openmeetings_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
)

// measured is a Client before the least a server can do, so that it is the client that is measured.
type measured struct {
	client    *openmeetings.Client
	transport *http.Transport
	base      string
}

func measure(b *testing.B) *measured {
	b.Helper()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := result(`"3d2b1f6c-9f6f-4a2e-9a52-0a4b7c1d2e3f"`, "SUCCESS")
		if strings.HasSuffix(r.URL.Path, "/room/7") {
			text = `{"roomDTO":` + storedRoom + `}`
		}
		w.Header()["Content-Type"] = []string{"application/json"}
		_, _ = io.WriteString(w, text)
	})
	m := &measured{
		transport: &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true},
		base:      standin.Serve(b, nil, handler).URL + basePath,
	}
	store := standin.NewVault("openmeetings")
	putAccount(store, m.base, user, password)
	clock := standin.NewClock(start)
	m.client = openmeetings.New(openmeetings.Options{
		Secrets: store, Now: clock.Now,
		HTTP: httpclient.New(httpclient.Options{Provider: openmeetings.Provider, Budget: 10 * time.Second, Transport: m.transport, Now: clock.Now}),
	})
	return m
}

func (m *measured) kick(ctx context.Context) error {
	_, err := m.client.KickAll(ctx, 7)
	return err
}

func (m *measured) room(ctx context.Context) error {
	_, err := m.client.Room(ctx, 7)
	return err
}

func (m *measured) entry(ctx context.Context) error {
	_, err := m.client.CreateEntry(ctx, openmeetings.Person{ExternalID: "u-17", ExternalType: "crm"}, openmeetings.EntryOptions{RoomID: 7}, 0)
	return err
}

// bare is what a kick comes to without a client: the sid is at hand, the answer is read.
func (m *measured) bare(ctx context.Context) error {
	url := m.base + "/services/room/kick/7?sid=3d2b1f6c-9f6f-4a2e-9a52-0a4b7c1d2e3f"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	request.Header["Accept"] = []string{"application/json"}
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

// BenchmarkCalls compares commands with a bare GET of net/http to the same server. All include the server's share, which
// is in the same process. An entry is two requests.
func BenchmarkCalls(b *testing.B) {
	for _, tc := range []struct {
		name string
		call func(m *measured, ctx context.Context) error
	}{{"kick", (*measured).kick}, {"bare-get", (*measured).bare}, {"room", (*measured).room}, {"entry", (*measured).entry}} {
		b.Run(tc.name, func(b *testing.B) {
			m := measure(b)
			b.ReportAllocs()
			for b.Loop() {
				if err := tc.call(m, b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}
