package jitsi

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"gavel/local/sandbox/jitsimeet"
)

// room is there while a human is inside. Jicofo's focus is inside as well, but not in the lists.
type room struct {
	address string // as Prosody knows it
	tenant  string
	name    string
	created time.Time
	// occupants are those inside now, in the order in which they came.
	occupants []*occupant
	// history is everybody who has been inside, for the last event.
	history []*occupantData
}

// occupant is a human or the leg of a call to a telephone. Every join makes a new one.
type occupant struct {
	id          string // the nick in the room
	jid         string
	userID      string
	name        string
	email       string
	affiliation string
	plugins     plugins
	// phoneNo is empty unless this is a telephone.
	phoneNo string
	// data is what events say.
	data *occupantData
}

func (o *occupant) human() bool { return o.phoneNo == "" }

// displayName is what the others see.
func (o *occupant) displayName() string {
	if o.human() {
		return o.name
	}
	return o.phoneNo + " (SIP)"
}

// find returns an occupant by nick, or nil.
func (rm *room) find(id string) *occupant {
	for _, o := range rm.occupants {
		if o.id == id {
			return o
		}
	}
	return nil
}

// humans counts those who keep the room going.
func (rm *room) humans() int {
	n := 0
	for _, o := range rm.occupants {
		if o.human() {
			n++
		}
	}
	return n
}

// count is the number of occupants as Prosody counts them, with focus.
func (rm *room) count() int { return len(rm.occupants) + 1 }

// add lets an occupant in.
func (rm *room) add(o *occupant, now time.Time) {
	rm.occupants = append(rm.occupants, o)
	o.data = newOccupantData(o, now)
	rm.history = append(rm.history, o.data)
	if len(rm.history) > maxHistory {
		rm.history = slices.Delete(rm.history, 0, 1)
	}
}

// remove lets an occupant out.
func (rm *room) remove(o *occupant, now time.Time) {
	rm.occupants = slices.DeleteFunc(rm.occupants, func(other *occupant) bool { return other == o })
	left := now.Unix()
	o.data.LeftAt = &left
}

// elect is jicofo's enable-auto-owner: without an owner, the first human becomes one.
func (rm *room) elect() {
	for _, o := range rm.occupants {
		if o.affiliation == owner {
			return
		}
	}
	for _, o := range rm.occupants {
		if o.human() {
			o.affiliation = owner
			return
		}
	}
}

// newcomer is who the claims say. Its nick is the first part of its address, as the web client has it.
func newcomer(claims map[string]any, domain string) *occupant {
	user, _ := jitsimeet.ClaimContext(claims)["user"].(map[string]any)
	id := jitsimeet.NewUUID()
	return &occupant{
		id: id[:8], jid: id + "@" + domain + "/" + randomHex(8), plugins: pluginsOf(claims),
		userID: word(user["id"]), name: word(user["name"]), email: word(user["email"]),
	}
}

// bareJID is the address without the device.
func (o *occupant) bareJID() string {
	bare, _, _ := strings.Cut(o.jid, "/")
	return bare
}

// newLeg is a call to a telephone, made by a Jigasi.
func newLeg(phoneNo, domain string) *occupant {
	return &occupant{
		id: randomHex(8), jid: "jigasi@auth." + domain + "/" + randomHex(8), phoneNo: phoneNo,
		affiliation: "none",
	}
}

func word(v any) string { s, _ := v.(string); return s }

// randomHex returns an even number of hex digits.
func randomHex(digits int) string {
	b := make([]byte, digits/2)
	_, _ = rand.Read(b) // never fails, see its documentation
	return hex.EncodeToString(b)
}
