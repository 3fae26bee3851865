package veeting_test

import (
	"strings"
	"testing"
)

func TestSchedule_TakesWhatTheTutorialSendsOnly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ field, raw string }{
		{"topic", ``},
		{"topic", `""`},
		{"topic", `null`},
		{"topic", `5`},
		{"startTime", ``},
		{"startTime", `"2024-04-07T09:00:00Z"`},
		{"startTime", `"2024-04-07T09:00:00.000"`},
		{"startTime", `"2024-04-07T09:00:00.0000Z"`},
		{"startTime", `"2024-04-07T09:00:00,000Z"`},
		{"startTime", `"2024-04-07T9:00:00.000Z"`},
		{"startTime", `"2024-04-07T09:00:00.000+00:00"`},
		{"startTime", `"2024-04-07t09:00:00.000z"`},
		{"startTime", `"2024-04-07 09:00:00.000Z"`},
		{"startTime", `"2024-02-30T09:00:00.000Z"`},
		{"startTime", `1712480400000`},
		{"endTime", ``},
		{"endTime", `null`},
		{"endTime", `"2024-04-07T09:00:00.000Z"`},
		{"endTime", `"2024-04-07T08:00:00.000Z"`},
		{"duration", ``},
		{"duration", `"60"`},
		{"duration", `60.5`},
		{"duration", `6e1`},
		{"duration", `0`},
		{"duration", `-60`},
		{"duration", `59`},
		{"duration", `61`},
		{"duration", `3600`},
		{"duration", `99999999999999999999`},
		{"type", ``},
		{"type", `"webinar"`},
		{"type", `"Standard"`},
		{"isRecurring", ``},
		{"isRecurring", `true`},
		{"isRecurring", `"false"`},
		{"isRecorded", ``},
		{"isRecorded", `null`},
		{"isRecorded", `0`},
		{"isDialin", ``},
		{"isDialin", `"true"`},
		{"isDialIn", `false`},
		{"invitedParticipants", ``},
		{"invitedParticipants", `null`},
		{"invitedParticipants", `{}`},
		{"invitedParticipants", `["a@example.com"]`},
		{"recurring", ``},
		{"recurring", `null`},
		{"recurring", `[]`},
		{"recurring", `{"endsAfter":1}`},
		{"meetingPermissionId", ``},
		{"meetingPermissionId", `"5e945c36b863b82cefdddf54"`},
		{"timezone", `"Europe/Zurich"`},
		{"agenda", `""`},
		{"password", `"x"`},
		{"id", `"5e945c36b863b82cefdddf54"`},
	} {
		t.Run(tc.field+" "+tc.raw, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.account("POST", meetings, meeting.with(tc.field, tc.raw).String())
			w.want(got, "200 -4")
			if message, _ := got.body["responseMessage"].(string); !strings.HasPrefix(message, "field "+tc.field+" ") {
				t.Errorf("got %q, want it to begin with field %s", message, tc.field)
			}
			if list := w.list(); len(list) != 0 {
				t.Errorf("got %v, want no meeting", list)
			}
		})
	}
}

func TestSchedule_Echoes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.account("POST", meetings, meeting.with("topic", `"Ä <&> \u2028 \"x\""`).
		with("startTime", `"2024-04-07T09:00:00.123Z"`).with("endTime", `"2024-04-08T09:01:00.123Z"`).with("duration", `1441`).
		with("isRecorded", `true`).with("isDialin", `true`).with("recurring", `{ }`).with("invitedParticipants", "[\n]").String())
	w.want(got, "200 0")
	for name, want := range map[string]any{
		"topic": "Ä <&> \u2028 \"x\"", "startTime": "2024-04-07T09:00:00.123Z", "endTime": "2024-04-08T09:01:00.123Z",
		"duration": "1441", "isRecorded": true, "isDialin": true, "dialInPin": nil, "isRecurring": false,
	} {
		if got := got.data(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	one := w.account("POST", meetings, meeting.with("isDialin", "true").String())
	if !strings.Contains(got.text, "<&>") {
		t.Errorf("got %s, want the topic as plain as it came", got.text)
	}
	if one.data("isDialin") != true || one.data("isRecorded") != false {
		t.Errorf("got %s, want dial-in without recording", one.text)
	}
}

func TestUpdate_NeedsAllOfIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id, other := w.schedule().id(), w.schedule().id()
	whole := moved.with("id", quote(id))
	for _, tc := range []struct{ path, body, want string }{
		{id + "/true", whole.String(), "200 -4"},
		{id + "/False", whole.String(), "200 -4"},
		{other + "/false", whole.String(), "200 -4"},
		{id + "/false", moved.String(), "200 -4"},
		{id + "/false", moved.with("meetingId", quote(id)).String(), "200 -4"},
		{id + "/false", `{"id":` + quote(id) + `,"topic":"new"}`, "200 -4"},
		{id + "/false", whole.with("topic", "").String(), "200 -4"},
		{id + "/false", whole.with("duration", `"60"`).String(), "200 -4"},
		{id + "/false", whole.with("agenda", `""`).String(), "200 -4"},
		{"9974-7653-8886-0485/false", whole.with("id", `"9974-7653-8886-0485"`).String(), "200 -4"},
		{"5e945c36b863b82cefdddf54/false", whole.with("id", `"5e945c36b863b82cefdddf54"`).String(), "200 -1"},
	} {
		if got := w.account("PUT", meetings+"/"+tc.path, tc.body); got.code() != tc.want {
			t.Errorf("%s %s: got %s, want %s: %s", tc.path, tc.body, got.code(), tc.want, got.text)
		}
	}
	got := w.account("PUT", meetings+"/"+id+"/false", whole.String())
	if got.data("icalSequence") != "1" {
		t.Errorf("got %s, want the first update that counts", got.text)
	}
}

func TestClose_TakesTheInternalIDOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	scheduled := w.schedule()
	for body, want := range map[string]string{
		`{"meetingId":` + quote(scheduled.data("meetingId").(string)) + `}`: "200 -4",
		`{"id":` + quote(scheduled.id()) + `}`:                              "200 -4",
		`{"meetingId":` + quote(strings.ToUpper(scheduled.id())+"A") + `}`:  "200 -4",
		`{"meetingId":null}`: "200 -4",
		`{"meetingId":` + quote(scheduled.id()) + `,"force":true}`: "200 -4",
		`{"meetingId":"5e945c36b863b82cefdddf54"}`:                 "200 -1",
	} {
		if got := w.account("POST", meetings+"/close", body); got.code() != want {
			t.Errorf("%s: got %s, want %s: %s", body, got.code(), want, got.text)
		}
	}
	mixed := w.account("POST", meetings+"/close", `{"meetingId":"9974-7653-8886-0485"}`)
	other := w.account("POST", meetings+"/close", `{"meetingId":"9974-7653-8886"}`)
	if mixed.text == other.text || mixed.code() != "200 -4" || other.code() != "200 -4" {
		t.Errorf("got %s and %s, want two refusals that tell a mix-up from nonsense", mixed.text, other.text)
	}
	w.want(w.account("POST", meetings+"/close", `{"meetingId":`+quote(scheduled.id())+`}`), "200 0")
}
