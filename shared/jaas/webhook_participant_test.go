package jaas_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
)

const participantJID = "F0AA9E1E-9bca-4218-a563-8c627e803d56@8x8.vc"

// joined gives a PARTICIPANT_JOINED with this data.
func joined(data map[string]any) jaas.Event {
	return jaas.Event{Type: jaas.ParticipantJoined, Data: must(json.Marshal(data))}
}

func TestParticipant_RefusesDataWithoutAShortID(t *testing.T) {
	t.Parallel()
	const private = "ada@example.org"
	for name, data := range map[string]map[string]any{
		"neither":                    {"id": private},
		"both empty":                 {"participantId": "", "participantJid": ""},
		"a user id":                  {"participantId": private, "participantJid": participantJID},
		"a whole UUID":               {"participantId": strings.TrimSuffix(participantJID, "@8x8.vc")},
		"a JID of a room":            {"participantJid": "standup@conference.8x8.vc/f0aa9e1e"},
		"a JID of a short name":      {"participantJid": "f0aa9e1e-" + private},
		"a JID without dashes":       {"participantJid": strings.Repeat("f0aa9e1e9", 4) + "@8x8.vc"},
		"a JID of another first one": {"participantJid": "f0aa9e1e9-bca-4218-a563-8c627e803d56@8x8.vc"},
		"a JID that is not hex":      {"participantJid": "f0aa9e1g-9bca-4218-a563-8c627e803d56@8x8.vc"},
	} {
		who, ok, err := joined(data).Participant()
		if !errors.Is(err, jaas.ErrEvent) || !errors.Is(err, jitsimeet.ErrParticipantID) || ok || who != (jaas.EventParticipant{}) {
			t.Errorf("%s: got %+v, %t, %v; want %v", name, who, ok, err, jitsimeet.ErrParticipantID)
		}
		if err != nil && strings.Contains(err.Error(), private) {
			t.Errorf("%s: got what was in the body in %q", name, err)
		}
	}
}

func TestParticipant_RefusesDataOfAnotherForm(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"", "null", "[]", `"f0aa9e1e"`, "17", "{", `{"id":17,"participantId":17}`, `{"participantId":["f0aa9e1e"]}`,
	} {
		event := jaas.Event{Type: jaas.ParticipantLeft, Data: json.RawMessage(data)}
		if _, ok, err := event.Participant(); !errors.Is(err, jaas.ErrEvent) || ok || !strings.Contains(err.Error(), "data") {
			t.Errorf("%s: got %t, %v; want %v of the data", data, ok, err, jaas.ErrEvent)
		}
	}
}

func TestParticipant_IsNoneInOtherEvents(t *testing.T) {
	t.Parallel()
	for _, eventType := range []jaas.EventType{
		jaas.RoomCreated, jaas.RoomDestroyed, "PARTICIPANT_JOINED_LOBBY", "REACTIONS", "USAGE", "SOMETHING_NEW", "",
	} {
		event := jaas.Event{Type: eventType, Data: json.RawMessage(`{"participantId":"f0aa9e1e"}`)}
		if who, ok, err := event.Participant(); ok || err != nil || who != (jaas.EventParticipant{}) {
			t.Errorf("%s: got %+v, %t, %v; want none", eventType, who, ok, err)
		}
	}
}

func TestParticipant_ReadsWhoItWas(t *testing.T) {
	t.Parallel()
	const id = "f0aa9e1e"
	for name, tc := range map[string]struct {
		data map[string]any
		want jaas.EventParticipant
	}{
		"a guest":                         {map[string]any{"participantId": id}, jaas.EventParticipant{ID: id}},
		"a guest whose id is null":        {map[string]any{"participantId": id, "id": nil}, jaas.EventParticipant{ID: id}},
		"participantId missing":           {map[string]any{"participantJid": participantJID}, jaas.EventParticipant{ID: id}},
		"participantId empty":             {map[string]any{"participantId": "", "participantJid": participantJID}, jaas.EventParticipant{ID: id}},
		"participantId null":              {map[string]any{"participantId": nil, "participantJid": participantJID}, jaas.EventParticipant{ID: id}},
		"a JID with a resource":           {map[string]any{"participantJid": participantJID + "/x@y"}, jaas.EventParticipant{ID: id}},
		"participantId before the JID":    {map[string]any{"participantId": "00000001", "participantJid": participantJID}, jaas.EventParticipant{ID: "00000001"}},
		"in capitals":                     {map[string]any{"participantId": "F0AA9E1E"}, jaas.EventParticipant{ID: id}},
		"a user":                          {map[string]any{"participantId": id, "id": "auth0|5f"}, jaas.EventParticipant{ID: id, UserID: "auth0|5f"}},
		"a user of a numeric id":          {map[string]any{"participantId": id, "id": 17}, jaas.EventParticipant{ID: id, UserID: "17"}},
		"a user of a large numeric id":    {map[string]any{"participantId": id, "id": json.Number("12345678901234567890")}, jaas.EventParticipant{ID: id, UserID: "12345678901234567890"}},
		"a short id that is a number":     {map[string]any{"participantId": 10000001}, jaas.EventParticipant{ID: "10000001"}},
		"a name that is a number":         {map[string]any{"participantId": id, "id": "u-17", "name": 17}, jaas.EventParticipant{ID: id, UserID: "u-17", Name: "17"}},
		"a name that is none":             {map[string]any{"participantId": id, "id": "u-17", "name": []any{"Ada"}}, jaas.EventParticipant{ID: id, UserID: "u-17"}},
		"left for a reason of a number":   {map[string]any{"participantId": id, "disconnectReason": 3}, jaas.EventParticipant{ID: id, Reason: "3"}},
		"in a breakout room by number":    {map[string]any{"participantId": id, "isBreakout": true, "breakoutRoomId": 4}, jaas.EventParticipant{ID: id, Breakout: "4"}},
		"a moderator":                     {map[string]any{"participantId": id, "moderator": true}, jaas.EventParticipant{ID: id, Moderator: true}},
		"a moderator by word":             {map[string]any{"participantId": id, "moderator": "true"}, jaas.EventParticipant{ID: id, Moderator: true}},
		"no moderator":                    {map[string]any{"participantId": id, "moderator": false}, jaas.EventParticipant{ID: id}},
		"no moderator by word":            {map[string]any{"participantId": id, "moderator": "false"}, jaas.EventParticipant{ID: id}},
		"nothing clear about a moderator": {map[string]any{"participantId": id, "moderator": []any{true}}, jaas.EventParticipant{ID: id}},
		"moderator null":                  {map[string]any{"participantId": id, "moderator": nil}, jaas.EventParticipant{ID: id}},
		"in a breakout room":              {map[string]any{"participantId": id, "isBreakout": true, "breakoutRoomId": "b"}, jaas.EventParticipant{ID: id, Breakout: "b"}},
		"in none, whatever its id":        {map[string]any{"participantId": id, "isBreakout": false, "breakoutRoomId": "b"}, jaas.EventParticipant{ID: id}},
		"with a name":                     {map[string]any{"participantId": id, "name": "Ada"}, jaas.EventParticipant{ID: id, Name: "Ada"}},
		"in a breakout room by word":      {map[string]any{"participantId": id, "isBreakout": "true"}, jaas.EventParticipant{ID: id, Breakout: "breakout"}},
		"kicked":                          {map[string]any{"participantId": id, "disconnectReason": "kicked"}, jaas.EventParticipant{ID: id, Reason: "kicked"}},
		"with fields of another case":     {map[string]any{"participantId": id, "ParticipantID": "00000001", "ID": "eve", "ISBREAKOUT": true}, jaas.EventParticipant{ID: id}},
		"with fields to come":             {map[string]any{"participantId": id, "flip": []any{1}, "hidden-from-recorder": "true"}, jaas.EventParticipant{ID: id}},
	} {
		for _, eventType := range []jaas.EventType{jaas.ParticipantJoined, jaas.ParticipantLeft} {
			event := joined(tc.data)
			event.Type = eventType
			if got, ok, err := event.Participant(); err != nil || !ok || got != tc.want {
				t.Errorf("%s: got %+v, %t, %v; want %+v", name, got, ok, err, tc.want)
			}
		}
	}
}
