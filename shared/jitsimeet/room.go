package jitsimeet

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gavel/shared/httpclient"
)

// Room is the name of a room as client and server use it: normalised, so that the token's
// claim, the join link and the conference's name mean the same meeting.
type Room string

// The reasons for which ParseRoom refuses a name.
var (
	ErrRoomEmpty    = errors.New("expected a room name with at least one letter or digit")
	ErrRoomLong     = errors.New("expected a room name of at most 128 characters")
	ErrRoomControl  = errors.New("expected a room name without control characters")
	ErrRoomEncoding = errors.New("expected a room name in UTF-8")
	ErrRoomWildcard = errors.New("expected the name of one room; * stands for every room and is taken only with regex true")
)

const (
	// maxRoomLength is the limit of the open-source server modules, in characters.
	maxRoomLength = 128
	// maxNodeBytes is the limit of an XMPP address's first part (RFC 7622, section 3.3).
	maxNodeBytes = 1023
	// removed are the characters the web client drops from a room's name
	// (https://github.com/jitsi/jitsi-meet/blob/master/react/features/base/util/uri.ts).
	removed = `:?#[]@!$&'()*+,;=><"/`
)

// ParseRoom normalises a room's name the way the web client does: percent-decoded, NFKC,
// without the characters it drops, lower-case, percent-encoded in lower case ("é" becomes
// "%c3%a9"). It refuses what would leave no name, or none that can stand in a URL.
func ParseRoom(name string) (Room, error) {
	if strings.TrimSpace(name) == "*" {
		return "", ErrRoomWildcard
	}
	// Nothing that long can come down to a valid name; do not normalise it first.
	if len(name) > maxNodeBytes*4 {
		return "", ErrRoomLong
	}
	// What cannot be read would become a replacement character, and so another room.
	if !utf8.ValidString(name) {
		return "", ErrRoomEncoding
	}
	plain := settle(decode(name))
	switch {
	case plain == "" || strings.Trim(plain, ". ") == "":
		return "", ErrRoomEmpty
	case utf8.RuneCountInString(plain) > maxRoomLength:
		return "", ErrRoomLong
	case strings.ContainsFunc(plain, unicode.IsControl):
		return "", ErrRoomControl
	}
	encoded := strings.ToLower(httpclient.EscapeSegment(plain))
	if len(encoded) > maxNodeBytes {
		return "", ErrRoomLong
	}
	return Room(encoded), nil
}

// decode percent-decodes, and leaves alone what only looks encoded, such as "100%".
func decode(name string) string {
	plain, err := url.PathUnescape(name)
	if err != nil || !utf8.ValidString(plain) {
		return name
	}
	return plain
}

// settle normalises until nothing changes any more: dropping a character can bring a letter
// and its accent together, and lower-casing can undo a composition. The client must find our
// result unchanged, or the join link and the claim would name two rooms.
func settle(name string) string {
	for range 4 {
		next := norm.NFKC.String(name)
		next = strings.Map(drop, next)
		next = lower(next)
		if next == name {
			break
		}
		name = next
	}
	return name
}

func drop(r rune) rune {
	if strings.ContainsRune(removed, r) {
		return -1
	}
	return r
}
