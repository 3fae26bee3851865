package main

import (
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

// TestHelperIsTheCommand is no test: it is the command, in a process of its own that can be interrupted.
func TestHelperIsTheCommand(*testing.T) {
	if args := os.Getenv("GAVEL_TEST_SECRET_ARGS"); args != "" {
		os.Args = append([]string{"secret"}, strings.Split(args, "\n")...)
		main()
	}
}

// Whoever is asked for a key must get away by Ctrl-C. A pipe tells when the command waits: only then can it be opened from the other
// side.
func TestMain_IsEndedByAnInterruptWhileItWaitsForAValue(t *testing.T) {
	t.Parallel()
	// Interrupts are ignored in what a shell has put into the background, and in what that starts, unless it minds them itself.
	minded := make(chan os.Signal, 1)
	signal.Notify(minded, os.Interrupt)
	defer signal.Stop(minded)
	d := newDesk(t)
	pipe := d.path("pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestHelperIsTheCommand$")
	command.Env = append(os.Environ(), "GAVEL_TEST_SECRET_ARGS="+strings.Join([]string{"jaas", appID, "-key-id", "a", "-key", pipe, "-check"}, "\n"))
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	opened := make(chan error, 1)
	go func() {
		other, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err == nil {
			defer func() { _ = other.Close() }()
			err = command.Process.Signal(os.Interrupt)
		}
		opened <- err
		<-t.Context().Done() // it stays open, or the command would go on
	}()
	select {
	case err := <-opened:
		if err != nil {
			t.Fatal(err)
		}
	case err := <-ended:
		t.Fatalf("got %v before it read the pipe", err)
	}
	failed, ok := errors.AsType[*exec.ExitError](<-ended)
	if !ok || failed.Sys().(syscall.WaitStatus).Signal() != syscall.SIGINT {
		t.Errorf("got %v, want it ended by the interrupt", failed)
	}
}
