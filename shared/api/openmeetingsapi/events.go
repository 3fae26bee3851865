package openmeetingsapi

import (
	"strconv"
	"time"

	"gavel/shared/api"
	"gavel/shared/audit"
	"gavel/shared/openmeetings"
)

// What the target of a command is, in its event.
const (
	targetUser        = "user"
	targetGroup       = "group"
	targetFile        = "file"
	targetRecording   = "recording"
	targetAppointment = "appointment"
)

func number(id int64) string { return strconv.FormatInt(id, 10) }

func nameOf(room int64) string { return audit.Name(openmeetings.Provider, number(room)) }

// aim adds the target: the server's id of a thing of some kind.
func aim(e *audit.Event, kind string, id int64) {
	e.Details["target"] = kind
	if id != 0 { // which it is of what is being made
		e.Target = number(id)
	}
}

// aimOutside adds the target: a thing of some kind by its ids in the calling system.
func aimOutside(e *audit.Event, kind, externalType, externalID string) {
	e.Target, e.Details["target"] = audit.Name(externalType, externalID), kind
}

// outside adds the ids in the calling system of what is being made, if it has some.
func outside(e *audit.Event, externalType, externalID string) {
	if externalID != "" {
		e.Details["external"] = audit.Name(externalType, externalID)
	}
}

// Tell adds the room.
func (p *RoomPath) Tell(e *audit.Event) { e.Room = nameOf(p.RoomID) }

// Tell adds the user.
func (p *UserPath) Tell(e *audit.Event) { aim(e, targetUser, p.UserID) }

// Tell adds the group.
func (p *GroupPath) Tell(e *audit.Event) { aim(e, targetGroup, p.GroupID) }

// Tell adds the file.
func (p *FilePath) Tell(e *audit.Event) { aim(e, targetFile, p.FileID) }

// Tell adds the appointment.
func (p *AppointmentPath) Tell(e *audit.Event) { aim(e, targetAppointment, p.AppointmentID) }

// Tell adds the recording.
func (p *recordingPath) Tell(e *audit.Event) { aim(e, targetRecording, p.RecordingID) }

// Tell adds who is let in as what, and where.
func (in *createEntryInput) Tell(e *audit.Event) {
	u, o := in.Body.User, in.Body.Options
	aimOutside(e, targetUser, u.ExternalType, u.ExternalID)
	e.Details["role"] = "participant"
	if o.Moderator {
		e.Details["role"] = "moderator"
	}
	if o.Reusable {
		e.Details["reusable"] = "true"
	}
	switch {
	case o.RecordingID != 0:
		e.Details["recording"] = number(o.RecordingID)
	case o.ExternalRoomID != "":
		e.Room = audit.Name(openmeetings.Provider, o.ExternalType, o.ExternalRoomID)
	default:
		e.Room = nameOf(o.RoomID)
	}
}

// tellEntry adds until when the link is good.
func tellEntry(e *audit.Event, out *api.Output[entryBody]) {
	if !out.Body.ExpiresAt.IsZero() {
		e.Details["expires_at"] = out.Body.ExpiresAt.UTC().Format(time.RFC3339)
	}
}

// Tell adds what the room is in the calling system.
func (in *createRoomInput) Tell(e *audit.Event) {
	outside(e, text(in.Body.ExternalType), text(in.Body.ExternalID))
}

func text(t *string) string {
	if t == nil {
		return ""
	}
	return *t
}

// tellRoom adds the room that was made.
func tellRoom(e *audit.Event, out *roomOutput) { e.Room = nameOf(int64(out.Body.ID)) }

// Tell adds the room, and the person if it is one.
func (in *kickInput) Tell(e *audit.Event) {
	in.RoomPath.Tell(e)
	if in.Body != nil && in.Body.ExternalID != "" {
		aimOutside(e, targetUser, string(in.Body.ExternalType), string(in.Body.ExternalID))
	}
}

// tellEnd adds what was done, and how many are left inside.
func tellEnd(e *audit.Event, out *api.Output[endRoomBody]) {
	e.Outcome, e.Details["inside"] = string(out.Body.Outcome), number(out.Body.Inside)
}

// Tell adds the room and how the link can be used. Who is invited is known by an address alone, which is in no event.
func (in *createInvitationInput) Tell(e *audit.Event) {
	in.RoomPath.Tell(e)
	e.Details["valid"], e.Details["mailed"] = string(in.Body.Valid), strconv.FormatBool(in.Body.SendMail)
}

// Tell adds who the user is in the calling system.
func (in *createUserInput) Tell(e *audit.Event) {
	aim(e, targetUser, 0)
	outside(e, in.Body.ExternalType, in.Body.ExternalID)
}

// tellUser adds the user that was made.
func tellUser(e *audit.Event, out *api.Output[openmeetings.User]) {
	aim(e, targetUser, int64(out.Body.ID))
}

// deleteExternalUserInput names the user to delete.
type deleteExternalUserInput struct{ ExternalQuery }

// Tell adds the user.
func (in *deleteExternalUserInput) Tell(e *audit.Event) {
	aimOutside(e, targetUser, string(in.ExternalType), string(in.ExternalID))
}

// deleteExternalFileInput names the file to delete.
type deleteExternalFileInput struct{ ExternalQuery }

// Tell adds the file.
func (in *deleteExternalFileInput) Tell(e *audit.Event) {
	aimOutside(e, targetFile, string(in.ExternalType), string(in.ExternalID))
}

// Tell adds what is being made. Its name is in no event.
func (in *createGroupInput) Tell(e *audit.Event) { aim(e, targetGroup, 0) }

// tellGroup adds the group that was made.
func tellGroup(e *audit.Event, out *api.Output[newGroupBody]) { aim(e, targetGroup, out.Body.GroupID) }

// Tell adds user and group.
func (in *groupUserInput) Tell(e *audit.Event) {
	in.UserPath.Tell(e)
	e.Details["group"] = number(in.GroupID)
}

// Tell adds user and group.
func (in *addGroupUserInput) Tell(e *audit.Event) {
	in.UserPath.Tell(e)
	e.Details["group"] = number(in.GroupID)
}

// Tell adds room and group.
func (in *addGroupRoomInput) Tell(e *audit.Event) {
	in.RoomPath.Tell(e)
	in.GroupPath.Tell(e)
}

// Tell adds what is being made, and what it is in the calling system.
func (in *uploadFileInput) Tell(e *audit.Event) {
	aim(e, targetFile, 0)
	outside(e, in.Body.ExternalType, in.Body.ExternalID)
	e.Details["size"] = strconv.Itoa(len(in.Body.Content))
}

// tellFile adds the file that there is now.
func tellFile(e *audit.Event, out *api.Output[openmeetings.File]) {
	aim(e, targetFile, int64(out.Body.ID))
}

// Tell adds the file, and the room it is moved to.
func (in *moveFileInput) Tell(e *audit.Event) {
	in.FilePath.Tell(e)
	e.Room, e.Details["folder"] = nameOf(in.Body.RoomID), number(in.Body.FolderID)
}

// Tell adds the room and the times. Title and members are in no event.
func (b *appointmentBody) Tell(e *audit.Event) {
	if b.RoomID != 0 {
		e.Room = nameOf(b.RoomID)
	}
	e.Details["start"], e.Details["end"] = b.Start.UTC().Format(time.RFC3339), b.End.UTC().Format(time.RFC3339)
	e.Details["members"] = strconv.Itoa(len(b.Members))
}

// Tell adds what is being made.
func (in *createAppointmentInput) Tell(e *audit.Event) {
	in.Body.Tell(e)
	aim(e, targetAppointment, 0)
}

// Tell adds the appointment and what it is to be.
func (in *updateAppointmentInput) Tell(e *audit.Event) {
	in.Body.Tell(e)
	in.AppointmentPath.Tell(e)
}

// tellAppointment adds the appointment that there is now, and its room.
func tellAppointment(e *audit.Event, out *appointmentOutput) {
	aim(e, targetAppointment, int64(out.Body.ID))
	if room := out.Body.Room; room != nil {
		e.Room = nameOf(int64(room.ID))
	}
}

// tellOutcome adds what the server did.
func tellOutcome(e *audit.Event, out *api.Output[OutcomeBody]) { e.Outcome = string(out.Body.Outcome) }
