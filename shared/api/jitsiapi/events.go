package jitsiapi

import (
	"gavel/shared/api/jitsimeetapi"
	"gavel/shared/audit"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
)

// nameOf gives the name of a conference in events. The tenant is the one that was asked for.
func nameOf(t string, r jitsimeet.Room) string {
	if t == "" {
		return audit.Name(jitsi.Provider, string(r))
	}
	return audit.Name(jitsi.Provider, t, string(r))
}

// Tell adds the conference.
func (p PlacePath) Tell(e *audit.Event) { e.Room = nameOf(string(p.Tenant), jitsimeet.Room(p.Room)) }

// Tell adds whom the token is for, what they may do and in which conference. One that is good for several is told by its
// tenant and pattern.
func (in *createTokenInput) Tell(e *audit.Event) {
	in.Body.Tell(e)
	r, err := in.Body.request()
	if r.Tenant != "" {
		e.Details["tenant"] = string(r.Tenant)
	}
	if err == nil && !in.Body.Regex {
		e.Room = nameOf(string(r.Tenant), r.Room)
	}
}

// Tell adds who is removed; a phone's number is in no event.
func (in *kickInput) Tell(e *audit.Event) {
	in.PlacePath.Tell(e)
	e.Target, e.Details["target"] = in.Body.ParticipantID, jitsimeetapi.TargetParticipant
	if in.Body.ParticipantID == "" {
		e.Details["target"] = jitsimeetapi.TargetPhone
	}
}

// Tell adds that it is about a phone, whose number is in no event.
func (in *jitsiDialOutInput) Tell(e *audit.Event) {
	in.PlacePath.Tell(e)
	e.Details["target"] = jitsimeetapi.TargetPhone
}

// told adds what the server did.
func told(e *audit.Event, out *output) { e.Outcome = string(out.Body.Outcome) }
