package server_test

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gavel/local/server"
	"gavel/local/testkey"
)

const tenant = "vpaas-magic-cookie-ffffffffffffffffffffffffffffffff"

func TestPortInUseSaysWhatToDo(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	_, err = server.Start(t.Context(), server.Options{Getenv: func(name string) string {
		return map[string]string{"PORT": port, "GAVEL_DATA_DIR": t.TempDir()}[name]
	}})
	if err == nil || !strings.Contains(err.Error(), "PORT=") {
		t.Errorf("got %v, want an error that shows how to choose another port", err)
	}
}

func TestBadSettingsKeepTheServerFromStarting(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"GAVEL_JAAS_BASE_URL":    "http://api.example.com",
		"GAVEL_SECRETS_FILE":     filepath.Join(t.TempDir(), "missing.json"),
		"GAVEL_UPSTREAM_TIMEOUT": "soon",
	} {
		_, err := server.Start(t.Context(), server.Options{Getenv: func(asked string) string {
			return map[string]string{"PORT": "0", "GAVEL_DATA_DIR": t.TempDir(), name: value}[asked]
		}})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: got %v, want an error that names it", name, value, err)
		}
	}
}

func TestLocalIsNotForOtherNames(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	for _, host := range []string{"evil.example", "localhost.evil.example:3000", "203.0.113.7"} {
		got := c.do(http.MethodGet, "/local", "", func(r *http.Request) { r.Host = host })
		got.want(t, http.StatusForbidden, map[string]any{"code": "forbidden"})
	}
	c.do(http.MethodGet, "/local", "", func(r *http.Request) { r.Host = "localhost:3000" }).
		want(t, http.StatusOK, map[string]any{"apiKey": c.APIKey, "appId": c.AppID, "baseUrl": c.BaseURL})
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	token := func(body string) string {
		got := c.do(http.MethodPost, "/local/tokens", body)
		got.want(t, http.StatusOK, nil)
		return got.body["token"].(string)
	}
	with := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Del("X-Api-Key")
			if name != "" {
				r.Header.Set(name, value)
			}
		}
	}
	tests := []struct {
		name   string
		edit   func(*http.Request)
		status int
		code   any
	}{
		{"nothing", with("", ""), http.StatusUnauthorized, "unauthenticated"},
		{"another key", with("X-Api-Key", "gvl_other"), http.StatusUnauthorized, "unauthenticated"},
		{"not a token", with("Authorization", "Bearer abc"), http.StatusUnauthorized, "unauthenticated"},
		{"another scheme", with("Authorization", "Basic YTpi"), http.StatusUnauthorized, "unauthenticated"},
		{"an expired token", with("Authorization", "Bearer "+token(`{"sub":"alice","scope":"jaas","expiresInSeconds":-60}`)), http.StatusUnauthorized, "unauthenticated"},
		{"a token without the scope", with("Authorization", "Bearer "+token(`{"sub":"alice"}`)), http.StatusForbidden, "forbidden"},
		{"a token with the scope", with("Authorization", "Bearer "+token(`{"sub":"alice","scope":"jaas"}`)), http.StatusOK, nil},
		{"the key", func(*http.Request) {}, http.StatusOK, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c.jaas("bans/users", `{"userId":"u"}`, test.edit).want(t, test.status, map[string]any{"code": test.code})
		})
	}
	c.do(http.MethodPost, "/local/tokens", `{"scope":"jaas"}`).want(t, http.StatusUnprocessableEntity, nil)
}

func TestOpenPathsNeedNoCredentialsAndIgnoreBadOnes(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	for _, path := range []string{"/health", "/openapi.json", "/docs"} {
		for _, key := range []string{"", "gvl_bad"} {
			c.do(http.MethodGet, path, "", func(r *http.Request) { r.Header.Set("X-Api-Key", key) }).want(t, http.StatusOK, nil)
		}
	}
}

func TestOversizedBodyGetsItsAnswerThoughStillBeingSent(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	got := c.jaas("bans/users", `{"userId":"`+strings.Repeat("x", 10<<20)+`"}`)
	got.want(t, http.StatusRequestEntityTooLarge, map[string]any{"code": "too_large"})
}

func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := setup(t, map[string]string{"GAVEL_DATA_DIR": dir})
	if err := first.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	second := setup(t, map[string]string{"GAVEL_DATA_DIR": dir})
	if first.APIKey != second.APIKey || first.AppID != second.AppID {
		t.Errorf("got another key or tenant after a restart")
	}
	info, err := os.Stat(filepath.Join(dir, "sandbox.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("state file: got %v %v, want it for the owner only", info.Mode(), err)
	}
}

func TestSecretsFileTakesThePlaceOfTheSandboxsSecrets(t *testing.T) {
	t.Parallel()
	path := write(t, "secrets.json", map[string]any{"jaas/" + tenant: map[string]string{"keyId": "abc123", "privateKey": testkey.PEM(t)}})
	c := setup(t, map[string]string{"GAVEL_SECRETS_FILE": path})
	if c.AppID != tenant {
		t.Errorf("appId: got %s, want that of the file", c.AppID)
	}
	c.jaas("bans/users", `{"userId":"u"}`).want(t, http.StatusOK, map[string]any{"outcome": "banned"})
	c.do(http.MethodPost, "/jaas/vpaas-magic-cookie-0123456789abcdef0123456789abcdef/bans/users", `{"userId":"u"}`).
		want(t, http.StatusServiceUnavailable, map[string]any{
			"code": "not_configured", "secret": "gavel/jaas/vpaas-magic-cookie-0123456789abcdef0123456789abcdef",
		})
}

func TestRotationInTheSecretsFileIsFollowed(t *testing.T) {
	t.Parallel()
	secret := func(id, key string) map[string]any {
		return map[string]any{"jaas/" + tenant: map[string]string{"keyId": id, "privateKey": key}}
	}
	path := write(t, "secrets.json", secret("first", testkey.PEM(t)))
	c := setup(t, map[string]string{"GAVEL_SECRETS_FILE": path})
	c.jaas("bans/users", `{"userId":"u"}`).want(t, http.StatusOK, nil)
	// From now on the sandbox knows the second key only, as after a removal in the console.
	text, err := json.Marshal(secret("second", testkey.PEM(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c.jaas("rooms/standup/dial-out", `{"phoneNo":"+40747777777"}`).want(t, http.StatusOK, map[string]any{"outcome": "requested"})
}

func TestRequestsShowWhatTheSandboxReceived(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	c.jaas("bans/users", `{"userId":"auth0|5f90/x y"}`).want(t, http.StatusOK, nil)
	c.jaas("rooms/testRoom/destroy", "").want(t, http.StatusOK, map[string]any{"outcome": "not_found"})
	got := c.do(http.MethodGet, c.Requests, "")
	var requests []map[string]any
	if err := json.Unmarshal([]byte(got.text), &requests); err != nil || len(requests) != 2 {
		t.Fatalf("got %d requests and %v, want 2", len(requests), err)
	}
	ban := requests[0]
	claims := ban["claims"].(map[string]any)
	if path := ban["path"].(string); !strings.HasSuffix(path, c.AppID+"/ban/user/auth0%7C5f90%2Fx%20y") ||
		ban["provider"] != "jaas" || ban["method"] != "POST" || claims["admin"] != true || claims["sub"] != c.AppID {
		t.Errorf("ban: got %v", ban)
	}
	destroy := requests[1]["body"].(map[string]any)
	want := "testroom@conference." + c.AppID + ".8x8.vc"
	if destroy["action"] != "DESTROY" || destroy["payload"].(map[string]any)["conferenceFullName"] != want {
		t.Errorf("destroy: got %v", destroy)
	}
}

// The vendor's own example calls against an upstream started separately.
func TestSeedCallsReachAnotherUpstream(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Method+" "+r.RequestURI+" "+body.String())
	}))
	t.Cleanup(upstream.Close)
	path := write(t, "secrets.json", map[string]any{"jaas/" + tenant: map[string]string{"keyId": "abc123", "privateKey": testkey.PEM(t)}})
	c := setup(t, map[string]string{"GAVEL_SECRETS_FILE": path, "GAVEL_JAAS_BASE_URL": upstream.URL + "/base/"})
	minted := c.jaas("tokens", `{"room":"testRoom","user":{"id":"u-17"}}`)
	token := minted.body["token"].(string)
	c.jaas("bans/users", `{"userId":"u-17"}`).want(t, 200, nil)
	c.jaas("bans/tokens", `{"jwt":"`+token+`"}`).want(t, 200, nil)
	c.jaas("rooms/testRoom/destroy", "").want(t, 200, nil)
	c.jaas("rooms/testRoom/dial-out", `{"phoneNo":"+40747777777"}`).want(t, 200, nil)
	c.jaas("rooms/testRoom/hang-up", `{"phoneNo":"+40747777777"}`).want(t, 200, nil)
	c.jaas("rooms/testRoom/kick", `{"participantId":"f0aa9e1e"}`).want(t, 200, nil)
	conference := `"conferenceFullName":"testroom@conference.` + tenant + `.8x8.vc"`
	meeting := "POST /base/conference-commands/v1/meeting "
	want := []string{
		"POST /base/jaccess/v1/access-management/" + tenant + "/ban/user/u-17 ",
		"POST /base/jaccess/v1/access-management/" + tenant + `/ban/jwt {"jwt":"` + token + `"}`,
		meeting + `{"action":"DESTROY","payload":{` + conference + `}}`,
		meeting + `{"action":"DIAL_OUT_PARTICIPANT","payload":{` + conference + `,"phoneNo":"+40747777777"}}`,
		meeting + `{"action":"HANG_UP_CALL","payload":{` + conference + `,"phoneNo":"+40747777777"}}`,
		meeting + `{"action":"KICK_PARTICIPANT","payload":{` + conference + `,"participantId":"f0aa9e1e"}}`,
	}
	mu.Lock()
	defer mu.Unlock()
	for i := range want {
		if i >= len(seen) || seen[i] != want[i] {
			t.Errorf("request %d:\n got %v\nwant %s", i, seen[min(i, len(seen)-1)], want[i])
		}
	}
}

// The commands that the greeting prints can be pasted into a shell.
func TestGreetingCanBePasted(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s", tool)
		}
	}
	c := setup(t, nil)
	var greeting bytes.Buffer
	c.Greet(&greeting)
	var script strings.Builder
	for line := range strings.Lines(greeting.String()) {
		if strings.HasPrefix(line, "  ") {
			script.WriteString(line)
		}
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", script.String()).CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"joinUrl"`) || !strings.Contains(string(out), `{"outcome":"requested"}`) {
		t.Errorf("got %v: %s", err, out)
	}
}

// TestGreet_WithSecretsOfOnesOwn says that commands are for real, and names none.
func TestGreet_WithSecretsOfOnesOwn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secrets.json")
	if err := os.WriteFile(file, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for base, want := range map[string]string{"": "JaaS is the sandbox", "https://8x8.vc/v1/_jaas": "JaaS where GAVEL_JAAS_BASE_URL says"} {
		var out strings.Builder
		setup(t, map[string]string{"GAVEL_SECRETS_FILE": file, "GAVEL_JAAS_BASE_URL": base}).Greet(&out)
		if got := out.String(); strings.Contains(got, "are sandboxes") || strings.Contains(got, "dial-out") || !strings.Contains(got, want) {
			t.Errorf("JaaS at %q: got %s, want it said: %s", base, got, want)
		}
	}
	var out strings.Builder
	setup(t, nil).Greet(&out)
	if got := out.String(); !strings.Contains(got, "are sandboxes") {
		t.Errorf("without the file: got %s", got)
	}
}
