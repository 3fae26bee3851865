package jaas

import (
	"context"
	"net/http"
	"strings"
)

func notAllowed(message string) error {
	return refuse(http.StatusForbidden, "not-allowed", message)
}

// checkAsServer is what the XMPP server looks at when somebody joins: the token itself, the tenant and
// the room. https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/token/util.lib.lua
func (s *Server) checkAsServer(ctx context.Context, t token, appID, room string) error {
	if err := s.verify(ctx, t); err != nil {
		return notAllowed(err.Error())
	}
	if err := checkTimes(t.claims, s.now()); err != nil {
		return notAllowed(err.Error())
	}
	if t.claims["sub"] != appID {
		return notAllowed("the token is another tenant's")
	}
	if claimContext(t.claims) == nil {
		return notAllowed("the token has no context")
	}
	return checkRoom(t.claims, room)
}

// checkRoom holds the normalised room against the room claim: "*", the bare name, or a Lua pattern when
// context.room.regex says so.
func checkRoom(claims map[string]any, room string) error {
	claim, ok := claims["room"].(string)
	if !ok {
		return notAllowed("'room' claim is missing")
	}
	options, _ := claimContext(claims)["room"].(map[string]any)
	regex, _ := flag(options["regex"])
	switch {
	case claim == "*":
		return nil
	case regex:
		return checkRoomPattern(claim, room)
	case lowerASCII(claim) != room:
		return notAllowed("the room does not match the room claim")
	}
	return nil
}

// lowerASCII is Lua's string.lower, which leaves letters beyond ASCII as they are:
// https://github.com/jitsi/jitsi-meet/issues/16206
func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// checkRoomPattern matches as the token library does: what string.match returns must be the whole name.
// The pattern is not anchored, but finding it inside a longer name is not enough either; the first
// match counts, without a search for a longer one. With captures it is the first capture that must be
// the whole name.
func checkRoomPattern(pattern, room string) error {
	n, err := countQuantifiers(pattern)
	if err != nil || n > maxQuantifiers || len(room) > maxPatternRoom {
		return refuse(http.StatusForbidden, "invalid-regex",
			"the room claim must be a Lua pattern with at most 3 quantifiers, for a room of at most 128 characters")
	}
	match, found, err := matchLua(pattern, room)
	switch {
	case err != nil:
		return refuse(http.StatusForbidden, "invalid-regex", "the room claim is not a Lua pattern")
	case !found:
		return refuse(http.StatusForbidden, "room-name-does-not-match", "the room does not match the pattern in the room claim")
	case match != room:
		return notAllowed("the pattern in the room claim matches a part of the room only")
	}
	return nil
}
