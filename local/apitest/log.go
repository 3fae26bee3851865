package apitest

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gavel/shared/logs"
)

// Main runs a package's tests and reads every log line that any of them causes: none may hold what the requests, the
// answers of the provider or the secret held. It gives the code to exit with.
func Main(m *testing.M, watch *Watch) int {
	// Many of these tests wait: for a pause between two tries, for a server that hangs. Fuzzing does nothing but work.
	flag.Parse()
	if given := flag.Lookup("test.fuzz"); given == nil || given.Value.String() == "" {
		if err := flag.Set("test.parallel", "32"); err != nil {
			panic(err)
		}
	}
	slog.SetDefault(logs.New(watch, "debug"))
	code := m.Run()
	for _, fault := range watch.Found() {
		fmt.Fprintln(os.Stderr, "log:", fault)
		code = 1
	}
	return code
}

// Watch keeps the lines of a log that say too much or too little, or that are no JSON.
type Watch struct {
	// Betrays finds what may stand in no line.
	Betrays *regexp.Regexp
	// Provider is the one that the operations call.
	Provider string
	// Open are operations that nobody needs credentials for.
	Open []string

	mu     sync.Mutex
	faults []string
}

// measured finds what differs from run to run in a line: when it was written, how long things took, and from which port.
var measured = regexp.MustCompile(`"timestamp":"[0-9T:.Z+-]*"|"Timestamp":[0-9]*|"(duration|upstream)Ms":[0-9.e+-]*|127\.0\.0\.1:[0-9]+`)

// Undated gives a line without its times and ports, whose digits may be anything.
func Undated(line []byte) []byte { return measured.ReplaceAll(line, nil) }

// Write takes one line, as slog's handlers write it.
func (w *Watch) Write(line []byte) (int, error) {
	size := len(line)
	if !json.Valid(line) {
		w.add("not JSON: " + string(line))
	}
	if lack := w.Lacking(line); lack != "" {
		w.add("lacks " + lack + ": " + string(line))
	}
	line = Undated(line)
	if found := w.Betrays.Find(line); found != nil {
		w.add(fmt.Sprintf("says %q: %s", found, line))
	}
	return size, nil
}

// Lacking names what an operator needs and a line does not say.
func (w *Watch) Lacking(text []byte) string {
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
	case line.Operation != "" && !slices.Contains(w.Open, line.Operation) && line.Principal == "" && status != http.StatusUnauthorized:
		return "who called"
	case status >= http.StatusBadRequest && line.Code == "":
		return "the code"
	case called && (line.Provider != w.Provider || line.Command == "" || line.Outcome == "" || line.UpstreamStatus == nil || line.UpstreamMs == nil):
		return "a fact of the provider's call"
	}
	return ""
}

func (w *Watch) add(fault string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, strings.TrimSpace(fault))
}

// Found gives the first of the faults.
func (w *Watch) Found() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults[:min(len(w.faults), 20)]
}

// FindsWhatItIsThereFor keeps the watch itself from going blind: it has to find each of some values in a line.
func (w *Watch) FindsWhatItIsThereFor(t *testing.T, secret ...string) {
	t.Helper()
	alike := func() *Watch { return &Watch{Betrays: w.Betrays, Provider: w.Provider, Open: w.Open} }
	for _, secret := range secret {
		w := alike()
		slog.New(slog.NewJSONHandler(w, nil)).Info("test", "value", secret)
		if len(w.Found()) == 0 {
			t.Errorf("got no fault for a line with %q", secret)
		}
	}
	for _, line := range []string{
		`{"msg":"request"}`, `{"msg":"request","requestId":"1","status":404,"method":"GET"}`,
		`{"msg":"request","requestId":"1","status":200,"method":"GET","durationMs":1}`,
		`{"msg":"request","requestId":"1","status":200,"method":"GET","durationMs":1,"operation":"x"}`,
		`{"msg":"request","requestId":"1","status":422,"method":"GET","durationMs":1,"operation":"x","principal":"y"}`,
		`{"msg":"request","requestId":"1","status":200,"method":"GET","durationMs":1,"operation":"x","principal":"y","provider":"` + w.Provider + `"}`,
	} {
		if w.Lacking([]byte(line)) == "" {
			t.Errorf("got no fault for %s, want one", line)
		}
	}
	good := alike()
	logs.New(good, "").Info("provider called", "provider", w.Provider, "operation", w.Provider+"-create-user", "upstreamStatus", 200)
	if found := good.Found(); len(found) != 0 {
		t.Errorf("got %q, want no fault", found)
	}
	if _, err := fmt.Fprintf(good, `{"timestamp":"2026-11-28T22:15:47.747777777Z","_aws":{"Timestamp":1795747777777},"durationMs":0.0040747777777,`+
		`"upstreamMs":747777.777,"cause":"read tcp 127.0.0.1:40747->127.0.0.1:47477: reset"}`); err != nil || len(good.Found()) != 0 {
		t.Errorf("got %q and %v, want nothing found in times and ports", good.Found(), err)
	}
	if _, err := good.Write([]byte("no JSON")); err != nil || len(good.Found()) != 1 {
		t.Errorf("got %d faults and %v, want one for a line that is no JSON", len(good.Found()), err)
	}
}
