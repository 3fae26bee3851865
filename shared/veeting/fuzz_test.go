package veeting_test

import (
	"encoding/json"
	"errors"
	"testing"

	"gavel/shared/veeting"
)

// FuzzReceive checks that nobody gets in without the key, that what is taken can be kept and passed on as JSON, and that
// the two ids are not mixed up.
func FuzzReceive(f *testing.F) {
	for _, body := range []string{sent, "{}", "null", `{"id":"5e945c36b863b82cefdddf54","id":7}`, `{"duration":"007"}`, `{"meetingId":1,"participantMeetingId":2}`, "{\"\xff\":1}"} {
		f.Add(hook, hookKey, []byte(body))
		f.Add(hook, "", []byte(body))
		f.Add("", hookKey, []byte(body))
	}
	fixed := setup(f)
	f.Fuzz(func(t *testing.T, name, key string, body []byte) {
		got, err := fixed.client.Receive(t.Context(), name, key, body)
		switch {
		case name != hook:
			_ = secretError(t, err)
		case key != hookKey:
			if !errors.Is(err, veeting.ErrSender) {
				t.Fatalf("got %v, want %v", err, veeting.ErrSender)
			}
		case err != nil:
			if !errors.Is(err, veeting.ErrEvent) || err.Error() != veeting.ErrEvent.Error() {
				t.Fatalf("got %v, want %v", err, veeting.ErrEvent)
			}
		default:
			isEvent(t, got)
		}
	})
}

func isEvent(t *testing.T, e veeting.Event) {
	t.Helper()
	text, err := json.Marshal(e.Data)
	if err != nil {
		t.Fatalf("got %q, want JSON: %v", e.Data, err)
	}
	var again veeting.Object
	if err := json.Unmarshal(text, &again); err != nil || len(again) != len(e.Data) {
		t.Fatalf("got %s, %v, want all %d fields", text, err, len(e.Data))
	}
	if _, mixed := e.Data["meetingId"]; mixed || e.Hook != hook || e.MeetingID != "" && veeting.CheckMeetingID(e.MeetingID) != nil {
		t.Fatalf("got %+v, want ids in their places", e)
	}
}
