package functions_test

import (
	"net/http"
	"testing"
)

// TestVeetingFunctions_Story feeds each function its sample event, with the ids of what the sandbox made in the place of
// the samples'. The calls that need state find it in DynamoDB Local.
func TestVeetingFunctions_Story(t *testing.T) {
	t.Parallel()
	s := newStory(t, "veeting")
	future := inBody("2024", "2099") // as the sandbox closes what is over

	account := s.feed(t, "create-account", http.StatusCreated, future)
	admin := s.feed(t, "list-admins", http.StatusOK, inPath("accountId", account["id"].(string)))["admins"].([]any)[0].(map[string]any)
	onBehalf := inHeader("x-user-id", admin["id"].(string))
	made := s.feed(t, "schedule-meeting", http.StatusCreated, future, onBehalf)
	if made["duration"] != 60.0 || made["participantMeetingId"] == nil {
		t.Errorf("got %v, want the meeting of the event", made)
	}
	at := inPath("meetingId", made["id"].(string))
	s.outcome(t, "update-meeting", "updated", future, onBehalf, at)
	s.outcome(t, "close-meeting", "closed", at)
	s.outcome(t, "delete-meeting", "deleted", at)

	hookKey := s.madeUp(t, "veetingHookKey")
	key := inHeader("x-api-key", hookKey)
	s.outcome(t, "webhook", "kept", future, key)
	s.outcome(t, "webhook", "known", future, key)
	if got := s.feed(t, "webhook", http.StatusUnauthorized); got["code"] != "unauthenticated" {
		t.Errorf("with the sample's key: got %v, want it refused", got)
	}
	events := s.feed(t, "list-events", http.StatusOK)["events"].([]any)
	if len(events) != 1 || events[0].(map[string]any)["hook"] != "onMeetingClosed" {
		t.Errorf("got %v, want the event once", events)
	}
	s.end(t, "example.com", "My Meeting", hookKey, "9974")
}
