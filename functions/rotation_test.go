package functions_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

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
	endpoint := moto.Start(t)
	prefix := moto.Prefix(t)
	store := secretsmanager.New(secretsmanager.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(endpoint),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
	name := aws.String(prefix + "/jaas/" + tenant)
	if _, err := store.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: name, SecretString: secret(t, "first")}); err != nil {
		t.Fatalf("create the secret: %v", err)
	}
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
			"GAVEL_JAAS_BASE_URL=" + web.URL, "GAVEL_SECRET_PREFIX=" + prefix,
			"AWS_ENDPOINT_URL=" + endpoint, "AWS_REGION=eu-central-1",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Close() })

	if got := invoke(t, process, event(t, "jaas-dial-out")); got.StatusCode != http.StatusOK {
		t.Fatalf("before: got %d %s, want 200", got.StatusCode, got.Body)
	}
	if _, err := store.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: name, SecretString: secret(t, "second")}); err != nil {
		t.Fatalf("rotate the secret: %v", err)
	}
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

func secret(t *testing.T, keyID string) *string {
	t.Helper()
	text, err := json.Marshal(map[string]string{"keyId": keyID, "privateKey": testkey.PEM(t)})
	if err != nil {
		t.Fatal(err)
	}
	return aws.String(string(text))
}
