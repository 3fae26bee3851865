package moto_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"gavel/local/companion/companiontest"
	"gavel/local/moto"
)

func TestStart_KeepsSecrets(t *testing.T) {
	t.Parallel()
	endpoint := moto.Start(t)
	name := moto.Prefix(t) + "/jaas/vpaas-magic-cookie-1"

	status, answer := call(t, endpoint, "GetSecretValue", map[string]string{"SecretId": name})
	if got, want := answer["__type"], "ResourceNotFoundException"; status != http.StatusNotFound || got != want {
		t.Errorf("GetSecretValue before CreateSecret: got %d %v, want 404 %s", status, got, want)
	}
	secret := map[string]string{"Name": name, "SecretString": `{"keyId":"k1"}`}
	if status, answer := call(t, endpoint, "CreateSecret", secret); status != http.StatusOK {
		t.Fatalf("CreateSecret: got %d %v, want 200", status, answer)
	}
	status, answer = call(t, endpoint, "GetSecretValue", map[string]string{"SecretId": name})
	if got, want := answer["SecretString"], `{"keyId":"k1"}`; status != http.StatusOK || got != want {
		t.Errorf("GetSecretValue: got %d %v, want 200 %s", status, got, want)
	}
}

func TestStart_SharesOneServer(t *testing.T) {
	t.Parallel()
	if got, want := moto.Start(t), moto.Start(t); got != want {
		t.Errorf("second Start: got %s, want %s", got, want)
	}
}

func TestPrefix_IsNewEachTime(t *testing.T) {
	t.Parallel()
	if a, b := moto.Prefix(t), moto.Prefix(t); a == b {
		t.Errorf("Prefix: got %s twice", a)
	}
}

func TestStart_EndsWithAKilledProcess(t *testing.T) {
	t.Parallel()
	companiontest.EndsWithAKilledProcess(t, moto.Start)
}

// call sends a request in the AWS JSON 1.1 protocol. moto reads the service from the signature and does not check it.
func call(t *testing.T, endpoint, operation string, input any) (status int, answer map[string]any) {
	t.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "secretsmanager."+operation)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 "+
		"Credential=test/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatalf("%s: %v", operation, err)
	}
	return resp.StatusCode, answer
}
