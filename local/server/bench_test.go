package server_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/server"
	"gavel/shared/logs"
)

// BenchmarkTenThousandBans sends 10,000 ban calls one after another through the whole server:
// HTTP, guard, operation, client, and the sandbox that verifies each admin token. It reports how
// many different admin tokens the sandbox saw: one signature per token's life.
func BenchmarkTenThousandBans(b *testing.B) {
	const calls = 10_000
	slog.SetDefault(logs.New(io.Discard, "info"))
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": b.TempDir()}
	s, err := server.Start(b.Context(), server.Options{Getenv: func(name string) string { return settings[name] }})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	url := s.URL() + "/jaas/" + s.Info().AppID + "/bans/users"
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		for range calls {
			ban(b, url, s.Info().APIKey)
		}
		b.ReportMetric(calls/time.Since(start).Seconds(), "calls/s")
	}
	b.ReportMetric(float64(tokensSeen(b, s)), "signatures")
}

func ban(b *testing.B, url, key string) {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, strings.NewReader(`{"userId":"u-17"}`))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("X-Api-Key", key)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		b.Fatalf("status %d", response.StatusCode)
	}
}

// tokensSeen counts the admin tokens by their exp claim, which differs from one to the next.
func tokensSeen(b *testing.B, s *server.Server) int {
	b.Helper()
	ends := map[any]bool{}
	for _, exchange := range s.Exchanges() {
		ends[exchange.Claims["exp"]] = true
	}
	return len(ends)
}
