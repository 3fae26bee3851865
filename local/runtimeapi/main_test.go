package runtimeapi_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"gavel/local/runtimeapi"
)

// echoBinary is internal/echo, built once for all tests.
var echoBinary string

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "runtimeapi")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	echoBinary = filepath.Join(dir, "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", echoBinary, "./internal/echo")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build echo: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// startEcho starts the test function and closes it when the test ends.
func startEcho(t *testing.T, cfg runtimeapi.Config) *runtimeapi.Process {
	t.Helper()
	cfg.Binary = echoBinary
	p, err := runtimeapi.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func event(do, text string) []byte {
	return fmt.Appendf(nil, `{"do":%q,"text":%q}`, do, text)
}

// seen is what the test function tells about an invocation.
type seen struct {
	Text, RequestID, ARN, TraceID string
	Deadline                      time.Time
	Env                           []string
}

func invokeEcho(t *testing.T, p *runtimeapi.Process, text string) (seen, runtimeapi.Result) {
	t.Helper()
	result, err := p.Invoke(t.Context(), event("echo", text))
	if err != nil {
		t.Fatal(err)
	}
	if result.FunctionError != nil {
		t.Fatal(result.FunctionError)
	}
	var got seen
	if err := json.Unmarshal(result.Payload, &got); err != nil {
		t.Fatalf("payload %q: %v", result.Payload, err)
	}
	return got, result
}
