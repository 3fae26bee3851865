package jaas

import (
	"crypto/rand"
	"fmt"
	"slices"
)

// room is there while somebody is inside or a call waits for the first to come.
type room struct {
	name string
	// session is empty while the room only has waiting calls.
	session      string
	participants []*participant
	calls        []*call
}

// participant is one device of one user. Every join makes a new one.
type participant struct {
	ID        string `json:"participantId"`
	JID       string `json:"participantJid"`
	UserID    string `json:"userId"`
	Name      string `json:"name"`
	Moderator bool   `json:"moderator"`

	// What only webhooks show.
	Email  string `json:"-"`
	Avatar string `json:"-"`
	Group  string `json:"-"`
}

// call is one leg of a dial-out.
type call struct {
	PhoneNo string `json:"phoneNo"`
	State   string `json:"state"`
}

// States of a call. Nobody ever answers in the sandbox.
const (
	callWaiting = "waiting"
	callRinging = "ringing"
)

// find returns the index of a participant by short id, or -1.
func (r *room) find(id string) int {
	return slices.IndexFunc(r.participants, func(p *participant) bool { return p.ID == id })
}

// enter puts somebody new into the room. The first to come starts a session, and the calls that waited
// begin to ring.
func (r *room) enter(p participant, domain string) *participant {
	if len(r.participants) == 0 {
		r.session = newUUID()
	}
	for _, c := range r.calls {
		c.State = callRinging
	}
	id := newUUID()
	for r.find(id[:8]) >= 0 { // the short id has to be unique inside the room
		id = newUUID()
	}
	p.ID, p.JID = id[:8], id+"@"+domain
	r.participants = append(r.participants, &p)
	return &p
}

// newUUID returns a random (version 4) UUID.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
