package veeting

import (
	"errors"
	"regexp"
	"strings"
	"sync"
)

// The reasons for which CheckMeetingID refuses an id.
var (
	ErrMeetingID     = errors.New("expected the internal id of the meeting, 24 hex digits in lower case")
	ErrParticipantID = errors.New("this is the id that participants see; " +
		"expected the internal one, 24 hex digits, which is id in the answer to scheduling")
)

var participantForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{4}-?\d{4}-?\d{4}-?\d{4}$`) })

// CheckMeetingID tells the internal id of a meeting, which requests take, from anything else and above all from the one
// that participants see.
func CheckMeetingID(id string) error {
	switch {
	case len(id) == 24 && strings.Trim(id, "0123456789abcdef") == "":
		return nil
	case participantForm().MatchString(id):
		return ErrParticipantID
	}
	return ErrMeetingID
}
