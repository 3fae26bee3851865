package veetingapi

import (
	"gavel/shared/api"
	"gavel/shared/audit"
	"gavel/shared/veeting"
)

// Tell adds the meeting.
func (p *MeetingPath) Tell(e *audit.Event) {
	e.Room = audit.Name(veeting.Provider, string(p.MeetingID))
}

// Tell adds on whose behalf.
func (h UserHeaders) Tell(e *audit.Event) {
	for _, user := range []string{h.UserID, string(h.UserEmail)} {
		if user != "" {
			e.Details["on_behalf_of"] = audit.ID(user)
		}
	}
}

// Tell adds the kind of account. Whose it is to be is in no event.
func (in *createAccountInput) Tell(e *audit.Event) {
	e.Details["target"], e.Details["account_type"] = "account", audit.ID(in.Body.AccountType)
}

// Tell adds on whose behalf what is being made.
func (in *scheduleInput) Tell(e *audit.Event) {
	in.UserHeaders.Tell(e)
	e.Details["target"] = "meeting"
}

// Tell adds meeting and user.
func (in *updateInput) Tell(e *audit.Event) {
	in.MeetingPath.Tell(e)
	in.UserHeaders.Tell(e)
}

// Tell adds meeting and user.
func (in *closeInput) Tell(e *audit.Event) {
	in.MeetingPath.Tell(e)
	in.UserHeaders.Tell(e)
}

// Tell adds meeting and user.
func (in *deleteInput) Tell(e *audit.Event) {
	in.MeetingPath.Tell(e)
	in.UserHeaders.Tell(e)
}

// tellMeeting adds the meeting that was made.
func tellMeeting(e *audit.Event, out *api.Output[described[meetingFields]]) {
	if id := veeting.Object(out.Body).Text("id"); veeting.CheckMeetingID(id) == nil {
		e.Room = audit.Name(veeting.Provider, id)
	}
}

// tellAccount adds the account that was made.
func tellAccount(e *audit.Event, out *api.Output[described[accountFields]]) {
	if id := veeting.Object(out.Body).Text("id"); veeting.CheckMeetingID(id) == nil { // all of Veeting's ids have one form
		e.Target = id
	}
}

// tellOutcome adds what Veeting did.
func tellOutcome(e *audit.Event, out *api.Output[commandBody]) { e.Outcome = string(out.Body.Outcome) }
