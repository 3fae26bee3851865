package veeting_test

import (
	"errors"
	"strings"
	"testing"

	"gavel/shared/veeting"
)

func TestCheckMeetingID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]error{
		meetingID:                       nil,
		strings.Repeat("0", 24):         nil,
		strings.Repeat("f", 24):         nil,
		"9974-7653-8886-0485":           veeting.ErrParticipantID,
		"9974765388860485":              veeting.ErrParticipantID,
		"99747653-8886-0485":            veeting.ErrParticipantID,
		"":                              veeting.ErrMeetingID,
		strings.ToUpper(meetingID):      veeting.ErrMeetingID,
		meetingID[1:]:                   veeting.ErrMeetingID,
		meetingID + "0":                 veeting.ErrMeetingID,
		meetingID[1:] + "g":             veeting.ErrMeetingID,
		meetingID[1:] + "\n":            veeting.ErrMeetingID,
		meetingID[2:] + "é":             veeting.ErrMeetingID,
		"9974-7653-8886-0485\n":         veeting.ErrMeetingID,
		"9974-7653-8886-048":            veeting.ErrMeetingID,
		"٩٩٧٤-٧٦٥٣-٨٨٨٦-٠٤٨٥":           veeting.ErrMeetingID,
		"9974--7653-8886-0485":          veeting.ErrMeetingID,
		" 9974-7653-8886-0485":          veeting.ErrMeetingID,
		"../" + strings.Repeat("0", 21): veeting.ErrMeetingID,
	} {
		if err := veeting.CheckMeetingID(id); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", id, err, want)
		}
	}
}

func TestJoinURL(t *testing.T) {
	t.Parallel()
	const id = "9974-7653-8886-0485"
	for _, tt := range []struct{ form, id, name, want string }{
		{"https://meet.example.org/join/{participantMeetingId}", id, "", "https://meet.example.org/join/" + id},
		{" https://meet.example.org/join/{participantMeetingId}\n", id, "Ada", "https://meet.example.org/join/" + id + "?participantName=Ada"},
		{"https://meet.example.org/?m={participantMeetingId}", id, "Ada", "https://meet.example.org/?m=" + id + "&participantName=Ada"},
		{"http://meet.test/{participantMeetingId}/{participantMeetingId}", "1", "", "http://meet.test/1/1"},
		{"https://meet.example.org/{participantMeetingId}", "a/b?c", "", "https://meet.example.org/a%2Fb%3Fc"},
		{"https://meet.example.org/{participantMeetingId}", id, `Ada & "Żółć"+=#?/%`, "https://meet.example.org/" + id +
			"?participantName=Ada%20%26%20%22%C5%BB%C3%B3%C5%82%C4%87%22%2B%3D%23%3F%2F%25"},
		{"https://meet.example.org/{participantMeetingId}", id, "{participantMeetingId}", "https://meet.example.org/" + id + "?participantName=%7BparticipantMeetingId%7D"},
	} {
		f := setup(t, withSecret(fields{"joinUrl": tt.form}))
		got, err := f.client.JoinURL(t.Context(), tt.id, tt.name)
		if err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.form, got, err, tt.want)
		}
		if sent := len(f.upstream.seen()); sent != 0 {
			t.Errorf("got %d requests upstream, want none", sent)
		}
	}
}

func TestJoinURL_WithoutItsForm(t *testing.T) {
	t.Parallel()
	f := setup(t)
	got, err := f.client.JoinURL(t.Context(), "9974-7653-8886-0485", "Ada")
	if failure := secretError(t, err); got != "" || !strings.Contains(failure.Reason, "joinUrl is missing") || failure.Passing {
		t.Errorf("got %q, %v, want to be told of joinUrl", got, failure)
	}
}
