package jaasapi

import (
	"strconv"
	"time"

	"gavel/shared/api"
	"gavel/shared/api/jitsimeetapi"
	"gavel/shared/audit"
	"gavel/shared/jaas"
)

// Tell adds the conference.
func (p RoomPath) Tell(e *audit.Event) {
	e.Room = audit.Name(jaas.Provider, string(p.AppID), string(p.Room))
}

// Tell adds whom the token is for, what they may do and in which conference. One that is good for several is told by
// the tenant and its pattern.
func (in *createTokenInput) Tell(e *audit.Event) {
	in.Body.Tell(e)
	e.Details["tenant"] = string(in.AppID)
	if room, err := jaas.ParseRoom(in.Body.Room); err == nil && !in.Body.Regex {
		e.Room = audit.Name(jaas.Provider, string(in.AppID), string(room))
	}
}

// Tell adds who is banned and where.
func (in *banUserInput) Tell(e *audit.Event) {
	e.Target, e.Details["target"] = string(in.Body.UserID), jitsimeetapi.TargetUser
	e.Details["tenant"] = string(in.AppID)
	e.Reason = string(in.Body.Reason)
}

// tellBan adds what was done, and until when the ban holds.
func tellBan(e *audit.Event, out *banUserOutput) {
	e.Outcome, e.Details["kicked"] = string(out.Body.Outcome), strconv.Itoa(out.Body.Kicked)
	tellEnd(e, out.Body.ExpiresAt)
}

// tellEnd adds the end of a ban that has one.
func tellEnd(e *audit.Event, at time.Time) {
	if !at.IsZero() {
		e.Details["expires_at"] = at.UTC().Format(time.RFC3339)
	}
}

// Tell adds whose ban is lifted, and where.
func (in *liftBanInput) Tell(e *audit.Event) {
	e.Target, e.Details["target"] = string(in.UserID), jitsimeetapi.TargetUser
	e.Details["tenant"] = string(in.AppID)
}

// tellLifted adds whether there was a ban.
func tellLifted(e *audit.Event, out *api.Output[liftBanBody]) { e.Outcome = out.Body.Outcome }

// Tell adds what the token can be known by.
func (in *banJWTInput) Tell(e *audit.Event) {
	e.Target, e.Details["target"] = audit.Digest(in.Body.JWT), "token"
	e.Details["tenant"] = string(in.AppID)
}

// Tell adds that it is about a phone, whose number is in no event.
func (in CallInput) Tell(e *audit.Event) {
	in.RoomPath.Tell(e)
	e.Details["target"] = jitsimeetapi.TargetPhone
}

// Tell adds who is removed.
func (in *kickInput) Tell(e *audit.Event) {
	in.RoomPath.Tell(e)
	switch {
	case in.Body.UserID != nil:
		e.Target, e.Details["target"] = string(*in.Body.UserID), jitsimeetapi.TargetUser
	case in.Body.ParticipantID != nil:
		e.Target, e.Details["target"] = *in.Body.ParticipantID, jitsimeetapi.TargetParticipant
	}
}

// told adds what JaaS did.
func told(e *audit.Event, out *output) { e.Outcome = string(out.Body.Outcome) }
