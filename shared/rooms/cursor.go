package rooms

import (
	"strings"

	"gavel/shared/cursors"
)

// A cursor says where a list goes on.
type cursor struct {
	back     bool // towards the older ones, in a list that is read both ways
	position string
}

const (
	onward   = "n"
	backward = "o"
)

// errCursor says that a cursor was not made by this list.
func errCursor() error { return invalid("cursor", "expected a cursor that this list gave") }

// text makes the form that travels.
func (c cursor) text(list string) string {
	direction := onward
	if c.back {
		direction = backward
	}
	return cursors.Text(list, direction+c.position)
}

// parseCursor reads a cursor of the list; an empty one is its beginning.
func parseCursor(list, text string) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	place, ok := cursors.Place(list, text)
	if !ok || place == "" {
		return cursor{}, errCursor()
	}
	direction, position := place[:1], place[1:]
	if direction != onward && direction != backward || strings.ContainsFunc(position, unfit) {
		return cursor{}, errCursor()
	}
	return cursor{back: direction == backward, position: position}, nil
}

// unfit tells the characters that no position has: those of ids and digests only are taken.
func unfit(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
}
