package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"gavel/local/standin"
)

func TestHelperIsTheCommand(*testing.T) { standin.BeCommand(main) }

// Calls that are broken off by Ctrl-C say nothing of who was called.
func TestMain_TellsNothingOfWhatWasInterrupted(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	called, ended := make(chan struct{}), make(chan struct{})
	defer close(ended)
	var once sync.Once
	url := plain(t, func(http.ResponseWriter, *http.Request) {
		once.Do(func() { close(called) })
		<-ended
	})
	path := p.secrets(map[string]any{"openmeetings": account(url)})
	if printed := standin.Interrupt(t, func() { <-called }, "doctor", "-secrets", path); strings.Contains(printed, "reached") {
		t.Errorf("got told of what was interrupted:\n%s", printed)
	}
}
