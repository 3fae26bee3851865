package roomsapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/problem"
)

type joinBody struct {
	URL       string
	Role      string
	ExpiresAt time.Time `json:"expires_at"`
}

type profileBody struct {
	ID       string `json:"participant_id"`
	Admin    bool
	Username string
	Archived bool `json:"archive_room"`
}

type participantsBody struct {
	Participants []profileBody
	Next         string `json:"next_cursor"`
}

type roomsBody struct {
	Rooms []roomBody
	Next  string `json:"next_cursor"`
}

type messageBody struct {
	ID, UID, Name, Text string
	Attachment          *struct {
		FileID      string `json:"file_id"`
		Name        string
		Size        int64
		ContentType string `json:"content_type"`
	}
	Timestamp time.Time
}

type chatBody struct {
	Messages []messageBody
	Older    string `json:"older_cursor"`
	Newer    string `json:"newer_cursor"`
}

type addedBody struct {
	Added   []string
	Already []string `json:"already_in"`
}

type removedBody struct {
	Removed    string
	AtProvider *effect `json:"at_provider"`
}

// seat is somebody's place in a conference of the sandbox.
type seat struct {
	Error         string
	ParticipantID string
	UserID        string
	Name          string
	Moderator     bool
	Room          string
}

// enter goes through a join link, as a browser would.
func (w *world) enter(t testing.TB, link string) seat {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal("the join link is no URL")
	}
	token, found := strings.CutPrefix(u.Fragment, "jwt=")
	if !found || u.Scheme != "https" || u.Host != "8x8.vc" {
		t.Fatalf("got a link to %s://%s, want one to https://8x8.vc with a token in its fragment", u.Scheme, u.Host)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.jaasURL+"/rooms"+u.Path+"/participants",
		strings.NewReader(`{"jwt":"`+token+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	var got seat
	if err := json.Unmarshal(apitest.Do(t, request).Body, &got); err != nil {
		t.Fatal(err)
	}
	if err := w.jaas.Flush(t.Context()); err != nil { // the webhooks have arrived
		t.Fatal(err)
	}
	return got
}

// TestStory goes through all operations, with one room from its booking to its end.
func TestStory(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	booked := w.book(t, owner, `,"provider":"jaas","start_time":"2026-03-01T13:00:00Z","end_time":"2026-03-01T14:00:00+00:00","participant_ids":[`+
		quote(t, guest)+`,`+quote(t, owner)+`,`+quote(t, guest)+`]`)
	if booked.Status != "booked" || booked.Participants != 2 || booked.Admins != 1 || booked.Role != "admin" || booked.CreatedBy != owner ||
		booked.StartTime != "2026-03-01T13:00:00Z" || booked.EndTime != "2026-03-01T14:00:00Z" || booked.Provider != "jaas" {
		t.Errorf("got %+v, want the room as booked", booked)
	}
	room, admin := "/participant/room/"+booked.ID, "/admin/room/"+booked.ID
	member := admin + "/participant/" + url.PathEscape(guest) + "/admin"

	added := call[addedBody](t, w, owner, http.MethodPost, admin+"/participant", `{"participant_ids":[`+quote(t, guest)+`,"quandt-3","quandt-3"]}`, 200)
	if len(added.Added) != 1 || added.Added[0] != "quandt-3" || len(added.Already) != 1 || added.Already[0] != guest {
		t.Errorf("got %+v, want quandt-3 added and the guest known", added)
	}
	changed := call[roomBody](t, w, owner, http.MethodPost, admin, `{"name":"Quandt, earlier","start_time":"2026-03-01T12:30:00Z"}`, 200)
	if changed.Name != "Quandt, earlier" || changed.StartTime != "2026-03-01T12:30:00Z" || changed.EndTime != booked.EndTime || changed.Participants != 3 {
		t.Errorf("got %+v, want another name and start and the rest as it was", changed)
	}
	isProblem(t, w.send(t, as(guest), http.MethodPost, room+"/join", ""), http.StatusConflict, problem.RoomNotStarted)

	w.clock.Step(30 * time.Minute)
	w.storyInside(t, room, admin)
	w.storyChat(t, room)

	if got := call[profileBody](t, w, owner, http.MethodPost, member, "", 200); !got.Admin || got.ID != guest {
		t.Errorf("got %+v, want the guest an admin", got)
	}
	if got := call[profileBody](t, w, guest, http.MethodDelete, "/admin/room/"+booked.ID+"/participant/"+url.PathEscape(owner)+"/admin", "{}", 200); got.Admin {
		t.Errorf("got %+v, want the owner no admin any more", got)
	}
	isProblem(t, w.send(t, as(guest), http.MethodDelete, member, ""), http.StatusConflict, problem.LastAdmin)
	isProblem(t, w.send(t, as(guest), http.MethodDelete, admin+"/participant?participant_id="+url.QueryEscape(guest), ""),
		http.StatusConflict, problem.LastAdmin)

	w.storyEnd(t, room, admin)
}

// storyInside has the people join, and one of them removed again.
func (w *world) storyInside(t *testing.T, room, admin string) {
	t.Helper()
	call[profileBody](t, w, owner, http.MethodPatch, room+"/userprofile", `{"username":"Ada Quandt"}`, 200)
	for user, role := range map[string]string{owner: "moderator", guest: "participant", "quandt-3": "participant"} {
		link := call[joinBody](t, w, user, http.MethodPost, room+"/join", "", 200)
		got := w.enter(t, link.URL)
		if link.Role != role || got.Moderator != (role == "moderator") || got.UserID != user || got.Error != "" {
			t.Errorf("got the role %s and the seat %+v, want %s as %s", link.Role, got, user, role)
		}
		if user == owner && got.Name != "Ada Quandt" {
			t.Errorf("got the name %q, want it as in the room", got.Name)
		}
		if want := apitest.Noon().Add(2 * time.Hour); !link.ExpiresAt.Equal(want) {
			t.Errorf("got the link good until %s, want %s, the room's end", link.ExpiresAt, want)
		}
	}
	removed := call[removedBody](t, w, owner, http.MethodDelete, admin+"/participant?participant_id=quandt-3", "", 200)
	if removed.Removed != "quandt-3" || removed.AtProvider == nil || !removed.AtProvider.Complete || removed.AtProvider.did() != "ban banned, kick kicked" {
		t.Errorf("got %+v, want quandt-3 removed, banned and kicked", removed)
	}
	isProblem(t, w.send(t, as("quandt-3"), http.MethodGet, room, ""), http.StatusNotFound, problem.NotFound)
	people := call[participantsBody](t, w, guest, http.MethodGet, room+"/participant", "", 200)
	if len(people.Participants) != 2 || people.Next != "" {
		t.Errorf("got %+v, want two participants", people)
	}
	for _, p := range people.Participants {
		if p.ID != owner && p.ID != guest || p.Admin != (p.ID == owner) || (p.Username == "Ada Quandt") != (p.ID == owner) {
			t.Errorf("got the participant %+v, want the owner as admin by name or the guest", p)
		}
	}
}

// storyChat has them talk and exchange a file.
func (w *world) storyChat(t *testing.T, room string) {
	t.Helper()
	first := call[messageBody](t, w, owner, http.MethodPost, room+"/chat", `{"text":"Quandt speaking"}`, 201)
	if first.UID != owner || first.Name != "Ada Quandt" || first.Text != "Quandt speaking" || first.Attachment != nil || !first.Timestamp.Equal(w.clock.Now()) {
		t.Errorf("got %+v, want the message with sender, name and time", first)
	}
	file := w.upload(t, guest, strings.TrimPrefix(room, "/participant/room/"), "Quandt.pdf", "application/pdf", "%PDF-")
	second := call[messageBody](t, w, guest, http.MethodPost, room+"/chat", `{"attachment":{"file_id":"`+file+`"}}`, 201)
	if second.Attachment == nil || second.Attachment.Name != "Quandt.pdf" || second.Attachment.Size != 5 ||
		second.Attachment.ContentType != "application/pdf" || second.ID <= first.ID || !second.Timestamp.After(first.Timestamp) {
		t.Errorf("got %+v, want the file in a later message", second)
	}
	chat := call[chatBody](t, w, owner, http.MethodGet, room+"/chat", "", 200)
	if len(chat.Messages) != 2 || chat.Messages[0].ID != first.ID || chat.Messages[1].ID != second.ID || chat.Older != "" || chat.Newer == "" {
		t.Errorf("got %+v, want both messages, the older first", chat)
	}
	download := call[signedBody](t, w, owner, http.MethodGet, room+"/download?file_id="+file, "", 200)
	if got := download.send(t, ""); got.Status != 200 || string(got.Body) != "%PDF-" || got.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("got HTTP %d with %q, want the file", got.Status, got.Body)
	}
	if !download.ExpiresAt.Equal(w.clock.Now().Add(5 * time.Minute)) {
		t.Errorf("got a request good until %s, want five minutes", download.ExpiresAt)
	}
}

// storyEnd ends the room, first later and then now. The guest is its admin by then.
func (w *world) storyEnd(t *testing.T, room, admin string) {
	t.Helper()
	later := call[roomBody](t, w, guest, http.MethodPost, admin+"/end", `{"time_left_in_seconds":600}`, 200)
	if later.Status != "started" || later.EndTime != "2026-03-01T12:40:00Z" || later.AtProvider.Provider != "" {
		t.Errorf("got %+v, want the room to go on for ten minutes", later)
	}
	over := call[roomBody](t, w, guest, http.MethodPost, admin+"/end", "", 200)
	if over.Status != "ended" || over.EndTime != "2026-03-01T12:30:00Z" || !over.AtProvider.Complete || over.AtProvider.did() != "destroy destroyed" {
		t.Errorf("got %+v, want the room ended and its meeting destroyed", over)
	}
	archived := call[profileBody](t, w, owner, http.MethodPatch, room+"/userprofile", `{"archive_room":true}`, 200)
	if !archived.Archived || archived.Username != "Ada Quandt" {
		t.Errorf("got %+v, want the flag set and the name as it was", archived)
	}
	for status, want := range map[string]int{"": 1, "?status=ended": 1, "?status=started": 0, "?status=booked&limit=100": 0} {
		got := call[roomsBody](t, w, owner, http.MethodGet, "/participant/room"+status, "", 200)
		if len(got.Rooms) != want || got.Next != "" {
			t.Errorf("%q: got %d rooms, want %d", status, len(got.Rooms), want)
		}
		if want == 1 && (!got.Rooms[0].Archived || got.Rooms[0].Role != "participant" || got.Rooms[0].Status != "ended") {
			t.Errorf("got %+v, want it archived by its former admin", got.Rooms[0])
		}
	}
	if got := call[roomBody](t, w, guest, http.MethodGet, room, "", 200); got.Archived || got.Role != "admin" {
		t.Errorf("got %+v, want it not archived by the other", got)
	}
}
