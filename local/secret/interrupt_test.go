package main

import (
	"os"
	"syscall"
	"testing"

	"gavel/local/standin"
)

func TestHelperIsTheCommand(*testing.T) { standin.BeCommand(main) }

// Whoever is asked for a key must get away by Ctrl-C. A pipe tells when the command waits: only then can it be opened from the other
// side.
func TestMain_IsEndedByAnInterruptWhileItWaitsForAValue(t *testing.T) {
	t.Parallel()
	pipe := newDesk(t).path("pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	defer close(closed)
	standin.Interrupt(t, func() {
		if other, err := os.OpenFile(pipe, os.O_WRONLY, 0); err == nil {
			go func() {
				<-closed // or the command would go on
				_ = other.Close()
			}()
		}
	}, "secret", "jaas", appID, "-key-id", "a", "-key", pipe, "-check")
}
