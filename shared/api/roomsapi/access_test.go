package roomsapi_test

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"gavel/shared/problem"
)

const unknownRoom = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"

func TestGoodRequest_IsTaken(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			w := setup(t, options{})
			m := w.meet(t)
			got := w.send(t, as(owner), op.method, m.at(op), op.body)
			if got.Status != op.status {
				t.Errorf("got HTTP %d with %s, want %d", got.Status, got.Body, op.status)
			}
			if cache := got.Header.Get("Cache-Control"); cache != "no-store" {
				t.Errorf("got Cache-Control %q, want no-store", cache)
			}
		})
	}
}

func TestAccess_NeedsAPersonsToken(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			// Who calls is asked before anything else, so that a bad request of a stranger teaches nothing.
			for _, body := range []string{op.body, `{"x":`} {
				if op.body == "" && body != "" {
					continue
				}
				isProblem(t, w.send(t, nil, op.method, m.at(op), body), http.StatusUnauthorized, problem.Unauthenticated)
				isProblem(t, w.send(t, http.Header{"Authorization": {"Basic cXVhbmR0"}}, op.method, m.at(op), body),
					http.StatusUnauthorized, problem.Unauthenticated)
				isProblem(t, w.send(t, http.Header{"X-Api-Key": {"crm"}}, op.method, m.at(op), body), http.StatusForbidden, problem.Forbidden)
			}
			for _, subject := range []string{" ", ".", "..", "quandt\n", strings.Repeat("q", 251)} {
				isProblem(t, w.send(t, as(subject), op.method, m.at(op), op.body), http.StatusForbidden, problem.Forbidden)
			}
		})
	}
}

func TestAccess_NoAnswerBeforeItIsKnownWhoCalls(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	got := w.send(t, nil, http.MethodPost, "/room", `{"name":"Quandt"}`)
	if challenge := got.Header.Get("WWW-Authenticate"); got.Status != http.StatusUnauthorized || challenge != `Bearer realm="gavel"` {
		t.Errorf("got HTTP %d with the challenge %q, want 401 with one", got.Status, challenge)
	}
}

// requestID is the one thing in which two answers may differ.
var requestID = regexp.MustCompile(`"requestId":"[^"]*"`)

func TestAccess_ARoomThatOneIsNotInDoesNotExist(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	unknown := m
	unknown.room = unknownRoom
	for _, op := range operations() {
		if !op.inRoom() {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			foreign := w.send(t, as(stranger), op.method, m.at(op), op.body)
			isProblem(t, foreign, http.StatusNotFound, problem.NotFound)
			nowhere := w.send(t, as(stranger), op.method, unknown.at(op), op.body)
			if a, b := requestID.ReplaceAll(foreign.Body, nil), requestID.ReplaceAll(nowhere.Body, nil); !bytes.Equal(a, b) {
				t.Errorf("got %s for a foreign room and %s for one that is not there, want the same", a, b)
			}
			for name := range foreign.Header {
				if name == "X-Request-Id" || name == "Date" || name == "Content-Length" { // which follows the request id's
					continue
				}
				if a, b := foreign.Header.Get(name), nowhere.Header.Get(name); a != b {
					t.Errorf("got %s: %q for a foreign room and %q for one that is not there, want the same", name, a, b)
				}
			}
		})
	}
}

func TestAccess_AdminRoutesAreForAdmins(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, op := range operations() {
		if op.admin {
			isProblem(t, w.send(t, as(guest), op.method, m.at(op), op.body), http.StatusForbidden, problem.Forbidden)
		}
	}
	room := call[roomBody](t, w, owner, http.MethodGet, "/participant/room/"+m.room, "", http.StatusOK)
	if room.Name != "Quandt" || room.Participants != 2 || room.Admins != 1 || room.Status != "started" {
		t.Errorf("got the room %+v, want it as it was", room)
	}
}

func TestEndedRoom_TakesNoChangeAndStaysReadable(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	w.clock.Step(time.Hour)
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			got := w.send(t, as(owner), op.method, m.at(op), op.body)
			if !op.final {
				if got.Status != op.status {
					t.Errorf("got HTTP %d with %s, want %d", got.Status, got.Body, op.status)
				}
				return
			}
			p := isProblem(t, got, http.StatusConflict, problem.RoomEnded)
			if !p.StartTime.Equal(m.start) || !p.EndTime.Equal(m.end) {
				t.Errorf("got the times %s and %s, want %s and %s", p.StartTime, p.EndTime, m.start, m.end)
			}
			if op.admin {
				isProblem(t, w.send(t, as(guest), op.method, m.at(op), op.body), http.StatusForbidden, problem.Forbidden)
			}
		})
	}
}

func TestEndedRoom_CanBeArchived(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	w.clock.Step(time.Hour)
	path := "/participant/room/" + m.room
	type profile struct {
		Archived bool `json:"archive_room"`
		Username string
	}
	got := call[profile](t, w, guest, http.MethodPatch, path+"/userprofile", `{"archive_room":true}`, http.StatusOK)
	if !got.Archived {
		t.Error("got the flag unset, want it set")
	}
	isProblem(t, w.send(t, as(guest), http.MethodPatch, path+"/userprofile", `{"archive_room":false,"username":"Quandt"}`),
		http.StatusConflict, problem.RoomEnded)
	if room := call[roomBody](t, w, guest, http.MethodGet, path, "", http.StatusOK); !room.Archived || room.Status != "ended" {
		t.Errorf("got %+v, want the room ended and still archived", room)
	}
	if room := call[roomBody](t, w, owner, http.MethodGet, path, "", http.StatusOK); room.Archived {
		t.Error("got the room archived for somebody else, want it for oneself alone")
	}
}

func TestRoomID_OfAnotherFormIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	compact := strings.ReplaceAll(m.room, "-", "")
	for _, op := range operations() {
		if !op.inRoom() {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			for _, id := range []string{
				".", "..", "%2e", "%2E%2E", "x", "1", "%25", "%00", "%FF", "%20", "*", "%C3%BC", compact, "%7B" + m.room + "%7D",
				"urn:uuid:" + m.room, m.room + "0", m.room[1:], m.room + "%0a", "%20" + m.room, m.room + "%2F", marker, strings.Repeat("a", 8000),
				strings.Replace(m.room, "-", "", 1) + "-",
			} {
				other := m
				other.room = id
				refused(t, w.send(t, as(owner), op.method, other.at(op), op.body), 422, "path.room_id")
			}
		})
	}
}

func TestRoomID_IsTakenInCapitals(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if !op.inRoom() {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			w := setup(t, options{})
			m := w.meet(t)
			m.room, m.file = strings.ToUpper(m.room), strings.ToUpper(m.file)
			if got := w.send(t, as(owner), op.method, m.at(op), op.body); got.Status != op.status {
				t.Errorf("got HTTP %d with %s, want %d", got.Status, got.Body, op.status)
			}
		})
	}
}

func TestPath_ThatNamesNoOperationIsNotFound(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, path := range []string{
		"/rooms", "/room/", "/room/" + m.room, "/admin/room", "/admin/room/", "/admin/room//end", "/admin/room/" + m.room + "/",
		"/participant/room/", "/participant/room/" + m.room + "/files", "/participant/room/" + m.room + "/chat/", "/PARTICIPANT/room",
		"/admin/room/" + m.room + "/participant/a/b/admin", "/admin/room/" + m.room + "/participant//admin",
	} {
		isProblem(t, w.send(t, as(owner), http.MethodPost, path, `{}`), http.StatusNotFound, problem.NotFound)
	}
	for path, allow := range map[string]string{
		"/room": "POST", "/participant/room/" + m.room + "/userprofile": "PATCH", "/participant/room/" + m.room + "/chat": "GET, POST",
		"/admin/room/" + m.room + "/participant": "DELETE, POST",
	} {
		got := w.send(t, as(owner), http.MethodPut, path, `{}`)
		isProblem(t, got, http.StatusMethodNotAllowed, problem.MethodNotAllowed)
		if got := strings.ReplaceAll(got.Header.Get("Allow"), "GET, HEAD", "GET"); got != allow {
			t.Errorf("%s: got Allow %q, want %q", path, got, allow)
		}
	}
}
