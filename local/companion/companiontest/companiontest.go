// Package companiontest checks what every companion of the tests has to hold.
package companiontest

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// holding is set in the process that is to be killed.
const holding = "GAVEL_TEST_HOLD_SERVER"

// EndsWithAKilledProcess checks that a server does not outlive its test process, not even one that is killed before it can
// clean up. It runs the calling test once more, in a process of its own, to kill that. start gives the server's endpoint, and
// skips the test if there is no server to be had.
func EndsWithAKilledProcess(t *testing.T, start func(testing.TB) string) {
	t.Helper()
	endpoint := start(t)
	if os.Getenv(holding) != "" {
		t.Logf("endpoint=%s", endpoint)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the other process ends, or kills this one
		return
	}
	helper := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	helper.Env = append(os.Environ(), holding+"=1")
	if _, err := helper.StdinPipe(); err != nil { // held open for as long as this process lives
		t.Fatal(err)
	}
	stdout, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, readEndpoint(t, stdout))
	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = helper.Wait() // "signal: killed"

	// The connection ends when, and only when, the server does.
	_, err = conn.Read(make([]byte, 1))
	if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read from the server of a killed process: got %v, want the end of the connection", err)
	}
}

func readEndpoint(t *testing.T, output io.Reader) string {
	t.Helper()
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if _, endpoint, found := strings.Cut(lines.Text(), "endpoint="); found {
			return endpoint
		}
	}
	t.Fatal("the helper printed no endpoint")
	return ""
}

func dial(t *testing.T, endpoint string) net.Conn {
	t.Helper()
	address, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}
