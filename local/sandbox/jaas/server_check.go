package jaas

import (
	"context"

	"gavel/local/sandbox/jitsimeet"
)

// checkAsServer is what the XMPP server looks at when somebody joins: the token itself, the tenant and
// the room. https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/token/util.lib.lua
func (s *Server) checkAsServer(ctx context.Context, t jitsimeet.Token, appID, room string) error {
	if err := s.verify(ctx, t); err != nil {
		return jitsimeet.NotAllowed(err.Error())
	}
	if err := checkTimes(t.Claims, s.now()); err != nil {
		return jitsimeet.NotAllowed(err.Error())
	}
	if t.Claims["sub"] != appID {
		return jitsimeet.NotAllowed("the token is another tenant's")
	}
	if jitsimeet.ClaimContext(t.Claims) == nil {
		return jitsimeet.NotAllowed("the token has no context")
	}
	return checkRoom(t.Claims, room)
}

// checkRoom holds the normalised room against the room claim: "*", the bare name, or a Lua pattern when
// context.room.regex says so.
func checkRoom(claims map[string]any, room string) error {
	claim, ok := claims["room"].(string)
	if !ok {
		return jitsimeet.NotAllowed("'room' claim is missing")
	}
	options, _ := jitsimeet.ClaimContext(claims)["room"].(map[string]any)
	regex, _ := jitsimeet.Flag(options["regex"])
	switch {
	case claim == "*":
		return nil
	case regex:
		return jitsimeet.CheckRoomPattern(claim, room)
	case jitsimeet.LowerASCII(claim) != room:
		return jitsimeet.NotAllowed("the room does not match the room claim")
	}
	return nil
}
