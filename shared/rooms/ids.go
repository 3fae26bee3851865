package rooms

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"gavel/shared/ids"
)

// ParseID checks the id of a room or file and brings it to lower case.
func ParseID(text string) (string, error) {
	id, ok := ids.Parse(text)
	if !ok {
		return "", &Error{Code: Invalid, Detail: "expected a UUID such as 01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"}
	}
	return id, nil
}

// MaxUserID is the longest user id in bytes. OpenID Connect allows a subject 255 ASCII characters;
// a few are kept for what Gavel may have to put behind it at a provider.
const MaxUserID = 250

// CheckUserID checks the id of a participant: the subject of the access token that a person comes
// with. "." and ".." are refused because providers take ids as path segments.
func CheckUserID(id string) error {
	if strings.TrimSpace(id) == "" || id == "." || id == ".." || len(id) > MaxUserID ||
		!utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) {
		return &Error{Code: Invalid, Detail: fmt.Sprintf(
			"expected an id of 1 to %d bytes, not blank, not . or .., without control characters", MaxUserID)}
	}
	return nil
}

// CheckName checks the name of a room, a person or a file: text for one line.
func CheckName(name string) error {
	if strings.TrimSpace(name) == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return &Error{Code: Invalid, Detail: "expected text that is not blank, without control characters"}
	}
	return nil
}
