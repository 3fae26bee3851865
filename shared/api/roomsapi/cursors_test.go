package roomsapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

// page is any list, as far as these tests go.
type page struct {
	Rooms        []struct{ ID string }
	Participants []struct {
		ID string `json:"participant_id"`
	}
	Messages []struct{ ID string }
	Next     string `json:"next_cursor"`
	Older    string `json:"older_cursor"`
	Newer    string `json:"newer_cursor"`
}

func (p page) ids() []string {
	ids := []string{}
	for _, entry := range p.Rooms {
		ids = append(ids, entry.ID)
	}
	for _, entry := range p.Participants {
		ids = append(ids, entry.ID)
	}
	for _, entry := range p.Messages {
		ids = append(ids, entry.ID)
	}
	return ids
}

func (w *world) page(t testing.TB, user, path, query string) page {
	t.Helper()
	return call[page](t, w, user, http.MethodGet, path+"?limit=2&"+query, "", http.StatusOK)
}

// lists makes a room with five participants and messages, four more rooms of the owner's, and gives the lists of them.
func (w *world) lists(t testing.TB) (m meeting, paths []string) {
	t.Helper()
	for range 4 {
		w.book(t, owner, "")
		w.clock.Step(time.Millisecond)
	}
	m = w.meet(t)
	call[addedBody](t, w, owner, http.MethodPost, "/admin/room/"+m.room+"/participant", `{"participant_ids":["quandt-3","quandt-4","quandt-5"]}`, 200)
	for i := range 5 {
		call[messageBody](t, w, owner, http.MethodPost, "/participant/room/"+m.room+"/chat", fmt.Sprintf(`{"text":"Quandt %d"}`, i), 201)
	}
	room := "/participant/room/" + m.room
	return m, []string{"/participant/room", room + "/participant", room + "/chat"}
}

func TestPages_TogetherAreTheList(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	_, paths := w.lists(t)
	for _, path := range paths {
		t.Run(path[len(path)-4:], func(t *testing.T) {
			t.Parallel()
			whole := call[page](t, w, owner, http.MethodGet, path+"?limit=100", "", 200).ids()
			var walked []string
			cursor, pages := "", 0
			for {
				got := w.page(t, owner, path, cursor)
				if pages++; len(got.ids()) > 2 || pages > 5 {
					t.Fatalf("got page %d with %q, want three of two at most", pages, got.ids())
				}
				next := got.Next
				if path == paths[2] { // which is read backwards
					walked = append(got.ids(), walked...)
					next = got.Older
				} else {
					walked = append(walked, got.ids()...)
				}
				if next == "" {
					break
				}
				cursor = "cursor=" + url.QueryEscape(next)
			}
			if len(whole) != 5 || !slices.Equal(walked, whole) || pages != 3 {
				t.Errorf("got %q in %d pages, want %q in 3", walked, pages, whole)
			}
		})
	}
}

func TestChat_CanBePolledFromItsEnd(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	_, paths := w.lists(t)
	end := w.page(t, owner, paths[2], "").Newer
	for i := range 3 {
		if got := w.page(t, guest, paths[2], "cursor="+end); len(got.ids()) != 0 || got.Newer == "" {
			t.Errorf("got %+v behind the end, want nothing and a cursor", got)
		}
		sent := call[messageBody](t, w, guest, http.MethodPost, paths[2], `{"text":"Quandt"}`, 201)
		got := w.page(t, owner, paths[2], "cursor="+end)
		if !slices.Equal(got.ids(), []string{sent.ID}) {
			t.Errorf("poll %d: got %q, want the one new message %s", i, got.ids(), sent.ID)
		}
		end = got.Newer
	}
}

func TestCursor_OfAnotherListIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m, paths := w.lists(t)
	other, err := json.Marshal([]string{owner})
	if err != nil {
		t.Fatal(err)
	}
	second := call[roomBody](t, w, guest, http.MethodPost, "/room", `{"name":"Quandt","participant_ids":`+string(other)+`}`, 201)
	cursors := map[string]string{ // by the list they are of
		paths[0]: w.page(t, owner, paths[0], "").Next,
		paths[1]: w.page(t, owner, paths[1], "").Next,
		paths[2]: w.page(t, owner, paths[2], "").Older,
		"newer":  w.page(t, owner, paths[2], "").Newer,
		"ended":  w.page(t, owner, "/participant/room", "status=started").Next,
	}
	delete(cursors, "")
	room := "/participant/room/" + second.ID
	for from, cursor := range cursors {
		if cursor == "" {
			t.Fatalf("got no cursor of %s", from)
		}
		for _, path := range append(paths, room+"/participant", room+"/chat", "/participant/room?status=booked") {
			if from == path || from == "newer" && path == paths[2] {
				continue
			}
			sign := "?"
			if path == "/participant/room?status=booked" {
				sign = "&"
			}
			refused(t, w.send(t, as(owner), http.MethodGet, path+sign+"cursor="+cursor, ""), 422, "query.cursor")
		}
	}
	// A list of rooms is its user's; those of a room are the same for all who are in it.
	refused(t, w.send(t, as(guest), http.MethodGet, paths[0]+"?cursor="+cursors[paths[0]], ""), 422, "query.cursor")
	if got := w.page(t, guest, "/participant/room/"+m.room+"/chat", "cursor="+cursors[paths[2]]); len(got.ids()) != 2 {
		t.Errorf("got %q, want the same page for another participant", got.ids())
	}
}

// TestCursor_ThatWasTamperedWith is refused: it never leads elsewhere or to a fault.
func TestCursor_ThatWasTamperedWith(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	_, paths := w.lists(t)
	w.book(t, guest, "") // which is none of the owner's
	for _, path := range paths {
		first := w.page(t, owner, path, "")
		cursor := first.Next + first.Older
		for i := range cursor {
			for _, other := range []byte("A_") {
				if changed := cursor[:i] + string(other) + cursor[i+1:]; changed != cursor {
					refused(t, w.send(t, as(owner), http.MethodGet, path+"?cursor="+changed, ""), 422, "query.cursor")
				}
			}
			if i > 0 {
				refused(t, w.send(t, as(owner), http.MethodGet, path+"?cursor="+cursor[:i], ""), 422, "query.cursor")
			}
		}
	}
}
