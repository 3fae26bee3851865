package jaas_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
)

// sent gives an event of JaaS with some fields changed; nil takes one out.
func sent(changes map[string]any) []byte {
	event := map[string]any{
		"idempotencyKey": "9e9e7420-562d-4659-8e22-44b9b22aaa49",
		"eventType":      "ROOM_CREATED",
		"customerId":     "0123456789abcdef0123456789abcdef",
		"appId":          string(appID),
		"sessionId":      "9a441d60-ceaf-4eba-b0a8-a7d940a76e1b",
		"fqn":            string(appID) + "/standup",
		"timestamp":      1632490058278,
		"data":           map[string]any{"conference": "standup@conference." + string(appID) + ".8x8.vc"},
	}
	maps.Copy(event, changes)
	maps.DeleteFunc(event, func(_ string, value any) bool { return value == nil })
	return must(json.Marshal(event))
}

func TestParseEvent_RefusesWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing":               "",
		"not JSON":              "eventType=ROOM_CREATED",
		"cut off":               `{"eventType":"ROOM_`,
		"something behind":      string(sent(nil)) + "{}",
		"null":                  "null",
		"an array":              "[" + string(sent(nil)) + "]",
		"an empty object":       "{}",
		"settings provisioning": `{"fqn":"` + string(appID) + `/standup"}`,
		"too deep":              strings.Repeat("[", 20_000),
	} {
		if event, err := jaas.ParseEvent([]byte(body)); !errors.Is(err, jaas.ErrEvent) || event.ID != "" {
			t.Errorf("%s: got %v, want %v", name, err, jaas.ErrEvent)
		}
	}
}

func TestParseEvent_NamesTheFieldAtFault(t *testing.T) {
	t.Parallel()
	const private = "ada@example.org"
	for _, tc := range []struct {
		field string // as the error names it
		value any
		name  string // where it is not the field
	}{
		{"idempotencyKey", nil, ""},
		{"idempotencyKey", "", ""},
		{"idempotencyKey", 17, ""},
		{"idempotencyKey", strings.Repeat("a", 129), ""},
		{"idempotencyKey", private + "\n", ""},
		{"eventType", nil, ""},
		{"eventType", []string{private}, ""},
		{"eventType", strings.Repeat(private, 20), ""},
		{"eventType", "\x00" + private, ""},
		{"sessionId", 17, ""},
		{"sessionId", strings.Repeat("a", 129), ""},
		{"sessionId", private + "\u0085", ""},
		{"timestamp", nil, ""},
		{"timestamp", 0, ""},
		{"timestamp", -1, ""},
		{"timestamp", 1632490058.278, ""},
		{"timestamp", 253_402_300_800_000, ""},
		{"timestamp", json.Number("99999999999999999999"), ""},
		{"timestamp", "1632490058278", ""},
		{"appId", private, ""},
		{"appId", 17, ""},
		{"appId", "0123456789abcdef0123456789abcdef", ""},
		{"fqn", "standup", ""},
		{"fqn", string(appID), ""},
		{"fqn", string(otherApp) + "/standup", "another tenant's room"},
		{"fqn", private + "/standup", "no tenant"},
		{"fqn", "/standup", "no tenant"},
		{"fqn", string(appID) + "/", ""},
		{"fqn", string(appID) + "/*", ""},
		{"fqn", string(appID) + "/" + strings.Repeat(private, 20), ""},
		{"fqn", map[string]any{private: 1}, ""},
	} {
		_, err := jaas.ParseEvent(sent(map[string]any{tc.field: tc.value}))
		if !errors.Is(err, jaas.ErrEvent) || !strings.Contains(err.Error(), tc.field) || strings.Contains(err.Error(), private) {
			t.Errorf("%s %v: got %v, want ErrEvent that names the field and not what is in it", tc.field, tc.value, err)
		}
	}
}

func TestParseEvent_SaysWhyAPlaceIsRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		changes map[string]any
		want    error
	}{
		{map[string]any{"appId": nil, "fqn": nil}, jaas.ErrAppID},
		{map[string]any{"appId": "x", "fqn": "x/standup"}, jaas.ErrAppID},
		{map[string]any{"appId": nil, "fqn": "standup"}, jaas.ErrAppID},
		{map[string]any{"fqn": string(appID) + "/!"}, jitsimeet.ErrRoomEmpty},
		{map[string]any{"fqn": string(appID) + "/" + string(appID) + "/standup"}, jaas.ErrRoomTenant},
	} {
		if _, err := jaas.ParseEvent(sent(tc.changes)); !errors.Is(err, jaas.ErrEvent) || !errors.Is(err, tc.want) {
			t.Errorf("%v: got %v, want %v", tc.changes, err, tc.want)
		}
	}
}

func TestParseEvent_ReadsTheVector(t *testing.T) {
	t.Parallel()
	got, err := jaas.ParseEvent([]byte(vectorBody))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(got.Data), `{"avatar":"","name":"Test User",`) || !strings.HasSuffix(vectorBody, string(got.Data)+"}") {
		t.Errorf("got data %s, want that of the body", got.Data)
	}
	got.Data = nil
	want := jaas.Event{
		ID:      "9e9e7420-562d-4659-8e22-44b9b22aaa49",
		Type:    jaas.ParticipantJoined,
		Session: "9a441d60-ceaf-4eba-b0a8-a7d940a76e1b",
		AppID:   vectorApp,
		Room:    "sampleappromanticshiftsstripas",
		At:      time.Date(2021, time.September, 24, 13, 27, 38, 278_000_000, time.UTC),
	}
	if !sameEvent(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func sameEvent(a, b jaas.Event) bool {
	return a.ID == b.ID && a.Type == b.Type && a.Session == b.Session && a.AppID == b.AppID && a.Room == b.Room &&
		a.At.Equal(b.At) && a.At.Location() == b.At.Location() && bytes.Equal(a.Data, b.Data)
}

func TestParseEvent_TakesDataOfAnyForm(t *testing.T) {
	t.Parallel()
	for eventType, data := range map[string]string{
		"USAGE":                 `[{"deviceId":"d-1","email":null}]`,
		"AGGREGATED_REACTIONS":  `[]`,
		"SPEAKER_STATS":         `{"room@conference.example/f0aa9e1e":{"time":1200,"name":"Ada"}}`,
		"ROOM_DESTROYED":        `{"conference":"x"}`,
		"SOMETHING_QUITE_NEW":   `"a text"`,
		"SOMETHING_WITH_NUMBER": `12345678901234567890`,
	} {
		body := sent(map[string]any{"eventType": eventType, "data": json.RawMessage(data)})
		got, err := jaas.ParseEvent(body)
		if err != nil || string(got.Type) != eventType || string(got.Data) != data {
			t.Errorf("%s: got %s %s, %v; want %s", eventType, got.Type, got.Data, err, data)
		}
	}
}

func TestParseEvent_ForgivesWhatIsMissingOrNew(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		changes map[string]any
		room    jitsimeet.Room
	}{
		"unknown fields":            {map[string]any{"region": map[string]any{"appId": 1}, "v": 2}, "standup"},
		"fields of another case":    {map[string]any{"TimeStamp": "x", "SESSIONID": 7, "Fqn": "zzz", "AppID": "x", "EventType": 1}, "standup"},
		"no appId":                  {map[string]any{"appId": nil}, "standup"},
		"appId empty":               {map[string]any{"appId": ""}, "standup"},
		"no fqn":                    {map[string]any{"fqn": nil}, ""},
		"no session":                {map[string]any{"sessionId": nil}, "standup"},
		"no data":                   {map[string]any{"data": nil}, "standup"},
		"no customerId":             {map[string]any{"customerId": nil}, "standup"},
		"a room in capitals":        {map[string]any{"fqn": string(appID) + "/StandUp"}, "standup"},
		"a room not encoded":        {map[string]any{"fqn": string(appID) + "/Été"}, "%c3%a9t%c3%a9"},
		"a room that is normalised": {map[string]any{"fqn": string(appID) + "/%c3%a9t%c3%a9"}, "%c3%a9t%c3%a9"},
		"texts as long as may be":   {map[string]any{"sessionId": strings.Repeat("s", 128)}, "standup"},
		"the last moment":           {map[string]any{"timestamp": 253_402_300_799_999}, "standup"},
	} {
		got, err := jaas.ParseEvent(sent(tc.changes))
		if err != nil || got.AppID != appID || got.Room != tc.room {
			t.Errorf("%s: got %s %s, %v; want %s", name, got.AppID, got.Room, err, tc.room)
		}
		if _, err := json.Marshal(got.At); err != nil {
			t.Errorf("%s: got a time that has no JSON: %v", name, err)
		}
	}
}

// What is kept of an event must not change when the buffer it was read from is used again.
func TestParseEvent_KeepsNothingOfTheBody(t *testing.T) {
	t.Parallel()
	body := []byte(vectorBody)
	got := must(jaas.ParseEvent(body))
	for i := range body {
		body[i] = 'x'
	}
	if !sameEvent(got, must(jaas.ParseEvent([]byte(vectorBody)))) {
		t.Errorf("got %+v once the body was overwritten, want it unchanged", got)
	}
}

func TestEvent_LogsWithoutItsData(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "event", must(jaas.ParseEvent([]byte(vectorBody))))
	if part, found := standin.Holds(log.String(), "Test User", "company.com", "auth0"); found {
		t.Errorf("got %q in the log", part)
	}
	if _, found := standin.Holds(log.String(), "9e9e7420-562d-4659-8e22-44b9b22aaa49"); !found {
		t.Errorf("got %s, want the event's id in it", log.String())
	}
}
