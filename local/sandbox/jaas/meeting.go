package jaas

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"gavel/local/sandbox/jitsimeet"
)

// action is one value of "action" with the payload fields it needs beside conferenceFullName.
type action struct {
	fields []string
	run    func(s *state, appID, room string, payload map[string]json.RawMessage) (jitsimeet.Answer, error)
}

// actions are those of https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints. The endpoint the
// documents call DESTROY_ROOM is DESTROY here.
var actions = map[string]action{
	"DESTROY":              {nil, runDestroy},
	"KICK_PARTICIPANT":     {[]string{"participantId"}, runKick},
	"DIAL_OUT_PARTICIPANT": {[]string{"phoneNo"}, runDialOut},
	"HANG_UP_CALL":         {[]string{"phoneNo"}, runHangUp},
}

var (
	// The documents' example is +40747777777; E.164 is the sandbox's reading of it.
	phoneNo       = regexp.MustCompile(`^\+[1-9][0-9]{5,14}$`)
	participantID = regexp.MustCompile(`^[0-9a-f]{8}$`)
)

// meeting runs one command on a room.
func (s *Server) meeting(c command) (jitsimeet.Answer, error) {
	if err := jitsimeet.RequireJSON(c.r.Header); err != nil {
		return jitsimeet.Answer{}, err
	}
	body, err := jitsimeet.Object(c.body, "action", "payload")
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	name, err := jitsimeet.Text(body, "action")
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	act, known := actions[name]
	if !known {
		return jitsimeet.Answer{}, jitsimeet.BadRequest("unknown action")
	}
	payload, err := jitsimeet.Object(body["payload"], append([]string{"conferenceFullName"}, act.fields...)...)
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	room, err := s.conferenceRoom(payload, c.appID)
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	return act.run(&s.state, c.appID, room, payload)
}

// conferenceRoom takes {room}@conference.{appId}.{domain} apart and returns the room.
func (s *Server) conferenceRoom(payload map[string]json.RawMessage, appID string) (string, error) {
	full, err := jitsimeet.Text(payload, "conferenceFullName")
	if err != nil {
		return "", err
	}
	room, host, found := strings.Cut(full, "@")
	host, hasPrefix := strings.CutPrefix(host, "conference.")
	tenant, hasSuffix := strings.CutSuffix(host, "."+s.domain)
	if !found || !hasPrefix || !hasSuffix || !isAppID(tenant) {
		return "", jitsimeet.BadRequest("conferenceFullName must be {room}@conference.{appId}." + s.domain)
	}
	if tenant != appID {
		return "", forbidden("conferenceFullName: the appId is not the token's")
	}
	if !jitsimeet.IsNormalRoom(room) {
		return "", jitsimeet.BadRequest("conferenceFullName: the room must be normalised and lower-case")
	}
	return room, nil
}

// isAppID says whether text could be a tenant, whoever's.
func isAppID(text string) bool {
	return strings.HasPrefix(text, appIDPrefix) && !strings.ContainsAny(text, "./@ ")
}

func runDestroy(s *state, appID, room string, _ map[string]json.RawMessage) (jitsimeet.Answer, error) {
	if !s.destroy(appID, room) {
		return jitsimeet.Answer{}, jitsimeet.Refuse(http.StatusNotFound, "not_found", "no such meeting now")
	}
	return done("meeting destroyed"), nil
}

func runKick(s *state, appID, room string, payload map[string]json.RawMessage) (jitsimeet.Answer, error) {
	id, err := jitsimeet.Text(payload, "participantId")
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	if !participantID.MatchString(id) {
		return jitsimeet.Answer{}, jitsimeet.BadRequest("participantId must be 8 lower-case hex digits: the first block of the UUID in participantJid")
	}
	if !s.remove(appID, room, id, reasonKicked) {
		return jitsimeet.Answer{}, jitsimeet.Refuse(http.StatusNotFound, "not_found", "no such participant in this meeting now")
	}
	return done("participant removed"), nil
}

func runDialOut(s *state, appID, room string, payload map[string]json.RawMessage) (jitsimeet.Answer, error) {
	number, err := phone(payload)
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	if err := s.dial(appID, room, number); err != nil {
		return jitsimeet.Answer{}, err
	}
	return done("call requested"), nil
}

func runHangUp(s *state, appID, room string, payload map[string]json.RawMessage) (jitsimeet.Answer, error) {
	number, err := phone(payload)
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	if !s.hangUp(appID, room, number) {
		return jitsimeet.Answer{}, jitsimeet.Refuse(http.StatusNotFound, "not_found", "no such call in this meeting now")
	}
	return done("call ended"), nil
}

func phone(payload map[string]json.RawMessage) (string, error) {
	number, err := jitsimeet.Text(payload, "phoneNo")
	if err != nil {
		return "", err
	}
	if !phoneNo.MatchString(number) {
		return "", jitsimeet.BadRequest("phoneNo must be + and 6 to 15 digits, the first not 0")
	}
	return number, nil
}
