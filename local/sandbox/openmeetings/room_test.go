package openmeetings_test

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestRoom_SeededOnes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for id, kind := range map[string]string{"1": "CONFERENCE", "2": "PRESENTATION", "3": "INTERVIEW"} {
		rooms := w.get(sid, "room/public/"+kind).list("roomDTO")
		if len(rooms) != 1 || fmt.Sprint(rooms[0]["id"]) != id || fmt.Sprint(rooms[0]["capacity"]) != "16" {
			t.Errorf("%s: got %v, want room %s for 16", kind, rooms, id)
		}
	}
	w.want(w.delete(sid, "room/3"), 200)
	if got := w.get(sid, "room/public/INTERVIEW").text; got != `{"roomDTO":[]}` {
		t.Errorf("after deletion: got %s, want none", got)
	}
	for _, kind := range []string{"conference", "X"} {
		w.wantPage(w.get(sid, "room/public/"+kind), 500)
	}
}

func TestRoom_PublicOnesAreBare(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.makeRoom(sid, `"type":"INTERVIEW","isPublic":true,"externalType":"shop","externalId":"r-1"`)
	w.makeRoom(sid, `"type":"INTERVIEW"`)
	rooms := w.get(sid, "room/public/INTERVIEW").list("roomDTO")
	if len(rooms) != 2 || rooms[1]["externalType"] != nil || rooms[1]["externalId"] != "r-1" {
		t.Errorf("got %v, want two, without external types", rooms)
	}
}

func TestRoom_Defaults(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.post(w.login("gavel"), "room", "room", `{"type":"CONFERENCE"}`)
	want := `{"roomDTO":{"id":4,"name":"","tag":"","comment":"","type":"CONFERENCE","capacity":4,"appointment":false,"isPublic":false,` +
		`"demo":false,"closed":false,"redirectUrl":"","moderated":false,"waitModerator":false,"allowUserQuestions":false,` +
		`"allowRecording":false,"waitRecording":false,"audioOnly":false}}`
	if got.status != 200 || got.text != want {
		t.Errorf("got %d %s, want %s", got.status, got.text, want)
	}
}

const everything = `"name":"n","tag":"t","comment":"c","type":"INTERVIEW","capacity":7,"appointment":true,"isPublic":true,"demo":true,` +
	`"demoTime":60,"closed":true,"externalId":"r-1","externalType":"shop","redirectUrl":"https://example.org","moderated":true,` +
	`"waitModerator":true,"allowUserQuestions":true,"allowRecording":true,"waitRecording":true,"audioOnly":true,"confno":"123",` +
	`"hiddenElements":["CHAT","TOP_BAR"]`

func TestRoom_PostReplacesAll(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	id := w.makeRoom(sid, everything)
	full := w.get(sid, "room/"+id).object("roomDTO")
	if full["confno"] != nil || full["capacity"] == nil || fmt.Sprint(full["demoTime"]) != "60" || len(full) != 22-1 {
		t.Errorf("got %v, want all fields but confno and files", full)
	}
	w.want(w.post(sid, "room", "room", `{"id":`+id+`,"type":"CONFERENCE"}`), 200)
	bare := w.get(sid, "room/"+id).object("roomDTO")
	fresh := w.get(sid, "room/"+w.makeRoom(sid, `"type":"CONFERENCE"`)).object("roomDTO")
	fresh = maps.Clone(fresh)
	fresh["id"] = bare["id"]
	fresh["externalType"] = "shop" // a group of the room's, which a replacement does not take away
	if !reflect.DeepEqual(bare, fresh) {
		t.Errorf("got %v, want defaults %v", bare, fresh)
	}
	if got := w.post(sid, "room", "room", `{"id":99,"type":"CONFERENCE"}`); got.status != 500 || got.body == nil {
		t.Errorf("unknown id: got %d %s, want 500", got.status, got.text)
	}
}

func TestRoom_RefusedInput(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for name, room := range map[string]string{
		"no type": `{}`, "type in lower case": `{"type":"conference"}`, "type null": `{"type":null}`,
		"wrapper key": `{"roomDTO":{"type":"CONFERENCE"}}`, "unknown field": `{"type":"CONFERENCE","public":true}`,
		"not JSON": `x`, "empty": ``, "a list": `[{"type":"CONFERENCE"}]`, "flag as text": `{"type":"CONFERENCE","closed":"true"}`,
		"capacity as text": `{"type":"CONFERENCE","capacity":"5"}`, "fraction": `{"type":"CONFERENCE","capacity":5.5}`,
		"unknown element": `{"type":"CONFERENCE","hiddenElements":["X"]}`, "file without id": `{"type":"CONFERENCE","files":[{"wbIdx":0}]}`,
		"file without whiteboard": `{"type":"CONFERENCE","files":[{"fileId":1}]}`, "broken file": `{"type":"CONFERENCE","files":[1]}`,
		"name null": `{"type":"CONFERENCE","name":null}`, "something behind": `{"type":"CONFERENCE"} x`, "no UTF-8": "{\"type\":\"CONFERENCE\",\"name\":\"\xff\"}",
	} {
		w.wantPage(w.post(sid, "room", "room", room), 400)
		got := w.get(sid, "room/CONFERENCE/shop/"+url.PathEscape(name)+"?room="+url.QueryEscape(room))
		w.wantPage(got, 404)
	}
	if got := w.post(sid, "room", "room", `{"type":"CONFERENCE","tag":"12345678901"}`); got.status != 500 || got.body == nil {
		t.Errorf("long tag: got %d %s, want 500", got.status, got.text)
	}
	// What cannot be read is noticed before the sid is looked at.
	w.wantPage(w.post("", "room", "room", `{}`), 400)
	w.wantPage(w.get("", "room/abc"), 404)
}

func TestRoom_ByExternalKey(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	if got := w.get(sid, "room/CONFERENCE/shop/r-1"); got.status != 204 || got.text != "" {
		t.Errorf("not there: got %d %q, want 204 and nothing", got.status, got.text)
	}
	room := "?room=" + url.QueryEscape(`{"type":"PRESENTATION","externalId":"x","externalType":"y","name":"a+b"}`)
	made := w.get(sid, "room/CONFERENCE/shop/r-1"+room).object("roomDTO")
	if made["type"] != "PRESENTATION" || made["externalId"] != "r-1" || made["externalType"] != "shop" || made["name"] != "a+b" {
		t.Errorf("got %v, want type and name from the JSON, the key from the path", made)
	}
	// The type was taken from the JSON, so the same path does not find it.
	w.want(w.get(sid, "room/CONFERENCE/shop/r-1"), 204)
	for _, path := range []string{"room/PRESENTATION/shop/r-1", "room/PRESENTATION/shop/r-1" + room} {
		if found := w.get(sid, path).object("roomDTO"); !reflect.DeepEqual(found, made) {
			t.Errorf("got %v, want %v", found, made)
		}
	}
	w.want(w.get(sid, "room/PRESENTATION/other/r-1"), 204)
	if got := w.get(sid, "room/presentation/shop/r-1"); got.status != 500 || got.body == nil {
		t.Errorf("type in lower case: got %d %s, want 500", got.status, got.text)
	}
	w.want(w.delete(sid, "room/"+fmt.Sprint(made["id"])), 200)
	w.want(w.get(sid, "room/PRESENTATION/shop/r-1"), 204)
}

func TestRoom_CloseAndOpen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.want(w.enter("u-1", `"roomId":1`), 200)
	w.wantMessage(w.get(sid, "room/close/1"), 200, "SUCCESS Closed")
	w.wantRefused(w.enter("u-2", `"roomId":1`), "room_closed")
	if got := w.get(sid, "room/count/1").word(); got != "1" {
		t.Errorf("inside: got %s, want 1: to close puts nobody out", got)
	}
	w.wantMessage(w.get(sid, "room/open/1"), 200, "SUCCESS Opened")
	w.want(w.enter("u-2", `"roomId":1`), 200)
	for _, verb := range []string{"close", "open"} {
		if got := w.get(sid, "room/"+verb+"/99"); got.status != 500 || !strings.Contains(got.message(), "is null") {
			t.Errorf("%s: got %d %s, want 500 and a null pointer", verb, got.status, got.text)
		}
	}
}

func TestRoom_Delete(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.want(w.enter("u-1", `"roomId":1`), 200)
	w.wantMessage(w.delete(sid, "room/1"), 200, "SUCCESS Deleted")
	w.wantMessage(w.delete(sid, "room/1"), 200, "SUCCESS Not found")
	for _, id := range []string{"1", "99", "0", "-1"} {
		if got := w.get(sid, "room/"+id); got.status != 500 || got.body == nil {
			t.Errorf("room %s: got %d %s, want 500", id, got.status, got.text)
		}
	}
	if got := w.get(sid, "room/count/1").word(); got != "1" {
		t.Errorf("inside: got %s, want 1: people stay", got)
	}
}

func TestRoom_People(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	if got := w.get(sid, "room/users/1"); got.text != `{"userDTO":[]}` {
		t.Errorf("nobody: got %s, want an empty list", got.text)
	}
	hash := w.hash(w.login("gavel"), "u-1", `"roomId":1`)
	b := newBrowser(t)
	w.want(w.visit(b, "secure="+hash), 200)
	w.want(w.visit(b, "secure="+hash), 200) // a second tab
	w.want(w.enter("u-2", `"roomId":1`), 200)
	if got := w.get(sid, "room/count/1").text; got != `{"serviceResult":{"message":3,"type":"SUCCESS"}}` {
		t.Errorf("count: got %s, want the number 3", got)
	}
	users := w.get(sid, "room/users/1").list("userDTO")
	if len(users) != 3 || users[0]["id"] != users[1]["id"] || users[2]["externalId"] != "u-2" || users[2]["externalType"] != "shop" {
		t.Errorf("users: got %v, want u-1 twice and u-2", users)
	}
	if got := w.get(sid, "room/count/99").word(); got != "0" {
		t.Errorf("count of an unknown room: got %s, want 0", got)
	}
}

func TestRoom_Kick(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	hash := w.hash(w.login("gavel"), "u-1", `"roomId":1`)
	b := newBrowser(t)
	w.want(w.visit(b, "secure="+hash), 200)
	w.want(w.enter("u-2", `"roomId":1`), 200)
	w.want(w.enter("u-1", `"roomId":2`), 200)
	w.wantMessage(w.get(sid, "room/kick/1/shop/u-3"), 200, "SUCCESS Not kicked")
	w.wantMessage(w.get(sid, "room/kick/3/shop/u-1"), 200, "SUCCESS Not kicked")
	w.wantMessage(w.get(sid, "room/kick/1/other/u-1"), 200, "SUCCESS Not kicked")
	w.wantMessage(w.get(sid, "room/kick/1/shop/u-1"), 200, "SUCCESS Kicked")
	if got := w.get(sid, "room/users/1").list("userDTO"); len(got) != 1 || got[0]["externalId"] != "u-2" {
		t.Errorf("inside: got %v, want u-2", got)
	}
	w.want(w.visit(b, "secure="+hash), 200) // a kick does not keep out
	w.wantMessage(w.get(sid, "room/kick/1"), 200, "SUCCESS Kicked")
	w.wantMessage(w.get(sid, "room/kick/1"), 200, "SUCCESS Kicked")
	w.wantMessage(w.get(sid, "room/kick/99"), 200, "SUCCESS Kicked")
	if one, two := w.get(sid, "room/count/1").word(), w.get(sid, "room/count/2").word(); one != "0" || two != "1" {
		t.Errorf("inside: got %s and %s, want 0 and 1", one, two)
	}
}

func TestRoom_NumbersAndSingleElements(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	id := w.makeRoom(sid, `"type":"CONFERENCE","name":"5","comment":"true","tag":"1.0","externalId":"007","externalType":"42","hiddenElements":["CHAT"]`)
	got := w.get(sid, "room/"+id).text
	for _, want := range []string{`"name":5,`, `"comment":true,`, `"tag":1,`, `"externalId":"007"`, `"externalType":42`, `"hiddenElements":"CHAT"`} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want it to hold %s", got, want)
		}
	}
	w.want(w.get(sid, "room/CONFERENCE/42/007"), 200)
}
