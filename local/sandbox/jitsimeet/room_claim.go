package jitsimeet

import (
	"net/http"
	"strings"
)

// LowerASCII is Lua's string.lower, which leaves letters beyond ASCII as they are:
// https://github.com/jitsi/jitsi-meet/issues/16206
func LowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// CheckRoomPattern matches as the token library does: what string.match returns must be the whole name.
// The pattern is not anchored, but finding it inside a longer name is not enough either; the first
// match counts, without a search for a longer one. With captures it is the first capture that must be
// the whole name.
func CheckRoomPattern(pattern, room string) error {
	n, err := countQuantifiers(pattern)
	if err != nil || n > maxQuantifiers || len(room) > maxPatternRoom {
		return Refuse(http.StatusForbidden, "invalid-regex",
			"the room claim must be a Lua pattern with at most 3 quantifiers, for a room of at most 128 characters")
	}
	match, found, err := matchLua(pattern, room)
	switch {
	case err != nil:
		return Refuse(http.StatusForbidden, "invalid-regex", "the room claim is not a Lua pattern")
	case !found:
		return Refuse(http.StatusForbidden, "room-name-does-not-match", "the room does not match the pattern in the room claim")
	case match != room:
		return NotAllowed("the pattern in the room claim matches a part of the room only")
	}
	return nil
}
