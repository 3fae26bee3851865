package jaas_test

import (
	"strings"
	"testing"
)

func TestMeeting_BadRequests(t *testing.T) {
	t.Parallel()
	room := `"conferenceFullName":"standup@conference.` + appID + `.8x8.vc"`
	destroy := func(name string) string {
		return `{"action":"DESTROY","payload":{"conferenceFullName":"` + name + `"}}`
	}
	kick := func(id string) string {
		return `{"action":"KICK_PARTICIPANT","payload":{` + room + `,"participantId":` + id + `}}`
	}
	dial := func(number string) string {
		return `{"action":"DIAL_OUT_PARTICIPANT","payload":{` + room + `,"phoneNo":` + number + `}}`
	}
	at := "@conference." + appID + ".8x8.vc"
	for _, tc := range []struct {
		name, body string
		status     int
	}{
		{"empty", ``, 400},
		{"not JSON", `action=DESTROY`, 400},
		{"a list", `[]`, 400},
		{"null", `null`, 400},
		{"two values", destroy("a"+at) + `{}`, 400},
		{"broken UTF-8", destroy("a\xff" + at), 400},
		{"action missing", `{"payload":{` + room + `}}`, 400},
		{"action null", `{"action":null,"payload":{` + room + `}}`, 400},
		{"action no string", `{"action":1,"payload":{` + room + `}}`, 400},
		{"action as in the prose", `{"action":"DESTROY_ROOM","payload":{` + room + `}}`, 400},
		{"action in lower case", `{"action":"destroy","payload":{` + room + `}}`, 400},
		{"action in other case as name", `{"Action":"DESTROY","payload":{` + room + `}}`, 400},
		{"action twice", `{"action":"DESTROY","action":"DESTROY","payload":{` + room + `}}`, 400},
		{"payload missing", `{"action":"DESTROY"}`, 400},
		{"payload no object", `{"action":"DESTROY","payload":"x"}`, 400},
		{"payload flat", `{"action":"DESTROY",` + room + `}`, 400},
		{"unknown field", `{"action":"DESTROY","payload":{` + room + `},"force":true}`, 400},
		{"unknown field in payload", `{"action":"DESTROY","payload":{` + room + `,"phoneNo":"+40747777777"}}`, 400},
		{"conference missing", `{"action":"DESTROY","payload":{}}`, 400},
		{"conference a number", `{"action":"DESTROY","payload":{"conferenceFullName":1}}`, 400},
		{"conference a bare room", destroy("standup"), 400},
		{"conference as in a fqn", destroy(appID + "/standup"), 400},
		{"conference without room", destroy(at), 400},
		{"conference without muc", destroy("standup@" + appID + ".8x8.vc"), 400},
		{"conference on another domain", destroy("standup@conference." + appID + ".stage.8x8.vc"), 400},
		{"conference without tenant", destroy("standup@conference.8x8.vc"), 400},
		{"conference with two at signs", destroy("a@b" + at), 400},
		{"conference with a resource", destroy("standup" + at + "/x"), 400},
		{"room in mixed case, as in the documents", destroy("testRoom" + at), 400},
		{"room with a space", destroy("stand up" + at), 400},
		{"room not encoded", destroy("é" + at), 400},
		{"room encoded in upper case", destroy("%C3%A9" + at), 400},
		{"room with a character the client drops", destroy("what!" + at), 400},
		{"room too long", destroy(strings.Repeat("a", 1024) + at), 400},
		{"conference of another tenant", destroy("standup@conference." + otherApp + ".8x8.vc"), 403},
		{"participantId missing", `{"action":"KICK_PARTICIPANT","payload":{` + room + `}}`, 400},
		{"participantId empty", kick(`""`), 400},
		{"participantId in upper case", kick(`"F0AA9E1E"`), 400},
		{"participantId a UUID", kick(`"f0aa9e1e-0b5c-4d0e-9f5e-0123456789ab"`), 400},
		{"participantId a user id", kick(`"u-17"`), 400},
		{"participantId with a line feed", kick(`"f0aa9e1e\n"`), 400},
		{"phoneNo missing", `{"action":"HANG_UP_CALL","payload":{` + room + `}}`, 400},
		{"phoneNo without plus", dial(`"40747777777"`), 400},
		{"phoneNo with 00", dial(`"0040747777777"`), 400},
		{"phoneNo with +0", dial(`"+040747777777"`), 400},
		{"phoneNo with spaces", dial(`"+40 747 777 777"`), 400},
		{"phoneNo of 16 digits", dial(`"+1234567890123456"`), 400},
		{"phoneNo of 5 digits", dial(`"+12345"`), 400},
		{"phoneNo in other digits", dial(`"+٤٠٧٤٧٧٧٧٧٧٧"`), 400},
		{"phoneNo a number", dial(`40747777777`), 400},
		{"phoneNo with a line feed", dial(`"+40747777777\n"`), 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.want(w.admin(meetings, tc.body+" "), tc.status)
			if got := w.do("GET", "/rooms/"+appID, nil, ""); asJSON(t, got.body) != `{"rooms":[]}` {
				t.Errorf("a refused command left %v behind", got.body)
			}
		})
	}
}

func TestMeeting_Accepted(t *testing.T) {
	t.Parallel()
	for _, room := range []string{"standup", "a-b_c.d~e", "%c3%a9", "100%25", strings.Repeat("a", 1023)} {
		w := setup(t)
		w.want(w.command("DIAL_OUT_PARTICIPANT", room, "phoneNo", "+123456"), 200)
		w.want(w.command("HANG_UP_CALL", room, "phoneNo", "+123456"), 200)
	}
}
