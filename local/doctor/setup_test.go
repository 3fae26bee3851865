package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/server"
	"gavel/local/testkey"
	"gavel/shared/clock"
	"gavel/shared/secrets"
)

const (
	appID = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
	// hush stands in every secret value and in whatever other systems answer; nothing that is printed may have it.
	hush = "hush4711"
)

// patient is somebody who asks the doctor.
type patient struct {
	t         *testing.T
	dir       string
	env       map[string]string
	ahead     time.Duration // of this machine's clock
	transport http.RoundTripper
	cloud     func(context.Context, string, string) (aws.Config, error)
	hidden    []string // what must not be printed besides hush
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	return &patient{
		t: t, dir: t.TempDir(), env: map[string]string{"GAVEL_UPSTREAM_TIMEOUT": "2s"}, transport: http.DefaultTransport,
		cloud: func(context.Context, string, string) (aws.Config, error) {
			return aws.Config{}, errors.New("no AWS here")
		},
	}
}

// secrets writes a secrets file, and gives its path.
func (p *patient) secrets(all map[string]any) string {
	p.t.Helper()
	text, err := json.Marshal(all)
	if err != nil {
		p.t.Fatal(err)
	}
	path := filepath.Join(p.dir, "secrets.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// sees runs the doctor. What it gives has all that was printed, in a form to look for things in.
func (p *patient) sees(args ...string) (healthy bool, printed string) {
	p.t.Helper()
	var out bytes.Buffer
	healthy, err := run(p.t.Context(), surroundings{
		getenv: func(name string) string { return p.env[name] }, out: &out,
		now:       func() time.Time { return clock.Now().Add(p.ahead) },
		transport: p.transport, aws: p.cloud,
	}, args)
	if err != nil {
		p.t.Fatalf("%q: %v", args, err)
	}
	for _, secret := range append([]string{hush, "-----BEGIN", "MII", "eyJ"}, p.hidden...) {
		if strings.Contains(out.String(), secret) {
			p.t.Errorf("%q: got %q printed in\n%s", args, secret, out.String())
		}
	}
	return healthy, out.String()
}

// well wants nothing to fix, and each of lines at the beginning of a line.
func (p *patient) well(args []string, lines ...string) {
	p.t.Helper()
	p.diagnosed(true, args, lines)
}

// ill wants something to fix, and each of lines at the beginning of a line.
func (p *patient) ill(args []string, lines ...string) {
	p.t.Helper()
	p.diagnosed(false, args, lines)
}

func (p *patient) diagnosed(want bool, args, lines []string) {
	p.t.Helper()
	healthy, printed := p.sees(args...)
	if healthy != want {
		p.t.Errorf("%q: got healthy %t, want %t:\n%s", args, healthy, want, printed)
	}
	for _, wanted := range lines {
		if !hasLine(printed, wanted) {
			p.t.Errorf("%q: got\n%s\nwant a line with %q", args, printed, wanted)
		}
	}
}

// hasLine says whether a line has the parts of wanted, which "…" keeps apart, the first of them at its beginning.
func hasLine(printed, wanted string) bool {
	parts := strings.Split(wanted, "…")
	for line := range strings.Lines(printed) {
		rest, ok := strings.CutPrefix(strings.Join(strings.Fields(line), " "), parts[0])
		for _, part := range parts[1:] {
			var found bool
			_, rest, found = strings.Cut(rest, part)
			ok = ok && found
		}
		if ok {
			return true
		}
	}
	return false
}

// running starts what `make run` does, with the secrets file where there is one, and gives its URL.
func (p *patient) running(secretsFile string) *server.Server {
	p.t.Helper()
	env := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": p.t.TempDir(), "GAVEL_SECRETS_FILE": secretsFile}
	s, err := server.Start(p.t.Context(), server.Options{Getenv: func(name string) string { return env[name] }})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = s.Close() })
	p.hidden = append(p.hidden, s.Info().APIKey)
	return s
}

// everything is a secret of each kind, for the sandboxes of a local server at url.
func everything(t *testing.T, url string) map[string]any {
	t.Helper()
	return map[string]any{
		"jaas/" + appID: map[string]string{"keyId": "one", "privateKey": testkey.PEM(t), "webhookSecret": "whsec_0123" + hush},
		"jitsi": map[string]any{
			"baseUrl": url + "/local/sandbox/jitsi", "domain": "meet.jitsi", "issuer": "gavel", "audience": "jitsi",
			"keyId": "login", "privateKey": testkey.PEM(t), "callbackTokens": []string{hush + "-0123456789"},
			"system": map[string]string{"baseUrl": url + "/local/sandbox/jitsi/prosody", "keyId": "system", "privateKey": testkey.PEM(t)},
		},
		"openmeetings": map[string]string{"baseUrl": url + "/local/sandbox/openmeetings", "user": hush + "-user", "password": hush},
		"veeting": map[string]any{
			"baseUrl": url + "/local/sandbox/veeting", "apiKey": hush, "level": "instance", "webhookKeys": map[string]string{"onMeetingClosed": hush},
		},
	}
}

// serve answers everything with a handler, over TLS with a certificate that ends at a time for a name, and gives the URL.
func (p *patient) serve(name string, end time.Time, handler http.HandlerFunc) string {
	p.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		p.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: end.Add(-90 * 24 * time.Hour), NotAfter: end,
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		p.t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		p.t.Fatal(err)
	}
	served := httptest.NewUnstartedServer(handler)
	served.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	served.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // handshakes are to fail
	served.StartTLS()
	p.t.Cleanup(served.Close)
	known := x509.NewCertPool()
	known.AddCert(parsed)
	p.transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: known}}
	return served.URL
}

// plain answers everything with a handler, and gives the URL.
func plain(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	served := httptest.NewServer(handler)
	t.Cleanup(served.Close)
	return served.URL
}

// answering answers everything with a status and a text that must not be printed.
func answering(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(hush))
	}
}

func raw(t *testing.T, content any) secrets.Raw {
	t.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return secrets.NewRaw("1", text)
}

func publicPEM(t *testing.T, key *rsa.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
