package functions_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"gavel/local/server"
	"gavel/shared/trace"
)

// The trace that Lambda hands to a function is that of all its log lines, and of all that the meeting system is asked.
func TestFunctions_CarryOneTraceToTheProvider(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"jaas-dial-out", "jitsi-room-occupants", "openmeetings-version", "veeting-list-admins"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			process := start(t, s, operation)
			var traces []string
			for range 2 {
				result, err := process.Invoke(t.Context(), event(t, operation))
				if err != nil || result.FunctionError != nil {
					t.Fatalf("invoke: %v %v\n%s", err, result.FunctionError, process.Logs())
				}
				traces = append(traces, trace.ID(trace.With(t.Context(), result.Trace)))
			}
			if err := process.Close(); err != nil { // and with it everything was written
				t.Fatal(err)
			}
			asked, lines := tracesOf(t, s), map[string]int{}
			for text := range strings.Lines(process.Logs()) {
				var line struct{ TraceID string }
				if err := json.Unmarshal([]byte(text), &line); err != nil {
					t.Errorf("got the line %s: %v", text, err)
				}
				lines[line.TraceID]++
			}
			for _, id := range traces {
				if lines[id] == 0 || asked[id] == 0 || len(lines) != 2 || len(asked) != 2 {
					t.Errorf("got lines in %v and the meeting system asked in %v, want the traces %v and no others", lines, asked, traces)
				}
			}
		})
	}
}

// tracesOf gives how often the sandboxes were asked in each trace.
func tracesOf(t *testing.T, s *server.Server) map[string]int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/local/sandbox/requests", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var list []struct{ TraceID string }
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	for _, exchange := range list {
		asked[exchange.TraceID]++
	}
	return asked
}

// In the local server each call begins a trace of its own, which the request list of the sandboxes shows.
func TestLocalServer_EachCallIsATrace(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for range 2 {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/openmeetings/version", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Api-Key", s.Info().APIKey)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Fatalf("got %s", response.Status)
		}
	}
	asked := tracesOf(t, s)
	if len(asked) != 2 || asked[""] != 0 {
		t.Errorf("got the sandboxes asked %v, want two traces", asked)
	}
}
