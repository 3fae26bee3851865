package server_test

import (
	"net/http"
	"strings"
	"testing"

	"gavel/local/server"
)

// enterMeetings joins a room's meeting and opens the link that it gets, as a browser would.
func (c *client) enterMeetings(user, room string) answer {
	c.t.Helper()
	joined := c.do(http.MethodPost, "/participant/room/"+room+"/join", "", c.as(user))
	joined.want(c.t, http.StatusOK, nil)
	return c.open(joined.body["url"].(string))
}

func (c *client) open(link string) answer {
	c.t.Helper()
	return c.do(http.MethodGet, link, "", func(r *http.Request) { r.Header.Set("Accept", "application/json") })
}

// keptOut looks whether somebody who was removed from a room gets no link into its meeting, and stands in its list of bans until
// they are invited again.
func (c *client) keptOut(admin, user, room string) {
	c.t.Helper()
	join, list := "/participant/room/"+room+"/join", "/admin/room/"+room+"/bans"
	c.do(http.MethodPost, join, "", c.as(user)).want(c.t, http.StatusNotFound, map[string]any{"code": "not_found"})
	if got := c.do(http.MethodGet, list, "", c.as(admin)); !strings.Contains(got.text, `"participant_id":"`+user+`"`) {
		c.t.Errorf("got %s, want %s in the list of bans", got.text, user)
	}
	c.do(http.MethodPost, "/admin/room/"+room+"/participant", `{"participant_ids":["`+user+`"]}`, c.as(admin)).want(c.t, http.StatusOK, nil)
	c.do(http.MethodPost, join, "", c.as(user)).want(c.t, http.StatusOK, nil)
	if got := c.do(http.MethodGet, list, "", c.as(admin)); strings.Contains(got.text, user) {
		c.t.Errorf("got %s, want no ban of whom an admin has invited", got.text)
	}
}

// A room that meets on OpenMeetings, with both versions of the server.
func TestOpenMeetings_RoomStory(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"8.1", "9.1"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			c := setup(t, map[string]string{"GAVEL_SANDBOX_OPENMEETINGS": version})
			c.do(http.MethodGet, "/openmeetings/version", "").want(t, http.StatusOK, map[string]any{"version": version + ".0"})
			alice := c.as("alice")
			id := c.book("alice", `{"name":"007","provider":"openmeetings","participant_ids":["auth0|bob/x"]}`)
			room, admin := "/participant/room/"+id, "/admin/room/"+id

			found := c.do(http.MethodGet, "/openmeetings/external-rooms?type=CONFERENCE&externalType=gavel&externalId="+id, "")
			found.want(t, http.StatusOK, map[string]any{"name": "007", "moderated": true, "isPublic": false})
			c.do(http.MethodPatch, room+"/userprofile", `{"username":"Ada"}`, alice).want(t, http.StatusOK, nil)
			c.enterMeetings("auth0|bob/x", id).want(t, http.StatusOK, map[string]any{"moderator": false, "externalType": "gavel"})
			c.enterMeetings("alice", id).want(t, http.StatusOK, map[string]any{"moderator": true, "externalId": "alice", "firstname": "Ada"})

			removed := c.do(http.MethodDelete, admin+"/participant?participant_id=auth0%7Cbob%2Fx", "", alice)
			removed.want(t, http.StatusOK, map[string]any{"removed": "auth0|bob/x"})
			if got, want := removed.did(), "kick kicked"; got != want {
				t.Errorf("remove: got %q done, want %q", got, want)
			}
			c.keptOut("alice", "auth0|bob/x", id)
			late := c.do(http.MethodPost, room+"/join", "", alice).body["url"].(string)
			ended := c.do(http.MethodPost, admin+"/end", "", alice)
			ended.want(t, http.StatusOK, map[string]any{"status": "ended"})
			if got, want := ended.did(), "end ended"; got != want {
				t.Errorf("end: got %q done, want %q", got, want)
			}
			c.open(late).want(t, http.StatusForbidden, map[string]any{"error": "room_closed"})
		})
	}
}

func TestOpenMeetings_VersionThatIsNone(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": t.TempDir(), "GAVEL_SANDBOX_OPENMEETINGS": "7"}
	s, err := server.Start(t.Context(), server.Options{Getenv: func(name string) string { return settings[name] }})
	if err == nil {
		_ = s.Close()
		t.Fatal("got a server, want an error")
	}
	if !strings.Contains(err.Error(), "GAVEL_SANDBOX_OPENMEETINGS") {
		t.Errorf("got %v, want the setting named", err)
	}
}

// With secrets of one's own the sandbox's are gone.
func TestOpenMeetings_SecretsOfOnesOwn(t *testing.T) {
	t.Parallel()
	without := setup(t, map[string]string{"GAVEL_SECRETS_FILE": write(t, "secrets.json", map[string]any{})})
	entry := `{"user":{"externalId":"u-17","externalType":"myCMS"},"options":{"roomId":2}}`
	without.do(http.MethodPost, "/openmeetings/entries", entry).
		want(t, http.StatusServiceUnavailable, map[string]any{"code": "not_configured", "secret": "gavel/openmeetings"})
	without.do(http.MethodPost, "/room", `{"name":"Stand-up","provider":"openmeetings"}`, without.as("alice")).
		want(t, http.StatusServiceUnavailable, map[string]any{"code": "not_configured", "secret": "gavel/openmeetings"})
	with := setup(t, map[string]string{"GAVEL_SECRETS_FILE": write(t, "secrets.json", map[string]any{
		"openmeetings": map[string]string{"baseUrl": "http://127.0.0.1:1/openmeetings", "user": "gavel", "password": "hush"},
	})})
	with.do(http.MethodPost, "/openmeetings/entries", entry).
		want(t, http.StatusBadGateway, map[string]any{"code": "upstream_error", "provider": "openmeetings", "mayHaveHappened": false})
}
