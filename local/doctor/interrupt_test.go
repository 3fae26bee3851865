package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
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
	if path := os.Getenv("GAVEL_TEST_DOCTOR_SECRETS"); path != "" {
		os.Args = []string{"doctor", "-secrets", path}
		main()
	}
}

// Calls that are broken off by Ctrl-C say nothing of who was called.
func TestMain_TellsNothingOfWhatWasInterrupted(t *testing.T) {
	t.Parallel()
	// Interrupts are ignored in what a shell has put into the background, and in what that starts, unless it minds them itself.
	minded := make(chan os.Signal, 1)
	signal.Notify(minded, os.Interrupt)
	defer signal.Stop(minded)
	p := newPatient(t)
	called, ended := make(chan struct{}, 1), make(chan struct{})
	url := plain(t, func(http.ResponseWriter, *http.Request) {
		called <- struct{}{}
		<-ended
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestHelperIsTheCommand$")
	command.Env = append(os.Environ(), "GAVEL_TEST_DOCTOR_SECRETS="+p.secrets(map[string]any{"openmeetings": account(url)}))
	var printed bytes.Buffer
	command.Stdout = &printed
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		<-called
		_ = command.Process.Signal(os.Interrupt)
	}()
	err := command.Wait()
	close(ended)
	failed, ok := errors.AsType[*exec.ExitError](err)
	if !ok || failed.Sys().(syscall.WaitStatus).Signal() != syscall.SIGINT {
		t.Errorf("got %v, want it ended by the interrupt", err)
	}
	if strings.Contains(printed.String(), "reached") {
		t.Errorf("got told of what was interrupted:\n%s", printed.String())
	}
}
