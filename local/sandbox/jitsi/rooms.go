package jitsi

import (
	"context"
	"errors"
	"net/http"

	"gavel/local/sandbox/jitsimeet"
)

// door is where somebody stands who uses the sandbox's own API.
type door struct {
	address string
	tenant  string
	name    string // normalised
}

// visit is one request to the sandbox's own API.
type visit struct {
	r           *http.Request
	set         Settings
	at          door
	participant string
}

// serveRooms serves the sandbox's own API, described at [Server]. It is not part of the server it stands for and
// therefore not recorded.
func (s *Server) serveRooms(w http.ResponseWriter, r *http.Request) {
	a, allow, err := s.answerRooms(r)
	var d *denial
	switch {
	case errors.As(err, &d):
		a = jitsimeet.Answer{Status: http.StatusForbidden, Body: d}
	case err != nil:
		a = jitsimeet.Refused(err)
	}
	a.Write(w, allow)
}

// answerRooms also returns the method the path allows.
func (s *Server) answerRooms(r *http.Request) (jitsimeet.Answer, string, error) {
	segments, err := jitsimeet.SplitPath(r.URL)
	if err != nil {
		return jitsimeet.Answer{}, "", err
	}
	method, run := roomsRoute(segments[1:])
	if run == nil {
		return jitsimeet.Answer{}, "", jitsimeet.ErrNoSuchPath
	}
	if r.Method != method {
		return jitsimeet.Answer{}, method, jitsimeet.Refuse(http.StatusMethodNotAllowed, "method_not_allowed", "the method must be "+method)
	}
	set, err := s.settings(r.Context())
	if err != nil {
		return jitsimeet.Answer{}, method, jitsimeet.Refuse(http.StatusServiceUnavailable, "no_settings", "the settings cannot be read")
	}
	v := visit{r: r, set: set}
	if len(segments) > 1 {
		if v.at, err = newDoor(set, segments[1], r.URL.Query().Get("tenant")); err != nil {
			return jitsimeet.Answer{}, method, err
		}
	}
	if len(segments) > 3 {
		v.participant = segments[3]
	}
	a, err := run(s, v)
	return a, method, err
}

// newDoor finds the room. Its name is still encoded: the client drops characters before it decodes.
func newDoor(set Settings, room, tenant string) (door, error) {
	name := jitsimeet.NormalRoom(room)
	if name == "" || len(name) > jitsimeet.MaxRoomBytes {
		return door{}, jitsimeet.BadRequest("no room is left of this name once it is normalised, or it is too long")
	}
	tenant, err := tenantName(tenant)
	if err != nil {
		return door{}, err
	}
	return door{set.address(tenant, name), tenant, name}, nil
}

func roomsRoute(segments []string) (string, func(*Server, visit) (jitsimeet.Answer, error)) {
	switch {
	case len(segments) > 1 && segments[1] != "participants":
		return "", nil
	case len(segments) == 0:
		return http.MethodGet, (*Server).listRooms
	case len(segments) == 1:
		return http.MethodGet, (*Server).showRoom
	case len(segments) == 2:
		return http.MethodPost, (*Server).join
	case len(segments) == 3:
		return http.MethodDelete, (*Server).leave
	}
	return "", nil
}

func (s *Server) listRooms(visit) (jitsimeet.Answer, error) {
	views := []roomView{}
	s.state.each(func(rm *room) { views = append(views, rm.view()) })
	return jitsimeet.Answer{Status: http.StatusOK, Body: map[string]any{"rooms": views}}, nil
}

func (s *Server) showRoom(v visit) (a jitsimeet.Answer, err error) {
	s.state.look(v.at.address, func(rm *room) {
		if rm == nil {
			err = jitsimeet.Refuse(http.StatusNotFound, "not_found", "no such meeting now")
			return
		}
		a = jitsimeet.Answer{Status: http.StatusOK, Body: rm.view()}
	})
	return a, err
}

func (s *Server) leave(v visit) (jitsimeet.Answer, error) {
	if !s.state.leave(v.at.address, v.participant, s.now()) {
		return jitsimeet.Answer{}, jitsimeet.Refuse(http.StatusNotFound, "not_found", "no such participant in this meeting now")
	}
	return jitsimeet.Answer{Status: http.StatusNoContent}, nil
}

// join does what a browser with the join link and the server behind it would: the client's check of the token, the
// server's, the reservation if there must be one, and then the room. The real server asks for the reservation before it
// looks whether the token fits the room.
func (s *Server) join(v visit) (jitsimeet.Answer, error) {
	raw, err := jitsimeet.JoinToken(v.r)
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	claims, err := s.admit(v, raw)
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	p, err := s.enter(v.r.Context(), v.set, v.at, newcomer(claims, v.set.Domain))
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	return jitsimeet.Answer{Status: http.StatusCreated, Body: joinedBody{p, v.at.name}}, nil
}

// admit returns the claims of a token that opens the room.
func (s *Server) admit(v visit, raw string) (map[string]any, error) {
	if _, err := jitsimeet.CheckAsClient(raw, s.now()); err != nil {
		return nil, err
	}
	claims, err := s.login(v.set).verify(v.r.Context(), raw)
	if err != nil {
		return nil, jitsimeet.NotAllowed(err.Error())
	}
	if err := v.set.checkRoom(claims, v.at.tenant, v.at.name); err != nil {
		return nil, err
	}
	return claims, checkIdentity(claims)
}

// enter lets somebody in, and asks for a reservation as often as the room is gone again when it has come.
func (s *Server) enter(ctx context.Context, set Settings, at door, o *occupant) (participantView, error) {
	if set.ReservationsURL == "" {
		return s.state.enter(at, o, false, nil, s.now())
	}
	for {
		r, err := s.reserve(ctx, set, at, o)
		if err != nil {
			return participantView{}, err
		}
		p, err := s.state.enter(at, o, true, r, s.now())
		if !errors.Is(err, errReserve) {
			return p, err
		}
	}
}
