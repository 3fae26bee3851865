package jaas

import (
	"encoding/json"
	"net/http"
)

// serveRooms serves the sandbox's own API, described at [Server]. It is not part of the service and
// therefore not recorded.
func (s *Server) serveRooms(w http.ResponseWriter, r *http.Request, segments []string) {
	a, allow, err := s.answerRooms(r, segments)
	if err != nil {
		a = refused(err)
	}
	a.write(w, allow)
}

// answerRooms also returns the method the path allows.
func (s *Server) answerRooms(r *http.Request, segments []string) (answer, string, error) {
	method, run := roomsRoute(segments)
	if run == nil {
		return answer{}, "", errNoSuchPath
	}
	if r.Method != method {
		return answer{}, method, refuse(http.StatusMethodNotAllowed, "method_not_allowed", "the method must be "+method)
	}
	appID, err := decodeSegment(segments[0])
	if err != nil {
		return answer{}, method, err
	}
	visit := visit{r: r, appID: appID}
	if len(segments) > 1 {
		// Still encoded: the client drops characters before it decodes.
		visit.room = normalRoom(segments[1])
		if visit.room == "" || len(visit.room) > maxRoomBytes {
			return answer{}, method, badRequest("no room is left of this name once it is normalised, or it is too long")
		}
	}
	if len(segments) > 3 {
		visit.participant = segments[3]
	}
	a, err := run(s, visit)
	return a, method, err
}

// visit is one request to the sandbox's own API.
type visit struct {
	r           *http.Request
	appID       string
	room        string // normalised
	participant string // short id
}

func roomsRoute(segments []string) (string, func(*Server, visit) (answer, error)) {
	switch {
	case len(segments) > 2 && segments[2] != "participants":
		return "", nil
	case len(segments) == 1:
		return http.MethodGet, (*Server).listRooms
	case len(segments) == 2:
		return http.MethodGet, (*Server).showRoom
	case len(segments) == 3:
		return http.MethodPost, (*Server).join
	case len(segments) == 4:
		return http.MethodDelete, (*Server).leave
	}
	return "", nil
}

func (s *Server) listRooms(v visit) (answer, error) {
	return answer{http.StatusOK, map[string]any{"rooms": s.state.list(v.appID)}}, nil
}

func (s *Server) showRoom(v visit) (answer, error) {
	view, ok := s.state.show(v.appID, v.room)
	if !ok {
		return answer{}, refuse(http.StatusNotFound, "not_found", "no such meeting now")
	}
	return answer{http.StatusOK, view}, nil
}

func (s *Server) leave(v visit) (answer, error) {
	if !s.state.remove(v.appID, v.room, v.participant, reasonLeft) {
		return answer{}, refuse(http.StatusNotFound, "not_found", "no such participant in this meeting now")
	}
	return answer{status: http.StatusNoContent}, nil
}

// joinedBody is what somebody who joined gets to know.
type joinedBody struct {
	participant
	SessionID string `json:"sessionId"`
	Room      string `json:"room"`
}

// join does what a browser with the join link and the server behind it would: the client's check of the
// token, the server's, the bans, and then the room.
func (s *Server) join(v visit) (answer, error) {
	raw, err := joinToken(v.r)
	if err != nil {
		return answer{}, err
	}
	t, err := checkAsClient(raw, s.now())
	if err != nil {
		return answer{}, err
	}
	if err := s.checkAsServer(v.r.Context(), t, v.appID, v.room); err != nil {
		return answer{}, err
	}
	p, session, err := s.state.join(v.appID, v.room, newcomer(t.claims), t.hash)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusCreated, joinedBody{p, session, v.room}}, nil
}

func joinToken(r *http.Request) (string, error) {
	body, err := readBody(r)
	if err != nil {
		return "", err
	}
	if err := requireJSON(r.Header); err != nil {
		return "", err
	}
	fields, err := object(body, "jwt")
	if err != nil {
		return "", err
	}
	return text(fields, "jwt")
}

// newcomer reads context.user, and the group beside it. All of it is optional.
func newcomer(claims map[string]any) participant {
	user, _ := claimContext(claims)["user"].(map[string]any)
	moderator, _ := flag(user["moderator"])
	return participant{
		UserID: word(user["id"]), Name: word(user["name"]), Moderator: moderator,
		Email: word(user["email"]), Avatar: word(user["avatar"]), Group: word(claimContext(claims)["group"]),
	}
}

// word reads a string. Numbers pass as their digits, as they do on their way through XMPP.
func word(v any) string {
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	s, _ := v.(string)
	return s
}
