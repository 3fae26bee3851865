package jaasapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gavel/shared/logs"
)

// TestMain reads every log line that any test of this package causes: none may hold what the
// requests, the answers of the upstream or the secrets held.
func TestMain(m *testing.M) {
	// Most of these tests wait: for a pause between two tries, for a provider that hangs.
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

// betrays finds what stands in the requests of this package's tests: tokens, keys, the digits of
// the phone numbers, the user ids, the e-mail addresses.
var betrays = regexp.MustCompile(`eyJ|BEGIN |PRIVATE KEY|MII[A-Za-z0-9+/]{20}|747[ .-]?777|40747|auth0|` + rejected + `|@example`)

// moment is left out: its digits may be anything.
var moment = regexp.MustCompile(`"time":"[^"]*"`)

// Write takes one line, as slog's handlers write it.
func (w *watched) Write(line []byte) (int, error) {
	size := len(line)
	if !json.Valid(line) {
		w.add("not JSON: " + string(line))
	}
	line = moment.ReplaceAll(line, nil)
	if found := betrays.Find(line); found != nil {
		w.add(fmt.Sprintf("says %q: %s", found, line))
	}
	return size, nil
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
	for _, secret := range []string{participantJWT, tenantKey(), "+40747777777", "0040 747 777 777", "auth0|5f90", rejected, "ada@example.org"} {
		w := &watched{}
		slog.New(slog.NewJSONHandler(w, nil)).Info("test", "value", secret)
		if len(w.found()) == 0 {
			t.Errorf("got no fault for a line with %q", secret)
		}
	}
	w := &watched{}
	logs.New(w, "").Info("provider called", "provider", "jaas", "upstreamStatus", 200)
	if found := w.found(); len(found) != 0 {
		t.Errorf("got %q, want no fault", found)
	}
	if _, err := bytes.NewBufferString("no JSON").WriteTo(w); err != nil || len(w.found()) != 1 {
		t.Errorf("got %d faults and %v, want one for a line that is no JSON", len(w.found()), err)
	}
}
