package jaasapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/problem"
	"gavel/shared/rooms"
)

const bansPath = "/jaas/" + appID + "/bans"

type bansBody struct {
	Bans []struct {
		UserID, Reason, BannedBy string
		BannedAt, ExpiresAt      time.Time
	}
	Cursor string
}

func (g *gateway) bans(t *testing.T, query string) bansBody {
	t.Helper()
	got := g.send(t, http.MethodGet, bansPath+query, "", nil)
	var body bansBody
	if err := json.Unmarshal(got.Body, &body); err != nil || got.Status != http.StatusOK {
		t.Fatalf("got %d %s, %v", got.Status, got.Body, err)
	}
	return body
}

func (g *gateway) bansUser(t *testing.T, body, want string) {
	t.Helper()
	if got := g.post(t, bansPath+"/users", body); got.Status != http.StatusOK || strings.TrimSpace(string(got.Body)) != want {
		t.Errorf("ban: got %d %s, want %s", got.Status, got.Body, want)
	}
}

func (g *gateway) lifts(t *testing.T, user, want string) {
	t.Helper()
	got := g.send(t, http.MethodDelete, bansPath+"?userId="+url.QueryEscape(user), "", nil)
	if got.Status != http.StatusOK || strings.TrimSpace(string(got.Body)) != `{"outcome":"`+want+`"}` {
		t.Errorf("lift: got %d %s, want %s", got.Status, got.Body, want)
	}
}

// mints says whether the user gets a token for the room, and checks the refusal otherwise.
func (g *gateway) mints(t *testing.T, room, user string) bool {
	t.Helper()
	got := g.post(t, "/jaas/"+appID+"/tokens", fmt.Sprintf(`{"room":%q,"user":{"id":%q}}`, room, user))
	if got.Status == http.StatusCreated {
		return true
	}
	if p := document(t, got); p.Status != http.StatusForbidden || p.Code != problem.Banned || strings.Contains(string(got.Body), "abuse") {
		t.Errorf("got %s, want 403 banned, without the reason", got.Body)
	}
	return false
}

// joins has JaaS tell that somebody joined, and gives the answer's status.
func (h hook) joins(t *testing.T, fqn, user, id string) int {
	t.Helper()
	return h.deliver(t, fmt.Sprintf(`{"eventType":"PARTICIPANT_JOINED","idempotencyKey":"k-%s","appId":"%s","fqn":"%s","sessionId":"s","timestamp":%d,
		"data":{"id":"%s","participantId":"%s"}}`, id, appID, fqn, time.Now().UnixMilli(), user, id), webhookSecret).Status
}

// kicked gives the ids of those who were kicked, in order.
func (h hook) kicked() []string {
	ids := []string{}
	for _, r := range h.upstream.received() {
		var body struct {
			Action  string
			Payload struct{ ParticipantID string }
		}
		if json.Unmarshal([]byte(r.body), &body) == nil && body.Action == "KICK_PARTICIPANT" {
			ids = append(ids, body.Payload.ParticipantID)
		}
	}
	return ids
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// TestBan_KeepsOut whoever is banned: from every meeting of the tenant they are in, and from each that they come into later.
func TestBan_KeepsOut(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	if !h.mints(t, "standup", "u-17") {
		t.Fatal("got no token for somebody who is not banned")
	}
	for id, room := range map[string]string{"aaaaaaaa": "standup", "bbbbbbbb": "retro"} {
		h.joins(t, appID+"/"+room, "u-17", id)
	}
	h.joins(t, appID+"/standup", "u-18", "cccccccc")
	h.bansUser(t, `{"userId":"u-17","reason":"abuse"}`, `{"outcome":"banned","kicked":2}`)
	got := h.kicked()
	slices.Sort(got)
	same(t, "kicked with the ban", got, "aaaaaaaa", "bbbbbbbb")
	if h.mints(t, "standup", "u-17") || h.mints(t, "another", "u-17") || !h.mints(t, "standup", "u-18") {
		t.Error("got a token for the banned, or none for somebody else")
	}
	first := h.upstream.received()[0]
	if !strings.HasSuffix(first.path, "/ban/user/u-17") || len(h.upstream.received()) != 3 {
		t.Errorf("got %+v, want JaaS told of the ban first, once", h.upstream.received())
	}
	if status := h.joins(t, appID+"/standup", "u-17", "dddddddd"); status != http.StatusOK {
		t.Errorf("joined again: got %d", status)
	}
	same(t, "kicked again", h.kicked()[2:], "dddddddd")
	h.deliver(t, `{"eventType":"PARTICIPANT_LEFT","idempotencyKey":"l","appId":"`+appID+`","fqn":"`+appID+`/standup","sessionId":"s","timestamp":1,"data":{"id":"u-17","participantId":"eeeeeeee"}}`, webhookSecret)
	same(t, "after leaving", h.kicked()[3:])
	h.lifts(t, "u-17", "lifted")
	h.lifts(t, "u-17", "not_found")
	h.joins(t, appID+"/standup", "u-17", "ffffffff")
	same(t, "after it was lifted", h.kicked()[3:])
	if !h.mints(t, "standup", "u-17") {
		t.Error("got no token after the ban was lifted")
	}
}

// TestBan_OfSomebodyInABreakoutRoom cannot kick them there, and does when they come back.
func TestBan_OfSomebodyInABreakoutRoom(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	h.bansUser(t, `{"userId":"u-17"}`, `{"outcome":"banned"}`)
	body := `{"eventType":"PARTICIPANT_JOINED","idempotencyKey":"b","appId":"` + appID + `","fqn":"` + appID + `/standup","sessionId":"s","timestamp":5,
		"data":{"id":"u-17","participantId":"aaaaaaaa","isBreakout":true,"breakoutRoomId":"b1"}}`
	if got := h.deliver(t, body, webhookSecret); got.Status != http.StatusOK {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	same(t, "in the breakout room", h.kicked())
	h.joins(t, appID+"/standup", "u-17", "bbbbbbbb")
	same(t, "back in the meeting", h.kicked(), "bbbbbbbb")
}

func TestBans_AreListedWithReasonAndEnd(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	if got := g.bans(t, ""); got.Bans == nil || len(got.Bans) != 0 || got.Cursor != "" {
		t.Errorf("got %+v, want an empty list", got)
	}
	begin := time.Now()
	got := g.post(t, bansPath+"/users", `{"userId":"auth0|5f90/x y","expiresInSeconds":3600}`)
	var answered struct{ ExpiresAt time.Time }
	if err := json.Unmarshal(got.Body, &answered); err != nil || answered.ExpiresAt.Sub(begin).Round(time.Minute) != time.Hour {
		t.Errorf("got %s, want an end in an hour", got.Body)
	}
	if got := g.send(t, http.MethodPost, bansPath+"/users", `{"userId":"u-2"}`, http.Header{"X-Reason": {"by the header"}}); got.Status != 200 {
		t.Fatalf("got %s", got.Body)
	}
	if got := g.send(t, http.MethodPost, bansPath+"/users", `{"userId":"u-3","reason":"by the body"}`, http.Header{"X-Reason": {"by the header"}}); got.Status != 200 {
		t.Fatalf("got %s", got.Body)
	}
	reasons := map[string]string{"auth0|5f90/x y": "", "u-2": "by the header", "u-3": "by the body"}
	all := g.bans(t, "?limit=1")
	for all.Cursor != "" {
		next := g.bans(t, "?limit=1&cursor="+all.Cursor)
		all.Bans, all.Cursor = append(all.Bans, next.Bans...), next.Cursor
	}
	if len(all.Bans) != 3 {
		t.Fatalf("got %+v, want three, page by page", all)
	}
	for _, b := range all.Bans {
		reason, known := reasons[b.UserID]
		if !known || b.Reason != reason || b.BannedBy != "api-key:test" && !strings.HasPrefix(b.BannedBy, "api-key:") || b.BannedAt.Before(begin.Add(-time.Second)) {
			t.Errorf("got %+v, want the reason %q, who and when", b, reason)
		}
		if (b.UserID == "auth0|5f90/x y") != b.ExpiresAt.Equal(answered.ExpiresAt) {
			t.Errorf("got the end %s for %s", b.ExpiresAt, b.UserID)
		}
	}
	g.bansUser(t, `{"userId":"auth0|5f90/x y","reason":"again"}`, `{"outcome":"banned"}`)
	for _, b := range g.bans(t, "").Bans {
		if b.UserID == "auth0|5f90/x y" && (b.Reason != "again" || !b.ExpiresAt.IsZero()) {
			t.Errorf("banned anew: got %+v, want the new reason and no end", b)
		}
	}
}

// TestBan_StandsWhenJaaSFails so that a repetition makes up for the rest.
func TestBan_StandsWhenJaaSFails(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	down.Store(true)
	g := setup(t, options{upstream: func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		ok(w, r)
	}})
	if got := g.post(t, bansPath+"/users", `{"userId":"u-17"}`); got.Status != http.StatusBadGateway {
		t.Errorf("got %d %s, want 502", got.Status, got.Body)
	}
	if g.mints(t, "standup", "u-17") || len(g.bans(t, "").Bans) != 1 {
		t.Error("got a token, want the ban to stand")
	}
	down.Store(false)
	g.bansUser(t, `{"userId":"u-17"}`, `{"outcome":"banned"}`)
}

// TestBan_IsToldWhateverJaaSMakesOfIt: by who did it and by the tenant, and of a lift as well. What came of it at JaaS is a command
// of its own, where something was sent.
func TestBan_IsToldWhateverJaaSMakesOfIt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opt    options
		status int
		want   []string // the last one first
	}{
		"it bans": {options{}, http.StatusOK, []string{"provider.command lifted", "ban.lifted done", "provider.command banned", "ban.set done"}},
		"it fails": {
			options{upstream: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }},
			http.StatusBadGateway,
			[]string{"provider.command lifted", "ban.lifted done", "provider.command upstream_error", "ban.set done"},
		},
		"there is no secret": {
			options{secrets: apitest.SecretsFile(t, map[string]any{})},
			http.StatusServiceUnavailable,
			[]string{"provider.command lifted", "ban.lifted done", "ban.set done"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.opt.store = apitest.Embedded(t)
			g := setup(t, tt.opt)
			if got := g.post(t, bansPath+"/users", `{"userId":"u-17","reason":"abuse","expiresInSeconds":3600}`); got.Status != tt.status {
				t.Fatalf("got %d %s, want %d", got.Status, got.Body, tt.status)
			}
			g.lifts(t, "u-17", "lifted")
			log := audit.NewLog(tt.opt.store, audit.Trail{}, clock.Now)
			byActor, err := log.Actor(t.Context(), audit.Actor{Kind: audit.APIKey, Name: "crm"}, 10, "") // as apitest.Machine has it
			if err != nil {
				t.Fatal(err)
			}
			byTenant, err := log.Room(t.Context(), "jaas/"+appID, 10, "")
			if err != nil {
				t.Fatal(err)
			}
			var all, changes []string
			for _, e := range byActor.Events {
				all = append(all, e.Type+" "+e.Outcome)
				if e.Target != "u-17" || e.Details["target"] != "user" || e.Details["tenant"] != appID || e.Provider != "jaas" {
					t.Errorf("got %+v, want whom it is about, and where", e)
				}
			}
			same(t, "by actor", all, tt.want...)
			for _, e := range byTenant.Events {
				changes = append(changes, e.Type)
				if set := e.Type == audit.BanSet; set != (e.Reason == "abuse") || set == (e.Details["expires_at"] == "") {
					t.Errorf("got %+v, want reason and end of the ban", e)
				}
			}
			same(t, "by tenant", changes, audit.BanLifted, audit.BanSet)
		})
	}
}

// TestBan_IsNotSentWhenItCannotBeKept: written first, or not at all.
func TestBan_IsNotSentWhenItCannotBeKept(t *testing.T) {
	t.Parallel()
	g := setup(t, options{store: busyStore{}})
	g.untouched(t)
	for _, got := range []answer{
		g.post(t, bansPath+"/users", `{"userId":"u-17"}`),
		g.post(t, "/jaas/"+appID+"/tokens", `{"room":"standup","user":{"id":"u-17"}}`),
		g.send(t, http.MethodGet, bansPath, "", nil),
		g.send(t, http.MethodDelete, bansPath+"?userId=u-17", "", nil),
	} {
		if p := document(t, got); p.Status != http.StatusServiceUnavailable || p.Code != problem.Unavailable {
			t.Errorf("got %s, want 503", got.Body)
		}
	}
}

// TestWebhook_KickThatFailsIsTriedAgain with the next delivery of the event, which is kept by then.
func TestWebhook_KickThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	store := apitest.Embedded(t)
	h := hookBefore(t, store, func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		ok(w, r)
	})
	h.bansUser(t, `{"userId":"u-17"}`, `{"outcome":"banned"}`)
	down.Store(true)
	if status := h.joins(t, appID+"/standup", "u-17", "aaaaaaaa"); status != http.StatusBadGateway {
		t.Errorf("got %d, want 502, so that JaaS sends it again", status)
	}
	var all listed
	if h.get(t, "events", &all); len(all.Events) != 1 {
		t.Errorf("got %+v, want the event kept all the same", all)
	}
	down.Store(false)
	if status := h.joins(t, appID+"/standup", "u-17", "aaaaaaaa"); status != http.StatusOK {
		t.Errorf("the second time: got %d", status)
	}
	same(t, "kicked", h.kicked(), "aaaaaaaa", "aaaaaaaa")
	page, err := audit.NewLog(store, audit.Trail{}, clock.Now).Room(t.Context(), audit.Name("jaas", appID, "standup"), 10, "")
	if err != nil || len(page.Events) != 2 {
		t.Fatalf("got %+v, %v, want an event for each try", page, err)
	}
	for i, outcome := range []string{"kicked", audit.Failed} { // the last one first
		e := page.Events[i]
		if e.Type != audit.BanEnforced || e.Actor != audit.Webhook() || e.Target != "u-17" || e.Outcome != outcome || e.Operation != "jaas-webhook" {
			t.Errorf("got %+v, want who was kicked, and that it %s", e, outcome)
		}
	}
}

// TestWebhook_AJoinThatComesTwiceKicksOnce where JaaS told that who was kicked has left, and is told of once.
func TestWebhook_AJoinThatComesTwiceKicksOnce(t *testing.T) {
	t.Parallel()
	store := apitest.Embedded(t)
	h := hookBefore(t, store, ok)
	h.bansUser(t, `{"userId":"u-17"}`, `{"outcome":"banned"}`)
	at := time.Now().UnixMilli()
	joined, left := sighting("PARTICIPANT_JOINED", "aaaaaaaa", at), sighting("PARTICIPANT_LEFT", "aaaaaaaa", at+1)
	for i, body := range []string{joined, left, joined, left, joined} {
		if got := h.deliver(t, body, webhookSecret); got.Status != http.StatusOK {
			t.Fatalf("%d: got %d %s", i, got.Status, got.Body)
		}
	}
	same(t, "kicked", h.kicked(), "aaaaaaaa")
	page, err := audit.NewLog(store, audit.Trail{}, clock.Now).Actor(t.Context(), audit.Webhook(), 10, "")
	if err != nil || len(page.Events) != 1 || page.Events[0].Outcome != "kicked" {
		t.Errorf("got %+v, %v, want one event of the kick", page, err)
	}
	// One that comes for the first time is acted on, whatever is known: nobody has tried yet.
	if got := h.deliver(t, strings.Replace(joined, `"idempotencyKey":"k`, `"idempotencyKey":"l`, 1), webhookSecret); got.Status != http.StatusOK {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	same(t, "kicked", h.kicked(), "aaaaaaaa", "aaaaaaaa")
}

// TestKick_OneThatIsRefusedKeepsNobodyElseIn, and what was done is not said to be undone.
func TestKick_OneThatIsRefusedKeepsNobodyElseIn(t *testing.T) {
	t.Parallel()
	var refused, failing atomic.Value
	h := hookBefore(t, apitest.Embedded(t), func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch said := r.URL.Path + string(body); {
		case strings.Contains(said, failing.Load().(string)):
			w.WriteHeader(http.StatusInternalServerError) // which may come after the work
		case strings.Contains(said, refused.Load().(string)):
			w.WriteHeader(http.StatusBadRequest)
		default:
			ok(w, r)
		}
	})
	refused.Store("nobody")
	failing.Store("nobody")
	h.joins(t, appID+"/standup", "u-17", "aaaaaaaa")
	h.joins(t, appID+"/standup", "u-17", "bbbbbbbb")
	for _, tt := range []struct {
		path, body, refused, failing string
		may                          bool
		want                         []string
	}{
		{"/jaas/" + appID + "/rooms/standup/kick", `{"userId":"u-17"}`, "aaaaaaaa", "nobody", true, []string{"aaaaaaaa", "bbbbbbbb"}},
		{"/jaas/" + appID + "/rooms/standup/kick", `{"userId":"u-17"}`, "KICK", "nobody", false, []string{"aaaaaaaa", "bbbbbbbb"}},
		{"/jaas/" + appID + "/rooms/standup/kick", `{"userId":"u-17"}`, "KICK", "bbbbbbbb", true, []string{"aaaaaaaa", "bbbbbbbb", "bbbbbbbb", "bbbbbbbb"}},
		{bansPath + "/users", `{"userId":"u-17"}`, "KICK", "nobody", true, []string{"aaaaaaaa", "bbbbbbbb"}},
		{bansPath + "/users", `{"userId":"u-17"}`, "/ban/user/", "nobody", true, []string{"aaaaaaaa", "bbbbbbbb"}},
		{bansPath + "/users", `{"userId":"u-17"}`, "KICK", "/ban/user/", true, []string{"aaaaaaaa", "bbbbbbbb"}},
		{bansPath + "/users", `{"userId":"u-18"}`, "/ban/user/", "nobody", false, nil},
	} {
		refused.Store(tt.refused)
		failing.Store(tt.failing)
		before := len(h.kicked())
		p := document(t, h.post(t, tt.path, tt.body))
		if p.Code != problem.UpstreamError || p.MayHaveHappened == nil || *p.MayHaveHappened != tt.may {
			t.Errorf("%s with %s refused: got %+v, want that it may have happened: %t", tt.path, tt.refused, p, tt.may)
		}
		got := h.kicked()[before:]
		slices.Sort(got)
		same(t, tt.path+" with "+tt.refused+" refused", got, tt.want...)
	}
}

// TestBan_ReachesTheNameInRooms that somebody goes by who was removed from one.
func TestBan_ReachesTheNameInRooms(t *testing.T) {
	t.Parallel()
	store := apitest.Embedded(t)
	h := hookBefore(t, store, nil)
	service := rooms.New(rooms.Options{Store: store, Now: time.Now, Providers: map[string]rooms.Provider{"jaas": hall{}}})
	room, err := service.Create(t.Context(), "ada", rooms.Booking{Name: "x", Provider: "jaas", Participants: []string{"bob"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service.RemoveParticipant(t.Context(), "ada", room.ID, "bob", 0); err != nil {
		t.Fatal(err)
	}
	h.joins(t, appID+"/standup", "bob~1", "aaaaaaaa")
	h.bansUser(t, `{"userId":"bob"}`, `{"outcome":"banned","kicked":1}`)
	h.joins(t, appID+"/standup", "bob~1", "bbbbbbbb")
	h.joins(t, appID+"/standup", "bob", "cccccccc")
	h.joins(t, appID+"/standup", "bob~2", "dddddddd") // somebody else, who may have any name
	same(t, "kicked", h.kicked(), "aaaaaaaa", "bbbbbbbb", "cccccccc")
	if h.mints(t, "standup", "bob~1") || h.mints(t, "standup", "bob") {
		t.Error("got a token for the banned")
	}
	if got := h.bans(t, ""); len(got.Bans) != 1 || got.Bans[0].UserID != "bob" {
		t.Errorf("got %+v, want bob once", got)
	}
	h.lifts(t, "bob", "lifted")
	h.joins(t, appID+"/standup", "bob~1", "eeeeeeee")
	same(t, "kicked after it was lifted", h.kicked()[3:])
	if ids, err := service.GuestIDs(t.Context(), "bob", "jaas"); err != nil || !slices.Equal(ids, []string{"bob~2", "bob~1", "bob"}) {
		t.Errorf("got %q, %v, want another id than those that JaaS goes on banning", ids, err)
	}
}

// TestKick_ReachesTheNameInRooms by the user's own id: whoever was removed from a room, or whose ban was lifted, goes by another.
func TestKick_ReachesTheNameInRooms(t *testing.T) {
	t.Parallel()
	store := apitest.Embedded(t)
	h := hookBefore(t, store, nil)
	service := rooms.New(rooms.Options{Store: store, Now: time.Now, Providers: map[string]rooms.Provider{"jaas": hall{}}})
	kick := func(user, want string) {
		t.Helper()
		got := h.post(t, "/jaas/"+appID+"/rooms/standup/kick", `{"userId":"`+user+`"}`)
		if got.Status != http.StatusOK || strings.TrimSpace(string(got.Body)) != `{"outcome":"`+want+`"}` {
			t.Errorf("%s: got %d %s, want %s", user, got.Status, got.Body, want)
		}
	}
	h.joins(t, appID+"/standup", "bob", "aaaaaaaa")
	h.bansUser(t, `{"userId":"bob"}`, `{"outcome":"banned","kicked":1}`)
	h.lifts(t, "bob", "lifted") // bob~1 from now on
	room, err := service.Create(t.Context(), "ada", rooms.Booking{Name: "x", Provider: "jaas", Participants: []string{"bob"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service.RemoveParticipant(t.Context(), "ada", room.ID, "bob", 0); err != nil { // and bob~2
		t.Fatal(err)
	}
	h.deliver(t, `{"eventType":"PARTICIPANT_LEFT","idempotencyKey":"l","appId":"`+appID+`","fqn":"`+appID+`/standup","sessionId":"s","timestamp":`+
		fmt.Sprint(time.Now().UnixMilli())+`,"data":{"id":"bob","participantId":"aaaaaaaa"}}`, webhookSecret)
	kick("bob", "not_found")
	for id, name := range map[string]string{"bbbbbbbb": "bob~1", "cccccccc": "bob~2", "dddddddd": "bob~3", "eeeeeeee": "eve"} {
		h.joins(t, appID+"/standup", name, id)
	}
	h.joins(t, appID+"/retro", "bob~2", "ffffffff")
	kick("bob", "kicked")
	got := h.kicked()[1:]
	slices.Sort(got)
	same(t, "kicked", got, "bbbbbbbb", "cccccccc") // and nobody else, here or in another meeting
}

// TestKick_WhenAliasesCannotBeReadKicksNobody and can be repeated.
func TestKick_WhenAliasesCannotBeReadKicksNobody(t *testing.T) {
	t.Parallel()
	g := setup(t, options{store: busyStore{}})
	g.untouched(t)
	if got := g.post(t, "/jaas/"+appID+"/rooms/standup/kick", `{"userId":"bob"}`); got.Status != http.StatusServiceUnavailable {
		t.Errorf("got %d %s, want 503", got.Status, got.Body)
	}
}

// hall is a provider that follows.
type hall struct{ rooms.Provider }

func (hall) Bind(context.Context, rooms.Meeting) (string, error) { return appID + "/hall", nil }

func (hall) Expel(context.Context, string, []string) ([]rooms.Action, error) {
	return nil, nil
}

// TestToken_OfSomebodyBannedFromARoom is refused for that room alone.
func TestToken_OfSomebodyBannedFromARoom(t *testing.T) {
	t.Parallel()
	store := apitest.Embedded(t)
	h := hookBefore(t, store, nil)
	if err := bans.NewKeeper(store, audit.Trail{}, clock.Now).
		Ban(t.Context(), bans.In("jaas", appID+"/standup"), bans.Ban{User: "u-17", By: "ada", At: time.Now()}, audit.Event{}, "u-17"); err != nil {
		t.Fatal(err)
	}
	if h.mints(t, "StandUp", "u-17") || !h.mints(t, "retro", "u-17") {
		t.Error("got a token for the room, or none for another")
	}
	h.joins(t, appID+"/standup", "u-17", "aaaaaaaa")
	h.joins(t, appID+"/retro", "u-17", "bbbbbbbb")
	same(t, "kicked", h.kicked(), "aaaaaaaa")
}

func TestBans_BadInputIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	for where, bodies := range map[string][]string{
		"body.reason":           {`"reason":""`, `"reason":"a\nb"`, `"reason":"` + strings.Repeat("x", 257) + `"`, `"reason":7`, `"reason":"\u0000"`},
		"body.expiresInSeconds": {`"expiresInSeconds":0`, `"expiresInSeconds":-1`, `"expiresInSeconds":315360001`, `"expiresInSeconds":1.5`, `"expiresInSeconds":"60"`},
		"body.room":             {`"room":"standup"`},
	} {
		for _, body := range bodies {
			refused(t, g.post(t, bansPath+"/users", `{"userId":"u-17",`+body+`}`), 422, where)
		}
	}
	for query, where := range map[string]string{
		"?limit=0": "query.limit", "?limit=101": "query.limit", "?limit=x": "query.limit", "?cursor=%2F%2F": "query.cursor",
		"?cursor=" + strings.Repeat("a", 513): "query.cursor", "?userId=u": "query.userId",
	} {
		refused(t, g.send(t, http.MethodGet, bansPath+query, "", nil), 422, where)
	}
	refused(t, g.send(t, http.MethodDelete, bansPath+"?userId="+strings.Repeat("u", 257), "", nil), 422, "query.userId", "query.userId")
	for _, query := range []string{"", "?userId=", "?userId=.."} {
		refused(t, g.send(t, http.MethodDelete, bansPath+query, "", nil), 422, "query.userId")
	}
	if len(g.bans(t, "").Bans) != 0 {
		t.Error("got a ban of what was refused")
	}
}
