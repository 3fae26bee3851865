package jitsiapi_test

import (
	"net/http"
	"strings"
	"testing"

	"gavel/local/standin"
	"gavel/shared/problem"
)

// TestCommands_InATenant address the room as clients see it, or with the tenant beside it.
func TestCommands_InATenant(t *testing.T) {
	t.Parallel()
	const address = "standup%40conference.acme.meet.example.org"
	for id, want := range map[string]string{
		"end-room":         "POST /end-meeting?conference=" + address,
		"kick-participant": "PUT /kick-participant?room=standup&prefix=acme\n" + `{"participantId":"14f01c40"}`,
		"dial-out":         "POST /invite-jigasi\n" + `{"conference":"standup@conference.acme.meet.example.org","phoneNo":"+40747777777"}`,
	} {
		op := operationOf(id)
		op.sent = want
		for name, tenants := range map[string][2]string{"asked for": {"?tenant=acme", ""}, "in capitals": {"?tenant=ACME", "other"}, "in the secret": {"", "acme"}} {
			g := setup(t, options{only: op.id, secret: map[string]any{"tenant": tenants[1]}})
			t.Log(name)
			op.comes(t, g, g.send(t, op.method, op.path+tenants[0], op.body, op.header))
		}
	}
}

func TestRoomOccupants_InATenant(t *testing.T) {
	t.Parallel()
	const want = `{"occupants":[{"participantId":"14f01c40","jid":"standup@conference.acme.meet.example.org/14f01c40"}]}` + "\n"
	g := setup(t, options{only: "jitsi-room-occupants"})
	got := g.send(t, http.MethodGet, "/jitsi/rooms/standup/occupants?tenant=acme", "", nil)
	if sent := g.upstream.seen(); got.Status != 200 || string(got.Body) != want || len(sent) != 1 || sent[0] != "GET /room?room=standup&domain=meet.example.org&subdomain=acme" {
		t.Errorf("got HTTP %d with %s, and %q upstream, want the one inside", got.Status, got.Body, sent)
	}
}

func TestRoomOccupants_OfARoomWithNobodyInIt(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-room-occupants"})
	g.upstream.opens("empty")
	if got := g.send(t, http.MethodGet, "/jitsi/rooms/empty/occupants", "", nil); got.Status != 200 || string(got.Body) != `{"occupants":[]}`+"\n" {
		t.Errorf("got HTTP %d with %s, want an empty list", got.Status, got.Body)
	}
}

func TestRoomOccupants_OfNoRoomAreNotFound(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: "jitsi-room-occupants"})
	for _, path := range []string{"/jitsi/rooms/elsewhere/occupants", "/jitsi/rooms/standup/occupants?tenant=other"} {
		p := isProblem(t, g.send(t, http.MethodGet, path, "", nil), http.StatusNotFound, problem.NotFound)
		if p.Provider != "" || !strings.Contains(p.Detail, "meeting") {
			t.Errorf("got %+v, want it said that there is no meeting", p)
		}
	}
}

// TestRoomOccupants_WithATokenWhereTheServerWantsOne and from then on at once.
func TestRoomOccupants_WithATokenWhereTheServerWantsOne(t *testing.T) {
	t.Parallel()
	op := operationOf("room-occupants")
	for path, want := range map[string]int{op.path: 200, op.path + "?tenant=acme": 200, "/jitsi/rooms/elsewhere/occupants": 404} {
		g := setup(t, options{only: op.id})
		g.upstream.private = true
		for i, sent := range []int{2, 3} {
			if got := g.send(t, op.method, path, "", nil); got.Status != want || len(g.upstream.seen()) != sent {
				t.Errorf("%s, time %d: got HTTP %d with %s and %q upstream, want %d", path, i+1, got.Status, got.Body, g.upstream.seen(), want)
			}
		}
	}
}

func TestEndRoom_ReconnectsInSilenceWhereAskedTo(t *testing.T) {
	t.Parallel()
	op := operationOf("end-room")
	for body, silent := range map[string]bool{"": false, "{}": false, `{"silentReconnect":false}`: false, `{"silentReconnect":null}`: false, ` { "silentReconnect" : true } `: true} {
		g, op := setup(t, options{only: op.id}), op
		if silent {
			op.sent += "&silent-reconnect=true"
		}
		op.comes(t, g, g.with(t, op, body))
	}
}

// TestCommands_OfWhatIsNotThere are no failures.
func TestCommands_OfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ id, path, body string }{
		{"end-room", "/jitsi/rooms/elsewhere/end", ""},
		{"end-room", "/jitsi/rooms/standup/end?tenant=other", ""},
		{"kick-participant", "/jitsi/rooms/elsewhere/kick", `{"participantId":"14f01c40"}`},
		{"kick-participant", "/jitsi/rooms/standup/kick", `{"participantId":"00000000"}`},
		{"kick-participant", "/jitsi/rooms/standup/kick", `{"number":"+40747777778"}`},
		{"kick-participant", "/jitsi/rooms/standup/kick?tenant=acme", `{"number":"+40747777777"}`},
	} {
		g := setup(t, options{only: "jitsi-" + tt.id})
		for range 2 {
			if got := g.post(t, tt.path, tt.body); got.Status != 200 || string(got.Body) != `{"outcome":"not_found"}`+"\n" {
				t.Errorf("%s %s: got HTTP %d with %s, want not_found", tt.path, tt.body, got.Status, got.Body)
			}
		}
	}
}

func TestEndRoom_AgainFindsNothing(t *testing.T) {
	t.Parallel()
	g, op := setup(t, options{only: "jitsi-end-room"}), operationOf("end-room")
	for _, outcome := range []string{"destroyed", "not_found"} {
		if got := g.ask(t, op); string(got.Body) != `{"outcome":"`+outcome+`"}`+"\n" {
			t.Errorf("got HTTP %d with %s, want %s", got.Status, got.Body, outcome)
		}
	}
}

func TestKick_OfAPhoneInEverySpelling(t *testing.T) {
	t.Parallel()
	for _, number := range []string{"+40747777777", "0040 747 777 777", "+40 (747) 777-777", "\uff0b40747777777"} {
		g, op := setup(t, options{only: "jitsi-kick-participant"}), operationOf("kick-participant")
		op.sent = "PUT /kick-participant?room=standup\n" + `{"number":"+40747777777"}`
		op.comes(t, g, g.with(t, op, `{"number":"`+number+`"}`))
	}
}

func TestKick_TakesIDsInCapitals(t *testing.T) {
	t.Parallel()
	g, op := setup(t, options{only: "jitsi-kick-participant"}), operationOf("kick-participant")
	op.comes(t, g, g.with(t, op, `{"participantId":"14F01C40"}`))
}

func TestKick_NeedsOneTarget(t *testing.T) {
	t.Parallel()
	g, op := setup(t, options{only: "jitsi-kick-participant"}), operationOf("kick-participant")
	g.untouched(t)
	for _, c := range []struct {
		body  string
		where []string
	}{
		{`{}`, []string{"body"}},
		{`{"participantId":"14f01c40","number":"+40747777777"}`, []string{"body"}},
		{`{"participantId":null,"number":null}`, []string{"body"}},
		{`{"participantId":"","number":""}`, []string{"body", "body.participantId"}},
		{`{"participantId":""}`, []string{"body", "body.participantId"}},
		{`{"number":""}`, []string{"body"}},
		{`{"participantId":"747"}`, []string{"body.participantId"}},
		{`{"participantId":"14f01c400"}`, []string{"body.participantId"}},
		{`{"participantId":"14f01c4g"}`, []string{"body.participantId"}},
		{`{"participantId":"14f01c40\n"}`, []string{"body.participantId"}},
		{`{"participantId":" 14f01c4"}`, []string{"body.participantId"}},
		{`{"participantId":"auth0|quandt"}`, []string{"body.participantId"}},
		{`{"participantId":74700000}`, []string{"body", "body.participantId"}},
		{`{"number":747777777}`, []string{"body", "body.number"}},
		{`{"number":"747777777"}`, []string{"body.number"}},
		{`{"number":"0747777777"}`, []string{"body.number"}},
		{`{"number":"` + rejected + `"}`, []string{"body.number"}},
		{`{"number":"+44 (0)747 777 777"}`, []string{"body.number"}},
		{`{"number":"+747"}`, []string{"body.number"}},
		{`{"number":"+40747777777,,1"}`, []string{"body.number"}},
		{`{"number":"` + strings.Repeat("7", 65) + `"}`, []string{"body.number"}},
		{`{"participantId":"747","number":"747"}`, []string{"body", "body.participantId"}},
	} {
		t.Run(c.body, func(t *testing.T) {
			t.Parallel()
			refused(t, g.with(t, op, c.body), 422, c.where...)
		})
	}
}

// TestKick_OfSomebodyWhoStays is not believed: older releases say yes to a bad token.
func TestKick_OfSomebodyWhoStays(t *testing.T) {
	t.Parallel()
	g, op := setup(t, options{only: "jitsi-kick-participant", answer: standin.Says(200, "")}), operationOf("kick-participant")
	p := check(t, fault{Status: 502, Code: problem.UpstreamCredentials, Upstream: 200}, g.ask(t, op))
	if !strings.Contains(p.Detail, "still inside") {
		t.Errorf("got %q, want it said why", p.Detail)
	}
}

// TestKick_CannotBeLookedAt counts the command's own answer.
func TestKick_CannotBeLookedAt(t *testing.T) {
	t.Parallel()
	g, op := setup(t, options{only: "jitsi-kick-participant", look: standin.Says(400, "")}), operationOf("kick-participant")
	op.comes(t, g, g.ask(t, op))
}

func TestDialOut_PhoneForms(t *testing.T) {
	t.Parallel()
	op := operationOf("dial-out")
	for _, number := range []string{"+40747777777", "0040747777777", " +40 747 777 777 ", "+40-747-777-777", "(+40) 747.777.777", "+40/747777777", "\uff0b40747777777"} {
		g := setup(t, options{only: op.id})
		op.comes(t, g, g.with(t, op, `{"phoneNo":"`+number+`"}`))
	}
	g := setup(t, options{only: op.id})
	g.untouched(t)
	for _, number := range []string{
		"", " ", "747", "0747777777", "747777777", "+0747777777", "+44 (0)747 777 777", "+747", "+40747777777747777", rejected, "tel:+40747777777", "+40747777777;ext=1",
		"+40747777777\u0000", "+40+747777777", "+٤٠747777777", strings.Repeat("7", 65), "sip:747@example.org",
	} {
		refused(t, g.with(t, op, `{"phoneNo":`+quoted(t, number)+`}`), 422, "body.phoneNo")
	}
	for _, body := range []string{`{"phoneNo":40747777777}`, `{"phoneNo":["747"]}`, `{"phoneNo":null}`, `{"phoneNo":true}`} {
		refused(t, g.with(t, op, body), 422, "body.phoneNo")
	}
}

// TestDialOut_WithoutAGateway is no outcome but a failure, which the module explains.
func TestDialOut_WithoutAGateway(t *testing.T) {
	t.Parallel()
	op := operationOf("dial-out")
	g := setup(t, options{only: op.id, answer: standin.Says(404, `{"error":"No Jigasi for 40747777777"}`)})
	p := check(t, fault{Status: 502, Code: problem.UpstreamError, Upstream: 404}, g.ask(t, op))
	if p.UpstreamMessage != "No Jigasi for [redacted]" || !strings.Contains(p.Detail, "Jigasi") {
		t.Errorf("got %+v, want what the module said, without the number", p)
	}
}
