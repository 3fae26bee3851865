package roomsapi_test

import (
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

// TestMain reads every log line that any test of this package causes: none may hold who did what to whom, what was
// said, or anything that lets somebody in; and none may tell of a panic or of an error that nobody thought of.
func TestMain(m *testing.M) {
	// Most of these tests wait: for the disk, for a provider that hangs.
	if err := flag.Set("test.parallel", "16"); err != nil {
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

// marker stands in every user id, name, text and file name of this package's tests, and in what is refused. Neither a
// log line nor the answer to a bad request may repeat it.
const marker = "quandt"

// betrays finds what may be in no line: the marker, however written, what credentials begin with, and what stands in
// presigned requests.
var betrays = regexp.MustCompile(`(?i)` + marker + `|auth0|eyJ|BEGIN |MII[A-Za-z0-9+/]{20}|whsec_|X-Amz-|Signature=|#jwt|"msg":"panic"|"msg":"unexpected error"`)

// Write takes one line, as slog's handlers write it.
func (w *watched) Write(line []byte) (int, error) {
	if !json.Valid(line) {
		w.add("not JSON: " + string(line))
	}
	if found := betrays.Find(line); found != nil {
		w.add(fmt.Sprintf("says %q: %s", found, line))
	}
	return len(line), nil
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
	for _, secret := range []string{
		owner, guest, stranger, "Quandt's diagnosis.pdf", tenantKey(), webhookSecret, "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
		"https://files.test/a?X-Amz-Signature=00ff", "https://8x8.vc/a/b#jwt=0",
	} {
		w := &watched{}
		slog.New(slog.NewJSONHandler(w, nil)).Info("test", "value", secret)
		if len(w.found()) == 0 {
			t.Errorf("got no fault for a line with %q", secret)
		}
	}
	w := &watched{}
	logs.New(w, "").Info("request", "operation", "rooms-get", "room", "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e")
	if found := w.found(); len(found) != 0 {
		t.Errorf("got %q, want no fault", found)
	}
	if _, err := w.Write([]byte("no JSON")); err != nil || len(w.found()) != 1 {
		t.Errorf("got %d faults and %v, want one for a line that is no JSON", len(w.found()), err)
	}
}
