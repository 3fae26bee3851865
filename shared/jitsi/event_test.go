package jitsi_test

import (
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
)

// The samples of the module's README (https://github.com/jitsi-contrib/prosody-plugins/blob/main/event_sync/README.md),
// with addresses of example.org.
const (
	created = `{
  "event_name": "muc-room-created",
  "room_name": "catchup",
  "room_jid": "catchup@conference.meet.example.org",
  "is_breakout": false,
  "created_at": 1625823996
}`
	destroyed = `{
  "event_name": "muc-room-destroyed",
  "room_name": "catchup",
  "room_jid": "catchup@conference.meet.example.org",
  "is_breakout": false,
  "created_at": 1625823996,
  "destroyed_at": 1625824035,
  "all_occupants": [
    {
      "name": "James Barrow",
      "email": "j.barrow@example.org",
      "id": "00380324-a840-400d-880f-7ee0933b7556",
      "occupant_jid": "14f01c40-5195-4a4d-8efb-f58b49d18741@meet.example.org/OWhl8jSh",
      "joined_at": 1625823996,
      "left_at": 1625824035
    }
  ]
}`
	joined = `{
  "event_name": "muc-occupant-joined",
  "room_name": "catchup",
  "room_jid": "catchup@conference.meet.example.org",
  "is_breakout": false,
  "active_occupants_count": 4,
  "occupant": {
    "name": "James Barrow",
    "email": "j.barrow@example.org",
    "id": "00380324-a840-400d-880f-7ee0933b7556",
    "occupant_jid": "14f01c40-5195-4a4d-8efb-f58b49d18741@meet.example.org/OWhl8jSh",
    "joined_at": 1625823996
  }
}`
	left = `{
  "event_name": "muc-occupant-left",
  "room_name": "catchup",
  "room_jid": "catchup@conference.meet.example.org",
  "is_breakout": false,
  "active_occupants_count": 3,
  "occupant": {
    "name": "James Barrow",
    "email": "j.barrow@example.org",
    "id": "00380324-a840-400d-880f-7ee0933b7556",
    "occupant_jid": "14f01c40-5195-4a4d-8efb-f58b49d18741@meet.example.org/OWhl8jSh",
    "joined_at": 1625823996,
    "left_at": 1625824035
  }
}`
)

var (
	came = time.Unix(1625823996, 0).UTC()
	went = time.Unix(1625824035, 0).UTC()
)

func samples() map[jitsi.EventKind]string {
	return map[jitsi.EventKind]string{jitsi.RoomCreated: created, jitsi.RoomDestroyed: destroyed, jitsi.OccupantJoined: joined, jitsi.OccupantLeft: left}
}

func TestParseEvent_ReadsTheModulesSamples(t *testing.T) {
	t.Parallel()
	const user = "00380324-a840-400d-880f-7ee0933b7556"
	for _, want := range []jitsi.Event{
		{Kind: "muc-room-created", Node: "catchup", At: came},
		{Kind: "muc-room-destroyed", Node: "catchup", At: went},
		{Kind: "muc-occupant-joined", Node: "catchup", At: came, UserID: user, ParticipantID: "14f01c40"},
		{Kind: "muc-occupant-left", Node: "catchup", At: went, UserID: user, ParticipantID: "14f01c40"},
	} {
		body := samples()[want.Kind]
		got, err := jitsi.ParseEvent(want.Kind, []byte(body))
		if err != nil || !sameEvent(got, want) || got.At.Location() != time.UTC {
			t.Errorf("%s: got %+v, %v; want %+v", want.Kind, got, err, want)
		}
		var fieldsOf map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &fieldsOf); err != nil {
			t.Fatal(err)
		}
		if !maps.EqualFunc(got.Data, fieldsOf, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
			t.Errorf("%s: got the data %s, want it as it came", want.Kind, must(json.Marshal(got.Data)))
		}
	}
}

// sameEvent compares all but the data.
func sameEvent(a, b jitsi.Event) bool {
	return a.Kind == b.Kind && a.Node == b.Node && a.Breakout == b.Breakout && a.At.Equal(b.At) && a.UserID == b.UserID && a.ParticipantID == b.ParticipantID
}

// TestParseEvent_IsOfOneKind because the path says which, and nothing else may.
func TestParseEvent_IsOfOneKind(t *testing.T) {
	t.Parallel()
	for kind := range samples() {
		for other, body := range samples() {
			_, err := jitsi.ParseEvent(kind, []byte(body))
			if kind == other {
				continue
			}
			isFault(t, err, "event_name")
		}
	}
}

// isFault checks that an error names the field and says nothing else.
func isFault(t *testing.T, err error, field string) {
	t.Helper()
	want := "expected an event of event_sync: " + field + " is missing or not of its form"
	if !errors.Is(err, jitsi.ErrEvent) || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

// event gives a sample with some fields changed; nil takes one out.
func event(kind jitsi.EventKind, changes map[string]any) []byte {
	var all map[string]any
	decoder := json.NewDecoder(strings.NewReader(samples()[kind]))
	decoder.UseNumber() // the module writes no fractions, and no exponents
	if err := decoder.Decode(&all); err != nil {
		panic(err)
	}
	for name, value := range changes {
		into := all
		if inside, found := strings.CutPrefix(name, "occupant."); found {
			into, name = all["occupant"].(map[string]any), inside
		}
		if into[name] = value; value == nil {
			delete(into, name)
		}
	}
	return must(json.Marshal(all))
}

func TestParseEvent_OfABreakoutRoomIsOfTheMainRoom(t *testing.T) {
	t.Parallel()
	for kind := range samples() {
		got, err := jitsi.ParseEvent(kind, event(kind, map[string]any{"is_breakout": true, "breakout_room_id": "b-7", "room_name": "[Acme]Catch%C3%A9"}))
		if err != nil || !got.Breakout || got.Node != "[acme]catch%c3%a9" || string(got.Data["breakout_room_id"]) != `"b-7"` {
			t.Errorf("%s: got %+v, %v; want a breakout room of [acme]catch%%c3%%a9", kind, got, err)
		}
		if place, err := jitsi.ParseNode(got.Node); err != nil || place.Node() != got.Node {
			t.Errorf("%s: got %v, %v of the node", kind, place, err)
		}
	}
}

func TestParseEvent_ForgivesWhatIsMissingOrNew(t *testing.T) {
	t.Parallel()
	const user = "00380324-a840-400d-880f-7ee0933b7556"
	for name, tc := range map[string]struct {
		changes map[string]any
		user    string
		id      jitsimeet.ParticipantID
	}{
		"unknown fields":            {map[string]any{"v": 2, "occupant.user_info": map[string]any{"x": 1}, "active_occupants_count": "many"}, user, "14f01c40"},
		"fields of another case":    {map[string]any{"EVENT_NAME": 1, "Room_Name": "", "IS_breakout": true, "occupant.ID": "eve", "occupant.Joined_At": "x", "occupant.LEFT_AT": "x"}, user, "14f01c40"},
		"a token of others":         {map[string]any{"occupant.id": 17}, "17", "14f01c40"},
		"a token of nobody":         {map[string]any{"occupant.id": []string{"ada"}}, "", "14f01c40"},
		"no token":                  {map[string]any{"occupant.id": nil, "occupant.name": nil, "occupant.email": nil}, "", "14f01c40"},
		"no is_breakout":            {map[string]any{"is_breakout": nil}, user, "14f01c40"},
		"no room_jid":               {map[string]any{"room_jid": nil}, user, "14f01c40"},
		"no occupant_jid":           {map[string]any{"occupant.occupant_jid": nil}, user, ""},
		"a gateway":                 {map[string]any{"occupant.occupant_jid": "jigasi@auth.meet.example.org/x"}, user, ""},
		"without a resource":        {map[string]any{"occupant.occupant_jid": "14F01C40-5195-4a4d-8efb-f58b49d18741@meet.example.org"}, user, "14f01c40"},
		"the last moment":           {map[string]any{"occupant.joined_at": 253_402_300_799, "occupant.left_at": 253_402_300_799}, user, "14f01c40"},
		"the first":                 {map[string]any{"occupant.joined_at": 1, "occupant.left_at": 1}, user, "14f01c40"},
		"a room's name of 1023":     {map[string]any{"room_name": strings.Repeat("a", 1023)}, user, "14f01c40"},
		"a name of no room of ours": {map[string]any{"room_name": "été [x"}, user, "14f01c40"},
	} {
		for _, kind := range []jitsi.EventKind{jitsi.OccupantJoined, jitsi.OccupantLeft} {
			got, err := jitsi.ParseEvent(kind, event(kind, tc.changes))
			if err != nil || got.UserID != tc.user || got.ParticipantID != tc.id || got.Breakout {
				t.Errorf("%s, %s: got %+v, %v; want %q as %q", name, kind, got, err, tc.user, tc.id)
			}
			if _, err := json.Marshal(got.At); err != nil {
				t.Errorf("%s: got a time that has no JSON: %v", name, err)
			}
		}
	}
}

// TestParseEvent_NamesTheFieldAtFault and says nothing of what is in it.
func TestParseEvent_NamesTheFieldAtFault(t *testing.T) {
	t.Parallel()
	const private = "ada@example.org"
	kinds := slices.Collect(maps.Keys(samples()))
	occupants := []jitsi.EventKind{jitsi.OccupantJoined, jitsi.OccupantLeft}
	for _, tc := range []struct {
		field  string
		kinds  []jitsi.EventKind
		values []any
	}{
		{"event_name", kinds, []any{nil, "", private, 7, []string{private}}},
		{"room_name", kinds, []any{nil, "", 7, map[string]any{private: 1}, private + "\n", "a\x00", "a\u0085", strings.Repeat("a", 1024), strings.Repeat("é", 512)}},
		{"is_breakout", kinds, []any{private, 1, []bool{true}}},
		{"created_at", []jitsi.EventKind{jitsi.RoomCreated}, []any{nil, 0, -1, 253_402_300_800, 1.5, private, true}},
		{"destroyed_at", []jitsi.EventKind{jitsi.RoomDestroyed}, []any{nil, 0, -1, 253_402_300_800, 1.5, private, true}},
		{"occupant", occupants, []any{nil, private, []string{private}, 7}},
		{"occupant.joined_at", occupants[:1], []any{nil, 0, -1, 253_402_300_800, 1.5, private}},
		{"occupant.left_at", occupants[1:], []any{nil, 0, -1, 253_402_300_800, 1.5, private}},
		{"occupant.occupant_jid", occupants, []any{7, map[string]any{private: private}}},
	} {
		for _, kind := range tc.kinds {
			for _, value := range tc.values {
				got, err := jitsi.ParseEvent(kind, event(kind, map[string]any{tc.field: value}))
				isFault(t, err, tc.field)
				if got.Kind != "" || got.Data != nil {
					t.Errorf("%s of %s: got %+v for %v, want none", tc.field, kind, got, value)
				}
			}
		}
	}
}

func TestParseEvent_RefusesWhatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", " ", "event_name=muc-room-created", "null", "7", `"` + created + `"`, "[" + created + "]", created + "{}", created[:40], strings.Repeat("[", 20_000),
		"\xef\xbb\xbf" + created, strings.Replace(created, "catchup", "catch\xff", 1),
	} {
		got, err := jitsi.ParseEvent(jitsi.RoomCreated, []byte(body))
		if !errors.Is(err, jitsi.ErrEvent) || err.Error() != "expected an event of event_sync: the body is no JSON object" || got.Kind != "" || got.Data != nil {
			t.Errorf("%.40q: got %+v, %v", body, got, err)
		}
	}
	_, err := jitsi.ParseEvent(jitsi.RoomCreated, []byte("{}"))
	isFault(t, err, "event_name")
}

// TestParseEvent_KeepsNothingOfTheBody because the buffer it was read from may be used again.
func TestParseEvent_KeepsNothingOfTheBody(t *testing.T) {
	t.Parallel()
	body := []byte(joined)
	got := must(jitsi.ParseEvent(jitsi.OccupantJoined, body))
	before := string(must(json.Marshal(got.Data)))
	for i := range body {
		body[i] = 'x'
	}
	if after := string(must(json.Marshal(got.Data))); after != before || got.Node != "catchup" {
		t.Errorf("got %s once the body was overwritten, want it unchanged", after)
	}
}

// eventErrors is everything an error of ParseEvent may say: words of ours alone.
var eventErrors = regexp.MustCompile(`^expected an event of event_sync: (the body is no JSON object|(event_name|room_name|is_breakout|created_at|destroyed_at|occupant(\.(id|occupant_jid|joined_at|left_at))?|a field) is missing or not of its form)$`)

// FuzzParseEvent checks that what is taken is fit to be kept, reads the same when it is sent again, and that errors are of
// our own words.
func FuzzParseEvent(f *testing.F) {
	for kind, body := range samples() {
		f.Add(string(kind), []byte(body))
	}
	f.Add("muc-room-created", event(jitsi.RoomCreated, map[string]any{"room_name": strings.Repeat("Ⱥ", 500)}))
	f.Add("muc-occupant-left", event(jitsi.OccupantLeft, map[string]any{"occupant": []any{}, "room_name": "\u212a"}))
	f.Add("muc-occupant-joined", []byte(`{"event_name":"muc-occupant-joined","ROOM_NAME":"\ud800","occupant":{"id":"\u0000","joined_at":1e3}}`))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		got, err := jitsi.ParseEvent(jitsi.EventKind(kind), body)
		if err != nil {
			if !errors.Is(err, jitsi.ErrEvent) || !eventErrors.MatchString(err.Error()) {
				t.Fatalf("got %q, want an error without anything of the body", err)
			}
			return
		}
		if string(got.Kind) != kind || got.Node == "" || len(got.Node) > 1023 || got.Node != strings.ToLower(got.Node) || got.At.Unix() <= 0 {
			t.Fatalf("got %+v, want all of it filled in", got)
		}
		text, err := json.Marshal(struct {
			At   time.Time
			Data any
		}{got.At, got.Data})
		if err != nil {
			t.Fatalf("got what cannot be kept: %v", err)
		}
		var again struct{ Data json.RawMessage }
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		if same, err := jitsi.ParseEvent(got.Kind, again.Data); err != nil || !sameEvent(same, got) {
			t.Fatalf("got %+v, %v when sent again, want %+v", same, err, got)
		}
	})
}
