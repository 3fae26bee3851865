package veeting_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
)

// A receiver may call the API before it answers: the sandbox holds nothing up meanwhile.
func TestWebhooks_MayAnswerLate(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	r.Answer = func(d delivery) (int, string) {
		if hookOf(d) == "onMeetingScheduled" {
			if got := w.account("DELETE", meetings+"/"+d.Event["id"].(string), ""); got.code() != "200 0" {
				t.Errorf("got %s, want 200 0", got.code())
			}
		}
		return http.StatusOK, ""
	}
	w.schedule()
	w.wantLines(r, "onMeetingScheduled My Meeting Topic\nonMeetingDeleted My Meeting Topic")
}

func TestFlush_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	called, release := make(chan struct{}), make(chan struct{})
	r.Answer = func(delivery) (int, string) { close(called); <-release; return http.StatusOK, "" }
	w.schedule()
	<-called
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Flush(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	close(release)
	w.wantLines(r, "onMeetingScheduled My Meeting Topic")
}

func TestClose_BreaksOffAndForgets(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	called, release := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(release) })
	r.Answer = func(delivery) (int, string) { close(called); <-release; return http.StatusOK, "" }
	w.schedule()
	w.schedule()
	<-called
	w.Close()
	w.schedule()
	w.Close()
	w.wantLines(r, "onMeetingScheduled My Meeting Topic")
}
