package openmeetings

import "time"

// appointment is a row of the calendar.
type appointment struct {
	id                           int64
	title, location, description string
	start, end                   time.Time
	owner, room                  int64
	inserted, updated            time.Time
	reminder, icalID             string
	guests                       []guest
	languageID                   int64
	passwordProtected            bool
	connectedEvent               bool
	reminderEmailSend            bool
	deleted                      bool
}

// guest is a member of a meeting.
type guest struct{ id, user int64 }

// guestInput is a MeetingMemberDTO as it comes in.
type guestInput struct {
	id   *int64
	user *userInput
}

// appointmentInput is an AppointmentDTO as it comes in.
type appointmentInput struct {
	appointment
	id     *int64
	owner  *userInput
	room   *roomInput
	guests []guestInput
}

// readAppointment reads an AppointmentDTO, with or without its wrapper key.
// See AppointmentParamConverter.java in openmeetings-webservice.
func readAppointment(in *input) appointmentInput {
	if wrapped := in.object("appointmentDTO"); wrapped != nil {
		in.close()
		in = wrapped
	}
	a := appointmentInput{id: in.integer("id"), appointment: appointment{
		title: in.word("title"), location: in.word("location"), description: in.word("description"),
		start: in.date("start"), end: in.date("end"), inserted: in.date("inserted"), updated: in.date("updated"),
		reminder: in.enum("reminder", []string{"NONE", "EMAIL", "ICAL"}), icalID: in.word("icalId"),
		deleted: in.flag("deleted"), passwordProtected: in.flag("passwordProtected"),
		connectedEvent: in.flag("connectedEvent"), reminderEmailSend: in.flag("reminderEmailSend"),
	}}
	if language := in.integer("languageId"); language != nil {
		a.languageID = *language
	}
	if owner := in.object("owner"); owner != nil {
		a.owner = new(readUser(owner))
	}
	if r := in.object("room"); r != nil {
		a.room = new(readRoomBut(r, "public")) // what serializer B calls isPublic, and the parser does not know
	}
	for _, g := range in.objects("meetingMembers") {
		a.guests = append(a.guests, readGuest(g))
	}
	in.text("password") // is not stored
	if a.start.IsZero() || a.end.IsZero() {
		in.fail(true, "start and end are needed") // a null pointer inside the converter
	}
	in.close()
	return a
}

func readGuest(in *input) guestInput {
	g := guestInput{id: in.integer("id")}
	if u := in.object("user"); u != nil {
		g.user = new(readUser(u))
	}
	in.close()
	return g
}

// appointment returns an event that is not deleted, or nil.
func (s *state) appointment(id int64) *appointment {
	if a := row(s.appointments, id); a != nil && !a.deleted {
		return a
	}
	return nil
}

// ownsEventOf says whether a user owns the event that a room belongs to.
func (s *state) ownsEventOf(userID int64, r *room) bool {
	for _, a := range s.appointments {
		if a.room == r.id {
			return a.owner == userID
		}
	}
	return false
}

// appointmentB shows an event as an AppointmentDTO. start and end are by the owner's clock, the rest by the server's.
func (s *state) appointmentB(a *appointment) fields {
	owner := row(s.users, a.owner)
	guests := []any{}
	for _, g := range a.guests {
		guests = append(guests, fields{{"id", g.id}, {"user", s.userB(row(s.users, g.user))}})
	}
	return fields{
		{"id", a.id},
		{"title", a.title},
		{"location", a.location},
		{"start", a.start.In(owner.location()).Format(dateTimeZone)},
		{"end", a.end.In(owner.location()).Format(dateTimeZone)},
		{"description", a.description},
		{"owner", s.userB(owner)},
		{"inserted", zoned(a.inserted)},
		{"updated", zoned(a.updated)},
		{"deleted", a.deleted},
		{"reminder", orNil(a.reminder)},
		{"room", s.roomB(row(s.rooms, a.room))},
		{"icalId", a.icalID},
		{"meetingMembers", guests},
		{"languageId", a.languageID},
		{"passwordProtected", a.passwordProtected},
		{"connectedEvent", a.connectedEvent},
		{"reminderEmailSend", a.reminderEmailSend},
	}
}

func zoned(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(serverZone).Format(dateTimeZone)
}
