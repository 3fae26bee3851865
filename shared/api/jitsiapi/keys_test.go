package jitsiapi_test

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"gavel/local/apitest"
	"gavel/shared/auth"
	"gavel/shared/problem"
)

// keyPath is where the server looks for a key (get_public_key in token/util.lib.lua).
func keyPath(use, kid string) string {
	sum := sha256.Sum256([]byte(kid))
	return "/jitsi/keys/" + use + "/" + hex.EncodeToString(sum[:]) + ".pem"
}

func TestPublicKey_OfEachUseApart(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-public-key"})
	g.untouched(t)
	for path, want := range map[string]*rsa.PublicKey{
		keyPath("login", loginKeyID): &loginKey().PublicKey, keyPath("system", systemKeyID): &systemKey().PublicKey,
		keyPath("login", systemKeyID): nil, keyPath("system", loginKeyID): nil, keyPath("login", ""): nil, keyPath("login", "GAVEL-LOGIN"): nil,
	} {
		got := g.send(t, http.MethodGet, path, "", nil)
		if want == nil {
			isProblem(t, got, http.StatusNotFound, problem.NotFound)
			if kept := got.Header.Get("Cache-Control"); kept != "no-store" {
				t.Errorf("%s: got Cache-Control %q, want no-store: the key may come", path, kept)
			}
			continue
		}
		block, rest := pem.Decode(got.Body)
		if got.Status != 200 || block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 {
			t.Fatalf("%s: got HTTP %d with %s, want a public key in PEM and nothing else", path, got.Status, got.Body)
		}
		if key, err := x509.ParsePKIXPublicKey(block.Bytes); err != nil || !want.Equal(key) {
			t.Errorf("%s: got %v, %v, want the public half of the key", path, key, err)
		}
		if got.Header.Get("Content-Type") != "text/plain; charset=utf-8" || got.Header.Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%s: got %v, want plain text for five minutes", path, got.Header)
		}
	}
}

// TestPublicKey_IsOpen because the server comes without credentials.
func TestPublicKey_IsOpen(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-public-key", caller: func(context.Context) (auth.Principal, error) { return auth.Principal{}, auth.ErrBadCredentials }})
	if got := g.send(t, http.MethodGet, keyPath("system", systemKeyID), "", nil); got.Status != 200 {
		t.Errorf("got HTTP %d with %s, want the key", got.Status, got.Body)
	}
}

func TestPublicKey_OfOtherNamesIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-public-key"})
	g.untouched(t)
	good := strings.TrimPrefix(keyPath("login", loginKeyID), "/jitsi/keys/login/")
	for _, file := range []string{
		"x", rejected, "747.pem", good[1:], "0" + good, strings.ToUpper(good), strings.TrimSuffix(good, ".pem"), strings.Replace(good, ".pem", "xpem", 1), good + "%0A", "%0A" + good,
		"..%2F" + good, strings.Replace(good, "c", "g", 1), loginKeyID + ".pem",
	} {
		refused(t, g.send(t, http.MethodGet, "/jitsi/keys/login/"+file, "", nil), 422, "path.file")
	}
	for _, use := range []string{"x", "Login", "login%20", "asap", rejected, "%2e%2e"} {
		refused(t, g.send(t, http.MethodGet, "/jitsi/keys/"+use+"/"+good, "", nil), 422, "path.use")
	}
	refused(t, g.send(t, http.MethodGet, "/jitsi/keys/747/747", "", nil), 422, "path.file", "path.use")
}

// TestPublicKey_OfASecretWithoutKeys has nothing to give, and says so.
func TestPublicKey_OfASecretWithoutKeys(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-public-key", secret: map[string]any{"privateKey": nil, "keyId": nil, "secret": hushSecret, "system": nil}})
	for _, path := range []string{keyPath("login", loginKeyID), keyPath("system", systemKeyID)} {
		isProblem(t, g.send(t, http.MethodGet, path, "", nil), http.StatusNotFound, problem.NotFound)
	}
}

func TestPublicKey_WithoutTheSecretIsNotConfigured(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-public-key", secrets: apitest.SecretsFile(t, map[string]any{})})
	if p := isProblem(t, g.ask(t, operationOf("public-key")), http.StatusServiceUnavailable, problem.NotConfigured); p.Secret != secretName {
		t.Errorf("got %+v, want %s named", p, secretName)
	}
}
