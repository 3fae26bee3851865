package jaas

import (
	"slices"

	"gavel/local/sandbox/jitsimeet"
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
		r.session = jitsimeet.NewUUID()
	}
	for _, c := range r.calls {
		c.State = callRinging
	}
	id := jitsimeet.NewUUID()
	for r.find(id[:8]) >= 0 { // the short id has to be unique inside the room
		id = jitsimeet.NewUUID()
	}
	p.ID, p.JID = id[:8], id+"@"+domain
	r.participants = append(r.participants, &p)
	return &p
}
