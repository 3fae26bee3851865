package roomsapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
)

// operation is one of the sixteen with a request that it takes of the owner of a meeting.
type operation struct {
	id     string
	method string
	path   string // {room}, {user} and {file} stand for those of the meeting
	body   string
	status int

	admin bool // for admins alone
	final bool // refused once the room has ended
}

func (o operation) inRoom() bool { return strings.Contains(o.path, "{room}") }

// takesBody says whether a body is read at all.
func (o operation) takesBody() bool {
	return o.method != http.MethodGet && (o.method != http.MethodDelete || !strings.Contains(o.path, "?"))
}

func operations() []operation {
	const get, post, patch, remove = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete
	const admin, participant = "/admin/room/{room}", "/participant/room/{room}"
	return []operation{
		{id: "rooms-create", method: post, path: "/room", body: `{"name":"Quandt"}`, status: 201},
		{id: "rooms-update", method: post, path: admin, body: `{"name":"Quandt, later"}`, status: 200, admin: true, final: true},
		{id: "rooms-end", method: post, path: admin + "/end", body: `{"time_left_in_seconds":600}`, status: 200, admin: true, final: true},
		{
			id: "rooms-add-participant", method: post, path: admin + "/participant", body: `{"participant_ids":["quandt-10"]}`,
			status: 200, admin: true, final: true,
		},
		{id: "rooms-remove-participant", method: remove, path: admin + "/participant?participant_id={user}", status: 200, admin: true, final: true},
		{id: "rooms-list-bans", method: get, path: admin + "/bans", status: 200, admin: true},
		{id: "rooms-lift-ban", method: remove, path: admin + "/bans?participant_id={user}", status: 200, admin: true},
		{id: "rooms-grant-admin", method: post, path: admin + "/participant/{user}/admin", status: 200, admin: true, final: true},
		{id: "rooms-revoke-admin", method: remove, path: admin + "/participant/{user}/admin", status: 200, admin: true, final: true},
		{id: "rooms-list", method: get, path: "/participant/room", status: 200},
		{id: "rooms-get", method: get, path: participant, status: 200},
		{id: "rooms-list-participants", method: get, path: participant + "/participant", status: 200},
		{id: "rooms-update-profile", method: patch, path: participant + "/userprofile", body: `{"username":"Quandt"}`, status: 200, final: true},
		{id: "rooms-list-chat", method: get, path: participant + "/chat", status: 200},
		{id: "rooms-send-chat", method: post, path: participant + "/chat", body: `{"text":"Quandt here"}`, status: 201, final: true},
		{
			id: "rooms-upload-url", method: get, path: participant + "/upload?name=quandt.pdf&size=7&content_type=application%2Fpdf",
			status: 200, final: true,
		},
		{id: "rooms-download-url", method: get, path: participant + "/download?file_id={file}", status: 200},
		{id: "rooms-join", method: post, path: participant + "/join", status: 200, final: true},
	}
}

// find gives an operation by its id.
func find(t testing.TB, id string) operation {
	t.Helper()
	for _, op := range operations() {
		if op.id == id {
			return op
		}
	}
	t.Fatalf("there is no operation %s", id)
	return operation{}
}

// meeting is a room that has started, bound to JaaS, with its owner, a guest and a file in it.
type meeting struct {
	room, file string
	start, end time.Time
}

// at fills an operation's path in.
func (m meeting) at(o operation) string {
	return strings.NewReplacer("{room}", m.room, "{file}", m.file, "{user}", url.QueryEscape(guest)).
		Replace(strings.Replace(o.path, "participant/{user}", "participant/"+url.PathEscape(guest), 1))
}

// roomBody is a room as it stands in answers; endBody and others embed the same.
type roomBody struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Status       string `json:"status"`
	StartTime    string `json:"start_time"`
	EndTime      string `json:"end_time"`
	Provider     string `json:"provider"`
	Participants int    `json:"participant_count"`
	Admins       int    `json:"admin_count"`
	Role         string `json:"role"`
	Archived     bool   `json:"archive_room"`
	CreatedBy    string `json:"created_by"`
	AtProvider   effect `json:"at_provider"`
}

// effect is what was done at the provider.
type effect struct {
	Provider string
	Complete bool
	Actions  []struct{ Action, Outcome string }
	Failure  struct{ Code, Detail string }
}

// did writes the actions in one line.
func (e effect) did() string {
	var did []string
	for _, a := range e.Actions {
		did = append(did, a.Action+" "+a.Outcome)
	}
	return strings.Join(did, ", ")
}

// signedBody is a request that the client sends itself.
type signedBody struct {
	FileID      string `json:"file_id"`
	URL         string
	Method      string
	Headers     map[string]string
	ExpiresAt   time.Time `json:"expires_at"`
	Name        string
	Size        int64
	ContentType string `json:"content_type"`
}

// book makes a room. Further fields of the body are given as JSON, with a comma in front.
func (w *world) book(t testing.TB, user, more string) roomBody {
	t.Helper()
	return call[roomBody](t, w, user, http.MethodPost, "/room", `{"name":"Quandt"`+more+`}`, http.StatusCreated)
}

// meet makes a meeting that has an hour to go.
func (w *world) meet(t testing.TB) meeting {
	t.Helper()
	m := meeting{start: w.clock.Now(), end: w.clock.Now().Add(time.Hour)}
	m.room = w.book(t, owner, `,"provider":"jaas","end_time":`+quote(t, m.end.Format(time.RFC3339))+`,"participant_ids":[`+quote(t, guest)+`]`).ID
	m.file = w.upload(t, owner, m.room, "quandt.pdf", "application/pdf", "quandt's")
	return m
}

// upload announces a file and sends it.
func (w *world) upload(t testing.TB, user, room, name, contentType, content string) string {
	t.Helper()
	query := url.Values{"name": {name}, "size": {strconv.Itoa(len(content))}, "content_type": {contentType}}
	upload := call[signedBody](t, w, user, http.MethodGet, "/participant/room/"+room+"/upload?"+query.Encode(), "", http.StatusOK)
	if got := upload.send(t, content); got.Status != http.StatusOK {
		t.Fatalf("upload: got HTTP %d with %s, want 200", got.Status, got.Body)
	}
	return upload.FileID
}

// send sends the request as it says.
func (b signedBody) send(t testing.TB, content string) answer {
	t.Helper()
	var body io.Reader
	if content != "" {
		body = strings.NewReader(content)
	}
	request, err := http.NewRequestWithContext(t.Context(), b.Method, b.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range b.Headers {
		request.Header.Set(name, value)
	}
	return apitest.Do(t, request)
}

// quote makes a JSON text.
func quote(t testing.TB, text string) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(quoted)
}
