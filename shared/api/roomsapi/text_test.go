package roomsapi_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gavel/shared/problem"
)

// lines are texts for one line, such as people write them.
func lines() []string {
	return []string{
		"Quandt 👩‍👩‍👧‍👦 🏳️‍🌈 👋🏽", // joiners, selectors, modifiers
		"Quandt \u202eexe.pdf", "שלום Quandt مرحبا", // from right to left
		"Quandt e\u0301 é Å Å ﬁ", // composed and not, to be left as they are
		"Quandt Z̸̢͉͘a̴l̷g̶o̵",
		"量子 Quandt 𝒬𠜎", // beyond 16 bits
		"<script>alert('Quandt')</script> & \"quoted\" \\ /",
		"Quandt \u2028\u2029\u00a0\ufeff\u200b!",
		"  Quandt  ", "Quandt%00%2F%20+", "Quandt\ufffd", "${Quandt} {{.}} $(x) `x` %s",
		strings.Repeat("ü", 94) + "Quandt",
	}
}

func TestText_ComesBackByteForByte(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	for _, text := range lines() {
		t.Run(text[:min(len(text), 12)], func(t *testing.T) {
			t.Parallel()
			m := w.meet(t)
			room := "/participant/room/" + m.room
			changed := call[roomBody](t, w, owner, http.MethodPost, "/admin/room/"+m.room, `{"name":`+quote(t, text)+`}`, 200)
			got := call[roomBody](t, w, guest, http.MethodGet, room, "", 200)
			if changed.Name != text || got.Name != text {
				t.Errorf("got the names %q and %q, want %q", changed.Name, got.Name, text)
			}
			profile := call[profileBody](t, w, guest, http.MethodPatch, room+"/userprofile", `{"username":`+quote(t, text)+`}`, 200)
			people := call[participantsBody](t, w, owner, http.MethodGet, room+"/participant", "", 200)
			if profile.Username != text || !slices.Contains(people.Participants, profile) {
				t.Errorf("got the username %q and then %+v, want %q", profile.Username, people, text)
			}
			file := w.upload(t, guest, m.room, text, "text/plain", "Quandt")
			sent := call[messageBody](t, w, guest, http.MethodPost, room+"/chat", `{"text":`+quote(t, text)+`,"attachment":{"file_id":"`+file+`"}}`, 201)
			chat := call[chatBody](t, w, owner, http.MethodGet, room+"/chat", "", 200)
			for _, message := range append(chat.Messages, sent) {
				if message.Text != text || message.Name != text || message.Attachment == nil || message.Attachment.Name != text {
					t.Errorf("got the message %+v, want %q in it", message, text)
				}
			}
			if seat := w.enter(t, call[joinBody](t, w, guest, http.MethodPost, room+"/join", "", 200).URL); seat.Name != text {
				t.Errorf("got the name %q in the meeting, want %q", seat.Name, text)
			}
		})
	}
}

func TestText_OfMessagesCanHaveLines(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, text := range []string{
		"Quandt\r\n\tand\u0000others\u001b[31m", "\n", " ", strings.Repeat("ü", 3994) + "Quandt", strings.Repeat("😀", 4000),
	} {
		sent := call[messageBody](t, w, owner, http.MethodPost, "/participant/room/"+m.room+"/chat", `{"text":`+quote(t, text)+`}`, 201)
		chat := call[chatBody](t, w, guest, http.MethodGet, "/participant/room/"+m.room+"/chat?limit=1", "", 200)
		if sent.Text != text || chat.Messages[0].Text != text {
			t.Errorf("got %q and %q, want %q", sent.Text, chat.Messages[0].Text, text)
		}
	}
}

func TestNames_OfTheLongestAreTaken(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	long := strings.Repeat("😀", 255)
	room := call[roomBody](t, w, owner, http.MethodPost, "/room", `{"name":`+quote(t, long)+`}`, 201)
	got := call[profileBody](t, w, owner, http.MethodPatch, "/participant/room/"+room.ID+"/userprofile", `{"username":`+quote(t, long[:400])+`}`, 200)
	if room.Name != long || got.Username != long[:400] {
		t.Errorf("got names of %d and %d bytes, want %d and 400", len(room.Name), len(got.Username), len(long))
	}
}

// TestUserIDs_OfAnyKindWorkInPathQueryAndBody goes through a participant's life by their id.
func TestUserIDs_OfAnyKindWorkInPathQueryAndBody(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	room, admin := "/participant/room/"+m.room, "/admin/room/"+m.room
	for _, id := range []string{
		"auth0|quandt/x", "quandt 1", "quandt%2F", "quandt%", "100%quandt", "quandt/../x", "/quandt", "quandt/", "//quandt//", "...quandt", "quandt/.",
		"quandt?a=b&c#d", "quandt+1@patient.example", "quandt~1", "qüandt-quandt 量 😀", "Quandt", "quandt", "quandt;a=b", "quandt,x", `quandt"\`, "quandt{room_id}",
		"quandt\u202e", "quandt" + strings.Repeat("x", 244), "admin/quandt/admin", "https://issuer.test/quandt", "quandt\u00a0",
	} {
		t.Run(id[:min(len(id), 24)], func(t *testing.T) {
			t.Parallel()
			isProblem(t, w.send(t, as(id), http.MethodGet, room, ""), http.StatusNotFound, problem.NotFound)
			added := call[addedBody](t, w, owner, http.MethodPost, admin+"/participant", `{"participant_ids":[`+quote(t, id)+`]}`, 200)
			if !slices.Equal(added.Added, []string{id}) {
				t.Errorf("got %q added, want %q", added.Added, id)
			}
			granted := call[profileBody](t, w, owner, http.MethodPost, admin+"/participant/"+url.PathEscape(id)+"/admin", "", 200)
			if granted.ID != id || !granted.Admin {
				t.Errorf("got %+v, want %q an admin", granted, id)
			}
			if got := call[roomBody](t, w, id, http.MethodGet, room, "", 200); got.Role != "admin" {
				t.Errorf("got the role %s, want admin", got.Role)
			}
			if got := call[roomsBody](t, w, id, http.MethodGet, "/participant/room", "", 200); len(got.Rooms) != 1 || got.Rooms[0].ID != m.room {
				t.Errorf("got %+v, want the one room", got.Rooms)
			}
			seat := id
			if id == "quandt~1" { // which quandt goes by once they were removed
				seat += "~0"
			}
			if got := w.enter(t, call[joinBody](t, w, id, http.MethodPost, room+"/join", "", 200).URL); got.UserID != seat || got.Error != "" {
				t.Errorf("got the seat %+v, want it as %q", got, seat)
			}
			revoked := call[profileBody](t, w, owner, http.MethodDelete, admin+"/participant/"+url.PathEscape(id)+"/admin", "", 200)
			if revoked.ID != id || revoked.Admin {
				t.Errorf("got %+v, want %q no admin", revoked, id)
			}
			removed := call[removedBody](t, w, owner, http.MethodDelete, admin+"/participant?participant_id="+url.QueryEscape(id), "", 200)
			if removed.Removed != id || removed.AtProvider.did() != "ban banned, kick kicked" {
				t.Errorf("got %+v, want %q removed and kicked", removed, id)
			}
			isProblem(t, w.send(t, as(id), http.MethodGet, room, ""), http.StatusNotFound, problem.NotFound)
		})
	}
}

func TestUserIDs_OfNobodyInTheRoomAreNotFound(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	path := "/admin/room/" + m.room + "/participant"
	isProblem(t, w.send(t, as(owner), http.MethodPost, path+"/"+url.PathEscape(stranger)+"/admin", ""), http.StatusNotFound, problem.NotFound)
	isProblem(t, w.send(t, as(owner), http.MethodDelete, path+"/"+url.PathEscape(stranger)+"/admin", ""), http.StatusNotFound, problem.NotFound)
	isProblem(t, w.send(t, as(owner), http.MethodDelete, path+"?participant_id="+url.QueryEscape(stranger), ""), http.StatusNotFound, problem.NotFound)
}
