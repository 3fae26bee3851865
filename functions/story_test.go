package functions_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gavel/local/dynamodb"
	"gavel/local/runtimeapi"
	"gavel/local/server"
)

// story has the functions of a group work with a local server's sandbox and with state in DynamoDB Local, each in a
// process of its own.
type story struct {
	group     string
	server    *server.Server
	dir       string // of the local server's data
	settings  []string
	processes map[string]*runtimeapi.Process
}

func newStory(t *testing.T, group string) *story {
	t.Helper()
	endpoint, table := dynamodb.Table(t)
	dir := t.TempDir()
	s := &story{group: group, dir: dir, server: setupIn(t, dir), processes: map[string]*runtimeapi.Process{}}
	s.settings = []string{
		"GAVEL_TABLE=" + table, "AWS_ENDPOINT_URL_DYNAMODB=" + endpoint, "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + s.server.URL() + "/local/aws",
		// For rooms without an end, which ask for no schedule.
		"GAVEL_SCHEDULE_GROUP=none", "GAVEL_SCHEDULE_TARGET_ARN=" + endRoomARN, "GAVEL_SCHEDULE_ROLE_ARN=" + roleARN,
	}
	return s
}

// edit changes an event before it is fed.
type edit func(e map[string]any)

// inPath puts a value into the path of an event.
func inPath(parameter, value string) edit {
	return func(e map[string]any) { setPath(e, parameter, value) }
}

// inHeader puts a value into a header of an event.
func inHeader(name, value string) edit {
	return func(e map[string]any) { e["headers"].(map[string]any)[name] = value }
}

// inQuery makes a value the query of an event.
func inQuery(name, value string) edit {
	return func(e map[string]any) {
		e["rawQueryString"] = url.Values{name: {value}}.Encode()
		e["queryStringParameters"] = map[string]any{name: value}
	}
}

// inBody puts a text in the place of another in the body of an event.
func inBody(before, after string) edit {
	return func(e map[string]any) {
		if body, ok := e["body"].(string); ok {
			e["body"] = strings.ReplaceAll(body, before, after)
		}
	}
}

// send gives a function its event and gives the answer.
func (s *story) send(t *testing.T, operation string, edits ...edit) answer {
	t.Helper()
	if s.processes[operation] == nil {
		s.processes[operation] = run(t, operation, s.settings)
	}
	return invoke(t, s.processes[operation], edited(t, event(t, operation), func(e map[string]any) {
		for _, change := range edits {
			change(e)
		}
	}))
}

// feed does so with a function of the group, and gives the answer's body.
func (s *story) feed(t *testing.T, name string, status int, edits ...edit) map[string]any {
	t.Helper()
	got := s.send(t, s.group+"-"+name, edits...)
	if got.StatusCode != status {
		t.Fatalf("%s: got %d %s, want %d", name, got.StatusCode, got.Body, status)
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(got.Body), &body); err != nil {
		t.Fatalf("%s: got %s: %v", name, got.Body, err)
	}
	return body
}

func (s *story) outcome(t *testing.T, name, want string, edits ...edit) {
	t.Helper()
	if got := s.feed(t, name, http.StatusOK, edits...); got["outcome"] != want {
		t.Errorf("%s: got %v, want %s", name, got, want)
	}
}

// madeUp gives what the local server made up for its sandboxes, by its name in the file.
func (s *story) madeUp(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "sandbox.json"))
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]string
	if err := json.Unmarshal(text, &state); err != nil || state[name] == "" {
		t.Fatalf("no %s in the state: %v", name, err)
	}
	return state[name]
}

// end checks that every function of the group was called, and looks through the logs for what must not be in them.
func (s *story) end(t *testing.T, secrets ...string) {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(s.group, "*", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if operation := s.group + "-" + filepath.Base(filepath.Dir(folder)); s.processes[operation] == nil {
			t.Errorf("%s was not called", operation)
		}
	}
	for operation, process := range s.processes {
		if err := process.Close(); err != nil { // and with it everything was written
			t.Fatal(err)
		}
		logs := process.Logs()
		if !strings.Contains(logs, `"operation":"`+operation+`"`) {
			t.Errorf("%s: the log lacks the call:\n%s", operation, logs)
		}
		for _, secret := range secrets {
			if strings.Contains(logs, secret) {
				t.Errorf("%s: the log holds %q:\n%s", operation, secret, logs)
			}
		}
	}
}
