package openmeetings_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestInfo(t *testing.T) {
	t.Parallel()
	w, old := setup(t), setup(t, version81)
	if got := w.get("", "info/version").object("info")["version"]; got != "9.1.0" {
		t.Errorf("version: got %v, want 9.1.0", got)
	}
	if got := old.get("", "info/version").object("info")["version"]; got != "8.1.0" {
		t.Errorf("version: got %v, want 8.1.0", got)
	}
	if got := w.get("", "info/health").text; got != `{"health":{"inited":true,"installed":true,"dbOk":true}}` {
		t.Errorf("health: got %s, want all well", got)
	}
}

func TestError_Translations(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for path, want := range map[string]string{
		"error.notallowed/1": "Admin authorization required", "error.notallowed/2": "Sie müssen Administrator sein, um diese Aktion auszuführen.",
		"error.notallowed/3": "Sie müssen Administrator sein, um diese Aktion auszuführen.", "error.notallowed/99": "Admin authorization required",
		"bad.password.short/1": "'Weak' password: minimum password length is ${0}", "no.such.key/1": "no.such.key", "234/1": "You have entered an invalid email address",
	} {
		w.wantMessage(w.get("", "error/"+path), 200, "SUCCESS "+want)
	}
	w.wantPage(w.get("", "error/error.unknown/en"), 404)
	w.want(w.post("", "error/report?message=x"), 204)
}

func TestWhiteboard(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for _, path := range []string{"wb/resetwb/1", "wb/cleanwb/1/2", "wb/cleanslide/1/2/0"} {
		if got := w.get(sid, path).text; got != `{"serviceResult":{"message":"","type":"SUCCESS"}}` {
			t.Errorf("%s: got %s, want an empty message", path, got)
		}
	}
	w.wantPage(w.get(sid, "wb/cleanwb/1/x"), 404)
	w.wantDenied(w.post(sid, "wb/uploadwb/pdf", "data", "[]"))
}

// seed puts a recording there and returns its id.
func (w *world) seed(members string) string {
	w.t.Helper()
	got := w.do("POST", "/sandbox/recordings", nil, "{"+members+"}")
	w.want(got, 201)
	return fmt.Sprint(got.body["id"])
}

func TestRecording_Lists(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	id := w.seed(`"name":"7","roomId":1,"ownerId":1,"externalType":"shop","start":"2026-11-22T07:00:00.5Z","end":"2026-11-22T08:00:00+01:00","width":640,"height":480,"interview":true`)
	w.seed(`"name":"b","roomId":2,"status":"ERROR"`)
	got := w.get(sid, "record/shop").text
	for _, want := range []string{`{"recordingDTO":[{"id":` + id + `,"name":7,`, `"start":"2026-11-22T12:30:00+05:30"`, `"end":"2026-11-22T12:30:00+05:30"`, `"status":"PROCESSED","interview":true`, `"ownerId":1,"externalType":"shop"}]}`} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want it to hold %s", got, want)
		}
	}
	if got := w.get(sid, "record/room/2").list("recordingDTO"); len(got) != 1 || got[0]["status"] != "ERROR" || got[0]["start"] != nil {
		t.Errorf("by room: got %v, want the other one", got)
	}
	if got := w.get(sid, "record/shop/u-1"); got.status != 500 || !strings.Contains(got.message(), "type") {
		t.Errorf("by user: got %d %s, want 500 in all versions", got.status, got.text)
	}
	w.wantPage(w.get(sid, "record/room/x"), 404)
	for range 2 {
		w.wantMessage(w.delete(sid, "record/"+id), 200, "SUCCESS Deleted")
	}
	if got := w.get(sid, "record/shop").text; got != `{"recordingDTO":[]}` {
		t.Errorf("got %s, want none", got)
	}
}

func TestRecording_Play(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.seed(`"name":"talk"`)
	got := w.enter("u-1", `"roomId":1,"recordingId":`+id)
	if got.status != 200 || fmt.Sprint(got.body["recordingId"]) != id || got.body["clientId"] != nil || got.body["roomId"] != nil {
		t.Errorf("got %s, want the player and no room", got.text)
	}
	hash := w.hash(w.login("gavel"), "u-1", `"recordingId":`+id)
	file := w.do("GET", "/recordings/mp4/"+hash, nil, "")
	if file.status != 200 || file.header.Get("Content-Type") != "video/mp4" || !strings.Contains(file.text, "ftyp") {
		t.Errorf("file: got %d %s %q, want an MP4", file.status, file.header.Get("Content-Type"), file.text)
	}
	w.wantPage(w.do("GET", "/recordings/mp4/"+hash, nil, ""), 404) // used up
	w.wantPage(w.do("POST", "/recordings/mp4/"+hash, nil, ""), 405)
	raw := w.hash(w.login("gavel"), "u-1", `"recordingId":`+w.seed(`"status":"CONVERTING"`))
	w.wantPage(w.do("GET", "/recordings/mp4/"+raw, nil, ""), 404)
	w.wantPage(w.do("GET", "/recordings/mp4/"+w.hash(w.login("gavel"), "u-1", `"roomId":1`), nil, ""), 404)
	page := w.do("GET", "/hash?secure="+w.hash(w.login("gavel"), "u-1", `"recordingId":`+id), nil, "")
	if !strings.Contains(page.text, "Recording "+id) || strings.Contains(page.text, "sendBeacon") {
		t.Errorf("got %s, want a page for the recording without a client", page.text)
	}
}

func TestOwn_Room(t *testing.T) {
	t.Parallel()
	w := setup(t)
	empty := w.do("GET", "/sandbox/rooms/1", nil, "")
	if want := `{"roomId":1,"name":"public CONFERENCE room","closed":false,"clients":[]}`; strings.TrimSpace(empty.text) != want {
		t.Errorf("got %s, want %s", empty.text, want)
	}
	came := w.enter("u-1", `"roomId":1`)
	w.enter("u-2", `"roomId":1,"moderator":true`)
	clients := w.do("GET", "/sandbox/rooms/1", nil, "").list("clients")
	if len(clients) != 2 || clients[0]["clientId"] != came.body["clientId"] || clients[0]["superModerator"] != false || clients[1]["superModerator"] != true ||
		clients[1]["externalId"] != "u-2" || clients[1]["externalType"] != "shop" {
		t.Errorf("got %v, want u-1 and the super moderator u-2", clients)
	}
	leave := "/sandbox/clients/" + fmt.Sprint(came.body["clientId"]) + "/leave"
	w.want(w.do("POST", leave, nil, ""), 204)
	w.want(w.do("POST", leave, nil, ""), 404)
	if got := w.get(w.login("gavel"), "room/count/1").word(); got != "1" {
		t.Errorf("inside: got %s, want 1", got)
	}
	w.want(w.delete(w.login("gavel"), "room/1"), 200)
	if got := w.do("GET", "/sandbox/rooms/1", nil, "").list("clients"); len(got) != 1 {
		t.Errorf("deleted room: got %v, want the one who stayed", got)
	}
	for path, status := range map[string]int{"/sandbox/rooms/99": 404, "/sandbox/rooms/x": 400, "/sandbox": 404, "/sandbox/rooms": 404, "/sandbox/recordings": 405, leave: 405} {
		w.want(w.do("GET", path, nil, ""), status)
	}
	for _, body := range []string{"", "[]", `{"nme":"x"}`, `{"status":"X"}`, `{"start":"now"}`} {
		w.want(w.do("POST", "/sandbox/recordings", nil, body), 400)
	}
	w.want(w.do("POST", "/sandbox/recordings", nil, strings.Repeat(" ", 2<<20+1)), 413)
}
