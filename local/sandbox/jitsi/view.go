package jitsi

// participantView is a human as the sandbox's own API shows them.
type participantView struct {
	ID          string  `json:"participantId"`
	JID         string  `json:"occupantJid"`
	UserID      string  `json:"userId"`
	Name        string  `json:"name"`
	Affiliation string  `json:"affiliation"`
	Role        string  `json:"role"`
	Plugins     plugins `json:"plugins"`
}

// callView is the leg of a call.
type callView struct {
	ID      string `json:"participantId"`
	PhoneNo string `json:"phoneNo"`
}

// roomView is a room, without focus.
type roomView struct {
	Room         string            `json:"room"`
	Tenant       string            `json:"tenant"`
	JID          string            `json:"roomJid"`
	Participants []participantView `json:"participants"`
	Calls        []callView        `json:"calls"`
}

// joinedBody is what somebody who joined gets to know.
type joinedBody struct {
	participantView
	Room string `json:"room"`
}

func (o *occupant) view() participantView {
	return participantView{
		ID: o.id, JID: o.jid, UserID: o.userID, Name: o.name,
		Affiliation: o.affiliation, Role: roleOf(o.affiliation), Plugins: o.plugins,
	}
}

func (rm *room) view() roomView {
	v := roomView{rm.name, rm.tenant, rm.address, []participantView{}, []callView{}}
	for _, o := range rm.occupants {
		if o.human() {
			v.Participants = append(v.Participants, o.view())
		} else {
			v.Calls = append(v.Calls, callView{o.id, o.phoneNo})
		}
	}
	return v
}
