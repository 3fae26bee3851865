package auth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/auth"
	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

const audience = "gavel"

// steps is a clock that moves when it is told to.
type steps struct{ seconds atomic.Int64 }

func newSteps() *steps {
	s := &steps{}
	s.seconds.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Unix())
	return s
}

func (s *steps) now() time.Time          { return time.Unix(s.seconds.Load(), 0) }
func (s *steps) forward(d time.Duration) { s.seconds.Add(int64(d / time.Second)) }

// keys are made once for all tests.
var keys = sync.OnceValue(func() (k struct {
	rsa     *rsa.PrivateKey
	other   *rsa.PrivateKey
	ec      *ecdsa.PrivateKey
	edwards ed25519.PrivateKey
},
) {
	var err [4]error
	k.rsa, err[0] = rsa.GenerateKey(rand.Reader, 2048)
	k.other, err[1] = rsa.GenerateKey(rand.Reader, 2048)
	k.ec, err[2] = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, k.edwards, err[3] = ed25519.GenerateKey(rand.Reader)
	if joined := errors.Join(err[:]...); joined != nil {
		panic(joined)
	}
	return k
})

// issuer is an OpenID Connect issuer over real HTTP, below a path of its own host.
type issuer struct {
	url   string
	clock *steps

	mu        sync.Mutex
	jwks      []any  // keys of the set
	instead   []byte // what to answer in place of the set
	status    int    // 200 when 0
	discovery func(url string) any

	fetches, discoveries atomic.Int64
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{clock: newSteps()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tenant/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.discoveries.Add(1)
		i.mu.Lock()
		defer i.mu.Unlock()
		var document any = map[string]string{"issuer": i.url, "jwks_uri": i.url + "/keys"}
		if i.discovery != nil {
			document = i.discovery(i.url)
		}
		_ = json.NewEncoder(w).Encode(document)
	})
	mux.HandleFunc("GET /tenant/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.fetches.Add(1)
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.status != 0 {
			w.WriteHeader(i.status)
		}
		if i.instead != nil {
			_, _ = w.Write(i.instead)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": i.jwks})
	})
	served := httptest.NewServer(mux)
	t.Cleanup(served.Close)
	i.url = served.URL + "/tenant"
	i.publish(i.standard()...)
	return i
}

// standard are four good keys of four kinds.
func (i *issuer) standard() []any {
	return []any{
		jwk("rsa", keys().rsa.Public(), "", "sig"), jwk("ec", keys().ec.Public(), "", "sig"),
		jwk("edwards", keys().edwards.Public(), "", ""),
	}
}

func jwk(id string, key crypto.PublicKey, algorithm, use string) any {
	return jose.JSONWebKey{Key: key, KeyID: id, Algorithm: algorithm, Use: use}
}

// set changes the issuer while it serves.
func (i *issuer) set(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

func (i *issuer) publish(list ...any) { i.set(func() { i.jwks = list }) }

func (i *issuer) down() { i.set(func() { i.status = http.StatusInternalServerError }) }
func (i *issuer) up()   { i.set(func() { i.status = 0 }) }

// bearer makes the verifier of the issuer's tokens.
func (i *issuer) bearer() *auth.Bearer {
	return auth.NewBearer(auth.Issuer{URL: i.url, Audience: audience}, get, i.clock.now)
}

func get(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, errors.New(response.Status)
	}
	return io.ReadAll(response.Body)
}

// fetching is a Getter as functions have it.
func (i *issuer) fetching() auth.Getter {
	return auth.Fetching(httpclient.New(httpclient.Options{Provider: "oidc", Budget: time.Second, Untraced: true, Now: i.clock.now}))
}

// claims are those of a good token; changes replace some, and nil takes one out.
func (i *issuer) claims(changes jwt.MapClaims) jwt.MapClaims {
	claims := jwt.MapClaims{
		"iss": i.url, "aud": audience, "sub": "alice", "exp": i.clock.now().Add(time.Hour).Unix(), "scope": "jaas rooms",
	}
	for name, value := range changes {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// sign makes a token. The header's values may be changed after the algorithm was chosen.
func sign(t testing.TB, method jwt.SigningMethod, key any, header map[string]any, claims jwt.Claims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	maps.Copy(token.Header, header)
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func kid(id string) map[string]any { return map[string]any{"kid": id} }

// good is a token the issuer would give.
func (i *issuer) good(t testing.TB) string {
	t.Helper()
	return sign(t, jwt.SigningMethodRS256, keys().rsa, kid("rsa"), i.claims(nil))
}

// store is a source of one secret that a test can change.
type store struct {
	mu      sync.Mutex
	content string
	err     error
	reads   int
}

// Read gives the content as it is now.
func (s *store) Read(_ context.Context, name string) (secrets.Raw, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	if s.err != nil {
		return secrets.Raw{}, s.err
	}
	if name != auth.APIKeysSecret {
		return secrets.Raw{}, &secrets.Error{Name: s.FullName(name), Reason: "it does not exist"}
	}
	return secrets.NewRaw(s.content, []byte(s.content)), nil
}

// FullName gives gavel/name.
func (*store) FullName(name string) string { return "gavel/" + name }

func (s *store) put(content string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content, s.err = content, err
}

func listOf(t testing.TB, entries ...auth.APIKeyEntry) string {
	t.Helper()
	text, err := json.Marshal(auth.APIKeyList{Keys: append([]auth.APIKeyEntry{}, entries...)})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
