package functions_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gavel/local/dynamodb"
	"gavel/local/runtimeapi"
)

// TestVeetingFunctions_Story feeds each function its sample event, with the ids of what the sandbox made in the place of
// the samples'. The calls that need state find it in DynamoDB Local.
func TestVeetingFunctions_Story(t *testing.T) {
	t.Parallel()
	endpoint, table := dynamodb.Table(t)
	dir := t.TempDir()
	m := &veetings{
		dir:      dir,
		meetings: meetings{server: setupIn(t, dir), processes: map[string]*runtimeapi.Process{}},
		settings: []string{
			"GAVEL_TABLE=" + table, "AWS_ENDPOINT_URL_DYNAMODB=" + endpoint, "AWS_REGION=us-east-1",
			"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		},
	}
	m.settings = append(m.settings, "AWS_ENDPOINT_URL_SECRETS_MANAGER="+m.server.URL()+"/local/aws")

	account := m.feed(t, "create-account", http.StatusCreated, nil)
	admin := m.feed(t, "list-admins", http.StatusOK, nil, inPath{"accountId", account["id"]})["admins"].([]any)[0].(map[string]any)
	made := m.feed(t, "schedule-meeting", http.StatusCreated, map[string]string{"x-user-id": admin["id"].(string)})
	if made["duration"] != 60.0 || made["participantMeetingId"] == nil {
		t.Errorf("got %v, want the meeting of the event", made)
	}
	at := inPath{"meetingId", made["id"]}
	m.outcome(t, "update-meeting", "updated", map[string]string{"x-user-id": admin["id"].(string)}, at)
	m.outcome(t, "close-meeting", "closed", nil, at)
	m.outcome(t, "delete-meeting", "deleted", nil, at)

	key := map[string]string{"x-api-key": m.hookKey(t)}
	m.outcome(t, "webhook", "kept", key)
	m.outcome(t, "webhook", "known", key)
	if got := m.feed(t, "webhook", http.StatusUnauthorized, nil); got["code"] != "unauthenticated" {
		t.Errorf("with the sample's key: got %v, want it refused", got)
	}
	events := m.feed(t, "list-events", http.StatusOK, nil)["events"].([]any)
	if len(events) != 1 || events[0].(map[string]any)["hook"] != "onMeetingClosed" {
		t.Errorf("got %v, want the event once", events)
	}

	folders, err := filepath.Glob(filepath.Join("veeting", "*", "main.go"))
	if err != nil || len(folders) != len(m.processes) {
		t.Errorf("got %d of %d functions called, %v, want all", len(m.processes), len(folders), err)
	}
	m.quiet(t, m.hookKey(t))
}

type veetings struct {
	meetings

	settings []string
	dir      string // of the local server's data
}

// inPath puts a value into the path of an event.
type inPath struct {
	parameter string
	value     any
}

// feed gives a function its event, with other headers and path values, and gives the answer's body.
func (m *veetings) feed(t *testing.T, name string, status int, headers map[string]string, values ...inPath) map[string]any {
	t.Helper()
	operation := "veeting-" + name
	if m.processes[operation] == nil {
		m.processes[operation] = run(t, operation, m.settings)
	}
	sent := edited(t, event(t, operation), func(e map[string]any) {
		if body, ok := e["body"].(string); ok { // as the sandbox closes what is over
			e["body"] = strings.ReplaceAll(body, "2024", "2099")
		}
		for name, value := range headers {
			e["headers"].(map[string]any)[name] = value
		}
		for _, v := range values {
			setPath(e, v.parameter, v.value.(string))
		}
	})
	got := invoke(t, m.processes[operation], sent)
	if got.StatusCode != status {
		t.Fatalf("%s: got %d %s, want %d", name, got.StatusCode, got.Body, status)
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(got.Body), &body); err != nil {
		t.Fatalf("%s: got %s: %v", name, got.Body, err)
	}
	return body
}

func (m *veetings) outcome(t *testing.T, name, want string, headers map[string]string, values ...inPath) {
	t.Helper()
	if got := m.feed(t, name, http.StatusOK, headers, values...); got["outcome"] != want {
		t.Errorf("%s: got %v, want %s", name, got, want)
	}
}

// hookKey gives the key that the local server made up for the hooks.
func (m *veetings) hookKey(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(m.dir, "sandbox.json"))
	if err != nil {
		t.Fatal(err)
	}
	var state struct{ VeetingHookKey string }
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	return state.VeetingHookKey
}

// quiet looks through the logs for what must not be in them.
func (m *veetings) quiet(t *testing.T, key string) {
	t.Helper()
	for operation, process := range m.processes {
		if err := process.Close(); err != nil { // and with it everything was written
			t.Fatal(err)
		}
		logs := process.Logs()
		if !strings.Contains(logs, `"operation":"`+operation+`"`) {
			t.Errorf("%s: the log lacks the call:\n%s", operation, logs)
		}
		for _, secret := range []string{"example.com", "My Meeting", key, "9974"} {
			if strings.Contains(logs, secret) {
				t.Errorf("%s: the log holds %q:\n%s", operation, secret, logs)
			}
		}
	}
}
