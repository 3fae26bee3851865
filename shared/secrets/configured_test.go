package secrets_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gavel/shared/config"
	"gavel/shared/secrets"
)

func TestConfigured_TakesTheFile(t *testing.T) {
	t.Parallel()
	source := secrets.Configured(config.Config{SecretPrefix: "gavel", SecretsFile: secretsFile(t, `{"jaas/a": "one"}`)})
	if raw, err := source.Read(t.Context(), "jaas/a"); err != nil || string(raw.Bytes()) != `"one"` {
		t.Errorf("got %v, %v, want one", raw, err)
	}
	if got, want := source.FullName("jaas/a"), "gavel/jaas/a"; got != want {
		t.Errorf("FullName: got %q, want %q", got, want)
	}
}

func TestConfigured_AsksSecretsManagerAsTheEnvironmentSays(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT")
	t.Setenv("AWS_SECRET_ACCESS_KEY", hush)
	t.Setenv("AWS_SESSION_TOKEN", "session")
	var got http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		answer(200, good)(w, r)
	}))
	t.Cleanup(server.Close)

	source := secrets.Configured(config.Config{SecretPrefix: "gavel", AWSRegion: "eu-west-1", SecretsEndpoint: server.URL})
	if raw, err := source.Read(t.Context(), "jaas/a"); err != nil || string(raw.Bytes()) != "one" {
		t.Fatalf("got %v, %v, want one", raw, err)
	}
	if value := got.Get("Authorization"); !strings.Contains(value, "Credential=AKIDENVIRONMENT/") || !strings.Contains(value, "/eu-west-1/") {
		t.Errorf("got Authorization %s, want it to be of AKIDENVIRONMENT in eu-west-1", value)
	}
	if value := got.Get("X-Amz-Security-Token"); value != "session" {
		t.Errorf("got X-Amz-Security-Token %q, want session", value)
	}
}

func TestConfigured_NeedsCredentials(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("got a request, want none without credentials")
	}))
	t.Cleanup(server.Close)
	source := secrets.Configured(config.Config{SecretPrefix: "gavel", AWSRegion: "eu-west-1", SecretsEndpoint: server.URL})
	_, err := source.Read(t.Context(), "jaas/a")
	if got := known(t, err, "gavel/jaas/a"); got.Passing || !strings.Contains(got.Reason, "AWS_SECRET_ACCESS_KEY") {
		t.Errorf("got %q, passing %t, want one that names the missing setting and does not pass", got.Reason, got.Passing)
	}
}
