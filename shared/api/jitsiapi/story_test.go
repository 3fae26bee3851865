package jitsiapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/local/standin"
	"gavel/shared/auth"
	"gavel/shared/problem"
	"gavel/shared/rooms"
)

// stage is a gateway that also serves the rooms' own operations, to one person at a time.
type stage struct {
	*gateway

	mu  sync.Mutex
	who string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{}
	s.gateway = setup(t, options{people: true, secret: map[string]any{"tenant": "acme"}, caller: func(context.Context) (auth.Principal, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return auth.Principal{Kind: auth.User, Name: s.who, Scopes: []string{"jitsi"}}, nil
	}})
	return s
}

// as sends a request as a person and reads the answer, which must have the status.
func as[T any](t testing.TB, s *stage, who, method, path, body string, status int) (into T) {
	t.Helper()
	s.mu.Lock()
	s.who = who
	s.mu.Unlock()
	got := s.send(t, method, path, body, nil)
	if got.Status != status {
		t.Fatalf("%s %s: got HTTP %d with %s, want %d", method, path, got.Status, got.Body, status)
	}
	if err := json.Unmarshal(got.Body, &into); err != nil {
		t.Fatalf("%s %s: got %s: %v", method, path, got.Body, err)
	}
	return into
}

// done is what a call did at the meeting system.
type done struct {
	Status     string
	AtProvider *struct {
		Provider string
		Complete bool
		Actions  []struct{ Action, Outcome string }
		Failure  *struct{ Code problem.Code }
	} `json:"at_provider"`
}

// did demands what was done.
func (d done) did(t testing.TB, call string, failure problem.Code, want ...string) {
	t.Helper()
	if d.AtProvider == nil || d.AtProvider.Provider != "jitsi" || d.AtProvider.Complete != (failure == "") {
		t.Errorf("%s: got %+v, want it done at jitsi: %t", call, d.AtProvider, failure == "")
		return
	}
	var got []string
	for _, a := range d.AtProvider.Actions {
		got = append(got, a.Action+" "+a.Outcome)
	}
	if !slices.Equal(got, want) || failure != "" && (d.AtProvider.Failure == nil || d.AtProvider.Failure.Code != failure) {
		t.Errorf("%s: got %q and %+v, want %q and %q", call, got, d.AtProvider.Failure, want, failure)
	}
}

// joins has a person join, and gives what their token says.
func (s *stage) joins(t testing.TB, who, room string) (claims jwt.MapClaims, user map[string]any) {
	t.Helper()
	joined := as[struct{ URL, Role string }](t, s, who, http.MethodPost, "/participant/room/"+room+"/join", "", 200)
	token, found := strings.CutPrefix(joined.URL, "https://meet.example.org/acme/"+room+"#jwt=")
	if !found {
		t.Errorf("got a link to elsewhere, want the room in the secret's tenant")
	}
	claims = jwt.MapClaims{}
	if _, err := jwt.NewParser(jwt.WithTimeFunc(s.clock.Now)).ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return &loginKey().PublicKey, nil }); err != nil {
		t.Fatal(err)
	}
	user, _ = claims["context"].(map[string]any)["user"].(map[string]any)
	return claims, user
}

// TestStory_OfARoom that meets on Jitsi, from its booking to its end, with a server that fails now and then.
func TestStory_OfARoom(t *testing.T) {
	t.Parallel()
	const owner, guest, third = "auth0|quandt", "u-17", "u-18"
	s := newStage(t)
	room := as[struct{ ID string }](t, s, owner, http.MethodPost, "/room", `{"name":"Stand-up","provider":"jitsi","participant_ids":["`+guest+`","`+third+`"]}`, 201).ID
	node := "[acme]" + room

	// The server asks whether it may open, and opens.
	if got := granted(t, s.asksFor(t, node)); got.name != node || got.id != room {
		t.Errorf("got %+v, want the room", got)
	}
	claims, user := s.joins(t, owner, room)
	if claims["sub"] != "acme" || claims["room"] != room || claims["moderator"] != true || user["id"] != owner || user["affiliation"] != "owner" {
		t.Errorf("the admin: got %v, want a moderator of the one room", claims)
	}
	claims, user = s.joins(t, guest, room)
	if _, moderates := claims["moderator"]; moderates || user["id"] != guest || user["affiliation"] != nil || user["moderator"] != nil {
		t.Errorf("the participant: got %v, want no role", claims)
	}
	s.upstream.opens(node, "aaaa0001", "bbbb0001", "bbbb0002", "cccc0001")
	at := s.clock.Now().Unix()
	for i, d := range []delivery{
		sighting(node, guest, "bbbb0002", true, at+2), sighting(node, owner, "aaaa0001", true, at), sighting(node, guest, "bbbb0001", true, at+1),
		sighting(node, third, "cccc0001", true, at+3), sighting(node, guest, "bbbb0003", true, at+4), sighting(node, guest, "bbbb0003", false, at+5),
	} {
		s.comes(t, d, "kept")
		if got := as[listed](t, s, owner, http.MethodGet, "/jitsi/rooms/"+room+"/events", "", 200); len(got.Events) != i+1 {
			t.Errorf("got %d events, want %d", len(got.Events), i+1)
		}
		s.clock.Step(time.Second)
	}

	// Who is removed is kicked under both ids they are inside with.
	as[done](t, s, owner, http.MethodDelete, "/admin/room/"+room+"/participant?participant_id="+guest, "", 200).did(t, "remove", "", "kick kicked", "kick kicked")
	kicks := []string{
		"PUT /kick-participant?room=" + room + "&prefix=acme\n" + `{"participantId":"bbbb0002"}`,
		"PUT /kick-participant?room=" + room + "&prefix=acme\n" + `{"participantId":"bbbb0001"}`,
	}
	if got := s.upstream.commands(); len(got) != 2 || !slices.Contains(got, kicks[0]) || !slices.Contains(got, kicks[1]) {
		t.Errorf("got %q upstream, want %q", got, kicks)
	}
	as[problem.Problem](t, s, guest, http.MethodPost, "/participant/room/"+room+"/join", "", 404)

	// Who comes back with an old link is kicked again, until the ban is lifted; Jitsi has none of its own.
	s.upstream.opens(node, "aaaa0001", "bbbb0004", "bbbb0005", "cccc0001")
	s.comes(t, sighting(node, guest, "bbbb0004", true, s.clock.Now().Unix()), "kept")
	if got := s.upstream.commands(); len(got) != 3 || got[2] != "PUT /kick-participant?room="+room+"&prefix=acme\n"+`{"participantId":"bbbb0004"}` {
		t.Errorf("got %q upstream, want who came back kicked", got)
	}
	back := s.clock.Now().Unix()
	s.comes(t, sighting(node, guest, "bbbb0004", false, back), "kept")
	s.comes(t, sighting(node, guest, "bbbb0004", true, back), "known")
	if got := s.upstream.commands(); len(got) != 3 {
		t.Errorf("got %q upstream, want nobody kicked twice whose joining is told twice", got)
	}
	if got := as[struct{ Outcome string }](t, s, owner, http.MethodDelete, "/admin/room/"+room+"/bans?participant_id="+guest, "", 200); got.Outcome != "lifted" {
		t.Errorf("got %+v, want the ban lifted", got)
	}
	s.comes(t, sighting(node, guest, "bbbb0005", true, s.clock.Now().Unix()), "kept")
	s.comes(t, sighting(node, guest, "bbbb0005", false, s.clock.Now().Unix()+1), "kept")
	if got := s.upstream.commands(); len(got) != 3 {
		t.Errorf("got %q upstream, want nobody kicked whose ban was lifted", got)
	}

	// The server fails; the room is right all the same, and the sweep makes it good.
	s.upstream.fail(standin.Says(400, ""))
	as[done](t, s, owner, http.MethodDelete, "/admin/room/"+room+"/participant?participant_id="+third, "", 200).did(t, "remove", problem.UpstreamError)
	as[problem.Problem](t, s, third, http.MethodPost, "/participant/room/"+room+"/join", "", 404)
	ended := as[done](t, s, owner, http.MethodPost, "/admin/room/"+room+"/end", "", 200)
	ended.did(t, "end", problem.UpstreamError)
	if ended.Status != "ended" {
		t.Errorf("got the status %s, want ended", ended.Status)
	}
	shown(t, s.asksFor(t, node), http.StatusForbidden, problem.RoomEnded)
	s.clock.Step(time.Minute)
	s.sweeps(t, rooms.Swept{Failed: 2})
	s.upstream.fail(nil)
	s.clock.Step(time.Hour)
	before := len(s.upstream.commands())
	s.sweeps(t, rooms.Swept{Finished: 1, Expelled: 1})
	got := s.upstream.commands()[before:]
	want := []string{
		"PUT /kick-participant?room=" + room + "&prefix=acme\n" + `{"participantId":"cccc0001"}`,
		"POST /end-meeting?conference=" + room + "%40conference.acme.meet.example.org",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q upstream, want %q", got, want)
	}
	s.sweeps(t, rooms.Swept{})
	if _, open := s.upstream.rooms[node]; open {
		t.Error("got the meeting going on, want it ended")
	}
}

// sweeps demands what is due, however late it is.
func (s *stage) sweeps(t testing.TB, want rooms.Swept) {
	t.Helper()
	got, err := s.rooms.Sweep(t.Context())
	got.Oldest = 0
	if err != nil || got != want {
		t.Errorf("got %+v, %v swept, want %+v", got, err, want)
	}
}

// TestStory_OfAnEndThatWorks at once, and of somebody who is not inside.
func TestStory_OfAnEndThatWorks(t *testing.T) {
	t.Parallel()
	const owner, guest = "auth0|quandt", "u-17"
	s := newStage(t)
	room := as[struct{ ID string }](t, s, owner, http.MethodPost, "/room", `{"name":"Stand-up","provider":"jitsi","participant_ids":["`+guest+`"]}`, 201).ID
	s.upstream.opens("[acme]"+room, "aaaa0001")
	as[done](t, s, owner, http.MethodDelete, "/admin/room/"+room+"/participant?participant_id="+guest, "", 200).did(t, "remove", "", "kick not_present")
	as[done](t, s, owner, http.MethodPost, "/admin/room/"+room+"/end", `{"time_left_in_seconds":0}`, 200).did(t, "end", "", "destroy destroyed")
	if got := s.upstream.commands(); len(got) != 1 {
		t.Errorf("got %q upstream, want the end alone", got)
	}
	s.clock.Step(time.Hour)
	s.sweeps(t, rooms.Swept{Finished: 1})
	if got := s.upstream.commands(); len(got) != 1 {
		t.Errorf("got %q upstream, want it ended once", got)
	}
}
