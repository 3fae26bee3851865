package jitsi_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"gavel/local/sandbox/jitsi"
)

func TestRoomAndSize_Refused(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"room", "room-size"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.mustJoin("standup", sign(t, guest()))
			w.wantBare(w.do("GET", "/prosody/"+path, nil, ""), 400)
			w.wantPage(w.do("GET", "/prosody/"+path+"?", nil, ""), 500) // the module fails without a domain
			w.wantPage(w.do("GET", "/prosody/"+path+"?room=standup", nil, ""), 500)
			for _, query := range []string{
				"room=other&domain=" + domain,
				"domain=" + domain,
				"room=Standup&domain=" + domain,
				"room=standup&domain=example.org",
				"room=standup&domain=conference." + domain,
				"room=standup&subdomain=acme&domain=" + domain,
				"room=st%61ndup&domain=" + domain, // nothing is decoded
				"room=standup&domain=meet%2Ejitsi",
			} {
				w.wantBare(w.do("GET", "/prosody/"+path+"?"+query, nil, ""), 404)
			}
		})
	}
}

func TestRoomAndSize_Answers(t *testing.T) {
	t.Parallel()
	w := setup(t)
	entry := func(p map[string]any, room, email, name string) string {
		return fmt.Sprintf(`{"jid":"%s/%s","email":"%s","display_name":"%s"}`, room+muc, p["participantId"], email, name)
	}
	a := w.mustJoin("standup", sign(t, guest()))
	for _, tc := range []struct{ path, want string }{
		{"room-size", `{"participants":1}`},
		{"room", "[" + entry(a, "standup", "ada@example.org", "Ada") + "]"},
	} {
		got := w.get(tc.path, "standup")
		if got.status != 200 || got.raw != tc.want || got.header.Get("Content-Type") != "" {
			t.Errorf("%s: got %d %s of type %q, want %s of none", tc.path, got.status, got.raw, got.header.Get("Content-Type"), tc.want)
		}
	}
	b := w.mustJoin("standup", sign(t, guest().with("context.user", nil)))
	c := w.mustJoin("standup?tenant=acme", sign(t, guest().with("sub", "acme").with("context.user.name", "<é>")))
	for _, tc := range []struct{ query, want string }{
		{"room-size?room=standup&domain=" + domain + "&subdomain=", `{"participants":2}`},
		{"room?domain=" + domain + "&room=standup&room=standup", "[" + entry(a, "standup", "ada@example.org", "Ada") + "," + entry(b, "standup", "", "") + "]"},
		{"room-size?room=standup&subdomain=acme&domain=" + domain, `{"participants":1}`},
		{"room?room=standup&subdomain=acme&domain=" + domain, "[" + entry(c, "[acme]standup", "ada@example.org", "<é>") + "]"},
	} {
		if got := w.do("GET", "/prosody/"+tc.query, nil, ""); got.status != 200 || got.raw != tc.want {
			t.Errorf("%s: got %d %s, want %s", tc.query, got.status, got.raw, tc.want)
		}
	}
}

// A room such as é is %c3%a9 for the server, and each of the endpoints wants that in another way.
func TestRooms_BeyondASCII(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, guest().with("room", "*"))
	p := w.mustJoin("É", token)
	if p["room"] != "%c3%a9" {
		t.Fatalf("got room %v, want %%c3%%a9", p["room"])
	}
	body := asJSON(t, map[string]any{"participantId": p["participantId"]})
	query := func(room string) string { return "room=" + room + "&domain=" + domain }

	// Not decoded: the name as it is.
	w.want(w.do("GET", "/prosody/room-size?"+query("%c3%a9"), nil, ""), 200)
	w.want(w.do("GET", "/prosody/room?"+query("%c3%a9"), nil, ""), 200)
	w.want(w.do("GET", "/prosody/room-size?"+query("%C3%A9"), nil, ""), 404)
	w.want(w.do("GET", "/prosody/room?"+query("%25c3%25a9"), nil, ""), 404)

	// Decoded and encoded again: the name as it is, or in any spelling of é.
	w.wantBare(w.kick("room=%25c3%25a9", body), 404)
	w.wantBare(w.kick("room=%C3%A9", body), 200)
	p = w.mustJoin("é", token)
	body = asJSON(t, map[string]any{"participantId": p["participantId"]})
	w.wantBare(w.kick("room=%c3%a9", body), 200)

	// Decoded once: the name encoded once more.
	w.mustJoin("é", token)
	w.wantBare(w.do("POST", endPath+"conference=%c3%a9"+muc, bearer(systemToken(t)), ""), 404)
	w.wantBare(w.do("POST", endPath+"conference=%25c3%25a9"+muc, bearer(systemToken(t)), ""), 200)
	w.mustJoin("é", token)
	w.wantBare(w.do("POST", endPath+url.Values{"conference": {"%c3%a9" + muc}}.Encode(), bearer(systemToken(t)), ""), 200)

	// In JSON there is nothing to encode.
	w.mustJoin("é", token)
	w.wantBare(w.invite("%c3%a9"+muc, "+1"), 200)
	if calls := w.show("é").body["calls"].([]any); len(calls) != 1 {
		t.Errorf("got %v, want one call", calls)
	}
}

func TestRooms_WithASpace(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := sign(t, guest().with("room", "*"))
	for _, query := range []string{"room=a+b", "room=a%20b"} {
		p := w.mustJoin("a%20b", token)
		w.wantBare(w.kick(query, asJSON(t, map[string]any{"participantId": p["participantId"]})), 200)
	}
	w.mustJoin("a%20b", token)
	w.want(w.do("GET", "/prosody/room-size?room=a+b&domain="+domain, nil, ""), 404)
	w.want(w.do("GET", "/prosody/room-size?room=a%20b&domain="+domain, nil, ""), 200)
}

func TestRoomSizeToken(t *testing.T) {
	t.Parallel()
	w := setup(t, traits(jitsi.Traits{RoomSizeToken: true}))
	w.mustJoin("standup", sign(t, guest()))
	w.mustJoin("standup?tenant=acme", sign(t, guest().with("sub", "acme")))
	w.mustJoin("é", sign(t, guest().with("room", "*")))
	for _, tc := range []struct {
		name, query, token string
		status             int
	}{
		{"none", "room=standup", "", 403},
		{"garbage", "room=standup", "x", 403},
		{"fits", "room=standup", sign(t, guest()), 200},
		{"any room", "room=standup", sign(t, guest().with("room", "*").with("sub", "*")), 200},
		{"another room", "room=standup", sign(t, guest().with("room", "other")), 403},
		{"another domain", "room=standup", sign(t, guest().with("sub", "other")), 403},
		{"expired", "room=standup", sign(t, guest().with("exp", start.Unix())), 403},
		{"a system token", "room=standup", systemToken(t), 403},
		{"fits the tenant", "room=standup&subdomain=acme", sign(t, guest().with("sub", "acme")), 200},
		{"the tenant is another", "room=standup&subdomain=acme", sign(t, guest()), 403},
		{"beyond ASCII", "room=%c3%a9", sign(t, guest().with("room", "%c3%a9")), 200},
		{"no such room", "room=other", sign(t, guest().with("room", "*")), 403},
	} {
		for _, path := range []string{"room", "room-size"} {
			got := w.do("GET", "/prosody/"+path+"?domain="+domain+"&"+tc.query+"&token="+tc.token, nil, "")
			if got.status != tc.status {
				t.Errorf("%s, %s: got %d %s, want %d", path, tc.name, got.status, got.raw, tc.status)
			}
		}
	}
	for i, x := range w.rec.Exchanges() {
		if (x.TokenError == "") != (x.Answer.Status == 200) {
			t.Errorf("exchange %d: got token error %q with status %d", i, x.TokenError, x.Answer.Status)
		}
	}
	// The token in the header is none.
	w.wantBare(w.do("GET", "/prosody/room?domain="+domain+"&room=standup", bearer(sign(t, guest())), ""), 403)
	w.wantBare(w.do("GET", "/prosody/room", nil, ""), 400)
}

func TestSessionsAndCensus(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for path, want := range map[string]string{"sessions": "1", "room-census": `{"room_census":[]}`} {
		if got := w.do("GET", "/prosody/"+path, nil, ""); got.status != 200 || got.raw != want || got.header.Get("Content-Type") != "" {
			t.Errorf("%s: got %d %s, want %s of no type", path, got.status, got.raw, want)
		}
	}
	token := sign(t, guest().with("sub", "*"))
	w.mustJoin("standup", token)
	w.step(1500 * time.Millisecond)
	w.mustJoin("standup?tenant=acme", token)
	w.step(time.Second)
	w.mustJoin("standup", token)
	w.wantBare(w.invite("standup"+muc, "+1"), 200)
	census := `{"room_census":[` +
		`{"room_name":"[acme]standup@conference.meet.jitsi","participants":1,"created_time":"1760000001000","leaked":false},` +
		`{"room_name":"standup@conference.meet.jitsi","participants":3,"created_time":"1760000000000","leaked":false}]}`
	for path, want := range map[string]string{"sessions": "4", "room-census": census} {
		if got := w.do("GET", "/prosody/"+path, nil, ""); got.status != 200 || got.raw != want {
			t.Errorf("%s: got %d %s, want %s", path, got.status, got.raw, want)
		}
	}
}
