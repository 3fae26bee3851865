// Package functions_test runs the built functions as Lambda would and feeds them the sample events.
package functions_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gavel/local/runtimeapi"
	"gavel/local/server"
)

// anything stands in an expected answer for a value that differs from run to run.
const anything = "*"

// binaries builds all functions, once, the way they are deployed, and gives their folder.
var binaries = sync.OnceValues(func() (string, error) {
	groups, err := filepath.Glob(filepath.Join("*", "*", "main.go"))
	if err != nil {
		return "", err
	}
	for i, main := range groups {
		groups[i] = filepath.Dir(filepath.Dir(main))
	}
	for _, group := range slices.Compact(groups) {
		into := filepath.Join(built(), group) + string(filepath.Separator)
		if err := os.MkdirAll(into, 0o700); err != nil {
			return "", err
		}
		build := exec.Command("go", "build", "-tags=lambda.norpc", "-trimpath", "-ldflags=-s -w", "-o", into, "./"+group+"/...")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if said, err := build.CombinedOutput(); err != nil {
			return "", &buildError{string(said)}
		}
	}
	return built(), nil
})

// built names the folder of this process's binaries.
func built() string { return filepath.Join(os.TempDir(), "gavel-functions-"+strconv.Itoa(os.Getpid())) }

type buildError struct{ output string }

func (e *buildError) Error() string { return "go build: " + e.output }

func TestMain(m *testing.M) {
	code := m.Run()
	if err := used.report(os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	_ = os.RemoveAll(built())
	os.Exit(code)
}

// setup starts a local server for the functions to use, with a meeting going on in testRoom, and
// gives what it tells of itself.
func setup(t *testing.T) *server.Server {
	t.Helper()
	return setupIn(t, t.TempDir())
}

// setupIn does the same with its data in a folder.
func setupIn(t *testing.T, dir string) *server.Server {
	t.Helper()
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": dir}
	s, err := server.Start(t.Context(), server.Options{Getenv: func(name string) string { return settings[name] }})
	if err != nil {
		t.Fatalf("start the local server: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// start runs the built function of an operation against the local server.
func start(t *testing.T, s *server.Server, operation string) *runtimeapi.Process {
	t.Helper()
	settings := []string{
		"GAVEL_JAAS_BASE_URL=" + s.Info().Sandboxes["jaas"].BaseURL,
		"AWS_ENDPOINT_URL=" + s.URL() + "/local/aws",
	}
	if operation == "jaas-kick-participant" { // which needs a table, and does not look into it for a short id
		settings = append(settings, "GAVEL_TABLE=none")
	}
	return run(t, operation, settings)
}

// run runs the built function of an operation with the settings, and sees to it that it may do in AWS what it does.
func run(t *testing.T, operation string, settings []string) *runtimeapi.Process {
	t.Helper()
	return launch(t, operation, recorded(t, operation, settings))
}

// launch runs a function in an environment, of which nobody looks at what it asks of AWS.
func launch(t *testing.T, operation string, env []string) *runtimeapi.Process {
	t.Helper()
	dir, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	group, name, _ := strings.Cut(operation, "-")
	process, err := runtimeapi.Start(t.Context(), runtimeapi.Config{
		Binary: filepath.Join(dir, group, name), Env: env,
	})
	if err != nil {
		t.Fatalf("start %s: %v", operation, err)
	}
	t.Cleanup(func() { _ = process.Close() })
	return process
}

func event(t *testing.T, operation string) []byte {
	t.Helper()
	group, name, _ := strings.Cut(operation, "-")
	text, err := os.ReadFile(filepath.Join("..", "events", group, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// answer is what an HTTP API takes from a function.
type answer struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
}

func invoke(t *testing.T, process *runtimeapi.Process, event []byte) answer {
	t.Helper()
	result, err := process.Invoke(t.Context(), event)
	if err != nil {
		t.Fatalf("invoke: %v\n%s", err, process.Logs())
	}
	if result.FunctionError != nil {
		t.Fatalf("the function failed: %v\n%s", result.FunctionError, process.Logs())
	}
	var got answer
	if err := json.Unmarshal(result.Payload, &got); err != nil {
		t.Fatalf("answer %s: %v", result.Payload, err)
	}
	return got
}

// join lets a participant into the sandbox's testRoom and gives the short id and the token.
func join(t *testing.T, s *server.Server) (participantID, token string) {
	t.Helper()
	var minted struct{ Token string }
	call(t, s, s.URL()+"/jaas/"+s.Info().AppID+"/tokens", `{"room":"testRoom","user":{"id":"u-17"}}`, &minted)
	room := strings.NewReplacer("{appId}", s.Info().AppID, "{room}", "testRoom").Replace(s.Info().Sandboxes["jaas"].RoomURL)
	var joined struct{ ParticipantID string }
	call(t, s, room, `{"jwt":"`+minted.Token+`"}`, &joined)
	if joined.ParticipantID == "" {
		t.Fatal("nobody joined")
	}
	return joined.ParticipantID, minted.Token
}

func call(t *testing.T, s *server.Server, url, body string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Api-Key", s.Info().APIKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("POST %s: %d %s %v", url, response.StatusCode, text, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func TestEventsOfCommandsGetTheirAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		operation string
		before    func(t *testing.T, s *server.Server, event []byte) []byte
		status    int
		body      map[string]any
	}{
		{operation: "jaas-create-token", status: 201, body: map[string]any{"token": anything, "joinUrl": anything, "expiresAt": anything}},
		{operation: "jaas-ban-user", status: 200, body: map[string]any{"outcome": "banned"}},
		{operation: "jaas-ban-jwt", before: withRealToken, status: 200, body: map[string]any{"outcome": "banned"}},
		{operation: "jaas-destroy-room", status: 200, body: map[string]any{"outcome": "not_found"}},
		{operation: "jaas-destroy-room", before: afterJoin, status: 200, body: map[string]any{"outcome": "destroyed"}},
		{operation: "jaas-dial-out", status: 200, body: map[string]any{"outcome": "requested"}},
		{operation: "jaas-hang-up", status: 200, body: map[string]any{"outcome": "not_found"}},
		{operation: "jaas-kick-participant", status: 200, body: map[string]any{"outcome": "not_found"}},
		{operation: "jaas-kick-participant", before: withRealParticipant, status: 200, body: map[string]any{"outcome": "kicked"}},
		{operation: "system-health", status: 200, body: map[string]any{"status": "ok", "version": anything}},
	}
	for _, test := range tests {
		t.Run(test.operation, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			sent := event(t, test.operation)
			if test.before != nil {
				sent = test.before(t, s, sent)
			}
			process := start(t, s, test.operation)
			got := invoke(t, process, sent)
			if got.StatusCode != test.status {
				t.Errorf("status: got %d, want %d; body %s", got.StatusCode, test.status, got.Body)
			}
			if got.Headers["Content-Type"] != "application/json" || got.Headers["X-Request-Id"] != "Zl1x2jvqliAEPbw=" {
				t.Errorf("headers: got %v", got.Headers)
			}
			sameBody(t, got.Body, test.body)
		})
	}
}

// withRealToken puts a token into the event that the sandbox can verify: its key is made up at
// its first start, so no file can hold one.
func withRealToken(t *testing.T, s *server.Server, event []byte) []byte {
	t.Helper()
	_, token := join(t, s)
	return withBody(t, event, map[string]string{"jwt": token})
}

func withRealParticipant(t *testing.T, s *server.Server, event []byte) []byte {
	t.Helper()
	id, _ := join(t, s)
	return withBody(t, event, map[string]string{"participantId": id})
}

func afterJoin(t *testing.T, s *server.Server, event []byte) []byte {
	t.Helper()
	join(t, s)
	return event
}

func withBody(t *testing.T, event []byte, body any) []byte {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return edited(t, event, func(e map[string]any) { e["body"] = string(text) })
}

func edited(t *testing.T, event []byte, edit func(map[string]any)) []byte {
	t.Helper()
	var e map[string]any
	if err := json.Unmarshal(event, &e); err != nil {
		t.Fatal(err)
	}
	edit(e)
	out, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sameBody(t *testing.T, got string, want map[string]any) {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(got), &body); err != nil {
		t.Fatalf("body %q: %v", got, err)
	}
	for name, value := range want {
		if value == anything && body[name] != nil && body[name] != "" {
			body[name] = anything
		}
		if body[name] != value {
			t.Errorf("body.%s: got %v, want %v", name, body[name], value)
		}
		delete(body, name)
	}
	if len(body) > 0 {
		t.Errorf("body has more than expected: %v", body)
	}
}

func TestOperationWithoutAuthorizerContextIsRefused(t *testing.T) {
	t.Parallel()
	s := setup(t)
	bare := edited(t, event(t, "jaas-ban-user"), func(e map[string]any) {
		delete(e["requestContext"].(map[string]any), "authorizer")
	})
	got := invoke(t, start(t, s, "jaas-ban-user"), bare)
	if got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.Body, `"unauthenticated"`) {
		t.Errorf("got %d %s, want 401 unauthenticated", got.StatusCode, got.Body)
	}
}

func TestFunctionWithBadSettingsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	process, err := runtimeapi.Start(t.Context(), runtimeapi.Config{
		Binary: filepath.Join(dir, "jaas", "ban-user"), Env: []string{"GAVEL_JAAS_BASE_URL=ftp://somewhere"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = process.Close() }()
	got := invoke(t, process, event(t, "jaas-ban-user"))
	if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.Body, "GAVEL_JAAS_BASE_URL") {
		t.Errorf("got %d %s, want 503 that names GAVEL_JAAS_BASE_URL", got.StatusCode, got.Body)
	}
}

// withKey is the authorizer's sample event with a key that is good.
func withKey(t *testing.T, s *server.Server) []byte {
	t.Helper()
	return edited(t, event(t, "system-authorizer"), func(e map[string]any) {
		e["headers"].(map[string]any)["x-api-key"] = s.Info().APIKey
	})
}

func TestAuthorizer(t *testing.T) {
	t.Parallel()
	s := setup(t)
	process := start(t, s, "system-authorizer")
	type decision struct {
		IsAuthorized bool              `json:"isAuthorized"`
		Context      map[string]string `json:"context"`
	}
	decide := func(event []byte) (d decision) {
		t.Helper()
		result, err := process.Invoke(t.Context(), event)
		if err != nil || result.FunctionError != nil {
			t.Fatalf("invoke: %v %v\n%s", err, result.FunctionError, process.Logs())
		}
		if err := json.Unmarshal(result.Payload, &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	sample := event(t, "system-authorizer")
	if got := decide(sample); got.IsAuthorized {
		t.Errorf("the sample's made-up key: got %+v, want it refused", got)
	}
	got := decide(withKey(t, s))
	if !got.IsAuthorized || got.Context["kind"] != "api-key" || got.Context["name"] != "local" || !strings.Contains(got.Context["scopes"], "jaas") {
		t.Errorf("a good key: got %+v", got)
	}
}

func TestDocumentAndPage(t *testing.T) {
	t.Parallel()
	s := setup(t)
	document, err := os.ReadFile(filepath.Join("..", "docs", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	got := invoke(t, start(t, s, "system-openapi"), event(t, "system-openapi"))
	if got.StatusCode != http.StatusOK || got.Body != string(document) {
		t.Errorf("openapi.json: got %d and %d bytes, want 200 and the %d of docs/openapi.json", got.StatusCode, len(got.Body), len(document))
	}
	page := invoke(t, start(t, s, "system-docs"), event(t, "system-docs"))
	if page.StatusCode != http.StatusOK || !strings.HasPrefix(page.Headers["Content-Type"], "text/html") ||
		!bytes.Contains([]byte(page.Body), []byte("jaas-ban-user")) {
		t.Errorf("docs: got %d %s and %d bytes", page.StatusCode, page.Headers["Content-Type"], len(page.Body))
	}
}

func TestLogsOfFunctionsAreJSONWithoutSecrets(t *testing.T) {
	t.Parallel()
	s := setup(t)
	process := start(t, s, "jaas-dial-out")
	invoke(t, process, event(t, "jaas-dial-out"))
	if err := process.Close(); err != nil { // and with it everything was written
		t.Fatal(err)
	}
	logs := process.Logs()
	for line := range strings.Lines(logs) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not a JSON line: %s", line)
		}
	}
	for _, want := range []string{`"operation":"jaas-dial-out"`, `"requestId":"Zl1x2jvqliAEPbw="`, `"provider":"jaas"`, `"principal":"api-key:crm"`} {
		if !strings.Contains(logs, want) {
			t.Errorf("logs lack %s:\n%s", want, logs)
		}
	}
	for _, secret := range []string{"747777777", "eyJ", "PRIVATE KEY"} {
		if strings.Contains(logs, secret) {
			t.Errorf("logs hold %q:\n%s", secret, logs)
		}
	}
}
