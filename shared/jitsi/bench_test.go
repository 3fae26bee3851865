package jitsi_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
)

// measured is a Client before the least a server can do, so that it is the client that is measured.
type measured struct {
	client    *jitsi.Client
	transport *http.Transport
	base      string
}

// measure has rooms with nobody in them: a kick looks twice and sends once.
func measure(b *testing.B, changes fields) *measured {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, "{}")
		}
	}))
	b.Cleanup(server.Close)
	m := &measured{transport: &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true}, base: server.URL + basePath}
	store, clock := standin.NewVault("jitsi"), standin.NewClock(start)
	store.Put(fields{
		"baseUrl": webURL, "issuer": issuer, "secret": loginSecret, "callbackTokens": []string{callbackToken},
		"system": fields{"baseUrl": m.base, "privateKey": pemOf(systemKey()), "keyId": systemKeyID},
	}.With(changes))
	m.client = jitsi.New(jitsi.Options{
		Secrets: store, Now: clock.Now,
		HTTP: httpclient.New(httpclient.Options{Provider: jitsi.Provider, Budget: 10 * time.Second, Transport: m.transport, Now: clock.Now}),
	})
	return m
}

func (m *measured) end(ctx context.Context) error {
	_, err := m.client.EndRoom(ctx, here(), false)
	return err
}

func (m *measured) dialOut(ctx context.Context) error {
	_, err := m.client.DialOut(ctx, here(), number())
	return err
}

func (m *measured) kick(ctx context.Context) error {
	_, err := m.client.Kick(ctx, here(), somebody())
	return err
}

func (m *measured) look(ctx context.Context) error {
	_, err := m.client.Occupants(ctx, here())
	return err
}

func (m *measured) receive(ctx context.Context) error {
	if err := m.client.CheckSender(ctx, "Bearer "+callbackToken); err != nil {
		return err
	}
	_, err := jitsi.ParseEvent(jitsi.OccupantJoined, []byte(joined))
	return err
}

// bare is what a dial-out comes to without a client: body and token are at hand, the answer is read.
func (m *measured) bare(ctx context.Context) error {
	body := `{"conference":"standup@conference.meet.example.org","phoneNo":"+40747777777"}`
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.base+invitePath, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer token"}}
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

// BenchmarkCalls compares the commands with a bare POST of net/http to the same server. All include the server's share,
// which is in the same process. A kick is three requests, an event none.
func BenchmarkCalls(b *testing.B) {
	for _, tc := range []struct {
		name string
		call func(m *measured, ctx context.Context) error
	}{
		{"end-room", (*measured).end},
		{"dial-out", (*measured).dialOut},
		{"bare-post", (*measured).bare},
		{"occupants", (*measured).look},
		{"kick", (*measured).kick},
		{"receive", (*measured).receive},
	} {
		b.Run(tc.name, func(b *testing.B) {
			m := measure(b, nil)
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

// BenchmarkCreateToken compares a token with the signature in it, which is what it must cost.
func BenchmarkCreateToken(b *testing.B) {
	for _, tc := range []struct {
		name    string
		changes fields
		sign    func(sum []byte) error
	}{
		{"HS256", nil, func(text []byte) error {
			mac := hmac.New(sha256.New, []byte(loginSecret))
			_, err := mac.Write(text)
			mac.Sum(nil)
			return err
		}},
		{"RS256", fields{"secret": nil, "privateKey": pemOf(loginKey()), "keyId": "login-1"}, func(text []byte) error {
			sum := sha256.Sum256(text)
			_, err := rsa.SignPKCS1v15(nil, loginKey(), crypto.SHA256, sum[:])
			return err
		}},
	} {
		b.Run("token-"+tc.name, func(b *testing.B) {
			m, request := measure(b, tc.changes), asRequest(full())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.client.CreateToken(b.Context(), request); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("bare-signature-"+tc.name, func(b *testing.B) {
			text := bytes.Repeat([]byte("a"), 700)
			b.ReportAllocs()
			for b.Loop() {
				if err := tc.sign(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
