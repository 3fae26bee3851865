package standin

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// commandLine names the variable with what a command is called with, a word to a line.
const commandLine = "GAVEL_TEST_COMMAND_LINE"

// BeCommand runs the main of a command in the processes that Interrupt starts, and does nothing in others. It is called by a
// test of the command's package that is called TestHelperIsTheCommand and does nothing else.
func BeCommand(main func()) {
	if line := os.Getenv(commandLine); line != "" {
		os.Args = strings.Split(line, "\n")
		main()
	}
}

// Interrupt starts a command in a process of its own, interrupts it, as Ctrl-C does, once waits has come back, and gives what it
// printed. The test fails unless it is the interrupt that ends it.
func Interrupt(t *testing.T, waits func(), words ...string) (printed string) {
	t.Helper()
	// Interrupts are ignored in what a shell has put into the background, and in what that starts, unless it minds them itself.
	minded := make(chan os.Signal, 1)
	signal.Notify(minded, os.Interrupt)
	defer signal.Stop(minded)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestHelperIsTheCommand$")
	command.Env = append(os.Environ(), commandLine+"="+strings.Join(words, "\n"))
	var out bytes.Buffer
	command.Stdout = &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	waiting, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		waits()
		close(waiting)
	}()
	go func() { ended <- command.Wait() }()
	select {
	case <-waiting:
	case err := <-ended:
		t.Fatalf("got %v before it was interrupted, with\n%s", err, out.String())
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := <-ended
	failed, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		t.Fatalf("got %v, want it ended by the interrupt", err)
	}
	if status, ok := failed.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGINT {
		t.Errorf("got %v, want it ended by the interrupt", err)
	}
	return out.String()
}
