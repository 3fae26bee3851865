package veeting

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// objectIDs makes ids as MongoDB does: the time in seconds, a random value of the process, and a counter that starts anywhere
// (https://www.mongodb.com/docs/manual/reference/bson-types/#objectid). The tutorial's ids show all three.
type objectIDs struct {
	random  [5]byte
	counter uint32
}

func newObjectIDs() *objectIDs {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	return &objectIDs{random: [5]byte(b[:5]), counter: uint32(b[5])<<16 | uint32(b[6])<<8 | uint32(b[7])}
}

func (o *objectIDs) next(at time.Time) string {
	o.counter = (o.counter + 1) & 0xffffff
	return fmt.Sprintf("%08x%x%06x", uint32(at.Unix()), o.random, o.counter)
}

// checkID refuses what is no internal id, and above all the other id of a meeting, which answers call meetingId.
func checkID(id string) error {
	if isParticipantID(id) {
		return invalid("the id is the one for participants; the internal id is needed, of 24 hex digits")
	}
	if len(id) != 24 || !consistsOf(id, "0123456789abcdef") {
		return invalid("the id must be 24 hex digits in lower case")
	}
	return nil
}

func isParticipantID(id string) bool {
	groups := strings.Split(id, "-")
	for _, group := range groups {
		if len(group) != 4 || !consistsOf(group, "0123456789") {
			return false
		}
	}
	return len(groups) == 4
}

func consistsOf(text, alphabet string) bool { return strings.Trim(text, alphabet) == "" }

// newParticipantID returns four groups of four digits, such as 9974-7653-8886-0485.
func newParticipantID() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1e16))
	if err != nil {
		return "", fmt.Errorf("draw an id: %w", err)
	}
	digits := fmt.Sprintf("%016d", n)
	return strings.Join([]string{digits[:4], digits[4:8], digits[8:12], digits[12:]}, "-"), nil
}

// newICSToken returns two UUIDs joined by a hyphen.
func newICSToken() string { return newUUID() + "-" + newUUID() }

// newUUID returns a random (version 4) UUID.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
