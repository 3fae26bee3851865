package veetingapi_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gavel/shared/logs"
)

// TestMain reads every log line that any test of this package causes: none may hold what the requests, the answers of
// Veeting or the secret held.
func TestMain(m *testing.M) {
	// Many of these tests wait: for a pause between two tries, for a server that hangs.
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	lines := &watched{}
	slog.SetDefault(logs.New(lines, "debug"))
	code := m.Run()
	for _, fault := range lines.found() {
		fmt.Fprintln(os.Stderr, "log:", fault)
		code = 1
	}
	os.Exit(code)
}

// watched keeps the lines that say too much, or that are no JSON.
type watched struct {
	mu     sync.Mutex
	faults []string
}

// What stands in the requests of this package's tests, in the answers to them and in the secret. No problem document may
// say what is confidential: keys, e-mail addresses, what was rejected. No log line may say more: what meetings are about.
var (
	confidential = regexp.MustCompile(`(?i)hush|made-up-key|[@]example|%40example|` + rejected)
	betrays      = regexp.MustCompile(`(?i)hush|made-up-key|[@]example|%40example|` + rejected + `|my meeting topic|9974-7653`)
)

// moment is left out: its digits may be anything.
var moment = regexp.MustCompile(`"time":"[^"]*"`)

// Write takes one line, as slog's handlers write it.
func (w *watched) Write(line []byte) (int, error) {
	size := len(line)
	if !json.Valid(line) {
		w.add("not JSON: " + string(line))
	}
	if lack := lacking(line); lack != "" {
		w.add("lacks " + lack + ": " + string(line))
	}
	line = moment.ReplaceAll(line, nil)
	if found := betrays.Find(line); found != nil {
		w.add(fmt.Sprintf("says %q: %s", found, line))
	}
	return size, nil
}

// lacking names what an operator needs and a line does not say.
func lacking(text []byte) string {
	var line struct {
		Msg, RequestID, Operation, Principal, Method, Code, Provider, Command, Outcome string
		Status, UpstreamStatus                                                         *int
		DurationMs, UpstreamMs                                                         *float64
	}
	if json.Unmarshal(text, &line) != nil || line.Msg != "request" {
		return ""
	}
	status := *cmp.Or(line.Status, new(int))
	called := line.Provider != "" || line.Command != "" || line.Outcome != "" || line.UpstreamStatus != nil || line.UpstreamMs != nil
	switch {
	case line.RequestID == "" || status == 0 || line.Method == "" || line.DurationMs == nil:
		return "id, method, status or duration"
	case line.Operation == "" && status != http.StatusNotFound && status != http.StatusMethodNotAllowed:
		return "the operation"
	case line.Operation != "" && line.Operation != webhookID && line.Principal == "" && status != http.StatusUnauthorized:
		return "who called"
	case status >= http.StatusBadRequest && line.Code == "":
		return "the code"
	case called && (line.Provider != "veeting" || line.Command == "" || line.Outcome == "" || line.UpstreamStatus == nil || line.UpstreamMs == nil):
		return "a fact of the provider's call"
	}
	return ""
}

func (w *watched) add(fault string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, strings.TrimSpace(fault))
}

func (w *watched) found() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults[:min(len(w.faults), 20)]
}

// TestWatched_FindsWhatItIsThereFor keeps the watch itself from going blind.
func TestWatched_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{apiKey, hookKey, userEmail, "test-user%40example.com", "My Meeting Topic", rejected} {
		w := &watched{}
		slog.New(slog.NewJSONHandler(w, nil)).Info("test", "value", secret)
		if len(w.found()) == 0 {
			t.Errorf("got no fault for a line with %q", secret)
		}
	}
	for _, line := range []string{
		`{"msg":"request"}`, `{"msg":"request","requestId":"1","status":200,"method":"GET","durationMs":1}`,
		`{"msg":"request","requestId":"1","status":200,"method":"GET","durationMs":1,"operation":"x"}`,
		`{"msg":"request","requestId":"1","status":422,"method":"GET","durationMs":1,"operation":"x","principal":"y"}`,
		`{"msg":"request","requestId":"1","status":200,"method":"GET","durationMs":1,"operation":"x","principal":"y","provider":"veeting"}`,
	} {
		if lacking([]byte(line)) == "" {
			t.Errorf("got no fault for %s, want one", line)
		}
	}
}
