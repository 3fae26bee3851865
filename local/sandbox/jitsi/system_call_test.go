package jitsi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gavel/local/sandbox/jitsi"
)

// endPath ends a meeting with the query as it is.
const endPath = "/prosody/end-meeting?"

func TestEndMeeting_OrderOfChecks(t *testing.T) {
	t.Parallel()
	good, bad := systemToken(t), sign(t, guest())
	for _, tc := range []struct {
		name, path, token string
		status            int
	}{
		{"no query", "/prosody/end-meeting", bad, 400},
		{"empty query", "/prosody/end-meeting?", bad, 400},
		{"no conference", endPath + "room=standup", bad, 400},
		{"conference without a value", endPath + "conference", bad, 400},
		{"bad token, room unknown", endPath + "conference=other" + muc, bad, 401},
		{"bad token", endPath + "conference=standup" + muc, bad, 401},
		{"room unknown", endPath + "conference=other" + muc, good, 404},
		{"conference empty", endPath + "conference=", good, 404},
		{"conference is the room alone", endPath + "conference=standup", good, 404},
		{"conference in upper case", endPath + "conference=Standup" + muc, good, 404},
		{"conference of another domain", endPath + "conference=standup@conference.example.org", good, 404},
		{"conference with a nick", endPath + "conference=standup" + muc + "/focus", good, 404},
		{"without the prefix", endPath + "conference=standup@" + domain, good, 404},
		{"the last one counts", endPath + "conference=standup" + muc + "&conference=other" + muc, good, 404},
		{"good", endPath + "conference=standup" + muc, good, 200},
		{"silently", endPath + "conference=standup" + muc + "&silent-reconnect=true", good, 200},
		{"encoded", endPath + "conference=st%61ndup%40conference%2Emeet.jitsi", good, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.mustJoin("standup", sign(t, guest()))
			w.wantBare(w.do("POST", tc.path, bearer(tc.token), ""), tc.status)
			want := 1
			if tc.status == 200 {
				want = 0
			}
			if n := w.inside("standup"); n != want {
				t.Errorf("got %d inside, want %d", n, want)
			}
		})
	}
}

func TestEndMeeting_NoMatterWhatTheBodyIs(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.mustJoin("standup", sign(t, guest()))
	header := bearer(systemToken(t))
	header.Set("Content-Type", "text/plain")
	w.wantBare(w.do("POST", endPath+"conference=standup"+muc, header, "anything"), 200)
	w.wantBare(w.do("POST", endPath+"conference=standup"+muc, header, "anything"), 404)
}

func TestEndMeeting_OfATenant(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, guest().with("sub", "*"))
	w.mustJoin("standup", token)
	w.mustJoin("standup?tenant=acme", token)
	w.wantBare(w.end("standup@conference.other.meet.jitsi"), 404)
	w.wantBare(w.end("standup@conference.acme.meet.jitsi"), 200)
	if n, m := w.inside("standup"), w.inside("standup?tenant=acme"); n != 1 || m != 0 {
		t.Errorf("got %d inside and %d in the tenant's room, want 1 and 0", n, m)
	}
	w.mustJoin("standup?tenant=acme", token)
	w.wantBare(w.end("[acme]standup"+muc), 200)
}

func TestEndMeeting_WithAnotherPrefix(t *testing.T) {
	t.Parallel()
	w := setup(t, settings(func(set *jitsi.Settings) { set.MUCPrefix, set.Domain = "muc", "Meet.Jitsi" }))
	w.mustJoin("standup", sign(t, guest()))
	w.wantBare(w.end("standup"+muc), 404)
	w.wantBare(w.end("standup@muc.meet.jitsi"), 200)
}

func TestKick_OrderOfChecks(t *testing.T) {
	t.Parallel()
	good, bad := systemToken(t), sign(t, guest())
	const path = "/prosody/kick-participant"
	for _, tc := range []struct {
		name, path, token, body string
		status, old             int // old is what older releases answer
	}{
		{"no body", path, bad, "", 400, 400},
		{"no JSON", path, bad, "{", 400, 400},
		{"no object", path, bad, `"ID"`, 400, 400},
		{"a list", path, bad, `["ID"]`, 400, 400},
		{"neither", path, bad, `{}`, 400, 400},
		{"both", path, bad, `{"participantId":"ID","number":"+4"}`, 400, 400},
		{"one and null", path, bad, `{"participantId":"ID","number":null}`, 400, 400},
		{"null", path + "?room=standup", good, `{"participantId":null}`, 400, 400},
		{"no text", path + "?room=standup", good, `{"participantId":12345678}`, 400, 400},
		{"no query", path, bad, `{"participantId":"ID"}`, 400, 200},
		{"bad token, room unknown", path + "?room=other", bad, `{"participantId":"ID"}`, 403, 200},
		{"bad token, empty query", path + "?", bad, `{"participantId":"ID"}`, 403, 200},
		{"bad token", path + "?room=standup", bad, `{"participantId":"ID"}`, 403, 200},
		{"room unknown", path + "?room=other", good, `{"participantId":"ID"}`, 404, 200},
		{"room missing", path + "?prefix=acme", good, `{"participantId":"ID"}`, 404, 200},
		{"another tenant's room", path + "?room=standup&prefix=acme", good, `{"participantId":"ID"}`, 404, 200},
		{"nobody of the id", path + "?room=standup", good, `{"participantId":"00000000"}`, 404, 404},
		{"half the id", path + "?room=standup", good, `{"participantId":"HALF"}`, 404, 404},
		{"focus", path + "?room=standup", good, `{"participantId":"focus"}`, 404, 404},
		{"nobody of the number", path + "?room=standup", good, `{"number":"+4"}`, 404, 404},
		{"a human by name", path + "?room=standup", good, `{"number":"Ada"}`, 404, 404},
		{"good", path + "?room=standup", good, `{"participantId":"ID"}`, 200, 200},
		{"good, with more", path + "?room=standup&prefix=", good, `{"participantId":"ID","why":1}`, 200, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, old := range []bool{false, true} {
				w := setup(t, traits(jitsi.Traits{OldKick: old}))
				id := w.mustJoin("standup", sign(t, guest()))["participantId"].(string)
				w.mustJoin("standup", sign(t, user("u-18")))
				status, left := tc.status, 2
				if old {
					status = tc.old
				}
				if tc.status == 200 {
					left = 1
				}
				body := strings.NewReplacer("ID", id, "HALF", id[:4]).Replace(tc.body)
				w.wantBare(w.do("PUT", tc.path, bearer(tc.token), body), status)
				if n := w.inside("standup"); n != left {
					t.Errorf("old %t: got %d inside, want %d", old, n, left)
				}
			}
		})
	}
}

func TestKick_ContentTypeIsExact(t *testing.T) {
	t.Parallel()
	for _, value := range [][]string{nil, {"text/plain"}, {"application/json; charset=utf-8"}, {"Application/JSON"}, {"application/json;"}, {jsonType, jsonType}} {
		t.Run(fmt.Sprint(value), func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			p := w.mustJoin("standup", sign(t, guest()))
			header := bearer(systemToken(t))
			header["Content-Type"] = value
			w.wantBare(w.do("PUT", "/prosody/kick-participant?room=standup", header, asJSON(t, map[string]any{"participantId": p["participantId"]})), 400)
			w.wantBare(w.do("POST", "/prosody/invite-jigasi", header, `{"conference":"standup`+muc+`","phoneNo":"+1"}`), 400)
		})
	}
}

func TestKick_LastOneOutEndsTheRoom(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, guest())
	p := w.mustJoin("standup", token)
	body := asJSON(t, map[string]any{"participantId": p["participantId"]})
	w.wantBare(w.invite("standup"+muc, "+40747777777"), 200)
	w.wantBare(w.kick("room=standup", body), 200)
	w.want(w.show("standup"), 404)
	w.wantBare(w.kick("room=standup", body), 404)
	w.wantBare(w.end("standup"+muc), 404)
	w.mustJoin("standup", token) // a kick is no ban
}

func TestKick_InATenant(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.mustJoin("standup?tenant=acme", sign(t, guest().with("sub", "acme")))
	body := asJSON(t, map[string]any{"participantId": p["participantId"]})
	w.wantBare(w.kick("room=standup", body), 404)
	w.wantBare(w.kick("room=standup&prefix=acme", body), 200)
}

func TestInvite_OrderOfChecks(t *testing.T) {
	t.Parallel()
	good, bad := systemToken(t), sign(t, guest())
	for _, tc := range []struct {
		name, token, body string
		status            int
	}{
		{"bad token, no body", bad, "", 401},
		{"bad token", bad, `{"conference":"standup` + muc + `","phoneNo":"+1"}`, 401},
		{"no body", good, "", 400},
		{"no JSON", good, "{", 400},
		{"no object", good, "[]", 400},
		{"no conference", good, `{"phoneNo":"+1"}`, 400},
		{"no number", good, `{"conference":"standup` + muc + `"}`, 400},
		{"conference null", good, `{"conference":null,"phoneNo":"+1"}`, 400},
		{"number no text", good, `{"conference":"standup` + muc + `","phoneNo":1}`, 400},
		{"good", good, `{"conference":"standup` + muc + `","phoneNo":"+1"}`, 200},
		{"room unknown", good, `{"conference":"other` + muc + `","phoneNo":"+1"}`, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.wantBare(w.do("POST", "/prosody/invite-jigasi", bearer(tc.token), tc.body), tc.status)
			w.want(w.show("standup"), 404)
			w.want(w.show("other"), 404)
		})
	}
}

func TestInvite_WithoutAGateway(t *testing.T) {
	t.Parallel()
	w := setup(t, traits(jitsi.Traits{NoGateway: true}))
	w.mustJoin("standup", sign(t, guest()))
	got := w.invite("standup"+muc, "+40747777777")
	if got.status != 404 || got.raw != `{"error":"Jigasi not found"}` || got.header.Get("Content-Type") != "" {
		t.Errorf("got %d %q of type %q, want 404 and JSON that does not say that it is", got.status, got.raw, got.header.Get("Content-Type"))
	}
	w.wantBare(w.do("POST", "/prosody/invite-jigasi", bearer(systemToken(t)), "{}"), 400)
	w.wantBare(w.do("POST", "/prosody/invite-jigasi", http.Header{}, "{}"), 401)
}

func TestInvite_PutsATelephoneIntoTheRoom(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, guest().with("sub", "*"))
	p := w.mustJoin("standup", token)
	w.mustJoin("standup?tenant=acme", token)
	w.wantBare(w.invite("standup"+muc, "+40747777777"), 200)
	w.wantBare(w.invite("standup@conference.acme.meet.jitsi", "+4912"), 200)

	calls := w.show("standup").body["calls"].([]any)
	if len(calls) != 1 {
		t.Fatalf("got %v, want one call", calls)
	}
	leg := calls[0].(map[string]any)
	id, _ := leg["participantId"].(string)
	if leg["phoneNo"] != "+40747777777" || len(id) != 8 {
		t.Errorf("got %v, want the number and an id of 8 digits", leg)
	}
	if got := w.get("room", "standup").raw; !strings.Contains(got, `"email":"","display_name":"+40747777777 (SIP)"`) {
		t.Errorf("got %s, want the telephone in it", got)
	}
	if got := w.get("room-size", "standup").raw; got != `{"participants":2}` {
		t.Errorf("got %s, want 2", got)
	}
	// By the beginning of its number, and by its id.
	w.wantBare(w.kick("room=standup&prefix=acme", `{"number":"+49"}`), 200)
	w.wantBare(w.kick("room=standup", `{"number":"40747777777"}`), 404)
	w.wantBare(w.kick("room=standup", asJSON(t, map[string]any{"participantId": id})), 200)
	if calls := w.show("standup").body["calls"].([]any); len(calls) != 0 {
		t.Errorf("got %v, want no call", calls)
	}
	// A telephone cannot leave as a browser does, and does not keep the room going.
	w.wantBare(w.invite("standup"+muc, "+1"), 200)
	leg = w.show("standup").body["calls"].([]any)[0].(map[string]any)
	w.want(w.leave("standup", leg), 404)
	w.want(w.leave("standup", p), 204)
	w.want(w.show("standup"), 404)
}
