package openmeetings_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/sandbox/openmeetings"
)

func TestEntry_SaysWhoIsWhere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	got := w.visit(newBrowser(t), "language=2&secure="+w.hash(sid, "u-17", `"roomId":2,"moderator":true`))
	w.want(got, 200)
	client := got.body["clientId"]
	want := `{"clientId":"` + fmt.Sprint(client) + `","roomId":2,"userId":8,"firstname":"F u-17","lastname":"L","externalId":"u-17",` +
		`"externalType":"shop","moderator":true,"superModerator":true,"language":2}`
	if strings.TrimSpace(got.text) != want || client == nil {
		t.Errorf("got %s, want %s", got.text, want)
	}
}

func TestEntry_Languages(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for query, want := range map[string]string{
		"": "1", "&language=8": "8", "&language=3": "2", "&language=99": "1", "&language=x": "1", "&language=-1": "1", "&language=39": "39",
	} {
		got := w.visit(newBrowser(t), "secure="+w.hash(w.login("gavel"), "u-17", `"roomId":1`)+query)
		if language := fmt.Sprint(got.body["language"]); language != want {
			t.Errorf("language with %q: got %s, want %s", query, language, want)
		}
	}
}

func TestEntry_LanguageOfThePerson(t *testing.T) {
	t.Parallel()
	w := setup(t)
	user := `{"login":"grace","password":"` + password + `","externalId":"u-4","externalType":"shop","languageId":4}`
	w.want(w.post(w.login("gavel"), "user", "user", user), 200)
	for query, want := range map[string]string{"": "4", "&language=-1": "4", "&language=x": "4", "&language=5": "5"} {
		got := w.visit(newBrowser(t), "secure="+w.hash(w.login("gavel"), "u-4", `"roomId":1`)+query)
		if language := fmt.Sprint(got.body["language"]); language != want {
			t.Errorf("language with %q: got %s, want %s", query, language, want)
		}
	}
}

func TestEntry_TakesTheSidOver(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	hash := w.hash(sid, "u-17", `"roomId":1`)
	w.want(w.get(sid, "room/1"), 200)
	w.want(w.visit(newBrowser(t), "secure="+hash), 200)
	w.wantDenied(w.get(sid, "room/1"))
	w.wantDenied(w.post(sid, "user/hash", "user", "{}", "options", "{}"))
	w.want(w.get(sid, "room/public/CONFERENCE"), 200) // ROOM is what the external user has
}

func TestEntry_LastPersonOfASidWins(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	first, second := w.hash(sid, "u-1", `"roomId":1`), w.hash(sid, "u-2", `"roomId":2`)
	for _, hash := range []string{first, second} {
		if got := w.visit(newBrowser(t), "secure="+hash); got.body["externalId"] != "u-2" {
			t.Errorf("got %s, want u-2", got.text)
		}
	}
}

func TestEntry_SingleUse(t *testing.T) {
	t.Parallel()
	w := setup(t)
	hash := w.hash(w.login("gavel"), "u-17", `"roomId":1`)
	b := newBrowser(t)
	w.want(w.visit(b, "secure="+hash), 200)
	w.wantRefused(w.visit(newBrowser(t), "secure="+hash), "invalid_hash")
	w.want(w.visit(b, "secure="+hash), 200) // a reload
}

func TestEntry_AnyLookUsesAHashUp(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, tc := range []struct{ method, accept string }{{"GET", ""}, {"GET", "text/html"}, {"HEAD", ""}} {
		hash := w.hash(w.login("gavel"), "u-17", `"roomId":1`)
		w.want(w.do(tc.method, "/hash?secure="+hash, http.Header{"Accept": {tc.accept}}, ""), 200)
		w.wantRefused(w.visit(newBrowser(t), "secure="+hash), "invalid_hash")
	}
	if got := w.get(w.login("gavel"), "room/count/1").word(); got != "2" {
		t.Errorf("clients: got %s, want 2: HEAD opens no page", got)
	}
	w.want(w.do("PUT", "/hash", nil, ""), 405)
}

func TestEntry_MultiUse(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	hash := w.hash(sid, "u-17", `"roomId":1,"allowSameURLMultipleTimes":true`)
	w.want(w.visit(newBrowser(t), "secure="+hash), 200)
	w.step(48 * time.Hour)
	w.want(w.visit(newBrowser(t), "secure="+hash), 200)
	w.want(w.get(sid, "room/public/CONFERENCE"), 200)
}

func TestEntry_DiesWithItsSid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	early, late := w.hash(w.login("gavel"), "u-17", `"roomId":1`), w.hash(w.login("gavel"), "u-18", `"roomId":1`)
	w.step(30 * time.Minute)
	w.want(w.visit(newBrowser(t), "secure="+early), 200)
	w.step(time.Nanosecond)
	w.wantRefused(w.visit(newBrowser(t), "secure="+late), "invalid_hash")
}

func TestEntry_EndsAnotherSessionOfTheBrowser(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := newBrowser(t)
	w.want(w.visit(b, "secure="+w.hash(w.login("gavel"), "u-1", `"roomId":1`)), 200)
	w.want(w.visit(b, "secure="+w.hash(w.login("gavel"), "u-2", `"roomId":2`)), 200)
	management := w.login("gavel")
	if one, two := w.get(management, "room/count/1").word(), w.get(management, "room/count/2").word(); one != "0" || two != "1" {
		t.Errorf("clients: got %s and %s, want 0 and 1", one, two)
	}
	w.wantRefused(w.visit(b, "secure=nonsense"), "invalid_hash")
	if got := w.get(management, "room/count/2").word(); got != "0" {
		t.Errorf("clients after a bad hash: got %s, want 0", got)
	}
}

func TestEntry_Refusals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	full := w.makeRoom(sid, `"type":"CONFERENCE","capacity":1`)
	w.want(w.enter("u-1", `"roomId":`+full), 200)
	closed := w.makeRoom(sid, `"type":"CONFERENCE","closed":true,"redirectUrl":"https://example.org/bye"`)
	gone := w.makeRoom(sid, `"type":"CONFERENCE"`)
	w.want(w.delete(sid, "room/"+gone), 200)
	for options, want := range map[string]string{
		`"roomId":` + full: "room_full", `"roomId":` + closed: "room_closed", `"roomId":` + gone: "access_denied",
		`"roomId":99`: "access_denied", ``: "access_denied", `"recordingId":99`: "access_denied",
		`"externalRoomId":"x","externalType":"shop"`: "access_denied",
	} {
		hash := w.hash(w.login("gavel"), "u-17", options)
		got := w.visit(newBrowser(t), "secure="+hash)
		w.wantRefused(got, want)
		if target := got.body["redirectUrl"]; want == "room_closed" && target != "https://example.org/bye" {
			t.Errorf("redirectUrl: got %v, want that of the room", target)
		}
		w.wantRefused(w.visit(newBrowser(t), "secure="+hash), "invalid_hash") // it was used up all the same
	}
	for _, query := range []string{"", "secure=", "secure=6dd5fcf6-0000-4000-8000-000000000000", "invitation=x"} {
		w.wantRefused(w.visit(newBrowser(t), query), "invalid_hash")
	}
}

func TestEntry_FindsARoomByItsExternalKey(t *testing.T) {
	t.Parallel()
	w := setup(t)
	room := w.makeRoom(w.login("gavel"), `"type":"INTERVIEW","externalId":"r-1","externalType":"shop"`)
	got := w.enter("u-17", `"roomId":1,"externalRoomId":"r-1","externalType":"shop"`)
	if id := fmt.Sprint(got.body["roomId"]); id != room {
		t.Errorf("room: got %s, want %s", id, room)
	}
	for _, half := range []string{`"roomId":1,"externalRoomId":"r-1"`, `"roomId":1,"externalType":"shop"`} {
		if got := w.enter("u-17", half); fmt.Sprint(got.body["roomId"]) != "1" {
			t.Errorf("%s: got %s, want room 1", half, got.text)
		}
	}
}

func TestEntry_Moderators(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	free, moderated := w.makeRoom(sid, `"type":"CONFERENCE"`), w.makeRoom(sid, `"type":"CONFERENCE","moderated":true`)
	for _, tc := range []struct {
		name, options    string
		moderator, super bool
	}{
		{"first", `"roomId":` + free, true, false},
		{"second", `"roomId":` + free, false, false},
		{"by hash", `"roomId":` + free + `,"moderator":true`, true, true},
		{"first in a moderated room", `"roomId":` + moderated, false, false},
		{"by hash in a moderated room", `"roomId":` + moderated + `,"moderator":true`, true, true},
	} {
		got := w.enter(tc.name, tc.options)
		if got.body["moderator"] != tc.moderator || got.body["superModerator"] != tc.super {
			t.Errorf("%s: got %s, want %t and %t", tc.name, got.text, tc.moderator, tc.super)
		}
	}
}

func TestEntry_UpdatesThePerson(t *testing.T) {
	t.Parallel()
	w := setup(t)
	enter := func(user string) reply {
		sid := w.login("gavel")
		hash := w.post(sid, "user/hash", "options", `{"roomId":1}`, "user", user).word()
		return w.visit(newBrowser(t), "secure="+hash)
	}
	w.want(enter(`{"externalId":"u","externalType":"shop","firstname":"A","lastname":"B","login":"first","email":"a@example.org","profilePictureUrl":"https://example.org/1"}`), 200)
	w.want(enter(`{"externalId":"u","externalType":"shop","firstname":"C","login":"second","email":"c@example.org","profilePictureUrl":"https://example.org/2"}`), 200)
	w.want(enter(`{"externalId":"u","externalType":"other"}`), 200)
	users := w.get(w.login("gavel"), "user").list("userDTO")
	first, other := users[len(users)-2], users[len(users)-1]
	got := fmt.Sprint(first["login"], first["firstname"], first["lastname"], first["address"].(map[string]any)["mail"], first["pictureUri"], first["type"], first["rights"])
	if want := "firstC<nil>a@example.orghttps://example.org/2EXTERNALROOM"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if other["externalType"] != "other" || other["id"] == first["id"] {
		t.Errorf("got %v, want another person", other)
	}
}

func TestEntry_Page(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *openmeetings.Options) { o.BaseURL = "https://om.example.org/openmeetings" })
	sid := w.login("gavel")
	room := w.makeRoom(sid, `"type":"CONFERENCE","name":"<b>Ideas & co</b>"`)
	hash := w.hash(sid, "<script>alert(1)</script>", `"roomId":`+room)
	got := w.do("GET", "/hash?secure="+hash, http.Header{"Accept": {"text/html,application/json;q=0.1"}}, "")
	w.want(got, 200)
	for _, want := range []string{"&lt;b&gt;Ideas &amp; co&lt;/b&gt;", "&lt;script&gt;alert(1)", "moderator", "sandbox/clients/", "F "} {
		if !strings.Contains(got.text, want) {
			t.Errorf("got %s, want it to hold %s", got.text, want)
		}
	}
	if strings.Contains(got.text, "<b>") || strings.Contains(got.text, "<script>") {
		t.Errorf("got %s, want names escaped", got.text)
	}
	cookie := got.header.Get("Set-Cookie")
	for _, want := range []string{"JSESSIONID=", "Path=/openmeetings/", "HttpOnly", "Secure"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie: got %s, want it to hold %s", cookie, want)
		}
	}
	if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy: got %q, want one that lets nothing in", policy)
	}
	again := w.do("GET", "/hash?secure="+hash, nil, "")
	w.wantPage(again, 403)
	if !strings.Contains(again.text, "invalid_hash") {
		t.Errorf("got %s, want invalid_hash", again.text)
	}
}

func TestHash_Refusals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	user := `{"externalId":"u","externalType":"shop"}`
	for _, tc := range []struct {
		name, user, options string
		status              int
		message             string
	}{
		{"no external id", `{"externalType":"shop"}`, `{}`, 200, "ERROR externalId and/or externalType are not set"},
		{"empty external type", `{"externalId":"u","externalType":""}`, `{}`, 200, "ERROR externalId and/or externalType are not set"},
		{"broken user", `{`, `{}`, 400, ""},
		{"broken options", user, `[]`, 400, ""},
		{"wrapper key", `{"externalUserDTO":` + user + `}`, `{}`, 400, ""},
		{"unknown option", user, `{"roomID":1}`, 400, ""},
		{"field twice", user, `{"roomId":1,"roomId":2}`, 400, ""},
		{"room id as text", user, `{"roomId":"1"}`, 400, ""},
		{"id as number", `{"externalId":5,"externalType":"shop"}`, `{}`, 400, ""},
		{"id null", `{"externalId":null,"externalType":"shop"}`, `{}`, 400, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := w.post(sid, "user/hash", "user", tc.user, "options", tc.options)
			if tc.message == "" {
				w.wantPage(got, tc.status)
				return
			}
			w.wantMessage(got, tc.status, tc.message)
		})
	}
	for _, missing := range [][]string{{"user", user}, {"options", "{}"}} {
		got := w.post(sid, "user/hash", missing...)
		if got.status != 500 || !strings.Contains(got.message(), "is null") {
			t.Errorf("only %s: got %d %s, want 500 and a null pointer", missing[0], got.status, got.text)
		}
	}
	w.wantDenied(w.post("", "user/hash", "user", user, "options", "{}"))
	w.wantDenied(w.post(w.login("ada"), "user/hash", "user", user, "options", "{}"))
}
