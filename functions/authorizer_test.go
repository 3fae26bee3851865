package functions_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"gavel/local/moto"
)

// refusing is an AWS that answers each request so, and counts them.
type refusing struct {
	status int
	body   string
	asked  atomic.Int64
}

// ServeHTTP answers as every service of AWS that takes JSON does.
func (s *refusing) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.asked.Add(1)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body)
}

func serving(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// told has an event come from a caller whom the authorizer has said this of.
func told(context map[string]string) edit {
	return func(e map[string]any) {
		e["requestContext"].(map[string]any)["authorizer"] = map[string]any{"lambda": context}
	}
}

// TestAuthorizer_WithoutItsKeys takes what the authorizer says to the function of an operation, which answers as the local
// server does: what an operator has to mend is named, and the two log it once.
func TestAuthorizer_WithoutItsKeys(t *testing.T) {
	t.Parallel()
	denied := serving(t, &refusing{status: http.StatusBadRequest, body: `{"__type":"AccessDeniedException","message":"no"}`})
	down := serving(t, &refusing{status: http.StatusInternalServerError, body: `{"__type":"InternalServiceError"}`})
	emulated := moto.Start(t)
	for name, c := range map[string]struct {
		endpoint, content, code, says string
	}{
		"not there":    {emulated, "", "not_configured", "it does not exist"},
		"no JSON":      {emulated, "gvl_s3cret", "not_configured", "expected a JSON object"},
		"a bad entry":  {emulated, `{"keys": [{"name": "s3cret"}]}`, "not_configured", "keys[0]"},
		"not to read":  {denied, "", "not_configured", "secretsmanager:GetSecretValue"},
		"store failed": {down, "", "unavailable", "Secrets Manager answered InternalServiceError"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prefix := moto.Prefix(t)
			secret := prefix + "/api-keys"
			if c.content != "" {
				put(t, c.endpoint, secret, c.content)
			}
			authorizer := run(t, "system-authorizer", []string{"AWS_ENDPOINT_URL=" + c.endpoint, "GAVEL_SECRET_PREFIX=" + prefix, "AWS_REGION=" + region})
			operation := run(t, "jaas-ban-user", pairs(complete("http://127.0.0.1:9")))
			for range 2 {
				d := decided(t, authorizer, event(t, "system-authorizer"))
				faultOf(t, d)
				got := invoke(t, operation, edited(t, event(t, "jaas-ban-user"), told(d.Context)))
				for _, want := range []string{`"code":"` + c.code + `"`, c.says, `"secret":"` + secret + `"`, `"requestId":"Zl1x2jvqliAEPbw="`} {
					if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.Body, want) {
						t.Errorf("got %d %s, want 503 with %s", got.StatusCode, got.Body, want)
					}
				}
			}
			if err := authorizer.Close(); err != nil { // and with it everything was written
				t.Fatal(err)
			}
			if err := operation.Close(); err != nil {
				t.Fatal(err)
			}
			logs := authorizer.Logs() + operation.Logs()
			if n := strings.Count(logs, c.says); c.code == "not_configured" && n != 1 || strings.Contains(logs, "s3cret") {
				t.Errorf("got it logged %d times, want once, and nothing of the secret:\n%s", n, logs)
			}
			if n := strings.Count(authorizer.Logs(), `"credentialsNotChecked":1`); n != 2 {
				t.Errorf("got %d calls counted, want 2:\n%s", n, authorizer.Logs())
			}
		})
	}
}

// put writes a secret to an emulated Secrets Manager.
func put(t *testing.T, endpoint, name, content string) {
	t.Helper()
	store := secretsmanager.New(secretsmanager.Options{
		Region: region, BaseEndpoint: aws.String(endpoint),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
	if _, err := store.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &content}); err != nil {
		t.Fatalf("create the secret: %v", err)
	}
}

// TestFunctions_WhenNobodyCanBeChecked: no operation behind the authorizer does anything for a caller whom it could not check.
func TestFunctions_WhenNobodyCanBeChecked(t *testing.T) {
	t.Parallel()
	everything := &refusing{status: http.StatusOK, body: `{}`}
	url := serving(t, everything)
	d := decided(t, run(t, "system-authorizer", []string{"GAVEL_UPSTREAM_TIMEOUT=never"}), event(t, "system-authorizer"))
	guarded := 0
	for _, operation := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		var sample struct {
			RequestContext struct{ Authorizer json.RawMessage }
		}
		if err := json.Unmarshal(event(t, operation), &sample); err != nil {
			t.Fatal(err)
		}
		if sample.RequestContext.Authorizer == nil {
			continue
		}
		guarded++
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			process := run(t, operation, pairs(complete(url)))
			got := invoke(t, process, edited(t, event(t, operation), func(e map[string]any) {
				told(d.Context)(e)
				inHeader("idempotency-key", "k-1")(e)
			}))
			if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.Body, `"not_configured"`) || !strings.Contains(got.Body, "GAVEL_UPSTREAM_TIMEOUT") {
				t.Errorf("got %d %s, want 503 not_configured with what the authorizer lacks", got.StatusCode, got.Body)
			}
		})
	}
	t.Cleanup(func() {
		if n := everything.asked.Load(); n != 0 {
			t.Errorf("got %d requests sent, want none", n)
		}
	})
	if guarded < 80 {
		t.Errorf("got %d operations behind the authorizer", guarded)
	}
}
