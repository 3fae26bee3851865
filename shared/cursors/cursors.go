// Package cursors makes the texts that say where a list goes on.
package cursors

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// markBytes is the length of what tells a place of one list from anything else.
const markBytes = 6

// Text gives a place in a list as callers hand it back. It bears a mark of both, so that one of another list, or one that was cut
// or changed on its way, is refused and not taken for a place in this one.
func Text(list, place string) string {
	mark := sha256.Sum256([]byte(list + "\x00" + place))
	return base64.RawURLEncoding.EncodeToString(append(mark[:markBytes:markBytes], place...))
}

// Place reads what Text made for the list, and says false for anything else. Whoever knows how could make one, too: a place is
// to be looked at as any other text of a caller's.
func Place(list, text string) (place string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < markBytes {
		return "", false
	}
	place = string(raw[markBytes:])
	return place, subtle.ConstantTimeCompare([]byte(text), []byte(Text(list, place))) == 1
}
