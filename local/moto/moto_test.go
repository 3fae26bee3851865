package moto_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

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

// The server must not outlive its test process, not even one that is killed before it can clean up.
func TestStart_EndsWithAKilledProcess(t *testing.T) {
	t.Parallel()
	moto.Start(t) // skips if there is none to be had
	helper := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperHoldsServer$", "-test.v")
	helper.Env = append(os.Environ(), "GAVEL_TEST_HOLD_SERVER=1")
	if _, err := helper.StdinPipe(); err != nil { // held open for as long as this process lives
		t.Fatal(err)
	}
	stdout, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, readEndpoint(t, stdout))

	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = helper.Wait() // "signal: killed"

	// The connection ends when, and only when, the server does.
	_, err = conn.Read(make([]byte, 1))
	if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read from the server of a killed process: got %v, want the end of the connection", err)
	}
}

// TestHelperHoldsServer is no test: another one runs it in a process of its own, to kill that.
func TestHelperHoldsServer(t *testing.T) { //nolint:paralleltest // it ends with its process
	if os.Getenv("GAVEL_TEST_HOLD_SERVER") == "" {
		t.Skip("a helper of TestStart_EndsWithAKilledProcess")
	}
	t.Logf("endpoint=%s", moto.Start(t))
	_, _ = io.Copy(io.Discard, os.Stdin) // until the other process ends, or kills this one
}

func readEndpoint(t *testing.T, output io.Reader) string {
	t.Helper()
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if _, endpoint, found := strings.Cut(lines.Text(), "endpoint="); found {
			return endpoint
		}
	}
	t.Fatal("the helper printed no endpoint")
	return ""
}

func dial(t *testing.T, endpoint string) net.Conn {
	t.Helper()
	address, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
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
