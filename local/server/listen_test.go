package server_test

import (
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gavel/local/server"
)

func TestBridge_TakesOnePrivateAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0", "::", "203.0.113.7", "127.0.0.1", "docker0", "172.17.0.1:3000", "172.17.0.0/16"} {
		_, err := server.Start(t.Context(), server.Options{Getenv: settings(t, map[string]string{"GAVEL_BRIDGE": address})})
		if err == nil || !strings.Contains(err.Error(), "GAVEL_BRIDGE") {
			t.Errorf("%s: got %v, want an error that names the setting", address, err)
		}
	}
	// A private address that is somebody else's, if anybody's.
	_, err := server.Start(t.Context(), server.Options{Getenv: settings(t, map[string]string{"GAVEL_BRIDGE": "10.255.255.254"})})
	if err == nil || !strings.Contains(err.Error(), "no address of this machine") {
		t.Errorf("got %v, want an error that says why", err)
	}
}

// What a file of secrets holds is for no container.
func TestBridge_IsNotForRealSecrets(t *testing.T) {
	t.Parallel()
	_, err := server.Start(t.Context(), server.Options{Getenv: settings(t, map[string]string{
		"GAVEL_BRIDGE": "10.255.255.254", "GAVEL_SECRETS_FILE": write(t, "secrets.json", map[string]any{}),
	})})
	if err == nil || !strings.Contains(err.Error(), "GAVEL_SECRETS_FILE") {
		t.Errorf("got %v, want an error that names the setting", err)
	}
}

func TestBridge_IsListenedOnBesideLoopback(t *testing.T) {
	t.Parallel()
	address := privateAddress(t)
	c := setup(t, map[string]string{"GAVEL_BRIDGE": address})
	_, port, _ := strings.Cut(strings.TrimPrefix(c.URL(), "http://"), ":")
	there := "http://" + net.JoinHostPort(address, port)
	for _, at := range []string{c.URL(), there} {
		c.do(http.MethodGet, at+"/health", "").want(t, http.StatusOK, map[string]any{"status": "ok"})
	}
	c.do(http.MethodGet, there+"/local", "", func(r *http.Request) { r.Host = "evil.example" }).want(t, http.StatusForbidden, nil)
}

// A function in a container is told of the sandboxes where it can reach them.
func TestSecretsNameTheServerAsTheCallerDoes(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	for _, host := range []string{"host.docker.internal:3000", "localhost:3000"} {
		for _, name := range []string{"jitsi", "openmeetings", "veeting"} {
			got := c.do(http.MethodPost, "/local/aws", `{"SecretId":"gavel/`+name+`"}`, func(r *http.Request) {
				r.Host = host
				r.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
			})
			secret, _ := got.body["SecretString"].(string)
			if !strings.Contains(secret, `"http://`+host+`/local/sandbox/`+name) || strings.Contains(secret, "127.0.0.1") {
				t.Errorf("%s asked at %s: got %s, want the sandbox there", name, host, got.text)
			}
		}
	}
}

// What is not Secrets Manager's goes to the emulator, without the prefix, and nowhere if there is none.
func TestAWS_PassesOnToTheEmulator(t *testing.T) {
	t.Parallel()
	emulator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"asked":"` + r.Method + ` ` + r.URL.EscapedPath() + `","target":"` + r.Header.Get("X-Amz-Target") + `"}`))
	}))
	t.Cleanup(emulator.Close)
	s, err := server.Start(t.Context(), server.Options{Getenv: settings(t, nil), Emulator: emulator.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := &client{t: t, Server: s, Info: s.Info()}
	aimedAt := func(target string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("X-Amz-Target", target) }
	}
	c.do(http.MethodPost, "/local/aws", `{}`, aimedAt("DynamoDB_20120810.GetItem")).
		want(t, http.StatusOK, map[string]any{"asked": "POST /", "target": "DynamoDB_20120810.GetItem"})
	c.do(http.MethodPut, "/local/aws/files/a%2Fb", "").want(t, http.StatusOK, map[string]any{"asked": "PUT /files/a%2Fb"})
	c.do(http.MethodPost, "/local/aws", `{"SecretId":"gavel/none"}`, aimedAt("secretsmanager.GetSecretValue")).
		want(t, http.StatusBadRequest, map[string]any{"__type": "ResourceNotFoundException"})
	c.do(http.MethodPost, "/local/aws", `{}`, aimedAt("secretsmanager.PutSecretValue")).
		want(t, http.StatusBadRequest, map[string]any{"__type": "InvalidRequestException"})
	setup(t, nil).do(http.MethodPost, "/local/aws", `{}`, aimedAt("DynamoDB_20120810.GetItem")).
		want(t, http.StatusBadRequest, map[string]any{"__type": "InvalidRequestException"})
}

// settings are those of a server of the test's own, and some more.
func settings(t *testing.T, more map[string]string) func(string) string {
	t.Helper()
	all := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": t.TempDir()}
	maps.Copy(all, more)
	return func(name string) string { return all[name] }
}

// privateAddress gives an address of this machine that is neither public nor loopback.
func privateAddress(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		if found, ok := address.(*net.IPNet); ok && found.IP.To4() != nil && found.IP.IsPrivate() {
			return found.IP.String()
		}
	}
	t.Skip("this machine has no private address besides loopback")
	return ""
}
