package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/server"
)

// enterJitsi mints a token and joins with it, as a browser would, and gives what the sandbox says of who joined.
func (c *client) enterJitsi(room, body string) answer {
	c.t.Helper()
	minted := c.do(http.MethodPost, "/jitsi/tokens", body)
	minted.want(c.t, http.StatusCreated, nil)
	return c.joinJitsi(room, fmt.Sprint(minted.body["token"]))
}

func (c *client) joinJitsi(room, token string) answer {
	c.t.Helper()
	return c.do(http.MethodPost, strings.Replace(c.Sandboxes["jitsi"].RoomURL, "{room}", room, 1), `{"jwt":"`+token+`"}`)
}

// occupants gives the ids of who is in a room, as Gavel tells.
func (c *client) occupants(room string) map[string]string {
	c.t.Helper()
	inside := map[string]string{}
	got := c.do(http.MethodGet, "/jitsi/rooms/"+room+"/occupants", "")
	list, _ := got.body["occupants"].([]any)
	for _, o := range list {
		who := o.(map[string]any)
		inside[fmt.Sprint(who["displayName"])] = who["participantId"].(string)
	}
	return inside
}

// The sandbox looks the keys up at this server, as a real one would, and both plugins read the role.
func TestJitsi_MeetingStory(t *testing.T) {
	t.Parallel()
	for _, traits := range []string{"", "old-kick", "room-size-token", "token-moderation"} {
		t.Run(traits, func(t *testing.T) {
			t.Parallel()
			c := setup(t, map[string]string{"GAVEL_SANDBOX_JITSI": traits})
			ada := c.enterJitsi("stand-up%20%c3%a9", `{"room":"Stand-Up É","user":{"id":"ada","name":"Ada"},"moderator":true}`)
			ada.want(t, http.StatusCreated, map[string]any{"affiliation": "owner", "role": "moderator"})
			bob := c.enterJitsi("stand-up%20%c3%a9", `{"room":"Stand-Up É","user":{"id":"bob","name":"Bob"}}`)
			bob.want(t, http.StatusCreated, map[string]any{"affiliation": "member", "role": "participant"})
			for who, want := range map[*answer]string{&ada: "owner", &bob: "member"} {
				for plugin, got := range who.body["plugins"].(map[string]any) {
					if got != want {
						t.Errorf("%s: got %v, want %s", plugin, got, want)
					}
				}
			}
			c.joinJitsi("other", fmt.Sprint(c.do(http.MethodPost, "/jitsi/tokens", `{"room":"stand","user":{"id":"eve"}}`).body["token"])).
				want(t, http.StatusForbidden, nil)

			at := "/jitsi/rooms/stand-up%20%C3%89"
			c.do(http.MethodPost, at+"/dial-out", `{"phoneNo":"+40747777777"}`).want(t, http.StatusOK, map[string]any{"outcome": "requested"})
			if got := c.occupants("stand-up%20%C3%A9"); len(got) != 3 || got["Bob"] != bob.body["participantId"] {
				t.Errorf("got %v, want Ada, Bob and the phone", got)
			}
			kick := fmt.Sprintf(`{"participantId":%q}`, bob.body["participantId"])
			for _, want := range []string{"kicked", "not_found"} {
				c.do(http.MethodPost, at+"/kick", kick).want(t, http.StatusOK, map[string]any{"outcome": want})
			}
			c.do(http.MethodPost, at+"/kick", `{"number":"0040 747 777 777"}`).want(t, http.StatusOK, map[string]any{"outcome": "kicked"})
			c.do(http.MethodPost, "/jitsi/rooms/nowhere/kick", kick).want(t, http.StatusOK, map[string]any{"outcome": "not_found"})
			for _, want := range []string{"destroyed", "not_found"} {
				c.do(http.MethodPost, at+"/end", "").want(t, http.StatusOK, map[string]any{"outcome": want})
			}
			until(t, "the events are here", func() bool {
				got := c.do(http.MethodGet, at+"/events", "")
				return strings.Count(got.text, `"name":"muc-`) == 8 && strings.Contains(got.text, "muc-room-destroyed")
			})
		})
	}
}

func TestJitsi_RoomStory(t *testing.T) {
	t.Parallel()
	c := setup(t, map[string]string{"GAVEL_SANDBOX_JITSI": "reservations"})
	alice, bob := c.as("alice"), c.as("auth0|bob/x")
	id := c.book("alice", fmt.Sprintf(`{"name":"Stand-up","provider":"jitsi","participant_ids":["auth0|bob/x"],"end_time":%q}`,
		time.Now().UTC().Add(time.Hour).Format(time.RFC3339)))
	later := c.book("alice", `{"name":"Later","provider":"jitsi","start_time":"2099-01-05T10:00:00Z"}`)
	room, admin := "/participant/room/"+id, "/admin/room/"+id
	enter := func(as func(*http.Request)) answer {
		t.Helper()
		joined := c.do(http.MethodPost, room+"/join", "", as)
		joined.want(t, http.StatusOK, nil)
		_, token, _ := strings.Cut(joined.body["url"].(string), "#jwt=")
		return c.joinJitsi(id, token)
	}
	enter(alice).want(t, http.StatusCreated, map[string]any{"role": "moderator", "userId": "alice"})
	enter(bob).want(t, http.StatusCreated, map[string]any{"role": "participant", "userId": "auth0|bob/x"})
	until(t, "the events are here", func() bool {
		return strings.Count(c.do(http.MethodGet, "/jitsi/rooms/"+id+"/events", "").text, `"name":"muc-occupant-joined"`) == 2
	})
	removed := c.do(http.MethodDelete, admin+"/participant?participant_id=auth0%7Cbob%2Fx", "", alice)
	// Where the event that he came is just being dealt with, that has kicked him already, as somebody banned.
	if got := removed.did(); got != "kick kicked" && got != "kick not_found" {
		t.Errorf("remove: got %q done, want him kicked: %s", got, removed.text)
	}
	if got := c.do(http.MethodGet, "/jitsi/rooms/"+id+"/occupants", "").text; strings.Count(got, `"participantId"`) != 1 {
		t.Errorf("after the removal: got %s inside, want Alice alone", got)
	}
	late := c.do(http.MethodPost, room+"/join", "", alice).body["url"].(string)
	ended := c.do(http.MethodPost, admin+"/end", "", alice)
	if got, want := ended.did(), "destroy destroyed"; got != want {
		t.Errorf("end: got %q done, want %q: %s", got, want, ended.text)
	}
	// The server asks before it opens a room, and is told that this one is over and others are not booked.
	_, token, _ := strings.Cut(late, "#jwt=")
	refused := c.joinJitsi(id, token)
	refused.want(t, http.StatusForbidden, map[string]any{"error": "reservation-error"})
	if !strings.Contains(refused.text, "has been closed since") {
		t.Errorf("got %s, want words for people", refused.text)
	}
	for name, words := range map[string]string{later: "opens on 5 January 2099, 10:00 UTC", "stand-up": "no such room"} {
		refused := c.enterJitsi(name, `{"room":"`+name+`","user":{"id":"alice"}}`)
		refused.want(t, http.StatusForbidden, map[string]any{"error": "reservation-error"})
		if !strings.Contains(refused.text, words) {
			t.Errorf("got %s, want %q in it", refused.text, words)
		}
	}
}

func TestJitsi_GatewayThatIsNotThere(t *testing.T) {
	t.Parallel()
	c := setup(t, map[string]string{"GAVEL_SANDBOX_JITSI": "no-gateway, auto-owner"})
	c.enterJitsi("standup", `{"room":"standup","user":{"id":"bob"}}`).want(t, http.StatusCreated, map[string]any{"role": "moderator"})
	c.do(http.MethodPost, "/jitsi/rooms/standup/dial-out", `{"phoneNo":"+40747777777"}`).want(t, http.StatusBadGateway, map[string]any{
		"code": "upstream_error", "upstreamMessage": "Jigasi not found", "mayHaveHappened": false,
	})
}

func TestJitsi_TraitThatIsNone(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": t.TempDir(), "GAVEL_SANDBOX_JITSI": "reservations,magic"}
	s, err := server.Start(t.Context(), server.Options{Getenv: func(name string) string { return settings[name] }})
	if err == nil {
		_ = s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "GAVEL_SANDBOX_JITSI") || strings.Contains(err.Error(), "magic") {
		t.Errorf("got %v, want an error that names the setting", err)
	}
}
