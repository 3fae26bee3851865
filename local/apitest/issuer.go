package apitest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/auth"
	"gavel/shared/clock"
)

// Issuer is an identity provider with one key.
type Issuer struct {
	url string
	key *ecdsa.PrivateKey
}

// NewIssuer starts an Issuer for as long as the test runs.
func NewIssuer(tb testing.TB) *Issuer {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Use: "sig"}}})
	}))
	tb.Cleanup(served.Close)
	return &Issuer{url: served.URL, key: key}
}

// audience is what its tokens are for.
const audience = "gavel"

// Bearer takes its tokens.
func (i *Issuer) Bearer() *auth.Bearer {
	return auth.NewBearer(auth.Issuer{URL: i.url, Audience: audience, JWKSURL: i.url}, fetch, clock.Now)
}

func fetch(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	return io.ReadAll(response.Body)
}

// Token gives an access token of a subject, with further claims.
func (i *Issuer) Token(tb testing.TB, subject string, life time.Duration, further map[string]any) string {
	tb.Helper()
	claims := jwt.MapClaims{"iss": i.url, "aud": audience, "sub": subject, "exp": time.Now().Add(life).Unix()}
	maps.Copy(claims, further)
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	token.Header["kid"] = "one"
	signed, err := token.SignedString(i.key)
	if err != nil {
		tb.Fatal(err)
	}
	return signed
}

// Lines takes the lines of a log from many goroutines. The zero value has none.
type Lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write keeps a line.
func (l *Lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// All gives the lines.
func (l *Lines) All() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSpace(l.text.String()), "\n")
}
