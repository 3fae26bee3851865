package rooms

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// A cursor says where a list goes on. It bears a mark of that and of the list it belongs to, so that one of another list, or one
// that was cut or changed on its way, is refused and not taken for a place in this one.
type cursor struct {
	back     bool // towards the older ones, in a list that is read both ways
	position string
}

const (
	onward    = "n"
	backward  = "o"
	markBytes = 6
)

// errCursor says that a cursor was not made by this list.
func errCursor() error { return invalid("cursor", "expected a cursor that this list gave") }

// text makes the form that travels.
func (c cursor) text(list string) string {
	direction := onward
	if c.back {
		direction = backward
	}
	place := direction + c.position
	return base64.RawURLEncoding.EncodeToString([]byte(mark(list, place) + place))
}

// parseCursor reads a cursor of the list; an empty one is its beginning.
func parseCursor(list, text string) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < markBytes+1 || subtle.ConstantTimeCompare(raw[:markBytes], []byte(mark(list, string(raw[markBytes:])))) == 0 {
		return cursor{}, errCursor()
	}
	direction, position := string(raw[markBytes]), string(raw[markBytes+1:])
	if direction != onward && direction != backward || strings.ContainsFunc(position, unfit) {
		return cursor{}, errCursor()
	}
	return cursor{back: direction == backward, position: position}, nil
}

func mark(list, place string) string {
	sum := sha256.Sum256([]byte(list + "\x00" + place))
	return string(sum[:markBytes])
}

// unfit tells the characters that no position has: those of ids and digests only are taken.
func unfit(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
}
