package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gavel/local/server"
	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

// as has a user call, with an access token of the local identity provider.
func (c *client) as(user string) func(*http.Request) {
	c.t.Helper()
	minted := c.do(http.MethodPost, "/local/tokens", fmt.Sprintf(`{"sub":%q}`, user))
	minted.want(c.t, http.StatusOK, nil)
	return func(r *http.Request) {
		r.Header.Del("X-Api-Key")
		r.Header.Set("Authorization", "Bearer "+minted.body["token"].(string))
	}
}

// book makes a room and gives its id.
func (c *client) book(user, body string) string {
	c.t.Helper()
	room := c.do(http.MethodPost, "/room", body, c.as(user))
	room.want(c.t, http.StatusCreated, map[string]any{"role": "admin", "created_by": user})
	return room.body["id"].(string)
}

// enter joins a room's meeting and goes in, as a browser would; it gives the answer of the sandbox.
func (c *client) enter(user, room string) answer {
	c.t.Helper()
	joined := c.do(http.MethodPost, "/participant/room/"+room+"/join", "", c.as(user))
	joined.want(c.t, http.StatusOK, nil)
	_, token, _ := strings.Cut(joined.body["url"].(string), "#jwt=")
	return c.do(http.MethodPost, c.meeting(room)+"/participants", `{"jwt":"`+token+`"}`)
}

// meeting is where the sandbox shows a room's meeting.
func (c *client) meeting(room string) string {
	at := strings.NewReplacer("{appId}", c.AppID, "{room}", room).Replace(c.Sandboxes["jaas"].RoomURL)
	return strings.TrimSuffix(at, "/participants")
}

// until asks again and again until the answer is yes.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("%s: not yet", what)
		}
	}
}

// did writes the actions at the provider in one line.
func (a answer) did() string {
	var body struct {
		AtProvider struct {
			Actions []struct{ Action, Outcome string }
		} `json:"at_provider"`
	}
	if err := json.Unmarshal([]byte(a.text), &body); err != nil {
		return a.text
	}
	var did []string
	for _, action := range body.AtProvider.Actions {
		did = append(did, action.Action+" "+action.Outcome)
	}
	return strings.Join(did, ", ")
}

func TestRooms_Story(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	alice, bob := c.as("alice"), c.as("auth0|bob/x")
	id := c.book("alice", `{"name":"Stand-up","provider":"jaas","participant_ids":["auth0|bob/x"]}`)
	room, admin := "/participant/room/"+id, "/admin/room/"+id
	c.do(http.MethodGet, room, "").want(t, http.StatusForbidden, map[string]any{"code": "forbidden"}) // with the API key
	c.do(http.MethodGet, room, "", c.as("eve")).want(t, http.StatusNotFound, map[string]any{"code": "not_found"})

	c.do(http.MethodPatch, room+"/userprofile", `{"username":"Ada"}`, alice).want(t, http.StatusOK, nil)
	c.enter("alice", id).want(t, http.StatusCreated, map[string]any{"userId": "alice", "name": "Ada", "moderator": true})
	c.enter("auth0|bob/x", id).want(t, http.StatusCreated, map[string]any{"userId": "auth0|bob/x", "moderator": false})
	c.do(http.MethodPost, room+"/chat", `{"text":"Good morning!"}`, bob).want(t, http.StatusCreated, map[string]any{"text": "Good morning!"})

	c.do(http.MethodPost, admin+"/participant/"+url.PathEscape("auth0|bob/x")+"/admin", "", alice).
		want(t, http.StatusOK, map[string]any{"admin": true})
	c.do(http.MethodDelete, admin+"/participant?participant_id=auth0%7Cbob%2Fx", "", alice).
		want(t, http.StatusOK, map[string]any{"removed": "auth0|bob/x"})
	c.do(http.MethodGet, room, "", bob).want(t, http.StatusNotFound, nil)

	ended := c.do(http.MethodPost, admin+"/end", "", alice)
	ended.want(t, http.StatusOK, map[string]any{"status": "ended"})
	if got, want := ended.did(), "destroy destroyed"; got != want {
		t.Errorf("end: got %q done, want %q", got, want)
	}
	c.do(http.MethodGet, c.meeting(id), "").want(t, http.StatusNotFound, nil)
	c.do(http.MethodPost, room+"/chat", `{"text":"Still there?"}`, alice).want(t, http.StatusConflict, map[string]any{"code": "room_ended"})
}

func TestRooms_WhoIsRemovedIsKicked(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	alice := c.as("alice")
	id := c.book("alice", `{"name":"Stand-up","provider":"jaas","participant_ids":["bob"]}`)
	for _, user := range []string{"alice", "bob"} {
		c.enter(user, id).want(t, http.StatusCreated, nil)
	}
	until(t, "the events are here", func() bool {
		return strings.Count(c.do(http.MethodGet, "/jaas/"+c.AppID+"/rooms/"+id+"/events", "").text, `"eventType":"PARTICIPANT_JOINED","receivedAt"`) == 2
	})
	removed := c.do(http.MethodDelete, "/admin/room/"+id+"/participant?participant_id=bob", "", alice)
	removed.want(t, http.StatusOK, nil)
	// Where the event that he came is just being dealt with, that has kicked him already, as somebody banned.
	if got := removed.did(); got != "ban banned, kick kicked" && got != "ban banned, kick not_found" {
		t.Errorf("got %q done, want him banned and kicked", got)
	}
	if inside := c.do(http.MethodGet, c.meeting(id), ""); strings.Contains(inside.text, `"bob"`) || !strings.Contains(inside.text, `"alice"`) {
		t.Errorf("got %s inside, want Alice alone", inside.text)
	}
}

func TestRooms_SurviveARestart(t *testing.T) {
	t.Parallel()
	dir := map[string]string{"GAVEL_DATA_DIR": t.TempDir()}
	first := setup(t, dir)
	id := first.book("alice", `{"name":"Stand-up","participant_ids":["bob"]}`)
	path := "/participant/room/" + id
	file := first.upload("bob", id, "the minutes")
	sent := first.do(http.MethodPost, path+"/chat", `{"text":"Done.","attachment":{"file_id":"`+file+`"}}`, first.as("bob"))
	sent.want(t, http.StatusCreated, nil)
	before := first.do(http.MethodGet, path, "", first.as("alice"))
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	second := setup(t, dir)
	if after := second.do(http.MethodGet, path, "", second.as("alice")); after.text != before.text {
		t.Errorf("got the room %s after the restart, want %s", after.text, before.text)
	}
	chat := second.do(http.MethodGet, path+"/chat", "", second.as("alice"))
	if !strings.Contains(chat.text, strings.TrimSpace(sent.text)) {
		t.Errorf("got the chat %s after the restart, want %s in it", chat.text, sent.text)
	}
	if got := second.download("alice", id, file); got != "the minutes" {
		t.Errorf("got the file with %q after the restart, want what it held", got)
	}
}

// upload announces a file and sends it with the request that is returned.
func (c *client) upload(user, room, content string) string {
	c.t.Helper()
	path := fmt.Sprintf("/participant/room/%s/upload?name=minutes.txt&size=%d&content_type=text%%2Fplain", room, len(content))
	return c.follow(user, path, content).body["file_id"].(string)
}

// download fetches a file with the request that is returned.
func (c *client) download(user, room, file string) string {
	c.t.Helper()
	return c.follow(user, "/participant/room/"+room+"/download?file_id="+file, "").body["content"].(string)
}

// follow sends the request that an answer describes, and adds what came of it to the answer.
func (c *client) follow(user, path, content string) answer {
	c.t.Helper()
	got := c.do(http.MethodGet, path, "", c.as(user))
	got.want(c.t, http.StatusOK, nil)
	sent := c.do(got.body["method"].(string), got.body["url"].(string), content, func(r *http.Request) {
		r.Header = http.Header{}
		for name, value := range got.body["headers"].(map[string]any) {
			r.Header.Set(name, value.(string))
		}
	})
	sent.want(c.t, http.StatusOK, nil)
	got.body["content"] = sent.text
	return got
}

func TestRooms_FilesGoThroughTheRequestsThatAreReturned(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	id := c.book("alice", `{"name":"Stand-up","participant_ids":["bob"]}`)
	file := c.upload("alice", id, "the minutes")
	if got := c.download("bob", id, file); got != "the minutes" {
		t.Errorf("got %q, want what was uploaded", got)
	}
	c.do(http.MethodGet, "/participant/room/"+id+"/download?file_id="+file, "", c.as("eve")).want(t, http.StatusNotFound, nil)
	download := c.do(http.MethodGet, "/participant/room/"+id+"/download?file_id="+file, "", c.as("bob"))
	for what, spoilt := range map[string]string{
		"another file": strings.Replace(download.body["url"].(string), file, id, 1),
		"no signature": strings.Split(download.body["url"].(string), "?")[0],
	} {
		if got := c.do(http.MethodGet, spoilt, ""); got.status != http.StatusForbidden {
			t.Errorf("%s: got HTTP %d, want 403", what, got.status)
		}
	}
}

func TestSecondServer_OnTheSameFolderSaysThatItIsInUse(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"GAVEL_DATA_DIR": t.TempDir(), "PORT": "0"}
	c := setup(t, settings)
	_, err := server.Start(t.Context(), server.Options{Getenv: func(name string) string { return settings[name] }})
	if !errors.Is(err, embedded.ErrInUse) || !strings.Contains(err.Error(), "in use by another process") || !strings.Contains(err.Error(), "GAVEL_DATA_DIR=") {
		t.Errorf("got %v, want an error that says that the folder is in use, and how to take another", err)
	}
	c.book("alice", `{"name":"Stand-up"}`) // the first one goes on
}

// The server sees by itself to what is due.
func TestRooms_EndInTimeWithoutAnybodyCalling(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	end := time.Now().Add(2 * time.Second).UTC().Format(time.RFC3339Nano)
	id := c.book("alice", `{"name":"Stand-up","provider":"jaas","end_time":"`+end+`"}`)
	c.enter("alice", id).want(t, http.StatusCreated, nil)
	until(t, "the meeting is destroyed", func() bool {
		for _, exchange := range c.Exchanges() {
			body, _ := exchange.Body.(map[string]any)
			if body["action"] == "DESTROY" && exchange.Answer.Status == http.StatusOK {
				return true
			}
		}
		return false
	})
	c.do(http.MethodGet, c.meeting(id), "").want(t, http.StatusNotFound, nil)
	c.do(http.MethodGet, "/participant/room/"+id, "", c.as("alice")).want(t, http.StatusOK, map[string]any{"status": "ended"})
	swept := c.do(http.MethodPost, "/local/cleanup", "")
	swept.want(t, http.StatusOK, map[string]any{
		"rooms_finished": 0.0, "guests_expelled": 0.0, "meetings_rescheduled": 0.0, "files_removed": 0.0,
		"tasks_failed": 0.0, "tasks_given_up": 0.0, "tasks_left": 0.0,
	})
	if late, counted := swept.body["oldest_due_seconds"].(float64); !counted || late > 60 { // the other sweep may be at it
		t.Errorf("got %s, want how late it was", swept.text)
	}
}

func TestCleanup_RemovesWhatIsExpired(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "state.db")
	key := table.Key{Partition: "test", Sort: "expired"}
	before := embedded.Options{Now: func() time.Time { return time.Unix(0, 0) }} // to see what is there
	store, err := before.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	item := table.Item{Key: key, Data: []byte("1"), Expires: time.Unix(1<<30, 0)}
	if err := errors.Join(store.Write(t.Context(), table.Put(item)), store.Close()); err != nil {
		t.Fatal(err)
	}

	c := setup(t, map[string]string{"GAVEL_DATA_DIR": dir})
	c.do(http.MethodPost, "/local/cleanup", "").want(t, http.StatusOK, nil)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}

	if store, err = before.Open(path); err != nil {
		t.Fatal(err)
	}
	items, err := store.Get(t.Context(), key)
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	if items[0].Exists() {
		t.Errorf("got %+v, want nothing", items[0])
	}
}
