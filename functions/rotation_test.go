package functions_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"gavel/local/moto"
	"gavel/local/runtimeapi"
	"gavel/local/testkey"
)

const tenant = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"

// provider is an upstream that knows one key by its kid and answers 401 to every other.
type provider struct {
	mu    sync.Mutex
	known string
	asked []string
}

// ServeHTTP notes the kid of each request and accepts the one that is known.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kid := kidOf(r.Header.Get("Authorization"))
	p.asked = append(p.asked, kid)
	if kid != tenant+"/"+p.known {
		w.WriteHeader(http.StatusUnauthorized)
	}
}

// know changes the key in the provider's console and gives the kids it was asked with until now.
func (p *provider) know(keyID string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.known, p.asked = keyID, nil
	return asked
}

func kidOf(authorization string) string {
	head, _, _ := strings.Cut(strings.TrimPrefix(authorization, "Bearer "), ".")
	text, _ := base64.RawURLEncoding.DecodeString(head)
	var header struct{ Kid string }
	_ = json.Unmarshal(text, &header)
	return header.Kid
}

// The built function, the SDK, an implementation of Secrets Manager's API and a provider: the key
// is rotated while the function is warm, and the next call finds out by itself.
func TestRotationWhileTheFunctionIsWarm(t *testing.T) {
	t.Parallel()
	vault := newVault(t)
	name := aws.String(vault.prefix + "/jaas/" + tenant)
	vault.put(t, "jaas/"+tenant, secret(t, "first"))
	upstream := &provider{known: "first"}
	web := httptest.NewServer(upstream)
	t.Cleanup(web.Close)
	dir, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	process, err := runtimeapi.Start(t.Context(), runtimeapi.Config{
		Binary: filepath.Join(dir, "jaas", "dial-out"),
		Env: []string{
			"GAVEL_JAAS_BASE_URL=" + web.URL, "GAVEL_SECRET_PREFIX=" + vault.prefix,
			"AWS_ENDPOINT_URL=" + vault.endpoint, "AWS_REGION=" + region,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Close() })

	if got := invoke(t, process, event(t, "jaas-dial-out")); got.StatusCode != http.StatusOK {
		t.Fatalf("before: got %d %s, want 200", got.StatusCode, got.Body)
	}
	vault.put(t, "jaas/"+tenant, secret(t, "second"))
	upstream.know("second")
	if got := invoke(t, process, event(t, "jaas-dial-out")); got.StatusCode != http.StatusOK {
		t.Errorf("after the rotation: got %d %s, want 200", got.StatusCode, got.Body)
	}
	if got := strings.Join(upstream.know("third"), " "); got != tenant+"/first "+tenant+"/second" {
		t.Errorf("after the rotation: the provider was asked with %s, want the old key and then the new one", got)
	}
	// A key that Secrets Manager does not have: refused once, not tried again, the secret named.
	got := invoke(t, process, event(t, "jaas-dial-out"))
	if got.StatusCode != http.StatusBadGateway || !strings.Contains(got.Body, `"upstream_credentials"`) || !strings.Contains(got.Body, *name) {
		t.Errorf("with a key the provider does not know: got %d %s, want 502 upstream_credentials that names the secret", got.StatusCode, got.Body)
	}
	if asked := upstream.know(""); len(asked) != 1 {
		t.Errorf("with a key the provider does not know: got %d requests, want 1", len(asked))
	}
}

func secret(t *testing.T, keyID string) map[string]any {
	t.Helper()
	return map[string]any{"keyId": keyID, "privateKey": testkey.PEM(t)}
}

// vault is an implementation of Secrets Manager's API with secrets below a prefix.
type vault struct {
	endpoint, prefix string
	store            *secretsmanager.Client
}

func newVault(t *testing.T) vault {
	t.Helper()
	endpoint := moto.Start(t)
	return vault{endpoint: endpoint, prefix: moto.Prefix(t), store: secretsmanager.New(secretsmanager.Options{
		Region: region, BaseEndpoint: aws.String(endpoint), Credentials: anybody,
	})}
}

// put makes a secret, or a new version of it.
func (v vault) put(t *testing.T, name string, content map[string]any) {
	t.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	id, value := aws.String(v.prefix+"/"+name), aws.String(string(text))
	_, err = v.store.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: id, SecretString: value})
	if missing := new(types.ResourceNotFoundException); errors.As(err, &missing) {
		_, err = v.store.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: id, SecretString: value})
	}
	if err != nil {
		t.Fatalf("put the secret: %v", err)
	}
}

// What the three webhooks come with is changed in their secrets while the built functions are warm: what comes with the new one
// and with the old one is taken meanwhile, so that no event is turned away, and the old one no more afterwards.
func TestRotationOfWebhooksWithoutAGap(t *testing.T) {
	t.Parallel()
	const before, after = "whsec_before-the-change", "whsec_after-the-change"
	for operation, hook := range map[string]struct {
		secret  string
		content func(accepted any) map[string]any
		come    func(with string) []edit
	}{
		"jaas-webhook": {
			"jaas/" + tenant, func(accepted any) map[string]any {
				content := secret(t, "4f4910")
				content["webhookSecret"] = accepted
				return content
			},
			func(with string) []edit {
				return []edit{inPath("appId", tenant), inBody("vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f", tenant), signedWith(with)}
			},
		},
		"jitsi-webhook": {
			"jitsi", func(accepted any) map[string]any {
				return map[string]any{"baseUrl": "https://meet.example.org", "issuer": "gavel", "secret": "made-up-and-long-enough-for-all", "callbackTokens": accepted}
			},
			func(with string) []edit { return []edit{inHeader("authorization", "Bearer "+with)} },
		},
		"veeting-webhook": {
			"veeting", func(accepted any) map[string]any {
				return map[string]any{
					"baseUrl": "https://meet.example.org", "apiKey": "made-up", "level": "instance", "webhookKeys": map[string]any{"onMeetingClosed": accepted},
				}
			},
			func(with string) []edit { return []edit{inHeader("x-api-key", with)} },
		},
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			group, _, _ := strings.Cut(operation, "-")
			s, vault := newStory(t, group), newVault(t)
			s.settings = append(s.settings, "AWS_ENDPOINT_URL_SECRETS_MANAGER="+vault.endpoint, "GAVEL_SECRET_PREFIX="+vault.prefix)
			gets := func(when, with string, want int) {
				t.Helper()
				if got := s.send(t, operation, hook.come(with)...); got.StatusCode != want {
					t.Errorf("%s: with the one %s: got %d %s, want %d", when, with, got.StatusCode, got.Body, want)
				}
			}
			vault.put(t, hook.secret, hook.content(before))
			gets("to begin with", before, http.StatusOK)
			vault.put(t, hook.secret, hook.content([]string{after, before}))
			for _, when := range []string{"during the change, warm", "during the change, started anew"} {
				gets(when, before, http.StatusOK)
				gets(when, after, http.StatusOK)
				gets(when, before, http.StatusOK)
				gets(when, "whsec_of-nobody-at-all", http.StatusUnauthorized)
				delete(s.processes, operation)
			}
			vault.put(t, hook.secret, hook.content(after))
			gets("after the change", after, http.StatusOK)
			gets("after the change", before, http.StatusUnauthorized)
		})
	}
}

// The key for logins to Jitsi is changed: the server finds the public halves of both, and of the new one before any other function
// has heard of it, until the old one is taken out.
func TestRotationOfJitsisLoginKeyWithoutAGap(t *testing.T) {
	t.Parallel()
	s, vault := newStory(t, "jitsi"), newVault(t)
	s.settings = append(s.settings, "AWS_ENDPOINT_URL_SECRETS_MANAGER="+vault.endpoint, "GAVEL_SECRET_PREFIX="+vault.prefix)
	content := func(keyID, key string, former ...map[string]string) map[string]any {
		return map[string]any{"baseUrl": "https://meet.example.org", "issuer": "gavel", "keyId": keyID, "privateKey": key, "formerKeys": former}
	}
	served := func(when, keyID string, want int) string {
		t.Helper()
		sum := sha256.Sum256([]byte(keyID))
		got := s.send(t, "jitsi-public-key", inPath("use", "login"), inPath("file", hex.EncodeToString(sum[:])+".pem"))
		if got.StatusCode != want {
			t.Errorf("%s: %s: got %d %s, want %d", when, keyID, got.StatusCode, got.Body, want)
		}
		return got.Body
	}
	first, second := testkey.PEM(t), testkey.PEM(t)
	vault.put(t, "jitsi", content("first", first))
	old := served("to begin with", "first", http.StatusOK)
	vault.put(t, "jitsi", content("second", second, map[string]string{"keyId": "first", "publicKey": old}))
	for _, when := range []string{"during the change, warm", "during the change, started anew"} {
		if served(when, "second", http.StatusOK) == old || served(when, "first", http.StatusOK) != old {
			t.Errorf("%s: got one key for the other", when)
		}
		delete(s.processes, "jitsi-public-key")
	}
	vault.put(t, "jitsi", content("second", second))
	served("after the change", "second", http.StatusOK)
	served("after the change", "first", http.StatusNotFound)
}
