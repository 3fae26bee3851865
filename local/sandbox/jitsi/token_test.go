package jitsi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

const (
	loginKid  = "login/1"
	systemKid = "system/1"
)

var (
	loginKey   = sync.OnceValue(newKey)
	systemKey  = sync.OnceValue(newKey)
	strangeKey = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// keyServer has the public keys below /login and /system.
type keyServer struct {
	url string

	mu    sync.Mutex
	files map[string]string // by path
	asked map[string]int    // likewise
}

func newKeyServer(t *testing.T) *keyServer {
	t.Helper()
	k := &keyServer{files: map[string]string{}, asked: map[string]int{}}
	k.put("/login", loginKid, publicPEM(t, loginKey()))
	k.put("/system", systemKid, publicPEM(t, systemKey()))
	h := httptest.NewServer(k)
	t.Cleanup(h.Close)
	k.url = h.URL
	return k
}

func keyPath(folder, kid string) string {
	sum := sha256.Sum256([]byte(kid))
	return folder + "/" + hex.EncodeToString(sum[:]) + ".pem"
}

func publicPEM(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func (k *keyServer) put(folder, kid, text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.files[keyPath(folder, kid)] = text
}

// times says how often a key was asked for.
func (k *keyServer) times(folder, kid string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.asked[keyPath(folder, kid)]
}

func (k *keyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked[r.URL.Path]++
	text, ok := k.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write([]byte(text))
}

// claims is a payload to change: nil removes, and "context.user.id" reaches inside.
type claims map[string]any

func (c claims) with(path string, value any) claims {
	var at map[string]any = c
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		at = at[key].(map[string]any)
	}
	last := keys[len(keys)-1]
	if value == nil {
		delete(at, last)
	} else {
		at[last] = value
	}
	return c
}

// null sets a claim to null.
func (c claims) null(path string) claims {
	return c.with(path, (*int)(nil))
}

// guest is somebody whose token says nothing of moderators.
func guest() claims {
	return claims{
		"aud": appID, "iss": appID, "sub": domain, "room": "standup",
		"nbf": start.Unix() - 10, "exp": start.Unix() + 7200,
		"context": map[string]any{
			"user": map[string]any{"id": "u-17", "name": "Ada", "email": "ada@example.org", "avatar": ""},
			"room": map[string]any{},
		},
	}
}

func user(id string) claims { return guest().with("context.user.id", id) }

func sign(t *testing.T, c claims) string {
	t.Helper()
	return signHS(t, jwt.SigningMethodHS256, secret, nil, c)
}

func signHS(t *testing.T, method jwt.SigningMethod, key string, header, c map[string]any) string {
	t.Helper()
	return signed(t, method, []byte(key), header, c)
}

// signRS signs a login token.
func signRS(t *testing.T, c claims) string {
	t.Helper()
	return signed(t, jwt.SigningMethodRS256, loginKey(), map[string]any{"kid": loginKid}, c)
}

func systemClaims() claims {
	return claims{
		"aud": appID, "iss": appID, "sub": domain, "room": "*",
		"nbf": start.Unix() - 10, "exp": start.Unix() + 60,
	}
}

func systemToken(t *testing.T) string {
	t.Helper()
	return signSystem(t, nil, systemClaims().with("exp", start.Unix()+1e6))
}

func signSystem(t *testing.T, header, c map[string]any) string {
	t.Helper()
	h := map[string]any{"kid": systemKid}
	maps.Copy(h, header)
	return signed(t, jwt.SigningMethodRS256, systemKey(), h, c)
}

// signed signs with changes to the header: nil removes.
func signed(t *testing.T, method jwt.SigningMethod, key any, header, c map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, jwt.MapClaims(c))
	for name, value := range header {
		token.Header[name] = value
		if value == nil {
			delete(token.Header, name)
		}
	}
	raw, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// What is signed with keys other than login's.
var (
	rs256 = jwt.SigningMethodRS256
	rs512 = jwt.SigningMethodRS512
)
