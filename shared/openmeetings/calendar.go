package openmeetings

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"
)

// The services are those of CalendarWebService, https://github.com/apache/openmeetings.

// Appointment is an event of the calendar (AppointmentDTO).
type Appointment struct {
	ID                Whole        `json:"id" example:"5"`
	Title             Text         `json:"title"`
	Location          Text         `json:"location,omitempty"`
	Start             time.Time    `json:"start"`
	End               time.Time    `json:"end"`
	Description       Text         `json:"description,omitempty" doc:"HTML"`
	Owner             *User        `json:"owner,omitempty"`
	Reminder          Text         `json:"reminder,omitempty" doc:"NONE, EMAIL or ICAL"`
	Room              *Room        `json:"room,omitempty"`
	ICalID            Text         `json:"icalId,omitempty"`
	Members           List[Member] `json:"meetingMembers,omitempty" nullable:"false"`
	LanguageID        Whole        `json:"languageId,omitempty"`
	PasswordProtected Flag         `json:"passwordProtected"`
	Connected         Flag         `json:"connectedEvent"`
	ReminderSent      Flag         `json:"reminderEmailSend"`
}

// Member is somebody who is invited to an appointment.
type Member struct {
	ID   Whole `json:"id,omitempty"`
	User User  `json:"user"`
}

// UnmarshalJSON reads the times in the server's form.
func (a *Appointment) UnmarshalJSON(data []byte) error {
	type plain Appointment
	shadow := struct {
		*plain
		Start moment `json:"start"`
		End   moment `json:"end"`
	}{plain: (*plain)(a)}
	if err := json.Unmarshal(data, &shadow); err != nil {
		return err
	}
	a.Start, a.End = time.Time(shadow.Start), time.Time(shadow.End)
	return nil
}

// Booking is what an appointment is made of.
type Booking struct {
	Title             string
	Location          string
	Start, End        time.Time // to the second
	Description       string    // HTML
	OwnerID           int64     // 0 for the account itself
	Reminder          string    // NONE, EMAIL or ICAL; empty for the server's default
	RoomID            int64     // a room that exists; 0 for one that the appointment gets of its own
	RoomType          RoomType  // of a room of its own
	Members           []Invitee
	LanguageID        int64
	Password          string // of a room of its own; empty for none
	PasswordProtected bool
}

// Invitee is somebody to invite: a user by their id, somebody by name and e-mail address, or an external user.
type Invitee struct {
	UserID                     int64
	FirstName, LastName, Email string
	ExternalType, ExternalID   string
}

// appointment is the form in which the service takes it.
type appointment struct {
	ID                int64    `json:"id,omitempty"`
	Title             string   `json:"title"`
	Location          string   `json:"location,omitempty"`
	Start             moment   `json:"start"`
	End               moment   `json:"end"`
	Description       string   `json:"description,omitempty"`
	Owner             *userRef `json:"owner,omitempty"`
	Reminder          string   `json:"reminder,omitempty"`
	Room              any      `json:"room"`
	Members           []member `json:"meetingMembers,omitempty"`
	ICalID            string   `json:"icalId,omitempty"`
	LanguageID        int64    `json:"languageId,omitempty"`
	Password          string   `json:"password,omitempty"`
	PasswordProtected bool     `json:"passwordProtected"`
}

type member struct {
	User userRef `json:"user"`
}

// userRef names a user in one of the ways the service knows.
type userRef struct {
	ID           int64    `json:"id,omitempty"`
	Type         string   `json:"type,omitempty"`
	FirstName    string   `json:"firstname,omitempty"`
	LastName     string   `json:"lastname,omitempty"`
	Address      *Address `json:"address,omitempty"`
	ExternalID   string   `json:"externalId,omitempty"`
	ExternalType string   `json:"externalType,omitempty"`
}

// ownRoom is a room that an appointment gets of its own.
type ownRoom struct {
	Type        RoomType `json:"type"`
	Appointment bool     `json:"appointment"`
}

func (i Invitee) ref() userRef {
	switch {
	case i.UserID != 0:
		return userRef{ID: i.UserID}
	case i.ExternalID != "":
		return userRef{Type: "EXTERNAL", ExternalID: i.ExternalID, ExternalType: i.ExternalType}
	}
	return userRef{FirstName: i.FirstName, LastName: i.LastName, Address: &Address{Email: Text(i.Email)}}
}

func (b Booking) appointment(id int64, room any) appointment {
	a := appointment{
		ID: id, Title: b.Title, Location: b.Location, Start: moment(b.Start), End: moment(b.End),
		Description: b.Description, Reminder: b.Reminder, Room: room, LanguageID: b.LanguageID,
		Password: b.Password, PasswordProtected: b.PasswordProtected,
	}
	if b.OwnerID != 0 {
		a.Owner = &userRef{ID: b.OwnerID}
	}
	for _, invitee := range b.Members {
		a.Members = append(a.Members, member{invitee.ref()})
	}
	return a
}

// CreateAppointment makes an appointment (POST /calendar). The server mails to members and owner. It returns ErrNotFound
// where the room does not exist.
func (c *Client) CreateAppointment(ctx context.Context, b Booking) (Appointment, error) {
	room, err := c.roomOf(ctx, b, ownRoom{b.RoomType, true})
	if err != nil {
		return Appointment{}, err
	}
	return c.saveAppointment(ctx, b, b.appointment(0, room))
}

// roomOf gives the room to meet in as the service takes it: as it is sent, and not only by its id.
func (c *Client) roomOf(ctx context.Context, b Booking, own any) (any, error) {
	if b.RoomID == 0 {
		return own, nil
	}
	room, err := c.Room(ctx, b.RoomID)
	return room.sent(), err
}

func (c *Client) saveAppointment(ctx context.Context, b Booking, a appointment) (saved Appointment, err error) {
	cl := change("calendar save", http.MethodPost, "calendar").aboutPeople()
	if cl.form, err = jsonForm(map[string]any{"appointment": a}); err != nil {
		return Appointment{}, err
	}
	cl.sensitive = b.sensitive()
	return made(get[Appointment](ctx, c, cl, "appointmentDTO"))
}

// The times between which an appointment is looked for.
var (
	firstDay = time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)
)

// UpdateAppointment replaces an appointment (POST /calendar with its id). The service makes its room one of defaults and
// forgets its calendar id unless both are sent again, and it has no call for one appointment: so that is looked for among
// those of its owner. Members who are left out are told that it is cancelled; the server mails to the others and the owner.
// It returns ErrNotFound where the owner has no such appointment, or the room does not exist.
func (c *Client) UpdateAppointment(ctx context.Context, id int64, b Booking) (Appointment, error) {
	all, err := c.Appointments(ctx, b.OwnerID, firstDay, lastDay)
	if err != nil {
		return Appointment{}, err
	}
	i := slices.IndexFunc(all, func(a Appointment) bool { return int64(a.ID) == id })
	if i < 0 {
		return Appointment{}, ErrNotFound
	}
	var own any = ownRoom{b.RoomType, true}
	if all[i].Room != nil {
		own = all[i].Room.sent()
	}
	room, err := c.roomOf(ctx, b, own)
	if err != nil {
		return Appointment{}, err
	}
	changed := b.appointment(id, room)
	changed.ICalID = string(all[i].ICalID)
	saved, err := c.saveAppointment(ctx, b, changed)
	return saved, missing(err)
}

func (b Booking) sensitive() []string {
	values := []string{b.Password}
	for _, m := range b.Members {
		values = append(values, m.Email, m.ExternalID)
	}
	return values
}

// Appointments gives those between two times: the account's own, or a user's when the id is not 0
// (GET /calendar/{start}/{end}, GET /calendar/{userid}/{start}/{end}).
func (c *Client) Appointments(ctx context.Context, user int64, start, end time.Time) ([]Appointment, error) {
	cl := read("calendar", "calendar", formatTime(start), formatTime(end))
	if user != 0 {
		cl = read("calendar user", "calendar", user, formatTime(start), formatTime(end))
	}
	return list[Appointment](ctx, c, cl.aboutPeople(), "appointmentDTO")
}

// NextAppointment gives one that is still to come, of the account or of a user (GET /calendar/next,
// GET /calendar/next/{userid}), or ErrNotFound. The server does not sort, so that it need not be the first.
func (c *Client) NextAppointment(ctx context.Context, user int64) (Appointment, error) {
	cl := read("calendar/next", "calendar", "next")
	if user != 0 {
		cl = read("calendar/next user", "calendar", "next", user)
	}
	return one(get[Appointment](ctx, c, cl.aboutPeople(), "appointmentDTO"))
}

// RoomAppointment gives the account's appointment in a room (GET /calendar/room/{roomid}), or ErrNotFound.
func (c *Client) RoomAppointment(ctx context.Context, room int64) (Appointment, error) {
	return one(get[Appointment](ctx, c, read("calendar/room", "calendar", "room", room).aboutPeople(), "appointmentDTO"))
}

// FindAppointments gives the account's appointments with a title, in which % stands for anything
// (GET /calendar/title/{title}). It returns ErrSegment, too.
func (c *Client) FindAppointments(ctx context.Context, title string) ([]Appointment, error) {
	if err := checkSegments(title); err != nil {
		return nil, err
	}
	return list[Appointment](ctx, c, read("calendar/title", "calendar", "title", title).aboutPeople(), "appointmentDTO")
}

// DeleteAppointment deletes an appointment and mails to its members (DELETE /calendar/{id}). NotFound is the outcome for
// one that does not exist.
func (c *Client) DeleteAppointment(ctx context.Context, id int64) (Outcome, error) {
	done, err := c.outcome(ctx, Deleted, change("calendar delete", http.MethodDelete, "calendar", id))
	if says(err, "Bad id") || errors.Is(missing(err), ErrNotFound) {
		return NotFound, nil
	}
	return done, err
}
