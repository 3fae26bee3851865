package jaasapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/apitest"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

// tenantWith gives the secrets with another secret of the tenant.
func tenantWith(content any) map[string]any { return map[string]any{"jaas/" + appID: content} }

func keyed(privateKey string) map[string]any {
	return tenantWith(map[string]string{"keyId": "4f4910", "privateKey": privateKey})
}

func TestSecret_ThatCannotBeUsedIsNamedAndNothingIsSent(t *testing.T) {
	t.Parallel()
	public := "-----BEGIN PUBLIC KEY-----\n" + strings.Join(strings.Split(tenantKey(), "\n")[1:5], "\n") + "\n-----END PUBLIC KEY-----\n"
	for _, c := range []struct {
		name    string
		secrets any
		says    string // in the detail
	}{
		{"no such secret", map[string]any{}, "secrets file"},
		{"secret of another tenant only", map[string]any{"jaas/vpaas-magic-cookie-ffffffffffffffffffffffffffffffff": "x"}, "secrets file"},
		{"no object of secrets", []string{"x"}, "secrets file"},
		{"secret is text", tenantWith("x"), "JSON object"},
		{"secret is a list", tenantWith([]string{"x"}), "JSON object"},
		{"secret is null", tenantWith(nil), "keyId"},
		{"key id is a number", tenantWith(map[string]any{"keyId": 4, "privateKey": tenantKey()}), "JSON object"},
		{"key id missing", tenantWith(map[string]string{"privateKey": tenantKey()}), "keyId"},
		{"key id of another tenant", tenantWith(map[string]string{"keyId": "vpaas-magic-cookie-ff/4f4910", "privateKey": tenantKey()}), "keyId"},
		{"key missing", tenantWith(map[string]string{"keyId": "4f4910"}), "private key"},
		{"key is a public one", keyed(public), "public key"},
		{"key is cut short", keyed(tenantKey()[:len(tenantKey())/2]), "private key"},
		{"key is a shared secret", keyed("whsec_9635df66714a4cf088ee9d0979dd3bf6"), "private key"},
		{"key is the app id", keyed(appID), "private key"},
		{"key is another's format", keyed("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----"), "key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{secrets: apitest.SecretsFile(t, c.secrets)})
			g.untouched(t)
			for _, op := range operations() {
				got := g.post(t, op.url(), op.body)
				p := document(t, got)
				if p.Status != http.StatusServiceUnavailable || p.Code != problem.NotConfigured || p.Secret != secretName {
					t.Errorf("%s: got HTTP %d, code %s, secret %q, want 503, %s, %q", op.id, p.Status, p.Code, p.Secret, problem.NotConfigured, secretName)
				}
				if !strings.Contains(p.Detail, c.says) || !strings.Contains(p.Detail, secretName) {
					t.Errorf("%s: got detail %q, want one that says %q and names %s", op.id, p.Detail, c.says, secretName)
				}
				if strings.Contains(string(got.Body), "MII") || strings.Contains(string(got.Body), "9635df") {
					t.Errorf("%s: got %s, which holds a part of the secret", op.id, got.Body)
				}
			}
		})
	}
}

func TestKey_ThatWasPastedBadlyIsMended(t *testing.T) {
	t.Parallel()
	key := tenantKey()
	for name, pasted := range map[string]string{
		"line ends written out": strings.ReplaceAll(key, "\n", `\n`),
		"blanks for line ends":  strings.ReplaceAll(key, "\n", " "),
		"Windows line ends":     strings.ReplaceAll(key, "\n", "\r\n"),
		"quotes around it":      `"` + key + `"`,
		"byte order mark":       "\ufeff" + key,
		"no line ends":          strings.ReplaceAll(key, "\n", ""),
		"indented":              strings.ReplaceAll(key, "\n", "\n    "),
		"Base64 alone":          strings.Join(strings.Split(strings.TrimSpace(key), "\n")[1:len(strings.Split(strings.TrimSpace(key), "\n"))-1], ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{secrets: apitest.SecretsFile(t, keyed(pasted))})
			for _, op := range operations() {
				if got := g.post(t, op.url(), op.body); got.Status != op.status {
					t.Errorf("%s: got HTTP %d, want %d: %s", op.id, got.Status, op.status, got.Body)
				}
			}
		})
	}
}

func TestSecretsCannotBeRead_IsAPassingFailure(t *testing.T) {
	t.Parallel()
	store := apitest.Failing{Err: &secrets.Error{
		Name: secretName, Reason: "Secrets Manager did not answer", Passing: true,
		Cause: errors.New("dial tcp 10.0.0.7:443: i/o timeout"),
	}}
	g := setup(t, options{secrets: store})
	g.untouched(t)
	for _, op := range operations() {
		got := g.post(t, op.url(), op.body)
		p := document(t, got)
		if p.Status != http.StatusServiceUnavailable || p.Code != problem.Unavailable || p.Secret != secretName {
			t.Errorf("%s: got HTTP %d, code %s, secret %q, want 503, %s, %q", op.id, p.Status, p.Code, p.Secret, problem.Unavailable, secretName)
		}
		if strings.Contains(string(got.Body), "10.0.0.7") {
			t.Errorf("%s: got %s, which tells the cause", op.id, got.Body)
		}
	}
}

// TestSecretsManagerRefuses speaks to the real client of Secrets Manager.
func TestSecretsManagerRefuses_TheSecretIsNamed(t *testing.T) {
	t.Parallel()
	for code, says := range map[string]string{
		"ResourceNotFoundException": "does not exist",
		"AccessDeniedException":     "may not read",
		"DecryptionFailure":         "KMS key",
		"InvalidRequestException":   "deletion",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			manager := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				w.WriteHeader(http.StatusBadRequest)
				_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": "arn:aws:iam::123456789012:role/gavel may not"})
			}))
			t.Cleanup(manager.Close)
			g := setup(t, options{secrets: secrets.NewManager(secrets.ManagerOptions{
				Prefix: "gavel", Region: "us-east-1", Endpoint: manager.URL,
				Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
				}),
			})})
			g.untouched(t)
			for _, op := range operations() {
				got := g.post(t, op.url(), op.body)
				p := document(t, got)
				if p.Status != http.StatusServiceUnavailable || p.Code != problem.NotConfigured || p.Secret != secretName || !strings.Contains(p.Detail, says) {
					t.Errorf("%s: got HTTP %d, code %s, secret %q, detail %q, want 503, %s, %q, one that says %q",
						op.id, p.Status, p.Code, p.Secret, p.Detail, problem.NotConfigured, secretName, says)
				}
				if strings.Contains(string(got.Body), "123456789012") {
					t.Errorf("%s: got %s, which tells of the account", op.id, got.Body)
				}
			}
		})
	}
}

// TestKeyIsRotated_TheCallSucceedsWithTheNewOne: JaaS no longer takes the key that is held, and
// the secret has another one by now.
func TestKeyIsRotated_TheCallSucceedsWithTheNewOne(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "secrets.json")
			rotate := func(keyID string) {
				text, err := json.Marshal(tenantWith(map[string]string{"keyId": keyID, "privateKey": tenantKey()}))
				if err != nil {
					t.Error(err)
				}
				if err := os.WriteFile(path, text, 0o600); err != nil {
					t.Error(err)
				}
			}
			rotate("old")
			tokens := make(chan string, 8)
			g := setup(t, options{
				secrets: secrets.NewFile(path, "gavel"),
				upstream: func(w http.ResponseWriter, r *http.Request) {
					tokens <- r.Header.Get("Authorization")
					if len(tokens) == 1 {
						rotate("new")
						w.WriteHeader(http.StatusUnauthorized)
					}
				},
			})
			if got := g.post(t, op.url(), op.body); got.Status != op.status {
				t.Fatalf("got HTTP %d, want %d: %s", got.Status, op.status, got.Body)
			}
			if n := len(tokens); n != 2 {
				t.Fatalf("got %d requests upstream, want the refused one and another", n)
			}
			if first, second := <-tokens, <-tokens; first == second {
				t.Error("got the same token twice, want one of the new key")
			}
		})
	}
}
