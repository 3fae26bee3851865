package functions_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
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

// TestAuthorizer_WithoutItsKeys lets nobody in, and says what an operator has to mend: to the gateway, whose log has it, each
// time, and once in its own log.
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
			for range 2 {
				result, err := authorizer.Invoke(t.Context(), event(t, "system-authorizer"))
				if err != nil || result.FunctionError == nil {
					t.Fatalf("got %s, %v, want it to fail: who is nobody must not pass", result.Payload, err)
				}
				for _, want := range []string{c.code + ": ", c.says, secret} {
					if !strings.Contains(result.FunctionError.Message, want) {
						t.Errorf("got %q, want %q in it", result.FunctionError.Message, want)
					}
				}
			}
			if err := authorizer.Close(); err != nil { // and with it everything was written
				t.Fatal(err)
			}
			logs := authorizer.Logs()
			if n := strings.Count(logs, `"msg":"secret not read"`); c.code == "not_configured" && n != 1 || strings.Contains(logs, "s3cret") {
				t.Errorf("got it logged %d times, want once, and nothing of the secret:\n%s", n, logs)
			}
			if n := strings.Count(logs, `"msg":"credentials not checked"`); n != 2 {
				t.Errorf("got %d calls told of, want 2:\n%s", n, logs)
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
