package openmeetings_test

import (
	"errors"
	"net/url"
	"testing"

	"gavel/shared/openmeetings"
)

// sentRoom gives the room that was sent last.
func (f *fixture) sentRoom(t *testing.T) string {
	t.Helper()
	all := f.upstream.commands()
	last := all[len(all)-1]
	if last.route() != "POST /room" {
		t.Fatalf("got %s last, want POST /room", last.route())
	}
	return must(url.ParseQuery(last.body)).Get("room")
}

// update changes a room that the server has as stored, and gives what was sent.
func update(t *testing.T, stored string, fields openmeetings.RoomFields) string {
	t.Helper()
	f := setup(t)
	f.upstream.on("GET /room/7", gives(`{"roomDTO":`+stored+`}`))
	f.upstream.on("POST /room", gives(`{"roomDTO":`+plainRoom+`}`))
	if _, err := f.client.UpdateRoom(t.Context(), 7, fields); err != nil {
		t.Fatal(err)
	}
	return f.sentRoom(t)
}

// changed gives the JSON of a room with one member replaced, or left out when it is nil.
func changed(t *testing.T, room, member string, value any) map[string]any {
	t.Helper()
	all, ok := must(generic(room)).(map[string]any)
	if !ok {
		t.Fatalf("%s is no object", room)
	}
	if all[member] = value; value == nil {
		delete(all, member)
	}
	return all
}

func TestUpdateRoom_ChangesOneFieldAndSendsAllOthersBack(t *testing.T) {
	t.Parallel()
	for member, tc := range map[string]struct {
		fields openmeetings.RoomFields
		want   string // JSON; empty for a field that is left out
	}{
		"name":               {openmeetings.RoomFields{Name: new("5")}, `"5"`},
		"comment":            {openmeetings.RoomFields{Comment: new("")}, ``},
		"tag":                {openmeetings.RoomFields{Tag: new("1.50")}, `"1.50"`},
		"type":               {openmeetings.RoomFields{Type: new(openmeetings.Interview)}, `"INTERVIEW"`},
		"capacity":           {openmeetings.RoomFields{Capacity: new(int64(2147483647))}, `2147483647`},
		"appointment":        {openmeetings.RoomFields{Appointment: new(false)}, `false`},
		"isPublic":           {openmeetings.RoomFields{Public: new(false)}, `false`},
		"demo":               {openmeetings.RoomFields{Demo: new(false)}, `false`},
		"demoTime":           {openmeetings.RoomFields{DemoTime: new(int64(1))}, `1`},
		"externalId":         {openmeetings.RoomFields{ExternalID: new("true")}, `"true"`},
		"externalType":       {openmeetings.RoomFields{ExternalType: new("1e5")}, `"1e5"`},
		"redirectUrl":        {openmeetings.RoomFields{RedirectURL: new("https://a/b?c=d&e=f")}, `"https://a/b?c=d&e=f"`},
		"moderated":          {openmeetings.RoomFields{Moderated: new(false)}, `false`},
		"waitModerator":      {openmeetings.RoomFields{WaitModerator: new(false)}, `false`},
		"allowUserQuestions": {openmeetings.RoomFields{AllowUserQuestions: new(false)}, `false`},
		"allowRecording":     {openmeetings.RoomFields{AllowRecording: new(false)}, `false`},
		"waitRecording":      {openmeetings.RoomFields{WaitRecording: new(false)}, `false`},
		"audioOnly":          {openmeetings.RoomFields{AudioOnly: new(false)}, `false`},
		"confno":             {openmeetings.RoomFields{ConfNo: new("")}, ``},
		"hiddenElements":     {openmeetings.RoomFields{HiddenElements: &[]string{}}, ``},
		"files":              {openmeetings.RoomFields{Files: &[]openmeetings.RoomFile{{FileID: 4}}}, `[{"fileId":4,"wbIdx":0}]`},
	} {
		t.Run(member, func(t *testing.T) {
			t.Parallel()
			var value any
			if tc.want != "" {
				value = must(generic(tc.want))
			}
			sameRoom(t, update(t, storedRoom, tc.fields), changed(t, roomAsText, member, value))
		})
	}
}

func sameRoom(t *testing.T, got string, want map[string]any) {
	t.Helper()
	sent, ok := must(generic(got)).(map[string]any)
	if !ok {
		t.Fatalf("got %s, want a room", got)
	}
	for name, value := range want {
		if !sameValue(sent[name], value) {
			t.Errorf("%s: got %v, want %v", name, sent[name], value)
		}
		delete(sent, name)
	}
	if len(sent) > 0 {
		t.Errorf("got %v, want no such members", sent)
	}
}

func TestUpdateRoom_TextKeepsItsForm(t *testing.T) {
	t.Parallel()
	for stored, want := range map[string]string{
		`"007"`: `"007"`, `5`: `"5"`, `-5`: `"-5"`, `true`: `"true"`, `false`: `"false"`, `"1.50"`: `"1.50"`, `1.5`: `"1.5"`, `"1e5"`: `"1e5"`,
		`"True"`: `"True"`, `"12345678901234567890"`: `"12345678901234567890"`, `9007199254740993`: `"9007199254740993"`,
		`"\"<&>\u2028é😀"`: `"\"<&>\u2028é😀"`, `" "`: `" "`, `"null"`: `"null"`,
	} {
		room := `{"id":7,"name":` + stored + `,"comment":` + stored + `,"tag":` + stored + `,"externalId":` + stored + `,"externalType":` + stored +
			`,"redirectUrl":` + stored + `,"confno":` + stored + `,"type":"CONFERENCE","capacity":4}`
		sent := update(t, room, openmeetings.RoomFields{})
		all, _ := must(generic(sent)).(map[string]any)
		for _, name := range []string{"name", "comment", "tag", "externalId", "externalType", "redirectUrl", "confno"} {
			if !sameValue(all[name], must(generic(want))) {
				t.Errorf("%s of %s: got %#v, want %s", name, stored, all[name], want)
			}
		}
	}
}

// The server takes an empty text for one that was set to it, and what is left out for none.
func TestUpdateRoom_LeavesOutWhatTheRoomHasNot(t *testing.T) {
	t.Parallel()
	for _, stored := range []string{
		`{"id":7,"type":"CONFERENCE","capacity":4}`,
		`{"id":7,"name":null,"comment":null,"tag":null,"type":"CONFERENCE","capacity":4,"externalId":null,"externalType":null,` +
			`"redirectUrl":null,"confno":null,"hiddenElements":null,"files":null}`,
	} {
		got := update(t, stored, openmeetings.RoomFields{})
		want := `{"id":7,"type":"CONFERENCE","capacity":4,"appointment":false,"isPublic":false,"demo":false,"closed":false,"moderated":false,` +
			`"waitModerator":false,"allowUserQuestions":false,"allowRecording":false,"waitRecording":false,"audioOnly":false}`
		if !sameJSON(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestUpdateRoom_OfARoomThatDoesNotExistSendsNothing(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("GET /room/7", fails("Cannot invoke \\\"Room.getId()\\\""))
	got, err := f.client.UpdateRoom(t.Context(), 7, openmeetings.RoomFields{Name: new("a")})
	if !errors.Is(err, openmeetings.ErrNotFound) || got.ID != 0 || len(f.upstream.commands()) != 1 {
		t.Errorf("got %+v, %v after %d commands, want ErrNotFound after 1", got, err, len(f.upstream.commands()))
	}
}

// An appointment's room that exists is sent as it is: the service keeps what it is told of it, and the calendar's own
// form of a room is not one that it reads.
func TestCreateAppointment_SendsAnExistingRoomUnchanged(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("GET /room/7", gives(`{"roomDTO":`+storedRoom+`}`))
	f.upstream.on("POST /calendar", gives(oneAppointment))
	b := openmeetings.Booking{Title: "a", Start: start, End: start, RoomID: 7, RoomType: openmeetings.Interview}
	if _, err := f.client.CreateAppointment(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	sent := must(url.ParseQuery(f.upstream.commands()[1].body)).Get("appointment")
	room := changed(t, sent, "", nil)["room"]
	if !sameValue(room, must(generic(roomAsText))) {
		t.Errorf("got  %v\nwant %s", room, roomAsText)
	}
}

func TestCreateAppointment_LeavesOutTheNameARoomHasNot(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("GET /room/7", gives(`{"roomDTO":{"id":7,"type":"CONFERENCE"}}`))
	f.upstream.on("POST /calendar", gives(oneAppointment))
	if _, err := f.client.CreateAppointment(t.Context(), openmeetings.Booking{Start: start, End: start, RoomID: 7}); err != nil {
		t.Fatal(err)
	}
	room, _ := changed(t, must(url.ParseQuery(f.upstream.commands()[1].body)).Get("appointment"), "", nil)["room"].(map[string]any)
	if name, has := room["name"]; has || len(room) == 0 {
		t.Errorf("got name %q, want the room without one", name)
	}
}

func TestCreateAppointment_InARoomThatDoesNotExistSendsNothing(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("GET /room/7", fails("null"))
	_, err := f.client.CreateAppointment(t.Context(), openmeetings.Booking{RoomID: 7})
	if !errors.Is(err, openmeetings.ErrNotFound) || len(f.upstream.commands()) != 1 {
		t.Errorf("got %v after %d commands, want ErrNotFound after 1", err, len(f.upstream.commands()))
	}
}
