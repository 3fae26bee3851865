package jaas

import (
	"encoding/json"
	"net/http"

	"gavel/local/sandbox/jitsimeet"
)

// serveRooms serves the sandbox's own API, described at [Server]. It is not part of the service and
// therefore not recorded.
func (s *Server) serveRooms(w http.ResponseWriter, r *http.Request, segments []string) {
	a, allow, err := s.answerRooms(r, segments)
	if err != nil {
		a = jitsimeet.Refused(err)
	}
	a.Write(w, allow)
}

// answerRooms also returns the method the path allows.
func (s *Server) answerRooms(r *http.Request, segments []string) (jitsimeet.Answer, string, error) {
	method, run := roomsRoute(segments)
	if run == nil {
		return jitsimeet.Answer{}, "", jitsimeet.ErrNoSuchPath
	}
	if r.Method != method {
		return jitsimeet.Answer{}, method, jitsimeet.Refuse(http.StatusMethodNotAllowed, "method_not_allowed", "the method must be "+method)
	}
	appID, err := jitsimeet.DecodeSegment(segments[0])
	if err != nil {
		return jitsimeet.Answer{}, method, err
	}
	visit := visit{r: r, appID: appID}
	if len(segments) > 1 {
		// Still encoded: the client drops characters before it decodes.
		visit.room = jitsimeet.NormalRoom(segments[1])
		if visit.room == "" || len(visit.room) > jitsimeet.MaxRoomBytes {
			return jitsimeet.Answer{}, method, jitsimeet.BadRequest("no room is left of this name once it is normalised, or it is too long")
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

func roomsRoute(segments []string) (string, func(*Server, visit) (jitsimeet.Answer, error)) {
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

func (s *Server) listRooms(v visit) (jitsimeet.Answer, error) {
	return jitsimeet.Answer{Status: http.StatusOK, Body: map[string]any{"rooms": s.state.list(v.appID)}}, nil
}

func (s *Server) showRoom(v visit) (jitsimeet.Answer, error) {
	view, ok := s.state.show(v.appID, v.room)
	if !ok {
		return jitsimeet.Answer{}, jitsimeet.Refuse(http.StatusNotFound, "not_found", "no such meeting now")
	}
	return jitsimeet.Answer{Status: http.StatusOK, Body: view}, nil
}

func (s *Server) leave(v visit) (jitsimeet.Answer, error) {
	if !s.state.remove(v.appID, v.room, v.participant, reasonLeft) {
		return jitsimeet.Answer{}, jitsimeet.Refuse(http.StatusNotFound, "not_found", "no such participant in this meeting now")
	}
	return jitsimeet.Answer{Status: http.StatusNoContent}, nil
}

// joinedBody is what somebody who joined gets to know.
type joinedBody struct {
	participant
	SessionID string `json:"sessionId"`
	Room      string `json:"room"`
}

// join does what a browser with the join link and the server behind it would: the client's check of the
// token, the server's, the bans, and then the room.
func (s *Server) join(v visit) (jitsimeet.Answer, error) {
	raw, err := jitsimeet.JoinToken(v.r)
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	t, err := jitsimeet.CheckAsClient(raw, s.now())
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	if err := s.checkAsServer(v.r.Context(), t, v.appID, v.room); err != nil {
		return jitsimeet.Answer{}, err
	}
	p, session, err := s.state.join(v.appID, v.room, newcomer(t.Claims), t.Hash)
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	return jitsimeet.Answer{Status: http.StatusCreated, Body: joinedBody{p, session, v.room}}, nil
}

// newcomer reads context.user, and the group beside it. All of it is optional.
func newcomer(claims map[string]any) participant {
	user, _ := jitsimeet.ClaimContext(claims)["user"].(map[string]any)
	moderator, _ := jitsimeet.Flag(user["moderator"])
	return participant{
		UserID: word(user["id"]), Name: word(user["name"]), Moderator: moderator,
		Email: word(user["email"]), Avatar: word(user["avatar"]), Group: word(jitsimeet.ClaimContext(claims)["group"]),
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
