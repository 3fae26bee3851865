package rooms

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// A cursor says where a list goes on. It names the list it belongs to, so that one of another list
// is refused and not taken for a place in this one.
type cursor struct {
	back     bool // towards the older ones, in a list that is read both ways
	position string
}

const (
	onward    = "n"
	backward  = "o"
	listBytes = 6
)

// errCursor says that a cursor was not made by this list.
func errCursor() error { return invalid("cursor", "expected a cursor that this list gave") }

// text makes the form that travels.
func (c cursor) text(list string) string {
	direction := onward
	if c.back {
		direction = backward
	}
	return base64.RawURLEncoding.EncodeToString([]byte(listMark(list) + direction + c.position))
}

// parseCursor reads a cursor of the list; an empty one is its beginning.
func parseCursor(list, text string) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < listBytes+1 || subtle.ConstantTimeCompare(raw[:listBytes], []byte(listMark(list))) == 0 {
		return cursor{}, errCursor()
	}
	direction, position := string(raw[listBytes]), string(raw[listBytes+1:])
	if direction != onward && direction != backward || strings.ContainsFunc(position, unfit) {
		return cursor{}, errCursor()
	}
	return cursor{back: direction == backward, position: position}, nil
}

func listMark(list string) string {
	sum := sha256.Sum256([]byte(list))
	return string(sum[:listBytes])
}

// unfit tells the characters that no position has: those of ids and digests only are taken.
func unfit(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
}
