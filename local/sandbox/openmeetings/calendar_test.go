package openmeetings_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// event posts an event and returns it.
func (w *world) event(sid, members string) map[string]any {
	w.t.Helper()
	got := w.post(sid, "calendar", "appointment", "{"+members+"}")
	w.want(got, 200)
	return got.object("appointmentDTO")
}

const (
	tomorrow = `"start":"2026-11-23T10:00:00+0100","end":"2026-11-23T11:00:00+0100"`
	ownRoom  = `"room":{"type":"CONFERENCE","appointment":true}`
)

func TestCalendar_Create(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	got := w.event(sid, `"title":"5","location":"here","reminder":"ICAL",`+tomorrow+`,`+ownRoom)
	if got["title"] != "5" || got["start"] != "2026-11-23T14:30:00+0530" || got["end"] != "2026-11-23T15:30:00+0530" ||
		got["inserted"] != "2026-11-22T12:30:00+0530" || got["updated"] != nil || got["reminder"] != "ICAL" || len(fmt.Sprint(got["icalId"])) != 36 {
		t.Errorf("got %v, want text by the server's clock", got)
	}
	if guests, isList := got["meetingMembers"].([]any); !isList || len(guests) != 0 {
		t.Errorf("guests: got %v, want an empty list", got["meetingMembers"])
	}
	room, owner := got["room"].(map[string]any), got["owner"].(map[string]any)
	if room["name"] != "5" || fmt.Sprint(room["capacity"]) != "50" || room["public"] != false || room["isPublic"] != nil {
		t.Errorf("room: got %v, want one for 50 by the title's name", room)
	}
	if owner["login"] != "gavel" || owner["address"].(map[string]any)["email"] != "Gavel@example.org" || fmt.Sprint(owner["rights"]) != "[LOGIN SOAP ROOM]" {
		t.Errorf("owner: got %v, want gavel with an e-mail", owner)
	}
	list := w.get(sid, "calendar/2026-11-01/2026-12-01")
	if events := list.list("appointmentDTO"); len(events) != 1 || events[0]["title"] != "5" {
		t.Errorf("got %s, want an array of the one", list.text)
	}
	w.want(w.enter("u-1", `"roomId":`+fmt.Sprint(room["id"])), 200)
}

func TestCalendar_ReplaceAndSendBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	first := w.post(sid, "calendar", "appointment", `{"appointmentDTO":{"title":"a",`+tomorrow+`,"room":{"type":"CONFERENCE","appointment":true,"isPublic":true},`+
		`"meetingMembers":[{"user":{"id":3}},{"user":{"firstname":"G","address":{"email":"g@example.org"}}}]}}`)
	w.want(first, 200)
	if room := first.object("appointmentDTO")["room"].(map[string]any); room["public"] != true {
		t.Errorf("room: got %v, want a public one", room)
	}
	back := w.post(sid, "calendar", "appointment", first.text) // all of it is known to the parser
	w.want(back, 200)
	if room := back.object("appointmentDTO")["room"].(map[string]any); room["public"] != false || room["name"] != "a" {
		t.Errorf("room sent back: got %v, want public lost", room)
	}
	guests := back.object("appointmentDTO")["meetingMembers"].([]any)
	keep := fmt.Sprint(guests[1].(map[string]any)["id"])
	event := back.object("appointmentDTO")
	id, roomID := fmt.Sprint(event["id"]), fmt.Sprint(event["room"].(map[string]any)["id"])
	changed := w.event(sid, `"id":`+id+`,"title":"b",`+tomorrow+`,"room":{"id":`+roomID+`,"type":"CONFERENCE","appointment":true,"isPublic":true},"meetingMembers":[{"id":`+keep+`}]`)
	if left := changed["meetingMembers"].([]any); len(left) != 1 || changed["icalId"] != "" || changed["inserted"] != event["inserted"] || changed["updated"] == nil {
		t.Errorf("got %v, want one guest, no icalId and the old date of insertion", changed)
	}
	if room := changed["room"].(map[string]any); room["public"] != false || room["name"] != "" || fmt.Sprint(room["capacity"]) != "4" {
		t.Errorf("own room replaced: got %v, want it hidden and the rest as given", room)
	}
	for name, bad := range map[string]string{
		"strange guest": `"id":` + id + `,"meetingMembers":[{"id":999}]`, "unknown event": `"id":99`,
		"unknown user": `"meetingMembers":[{"user":{"id":99}}]`, "guest without user": `"meetingMembers":[{}]`,
		"unknown owner": `"owner":{"id":99}`, "owner without id": `"owner":{}`,
	} {
		got := w.post(sid, "calendar", "appointment", `{`+bad+`,"title":"x",`+tomorrow+`,`+ownRoom+`}`)
		if got.status != 500 || got.body == nil {
			t.Errorf("%s: got %d %s, want 500", name, got.status, got.text)
		}
	}
	if got := w.get(sid, "calendar/title/x").text; got != `{"appointmentDTO":[]}` {
		t.Errorf("after refusals: got %s, want nothing left behind", got)
	}
}

func TestCalendar_Rooms(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	got := w.event(sid, `"title":"a",`+tomorrow+`,"room":{"id":2,"type":"CONFERENCE","name":"other"}`)
	if room := got["room"].(map[string]any); room["type"] != "PRESENTATION" || room["public"] != true {
		t.Errorf("got %v, want the ordinary room as it is", room)
	}
	for name, room := range map[string]string{"unknown": `,"room":{"id":99,"type":"CONFERENCE"}`, "unknown own": `,"room":{"id":99,"type":"CONFERENCE","appointment":true}`, "none": ""} {
		if got := w.post(sid, "calendar", "appointment", `{"title":"a",`+tomorrow+room+`}`); got.status != 500 || got.body == nil {
			t.Errorf("%s: got %d %s, want 500", name, got.status, got.text)
		}
	}
}

func TestCalendar_RefusedInput(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for event, status := range map[string]int{
		`{`: 500, `{"title":5,` + tomorrow + `,` + ownRoom + `}`: 500, `{"title":"a",` + ownRoom + `}`: 500,
		`{` + tomorrow + `,"room":{}}`: 400, `{` + tomorrow + `,` + ownRoom + `,"reminder":"SMS"}`: 400, `{` + tomorrow + `,` + ownRoom + `,"x":1}`: 400,
		`{"start":1795330800000,"end":1795330800000,` + ownRoom + `}`: 400, `{"start":"tomorrow","end":"2026-11-23",` + ownRoom + `}`: 400,
	} {
		w.wantPage(w.post(sid, "calendar", "appointment", event), status)
	}
	if got := w.post(sid, "calendar"); got.status != 500 || !strings.Contains(got.message(), "is null") {
		t.Errorf("no appointment: got %d %s, want 500 and a null pointer", got.status, got.text)
	}
	w.wantPage(w.get(sid, "calendar/2026-11-01/x"), 404)
	w.wantPage(w.get(sid, "calendar/1795330800000/2026-11-01"), 404)
	w.wantPage(w.get(sid, "calendar/x/2026-11-01/2026-12-01"), 404)
	w.wantPage(w.get(sid, "calendar/next/x"), 404)
}

func TestCalendar_DatesWithoutAReliableZone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for date, want := range map[string]string{
		"2026-11-23T10:00:00+0000": "2026-11-23T15:30:00+0530", "2026-11-23T10:00:00-0500": "2026-11-23T20:30:00+0530",
		"2026-11-23T10:00:00Z": "2026-11-23T10:00:00+0530", "2026-11-23T10:00:00+03:00": "2026-11-23T10:00:00+0530",
		"2026-11-23T10:00:00.000+0000": "2026-11-23T10:00:00+0530", "2026-11-23T10:00:00": "2026-11-23T10:00:00+0530",
		"2026-11-23": "2026-11-23T00:00:00+0530", "2026-11-23 10:00": "2026-11-23T00:00:00+0530",
	} {
		got := w.event(sid, `"title":"a","start":"`+date+`","end":"`+date+`",`+ownRoom)
		if got["start"] != want {
			t.Errorf("%s: got %v, want %s", date, got["start"], want)
		}
	}
}

func TestCalendar_OwnersClock(t *testing.T) {
	t.Parallel()
	if _, err := time.LoadLocation("Europe/Berlin"); err != nil {
		t.Skip("no time zones on this machine")
	}
	w := setup(t)
	sid := w.login("gavel")
	owner := w.post(sid, "user", "user", `{"login":"grace","password":"`+password+`","timeZoneId":"Europe/Berlin"}`).object("userDTO")
	got := w.event(sid, `"title":"a",`+tomorrow+`,"owner":{"id":`+fmt.Sprint(owner["id"])+`},`+ownRoom)
	if got["start"] != "2026-11-23T10:00:00+0100" || got["inserted"] != "2026-11-22T12:30:00+0530" {
		t.Errorf("got %v and %v, want the owner's time and the server's", got["start"], got["inserted"])
	}
}

func TestCalendar_WhoMay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid, ada, soap, admin := w.login("gavel"), w.login("ada"), w.login("soap"), w.login("root")
	event := `{"title":"a",` + tomorrow + `,` + ownRoom
	w.want(w.post(ada, "calendar", "appointment", event+`}`), 200)
	w.want(w.post(ada, "calendar", "appointment", event+`,"owner":{"id":3}}`), 200)
	w.wantDenied(w.post(ada, "calendar", "appointment", event+`,"owner":{"id":1}}`))
	if got := w.post(ada, "calendar", "appointment", event+`,"owner":{}}`); got.status != 500 || !strings.Contains(got.message(), "is null") {
		t.Errorf("owner without id: got %d %s, want 500 and a null pointer", got.status, got.text)
	}
	w.wantDenied(w.post(soap, "calendar", "appointment", event+`}`)) // SOAP without ROOM
	w.wantDenied(w.post("", "calendar", "appointment", event+`}`))
	w.want(w.post(sid, "calendar", "appointment", event+`,"owner":{"id":3}}`), 200)
	foreign := w.event(sid, `"title":"b",`+tomorrow+`,`+ownRoom)
	w.wantDenied(w.delete(ada, "calendar/"+fmt.Sprint(foreign["id"])))
	w.wantDenied(w.delete("", "calendar/"+fmt.Sprint(foreign["id"])))
	w.wantMessage(w.delete(ada, "calendar/1"), 200, "SUCCESS Deleted")
	w.wantMessage(w.delete(soap, "calendar/2"), 200, "SUCCESS Deleted")
	w.wantMessage(w.delete(admin, "calendar/3"), 200, "SUCCESS Deleted")
	w.wantMessage(w.delete(sid, "calendar/3"), 500, "ERROR Bad id")
	w.wantDenied(w.delete("", "calendar/3"))
	if got := w.delete(ada, "calendar/3"); got.status != 500 || !strings.Contains(got.message(), "is null") {
		t.Errorf("unknown, as a user: got %d %s, want 500 and a null pointer", got.status, got.text)
	}
}

func TestCalendar_DeleteTakesTheOwnRoom(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	own := w.event(sid, `"title":"a",`+tomorrow+`,`+ownRoom)
	ordinary := w.event(sid, `"title":"b",`+tomorrow+`,"room":{"id":1,"type":"CONFERENCE"}`)
	for _, e := range []map[string]any{own, ordinary} {
		w.want(w.delete(sid, "calendar/"+fmt.Sprint(e["id"])), 200)
	}
	if got := w.get(sid, "room/"+fmt.Sprint(own["room"].(map[string]any)["id"])); got.status != 500 {
		t.Errorf("own room: got %d, want it gone", got.status)
	}
	w.want(w.get(sid, "room/1"), 200)
	w.want(w.get(sid, "calendar/room/1"), 204)
}

func TestCalendar_Find(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid, ada := w.login("gavel"), w.login("ada")
	w.want(w.get(sid, "calendar/next"), 204)
	w.event(sid, `"title":"past","start":"2026-11-21","end":"2026-11-21T12:00:00+0530",`+ownRoom)
	w.event(sid, `"title":"later","start":"2026-12-24","end":"2026-12-25","room":{"id":1,"type":"CONFERENCE"}`)
	w.event(sid, `"title":"sooner",`+tomorrow+`,`+ownRoom+`,"meetingMembers":[{"user":{"id":3}}]`)
	titles := func(sid, path string) string {
		all := []string{}
		for _, e := range w.get(sid, path).list("appointmentDTO") {
			all = append(all, fmt.Sprint(e["title"], " ", e["connectedEvent"]))
		}
		return strings.Join(all, ", ")
	}
	for _, tc := range []struct{ sid, path, want string }{
		{sid, "calendar/2026-11-01/2026-12-31", "past false, later false, sooner false"},
		{sid, "calendar/2026-11-22/2026-11-24", "sooner false"},
		{sid, "calendar/2026-12-24T12:00:00+0530/2026-12-24T13:00:00+0530", "later false"},
		{sid, "calendar/2026-12-25/2026-12-26", "later false"},
		{sid, "calendar/2026-12-26/2026-12-27", ""},
		{ada, "calendar/2026-11-01/2026-12-31", "sooner true"},
		{sid, "calendar/3/2026-11-01/2026-12-31", "sooner true"},
		{sid, "calendar/99/2026-11-01/2026-12-31", ""},
		{sid, "calendar/title/later", "later false"},
		{sid, "calendar/title/late", ""},
		{sid, "calendar/title/" + url.PathEscape("%er"), "later false, sooner false"},
		{sid, "calendar/title/" + url.PathEscape("_ast"), "past false"},
		{ada, "calendar/title/" + url.PathEscape("%"), ""},
	} {
		if got := titles(tc.sid, tc.path); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.path, got, tc.want)
		}
	}
	if got := w.get(sid, "calendar/next").object("appointmentDTO")["title"]; got != "later" {
		t.Errorf("next: got %v, want the first one made, which is not the earliest", got)
	}
	w.want(w.get(sid, "calendar/next/1"), 200)
	w.want(w.get(sid, "calendar/next/3"), 204)
	w.want(w.get(sid, "calendar/room/1"), 200)
	w.want(w.get(ada, "calendar/room/1"), 204)
}

func TestCalendar_Guests(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.want(w.enter("u-1", `"roomId":1`), 200)
	got := w.event(sid, `"title":"a",`+tomorrow+`,`+ownRoom+`,"meetingMembers":[{"user":{"type":"EXTERNAL","externalId":"u-1","externalType":"shop"}},`+
		`{"user":{"firstname":"G","lastname":"H","address":{"email":"g@example.org"}}},{"user":{"type":"EXTERNAL","externalId":"u-9","externalType":"shop"}}]`)
	kinds := []string{}
	for _, g := range got["meetingMembers"].([]any) {
		u := g.(map[string]any)["user"].(map[string]any)
		kinds = append(kinds, fmt.Sprint(u["type"], " ", u["externalId"], " ", u["firstname"]))
	}
	if want := "EXTERNAL u-1 F u-1, CONTACT <nil> G, CONTACT <nil> "; strings.Join(kinds, ", ") != want {
		t.Errorf("got %q, want %q", strings.Join(kinds, ", "), want)
	}
}

// The owner of an event is a super moderator in its own room, whatever the hash says.
func TestCalendar_OwnerModerates(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	owner := fmt.Sprint(w.enter("u-1", `"roomId":1`).body["userId"])
	event := w.event(sid, `"title":"a",`+tomorrow+`,"owner":{"id":`+owner+`},"room":{"type":"CONFERENCE","appointment":true,"moderated":true}`)
	room := fmt.Sprint(event["room"].(map[string]any)["id"])
	if got := w.enter("u-2", `"roomId":`+room); got.body["moderator"] != false {
		t.Errorf("guest: got %s, want no moderator", got.text)
	}
	if got := w.enter("u-1", `"roomId":`+room); got.body["superModerator"] != true {
		t.Errorf("owner: got %s, want a super moderator", got.text)
	}
}

func TestCalendar_DescriptionByVersion(t *testing.T) {
	t.Parallel()
	const given = `<p class='x' onclick=\"bad()\">Hi <b>you</b> &amp; <script>alert(1)</script><a href=\"javascript:x\" target=\"_blank\">there</a><img src=x></p>`
	for _, tc := range []struct {
		w    *world
		want string
	}{
		{setup(t), `<p class="x">Hi <b>you</b> &amp; <a target="_blank">there</a></p>`},
		{setup(t, version81), strings.ReplaceAll(given, `\"`, `"`)},
	} {
		got := tc.w.event(tc.w.login("gavel"), `"title":"a","description":"`+given+`",`+tomorrow+`,`+ownRoom)
		if got["description"] != tc.want {
			t.Errorf("got %v, want %s", got["description"], tc.want)
		}
	}
}
