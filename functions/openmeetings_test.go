package functions_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gavel/local/runtimeapi"
	"gavel/local/server"
)

// meetings has the functions of OpenMeetings work with the sandbox, each in a process of its own.
type meetings struct {
	server    *server.Server
	processes map[string]*runtimeapi.Process
}

// moved puts an id in the place of the sample's in an event: parameter is the path's, such as roomId.
type moved struct {
	parameter string
	id        int64
}

// call feeds a function its event and gives what of the answer a test looks at.
func (m *meetings) call(t *testing.T, name string, status int, moves ...moved) thing {
	t.Helper()
	operation := "openmeetings-" + name
	if m.processes[operation] == nil {
		m.processes[operation] = run(t, operation, []string{"AWS_ENDPOINT_URL=" + m.server.URL() + "/local/aws"})
	}
	sent := edited(t, event(t, operation), func(e map[string]any) {
		for _, move := range moves {
			move.edit(e)
		}
	})
	got := invoke(t, m.processes[operation], sent)
	if got.StatusCode != status {
		t.Fatalf("%s: got %d %s, want %d", name, got.StatusCode, got.Body, status)
	}
	var body thing
	if err := json.Unmarshal([]byte(got.Body), &body); err != nil {
		t.Fatalf("%s: got %s: %v", name, got.Body, err)
	}
	return body
}

func (m moved) edit(e map[string]any) { setPath(e, m.parameter, strconv.FormatInt(m.id, 10)) }

// setPath puts another value into the path of an event.
func setPath(e map[string]any, parameter, value string) {
	parameters, _ := e["pathParameters"].(map[string]any)
	context, _ := e["requestContext"].(map[string]any)
	call, _ := context["http"].(map[string]any)
	parameters[parameter] = value
	_, template, _ := strings.Cut(fmt.Sprint(e["routeKey"]), " ")
	for name, value := range parameters {
		template = strings.ReplaceAll(template, "{"+name+"}", fmt.Sprint(value))
	}
	e["rawPath"], call["path"] = template, template
}

// thing is what the answers have, taken together.
type thing struct {
	ID      int64
	GroupID int64
	URL     string
	Hash    string
	Name    string
	Title   string
	Text    string
	Version string
	Outcome string
	Code    string
	Count   int64
	Total   int64
	DBOk    bool `json:"dbOk"`
	Room    struct{ ID int64 }

	Rooms, Users, Groups, Recordings, Appointments, Files, RoomHome []part
}

// part is what the parts of lists have.
type part struct {
	ID         int64
	ExternalID string
}

// outcome calls a function that does something, and compares what it says it did.
func (m *meetings) outcome(t *testing.T, name, want string, moves ...moved) {
	t.Helper()
	if got := m.call(t, name, http.StatusOK, moves...).Outcome; got != want {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

func TestOpenMeetingsFunctions_Story(t *testing.T) {
	t.Parallel()
	m := &meetings{server: setup(t), processes: map[string]*runtimeapi.Process{}}
	m.meet(t)
	m.rooms(t)
	m.people(t)
	m.appointments(t)
	m.files(t)
	m.rest(t)

	folders, err := filepath.Glob(filepath.Join("openmeetings", "*", "main.go"))
	if err != nil || len(folders) != len(m.processes) {
		t.Errorf("got %d of %d functions called, %v, want all", len(m.processes), len(folders), err)
	}
	m.quiet(t)
}

// meet has John Doe, whom the sample lets in as moderator of room 2, come and be removed.
func (m *meetings) meet(t *testing.T) {
	t.Helper()
	entry := m.call(t, "create-entry", http.StatusCreated)
	if want := m.server.URL() + "/local/sandbox/openmeetings/hash?secure=" + entry.Hash + "&language=1"; entry.URL != want {
		t.Errorf("got %s, want %s", entry.URL, want)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, entry.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var inside struct {
		RoomID    int64
		FirstName string
		Moderator bool
	}
	if err := json.NewDecoder(response.Body).Decode(&inside); err != nil || inside.RoomID != 2 || inside.FirstName != "John" || !inside.Moderator {
		t.Errorf("got %d %+v, %v, want John in room 2 as moderator", response.StatusCode, inside, err)
	}
	if got := m.call(t, "list-room-users", http.StatusOK); len(got.Users) != 1 || got.Users[0].ExternalID != "uniqueId1" {
		t.Errorf("got %+v, want John alone", got.Users)
	}
	if got := m.call(t, "count-room-users", http.StatusOK); got.Count != 1 {
		t.Errorf("got %d inside, want 1", got.Count)
	}
	m.outcome(t, "kick", "kicked")
	m.outcome(t, "kick", "not_found")
}

func (m *meetings) rooms(t *testing.T) {
	t.Helper()
	made := m.call(t, "create-room", http.StatusCreated)
	if found := m.call(t, "find-room", http.StatusOK); found.ID != made.ID || found.Name != "Stand-up" {
		t.Errorf("got %+v, want the room %d", found, made.ID)
	}
	at := moved{"roomId", made.ID}
	if got := m.call(t, "update-room", http.StatusOK, at); got.Name != "Retro" {
		t.Errorf("got %+v, want the name of the event", got)
	}
	if got := m.call(t, "get-room", http.StatusOK, at); got.Name != "Retro" {
		t.Errorf("got %+v, want the new name", got)
	}
	if got := m.call(t, "list-rooms", http.StatusOK); len(got.Rooms) != 1 {
		t.Errorf("got %+v, want the one public room of the type", got.Rooms)
	}
	m.outcome(t, "close-room", "closed", at)
	m.outcome(t, "open-room", "opened", at)
	m.outcome(t, "clear-whiteboard", "cleared", at)
	if got := m.call(t, "create-invitation", http.StatusCreated, at); !strings.Contains(got.URL, "/hash?invitation="+got.Hash) {
		t.Errorf("got %+v, want a link", got)
	}
	m.outcome(t, "end-room", "ended", at)
	m.outcome(t, "delete-room", "deleted", at)
	m.outcome(t, "delete-room", "not_found", at)
	if got := m.call(t, "find-room", http.StatusNotFound); got.Code != "not_found" {
		t.Errorf("got %+v, want not_found", got)
	}
}

func (m *meetings) people(t *testing.T) {
	t.Helper()
	user := m.call(t, "create-user", http.StatusCreated)
	if got := m.call(t, "create-user", http.StatusConflict); got.Code != "login_in_use" {
		t.Errorf("got %+v, want login_in_use", got)
	}
	if got := m.call(t, "list-users", http.StatusOK); !slices.ContainsFunc(got.Users, func(u part) bool { return u.ID == user.ID }) {
		t.Errorf("got %+v, want the user %d among them", got.Users, user.ID)
	}
	group := m.call(t, "create-group", http.StatusCreated).GroupID
	in, who := moved{"groupId", group}, moved{"userId", user.ID}
	if got := m.call(t, "list-groups", http.StatusOK); len(got.Groups) != 3 {
		t.Errorf("got %+v, want the first group, the one of John's system and the new one", got.Groups)
	}
	m.outcome(t, "add-group-user", "added", in, who)
	if got := m.call(t, "list-group-users", http.StatusOK, in); got.Total != 1 || len(got.Users) != 1 || got.Users[0].ID != user.ID {
		t.Errorf("got %+v, want the user %d alone", got, user.ID)
	}
	m.outcome(t, "remove-group-user", "removed", in, who)
	m.outcome(t, "add-group-room", "added", in)
	m.outcome(t, "add-group-room", "unchanged", in)
	m.outcome(t, "delete-group", "deleted", in)
	m.outcome(t, "delete-user", "deleted", who)
	m.outcome(t, "delete-external-user", "deleted")
}

func (m *meetings) appointments(t *testing.T) {
	t.Helper()
	made := m.call(t, "create-appointment", http.StatusCreated)
	at := moved{"appointmentId", made.ID}
	for _, name := range []string{"list-appointments", "find-appointments"} {
		if got := m.call(t, name, http.StatusOK); len(got.Appointments) != 1 || got.Appointments[0].ID != made.ID {
			t.Errorf("%s: got %+v, want the appointment %d", name, got, made.ID)
		}
	}
	if got := m.call(t, "next-appointment", http.StatusOK); got.ID != made.ID {
		t.Errorf("got %+v, want the appointment %d", got, made.ID)
	}
	if got := m.call(t, "get-room-appointment", http.StatusOK, moved{"roomId", made.Room.ID}); got.ID != made.ID {
		t.Errorf("got %+v, want the appointment %d", got, made.ID)
	}
	if got := m.call(t, "update-appointment", http.StatusOK, at); got.Title != "Longer review" {
		t.Errorf("got %+v, want the title of the event", got)
	}
	m.outcome(t, "delete-appointment", "deleted", at)
	m.outcome(t, "delete-appointment", "not_found", moved{"appointmentId", 4711})
	m.call(t, "next-appointment", http.StatusNotFound)
}

func (m *meetings) files(t *testing.T) {
	t.Helper()
	file := m.call(t, "upload-file", http.StatusCreated)
	at := moved{"fileId", file.ID}
	if got := m.call(t, "rename-file", http.StatusOK, at); got.Name != "minutes.png" {
		t.Errorf("got %+v, want the name of the event", got)
	}
	m.call(t, "move-file", http.StatusOK, at)
	if got := m.call(t, "list-room-files", http.StatusOK); len(got.RoomHome) != 1 || got.RoomHome[0].ID != file.ID {
		t.Errorf("got %+v, want the file %d", got.RoomHome, file.ID)
	}
	if got := m.call(t, "list-folder-files", http.StatusOK); len(got.Files) != 1 || got.Files[0].ID != file.ID {
		t.Errorf("got %+v, want the file %d", got.Files, file.ID)
	}
	m.outcome(t, "delete-file", "deleted", at)
	m.outcome(t, "delete-file", "not_found", moved{"fileId", 4711})
	m.outcome(t, "delete-external-file", "deleted")
	if got := m.call(t, "list-files", http.StatusOK); got.Files == nil || len(got.Files) != 0 {
		t.Errorf("got %+v, want none", got.Files)
	}
}

func (m *meetings) rest(t *testing.T) {
	t.Helper()
	for _, name := range []string{"list-recordings", "list-room-recordings"} {
		if got := m.call(t, name, http.StatusOK); got.Recordings == nil || len(got.Recordings) != 0 {
			t.Errorf("%s: got %+v, want none", name, got.Recordings)
		}
	}
	m.outcome(t, "delete-recording", "deleted")
	if got := m.call(t, "health", http.StatusOK); !got.DBOk {
		t.Errorf("got %+v, want a server that is well", got)
	}
	if got := m.call(t, "version", http.StatusOK); !strings.HasPrefix(got.Version, "9.") {
		t.Errorf("got %+v, want the sandbox's version", got)
	}
	if got := m.call(t, "get-error-text", http.StatusOK); got.Text == "" {
		t.Error("got no words for an error")
	}
}

// quiet looks through the logs for what must not be in them.
func (m *meetings) quiet(t *testing.T) {
	t.Helper()
	for operation, process := range m.processes {
		if err := process.Close(); err != nil { // and with it everything was written
			t.Fatal(err)
		}
		logs := process.Logs()
		if !strings.Contains(logs, `"operation":"`+operation+`"`) || !strings.Contains(logs, `"provider":"openmeetings"`) {
			t.Errorf("%s: the log lacks the call:\n%s", operation, logs)
		}
		for _, secret := range []string{"sid=", "secure=", "uniqueId1", "John", "example.org", "Kite-71", "Ada", "Bearer"} {
			if strings.Contains(logs, secret) {
				t.Errorf("%s: the log holds %q:\n%s", operation, secret, logs)
			}
		}
	}
}
