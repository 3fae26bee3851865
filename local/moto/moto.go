// Package moto gives tests, and functions in containers, an AWS to talk to: one moto server for each process, on loopback
// and in memory.
//
// moto is a Python program. `make test` installs it under .local/; where it is missing, the tests that need it are
// skipped and say how to get it, except with CI=true, where they fail.
package moto

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"gavel/local/companion"
)

// shared holds the server, or why there is none, for as long as the process lives. A package-level value because the
// process is exactly its scope.
var shared = sync.OnceValues(func() (*companion.Program, error) {
	python, err := interpreter()
	if err != nil {
		return nil, err
	}
	return launch(python)
})

// Python returns the interpreter that has moto installed, and with it SAM's own library, which reads templates. Where it
// is missing it does as Start does.
func Python(t testing.TB) string {
	t.Helper()
	python, err := interpreter()
	if errors.Is(err, errNoPython) && os.Getenv("CI") != "true" {
		t.Skipf("needs Python: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return python
}

// Run returns the base URL of the server outside of tests. Otherwise it is as [Start].
func Run() (endpoint string, err error) {
	s, err := shared()
	if err != nil {
		return "", fmt.Errorf("start the moto server: %w", err)
	}
	return s.Endpoint, nil
}

// Start returns the base URL of the server, which answers for every AWS service and takes any credentials. The first
// call starts it; it ends with the test process.
//
// All tests of the process share it. A test that is to run beside others uses names of its own, see [Prefix].
func Start(t testing.TB) (endpoint string) {
	t.Helper()
	s, err := shared()
	if errors.Is(err, errNoPython) && os.Getenv("CI") != "true" {
		t.Skipf("needs the moto server: %v", err)
	}
	if err != nil {
		t.Fatalf("start the moto server: %v", err)
	}
	return s.Endpoint
}

// Prefix returns a name that no other test uses, fit as the prefix of secrets, tables and buckets.
func Prefix(t testing.TB) string {
	t.Helper()
	return "gavel-" + strings.ToLower(rand.Text()[:12])
}
