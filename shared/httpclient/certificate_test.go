package httpclient_test

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gavel/local/standin"
	"gavel/shared/httpclient"
)

// TestDo_AnExpiredCertificate is said to be one, with the host, after one handshake and without anything sent.
func TestDo_AnExpiredCertificate(t *testing.T) {
	t.Parallel()
	handshakes := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("got %s %s, want no request", r.Method, r.URL)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	expired := standin.ExpiredCertificate(t)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		handshakes++
		return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{expired}}, nil
	}}
	server.StartTLS()
	_, host, _ := strings.Cut(server.URL, "://")
	request := post(server.URL)
	request.Repeatable = true
	got := failure(t, newClient(ample), request)
	server.Close()
	if got.Kind != httpclient.Certificate || got.MayHaveHappened || got.Hint != "the TLS certificate of "+host+" has expired, or is not valid yet" {
		t.Errorf("got %s, %q, may have happened %t, want it told", got.Kind, got.Hint, got.MayHaveHappened)
	}
	if handshakes != 1 {
		t.Errorf("got %d handshakes, want one: another try would meet the same certificate", handshakes)
	}
}
