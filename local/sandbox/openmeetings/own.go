package openmeetings

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// ownError is a refusal of the sandbox's own API.
type ownError struct {
	status  int
	message string
}

// Error returns the message.
func (e *ownError) Error() string { return e.message }

// serveOwn serves the sandbox's own API, described at [Server]. It is not part of the real server and therefore not
// recorded.
func (s *Server) serveOwn(w http.ResponseWriter, r *http.Request, segments []string) {
	status, body, err := s.answerOwn(r, segments)
	if err != nil {
		refusal := &ownError{http.StatusBadRequest, err.Error()}
		_ = errors.As(err, &refusal) // others are mistakes in what was sent
		writeJSON(w, refusal.status, map[string]string{"error": refusal.message})
		return
	}
	if body == nil {
		w.WriteHeader(status)
		return
	}
	writeJSON(w, status, body)
}

func (s *Server) answerOwn(r *http.Request, segments []string) (int, any, error) {
	for _, o := range []struct {
		method, pattern string
		run             func(*Server, *http.Request, []string) (int, any, error)
	}{
		{http.MethodGet, "rooms/*", (*Server).showRoom},
		{http.MethodPost, "clients/*/leave", (*Server).leaveRoom},
		{http.MethodPost, "recordings", (*Server).seedRecording},
	} {
		values := matchPath(segments, o.pattern)
		switch {
		case values == nil:
			continue
		case r.Method != o.method:
			return 0, nil, &ownError{http.StatusMethodNotAllowed, "the method must be " + o.method}
		}
		return o.run(s, r, values)
	}
	return 0, nil, &ownError{http.StatusNotFound, "no such path"}
}

// roomView is a room with who is inside.
type roomView struct {
	RoomID  int64        `json:"roomId"`
	Name    string       `json:"name"`
	Closed  bool         `json:"closed"`
	Clients []clientView `json:"clients"`
}

type clientView struct {
	ClientID       string `json:"clientId"`
	UserID         int64  `json:"userId"`
	Firstname      string `json:"firstname"`
	Lastname       string `json:"lastname"`
	ExternalID     string `json:"externalId"`
	ExternalType   string `json:"externalType"`
	Moderator      bool   `json:"moderator"`
	SuperModerator bool   `json:"superModerator"`
}

// showRoom also shows a deleted room: people stay in it.
func (s *Server) showRoom(_ *http.Request, values []string) (int, any, error) {
	id, err := strconv.ParseInt(values[0], 10, 64)
	if err != nil {
		return 0, nil, errors.New("the id must be a number")
	}
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	r := row(s.state.rooms, id)
	if r == nil {
		return 0, nil, &ownError{http.StatusNotFound, "no such room"}
	}
	view := roomView{RoomID: r.id, Name: r.name, Closed: r.closed, Clients: []clientView{}}
	for _, c := range s.state.inRoom(id) {
		view.Clients = append(view.Clients, s.state.viewClient(c))
	}
	return http.StatusOK, view, nil
}

func (s *state) viewClient(c *client) clientView {
	u := row(s.users, c.user)
	externalType, _ := s.externalTypeOf(u.groups).(string)
	return clientView{
		ClientID: c.id, UserID: u.id, Firstname: value(u.firstname), Lastname: value(u.lastname),
		ExternalID: value(u.externalID), ExternalType: externalType, Moderator: c.moderator, SuperModerator: c.super,
	}
}

func (s *Server) leaveRoom(_ *http.Request, values []string) (int, any, error) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if s.state.leave(func(c *client) bool { return c.id == values[0] }) == 0 {
		return 0, nil, &ownError{http.StatusNotFound, "no such client now"}
	}
	return http.StatusNoContent, nil, nil
}

// seedRecording puts a recording where the real server would after people pressed the button.
func (s *Server) seedRecording(r *http.Request, _ []string) (int, any, error) {
	body, err := readBody(r, maxBodyBytes)
	if err != nil {
		return 0, nil, &ownError{http.StatusRequestEntityTooLarge, "the body could not be read"}
	}
	rec, err := readRecording(body)
	if err != nil {
		return 0, nil, err
	}
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if s.state.full(s.now()) {
		return 0, nil, &ownError{http.StatusServiceUnavailable, errFull.Error()}
	}
	rec.id, rec.hash = s.state.nextID(), newUUID()
	s.state.recordings = append(s.state.recordings, rec)
	return http.StatusCreated, map[string]any{"id": rec.id, "hash": rec.hash}, nil
}

func readRecording(body []byte) (*recording, error) {
	in := readObject(body)
	rec := &recording{
		name: in.word("name"), roomID: in.integer("roomId"), ownerID: in.integer("ownerId"),
		status: in.enum("status", recordingStatuses()), interview: in.flag("interview"), externalType: in.text("externalType"),
		width: in.integer("width"), height: in.integer("height"),
	}
	for name, at := range map[string]*time.Time{"start": &rec.start, "end": &rec.end} {
		if in.decode(name, at, "a time of RFC 3339") {
			*at = at.Truncate(time.Second)
		}
	}
	if rec.status == "" {
		rec.status = statusProcessed
	}
	in.close()
	return rec, *in.err
}
