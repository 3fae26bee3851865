package jaas_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
)

// counting is the least a provider can do, so that it is the client that is measured. It keeps
// the different tokens it has seen.
type counting struct {
	mu     sync.Mutex
	calls  int
	tokens map[string]bool
}

func (c *counting) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	c.tokens[r.Header.Get("Authorization")] = true
}

// measured is a Client before a counting provider. Its clock moves 4 ms whenever it is read, a
// second in some 60 calls, so that signing again would give another token; 10,000 calls stay
// within the life of one.
type measured struct {
	client    *jaas.Client
	provider  *counting
	url       string
	transport *http.Transport
}

func measure(tb testing.TB, key *rsa.PrivateKey) *measured {
	tb.Helper()
	m := &measured{
		provider:  &counting{tokens: map[string]bool{}},
		transport: &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true},
	}
	m.url = standin.Serve(tb, nil, m.provider).URL + basePath
	secrets := newVault(tb)
	secrets.put(tb, map[string]any{secretName(appID): secretOfKey(keyID, key)})
	clock := standin.NewClock(start)
	clock.Tick = 4 * time.Millisecond
	m.client = jaas.New(jaas.Options{
		BaseURL: m.url, Domain: domain, Secrets: secrets, Now: clock.Now,
		HTTP: httpclient.New(httpclient.Options{Provider: jaas.Provider, Budget: 10 * time.Second, Transport: m.transport, Now: clock.Now}),
	})
	return m
}

func (m *measured) ban(ctx context.Context) error {
	_, err := m.client.BanUser(ctx, appID, userID)
	return err
}

// BenchmarkCalls compares a ban with a bare POST of net/http to the same server. Both include the
// server's share, which is in the same process.
func BenchmarkCalls(b *testing.B) {
	for _, tc := range []struct {
		name string
		call func(m *measured, ctx context.Context) error
	}{{"ban-user", (*measured).ban}, {"dial-out", (*measured).dialOut}, {"bare-post", (*measured).post}} {
		b.Run(tc.name, func(b *testing.B) {
			m := measure(b, theKey())
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

func (m *measured) dialOut(ctx context.Context) error {
	_, err := m.client.DialOut(ctx, appID, room, number())
	return err
}

// post is what a ban comes to without a client: the token is at hand, the answer is read.
func (m *measured) post(ctx context.Context) error {
	url := m.url + "/jaccess/v1/access-management/" + string(appID) + "/ban/user/auth0%7C5f903d7a"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, http.NoBody)
	if err != nil {
		return err
	}
	request.Header["Authorization"] = []string{"Bearer token"}
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

// BenchmarkTenThousandBans is one run of 10,000 bans one after the other, in one process, from
// the first reading of the secret on.
func BenchmarkTenThousandBans(b *testing.B) {
	const bans = 10_000
	for _, tc := range []struct {
		name string
		call func(m *measured, ctx context.Context) error
	}{{"ban-user", (*measured).ban}, {"bare-post", (*measured).post}} {
		b.Run(tc.name, func(b *testing.B) {
			var before, after runtime.MemStats
			signatures := 0
			runtime.ReadMemStats(&before)
			for b.Loop() {
				b.StopTimer()
				m := measure(b, theKey())
				b.StartTimer()
				for range bans {
					if err := tc.call(m, b.Context()); err != nil {
						b.Fatal(err)
					}
				}
				if m.provider.calls != bans {
					b.Fatalf("got %d calls upstream, want %d", m.provider.calls, bans)
				}
				signatures = max(signatures, len(m.provider.tokens))
			}
			runtime.ReadMemStats(&after)
			calls := float64(bans) * float64(b.N)
			b.ReportMetric(calls/b.Elapsed().Seconds(), "req/s")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/calls, "allocs/req")
			b.ReportMetric(float64(signatures), "tokens/run")
		})
	}
}

func BenchmarkParallelBans(b *testing.B) {
	m := measure(b, theKey())
	b.ReportAllocs()
	b.RunParallel(func(loop *testing.PB) {
		for loop.Next() {
			if err := m.ban(b.Context()); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

// BenchmarkCreateToken compares a token with the RSA signature in it, which is what it must cost.
func BenchmarkCreateToken(b *testing.B) {
	for _, size := range []struct {
		name string
		key  func() *rsa.PrivateKey
	}{{"2048", theKey}, {"4096", largeKey}} {
		b.Run("token-"+size.name, func(b *testing.B) {
			m := measure(b, size.key())
			p := full()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.client.CreateToken(b.Context(), appID, p); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("bare-signature-"+size.name, func(b *testing.B) {
			key := size.key()
			sum := sha256.Sum256(bytes.Repeat([]byte("a"), 700))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseRoom(b *testing.B) {
	for _, tc := range []struct{ name, room string }{
		{"ascii", "testRoom"}, {"encoded", "%d0%9f%d0%a0%d0%98%d0%92%d0%95%d0%a2"}, {"mixed", "Été (Ω\u0345) 😀?"},
	} {
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := jaas.ParseRoom(tc.room); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParsePattern(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jitsimeet.ParsePattern("team%-[%a_]+%-%d+"); err != nil {
			b.Fatal(err)
		}
	}
}
