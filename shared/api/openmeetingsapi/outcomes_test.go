package openmeetingsapi_test

import (
	"net/http"
	"testing"

	"gavel/local/standin"
	"gavel/shared/problem"
)

// TestServersWords_AreOutcomes is about successes that differ by their words.
func TestServersWords_AreOutcomes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		id, body, said string
		status         int
		want           string
		line           string // what is sent
	}{
		{"delete-room", "", done("Not found"), 200, `{"outcome":"not_found"}`, "DELETE /room/2"},
		{"kick", `{"externalType":"a","externalId":"b"}`, done("Not kicked"), 200, `{"outcome":"not_found"}`, "GET /room/kick/2/a/b"},
		{"kick", `{"externalType":"a","externalId":"b"}`, done("Kicked"), 200, `{"outcome":"kicked"}`, "GET /room/kick/2/a/b"},
		{"kick", ``, done("Kicked"), 200, `{"outcome":"kicked"}`, "GET /room/kick/2"},
		{"kick", `{}`, done("Kicked"), 200, `{"outcome":"kicked"}`, "GET /room/kick/2"},
		{"kick", `{"externalType":null,"externalId":""}`, done("Kicked"), 200, `{"outcome":"kicked"}`, "GET /room/kick/2"},
		{"delete-file", "", refusal("Bad id"), 200, `{"outcome":"not_found"}`, "DELETE /file/9"},
		{"add-group-room", "", refusal("Not added"), 200, `{"outcome":"unchanged"}`, "POST /group/1/rooms/add/2"},
		{"clear-whiteboard", "", done(""), 200, `{"outcome":"cleared"}`, "GET /wb/resetwb/2"},
		{"clear-whiteboard", `{}`, done(""), 200, `{"outcome":"cleared"}`, "GET /wb/resetwb/2"},
		{"clear-whiteboard", `{"whiteboardId":0}`, done(""), 200, `{"outcome":"cleared"}`, "GET /wb/cleanwb/2/0"},
		{"clear-whiteboard", `{"whiteboardId":0,"slide":3}`, done(""), 200, `{"outcome":"cleared"}`, "GET /wb/cleanslide/2/0/3"},
		{"count-room-users", "", done("12"), 200, `{"count":12}`, "GET /room/count/2"},
		{"count-room-users", "", `{"serviceResult":{"message":"12","type":"SUCCESS"}}`, 200, `{"count":12}`, "GET /room/count/2"},
		{"list-rooms", "", `{"roomDTO":[]}`, 200, `{"rooms":[]}`, "GET /room/public/CONFERENCE"},
		{"get-error-text", "", done("42"), 200, `{"text":"42"}`, "GET /error/error.login.inuse/2"},
		{
			"create-entry", `{"user":{"externalId":"a/b","externalType":"t"},"options":{"recordingId":11,"allowSameURLMultipleTimes":true}}`, done("h+/="), 201,
			`{"url":"{om}/hash?secure=h%2B%2F%3D","hash":"h+/="}`, "POST /user/hash\n" +
				`options={"recordingId":11,"moderator":false,"allowSameURLMultipleTimes":true,"showAudioVideoTest":false,"allowRecording":false}` + "\n" +
				`user={"externalId":"a/b","externalType":"t"}`,
		},
		{
			"create-entry", `{"user":{"externalId":"a","externalType":"t"},"options":{"externalRoomId":"r","externalType":"s"},"languageId":39}`, done(hash), 201,
			`{"url":"{om}/hash?secure=` + hash + `&language=39","hash":"` + hash + `","expiresAt":"2026-03-01T12:30:00Z"}`, "POST /user/hash\n" +
				`options={"externalRoomId":"r","externalType":"s","moderator":false,"allowSameURLMultipleTimes":false,"showAudioVideoTest":false,"allowRecording":false}` + "\n" +
				`user={"externalId":"a","externalType":"t"}`,
		},
		{
			"create-invitation", `{"email":"ada@example.org","valid":"ENDLESS","validFrom":"x","password":"Knock-3","sendMail":true}`, done(hash), 201,
			`{"url":"{om}/hash?invitation=` + hash + `","hash":"` + hash + `"}`, "POST /room/hash?invite=" +
				"%7B%22roomId%22%3A2%2C%22email%22%3A%22ada%40example.org%22%2C%22passwordProtected%22%3Atrue%2C%22password%22%3A%22Knock-3%22%2C%22valid%22%3A%22ENDLESS%22%7D&sendmail=true",
		},
		{
			"create-invitation", `{"email":"ada@example.org","valid":"PERIOD","validFrom":"2026-11-22 09:00:00","validTo":"2026-11-22 10:00:00"}`, done(hash), 201,
			`{"url":"{om}/hash?invitation=` + hash + `","hash":"` + hash + `"}`, "POST /room/hash?invite=" +
				"%7B%22roomId%22%3A2%2C%22email%22%3A%22ada%40example.org%22%2C%22passwordProtected%22%3Afalse%2C%22valid%22%3A%22PERIOD%22%2C" +
				"%22validFrom%22%3A%222026-11-22%2009%3A00%3A00%22%2C%22validTo%22%3A%222026-11-22%2010%3A00%3A00%22%7D&sendmail=false",
		},
		{"create-room", `{"type":"INTERVIEW","files":[{"fileId":9,"wbIdx":0}],"hiddenElements":["CHAT"],"isPublic":false}`, `{"roomDTO":` + roomUp + `}`, 201, room, "POST /room\n" +
			`room={"type":"INTERVIEW","isPublic":false,"hiddenElements":["CHAT"],"files":[{"fileId":9,"wbIdx":0}]}`},
	} {
		t.Run(tt.id+" "+tt.line, func(t *testing.T) {
			t.Parallel()
			op := operationOf(tt.id)
			op.answer = tt.want
			g := setup(t, options{only: op.id, command: standin.Says(http.StatusOK, tt.said)})
			got := g.send(t, op.method, op.path, tt.body, nil)
			if want := g.whole(op); got.Status != tt.status || string(got.Body) != want {
				t.Errorf("got HTTP %d with %s, want %d with %s", got.Status, got.Body, tt.status, want)
			}
			if got, want := sentBy(g.upstream), canonical(tt.line); got != want {
				t.Errorf("got upstream\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestCreateUser_WhatTheServerRefusesIsAConflict where the caller can do something about it, and else the server's no.
func TestCreateUser_WhatTheServerRefusesIsAConflict(t *testing.T) {
	t.Parallel()
	op := operationOf("create-user")
	for said, want := range map[string]struct {
		status int
		code   problem.Code
	}{
		"error.login.inuse":            {http.StatusConflict, problem.LoginInUse},
		"error.email.inuse":            {http.StatusConflict, problem.EmailInUse},
		"error.short.login":            {http.StatusBadGateway, problem.UpstreamError},
		"error.unknown":                {http.StatusBadGateway, problem.UpstreamError},
		"Invalid password supplied":    {http.StatusBadGateway, problem.UpstreamError},
		"User does already exist":      {http.StatusBadGateway, problem.UpstreamError},
		"error.login.inuse for others": {http.StatusBadGateway, problem.UpstreamError},
	} {
		t.Run(said, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{200, 500} {
				g := setup(t, options{only: op.id, command: standin.Says(status, refusal(said))})
				got := g.ask(t, op)
				if status == 200 && want.status == http.StatusConflict {
					continue // no server says it that way
				}
				p := isProblem(t, got, want.status, want.code)
				if conflict := want.status == http.StatusConflict; conflict && (p.UpstreamBody != "" || p.MayHaveHappened != nil) {
					t.Errorf("got %s, want nothing of the server in it", got.Body)
				}
				if n := len(g.upstream.commands()); n != 1 {
					t.Errorf("got %d requests upstream, want 1", n)
				}
			}
		})
	}
}

// TestConflict_OfOneCallerIsNotAnothers has the same refusal twice; each gets a document of its own.
func TestConflict_OfOneCallerIsNotAnothers(t *testing.T) {
	t.Parallel()
	op := operationOf("create-user")
	g := setup(t, options{only: op.id, command: standin.Says(500, refusal("error.login.inuse"))})
	first := isProblem(t, g.ask(t, op), http.StatusConflict, problem.LoginInUse)
	second := isProblem(t, g.ask(t, op), http.StatusConflict, problem.LoginInUse)
	if first.RequestID == second.RequestID {
		t.Errorf("got the requestId %q twice, want one for each", first.RequestID)
	}
}

func TestCreateGroup_WithoutAnIDInTheAnswerIsTheServersFault(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"create-group", "count-room-users"} {
		op := operationOf(id)
		g := setup(t, options{only: op.id, command: standin.Says(http.StatusOK, done("Success"))})
		check(t, fault{Status: 502, Code: problem.UpstreamError, Upstream: 200, Maybe: true}, g.ask(t, op))
	}
}

// TestEndRoom_SaysHowManyAreInsideWhenTheyDoNotGo has browsers that notice nothing.
func TestEndRoom_SaysHowManyAreInsideWhenTheyDoNotGo(t *testing.T) {
	t.Parallel()
	op := operationOf("end-room")
	g := setup(t, options{only: op.id, command: func(w http.ResponseWriter, r *http.Request) { standin.Says(http.StatusOK, done("3"))(w, r) }})
	if got := g.ask(t, op); got.Status != http.StatusOK || string(got.Body) != `{"outcome":"occupied","inside":3}`+"\n" {
		t.Errorf("got HTTP %d with %s, want 200, occupied by 3", got.Status, got.Body)
	}
}
