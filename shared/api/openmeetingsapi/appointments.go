package openmeetingsapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// AppointmentClient rules the calendar.
type AppointmentClient interface {
	CreateAppointment(ctx context.Context, b openmeetings.Booking) (openmeetings.Appointment, error)
	UpdateAppointment(ctx context.Context, id int64, b openmeetings.Booking) (openmeetings.Appointment, error)
	Appointments(ctx context.Context, user int64, start, end time.Time) ([]openmeetings.Appointment, error)
	NextAppointment(ctx context.Context, user int64) (openmeetings.Appointment, error)
	RoomAppointment(ctx context.Context, room int64) (openmeetings.Appointment, error)
	FindAppointments(ctx context.Context, title string) ([]openmeetings.Appointment, error)
	DeleteAppointment(ctx context.Context, id int64) (openmeetings.Outcome, error)
}

func registerAppointments(a huma.API, client AppointmentClient) {
	RegisterCreateAppointment(a, client)
	RegisterUpdateAppointment(a, client)
	RegisterDeleteAppointment(a, client)
	RegisterListAppointments(a, client)
	RegisterFindAppointments(a, client)
	RegisterNextAppointment(a, client)
	RegisterGetRoomAppointment(a, client)
}

type appointmentBody struct {
	Title       string                `json:"title" minLength:"1" maxLength:"255" example:"Review"`
	Location    string                `json:"location,omitempty" maxLength:"255"`
	Start       time.Time             `json:"start" doc:"To the second" example:"2026-12-01T09:00:00+01:00"`
	End         time.Time             `json:"end" doc:"To the second" example:"2026-12-01T10:00:00+01:00"`
	Description string                `json:"description,omitempty" maxLength:"16000" doc:"HTML"`
	OwnerID     int64                 `json:"ownerId,omitempty" minimum:"1" doc:"The server's id of the user whose appointment it is; its account's own when absent"`
	Reminder    string                `json:"reminder,omitempty" enum:"NONE,EMAIL,ICAL" doc:"The server's default when absent"`
	RoomID      int64                 `json:"roomId,omitempty" minimum:"1" doc:"The server's id of the room to meet in; a room of its own is made when absent"`
	RoomType    openmeetings.RoomType `json:"roomType,omitempty" enum:"CONFERENCE,PRESENTATION,INTERVIEW" default:"CONFERENCE" doc:"Of a room of its own"`
	Members     []inviteeBody         `json:"members,omitempty" nullable:"false" maxItems:"200"`
	LanguageID  int64                 `json:"languageId,omitempty" minimum:"1" maximum:"2147483647" doc:"The server's id of the language, 1 for English"`
	Password    string                `json:"password,omitempty" maxLength:"255" doc:"What members must know to get in; absent for nothing"`
}

// Resolve checks the times. Missing ones are the schema's to refuse.
func (b *appointmentBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if b.Start.IsZero() || b.End.IsZero() {
		return nil
	}
	faults := writable(at, "start", b.Start)
	faults = append(faults, writable(at, "end", b.End)...)
	// To the second, as they are sent.
	if len(faults) == 0 && !b.End.Truncate(time.Second).After(b.Start.Truncate(time.Second)) {
		faults = fault(at, "end", "expected a time after start")
	}
	return faults
}

// writable refuses years that the server's form of times has no room for.
func writable(at *huma.PathBuffer, field string, t time.Time) []error {
	if year := t.Year(); year < 1970 || year > 9999 {
		return fault(at, field, "expected a year from 1970 to 9999")
	}
	return nil
}

type inviteeBody struct {
	UserID       int64  `json:"userId,omitempty" minimum:"1" doc:"The server's id of a user"`
	FirstName    string `json:"firstname,omitempty" maxLength:"255"`
	LastName     string `json:"lastname,omitempty" maxLength:"255"`
	Email        string `json:"email,omitempty" format:"email" maxLength:"255" doc:"Of somebody who is no user"`
	ExternalType string `json:"externalType,omitempty" maxLength:"255" doc:"Your system's name"`
	ExternalID   string `json:"externalId,omitempty" maxLength:"255" doc:"The person's id in your system"`
}

// Resolve checks that one person is named, in one way.
func (b *inviteeBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	ways := 0
	for _, given := range []bool{b.UserID != 0, b.Email != "", b.ExternalID != "" || b.ExternalType != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return fault(at, "userId", "expected userId, email, or externalId with externalType")
	}
	return together(at, "externalId", "externalType", b.ExternalID != "", b.ExternalType != "")
}

func (b *appointmentBody) booking() openmeetings.Booking {
	booking := openmeetings.Booking{
		Title: b.Title, Location: b.Location, Start: b.Start, End: b.End, Description: b.Description, OwnerID: b.OwnerID,
		Reminder: b.Reminder, RoomID: b.RoomID, RoomType: b.RoomType, LanguageID: b.LanguageID,
		Password: b.Password, PasswordProtected: b.Password != "",
	}
	for _, m := range b.Members {
		booking.Members = append(booking.Members, openmeetings.Invitee(m))
	}
	return booking
}

type appointmentOutput = api.Output[openmeetings.Appointment]

type createAppointmentInput struct{ Body appointmentBody }

// RegisterCreateAppointment adds openmeetings-create-appointment.
func RegisterCreateAppointment(a huma.API, client AppointmentClient) {
	command(a, api.Operation{
		ID: "openmeetings-create-appointment", Method: http.MethodPost, Path: "/openmeetings/appointments", Status: http.StatusCreated, Once: true,
		Summary:     "Make an appointment",
		Description: "The server mails to members and owner. Not found is the room.",
		Errors:      notFound,
	}, func(ctx context.Context, in *createAppointmentInput) (*appointmentOutput, error) {
		return answer(client.CreateAppointment(ctx, in.Body.booking()))
	}, tellAppointment)
}

// AppointmentPath is the path of what happens to one appointment.
type AppointmentPath struct {
	AppointmentID int64 `path:"appointmentId" minimum:"1" doc:"The server's id of the appointment" example:"5"`
}

type updateAppointmentInput struct {
	AppointmentPath
	Body appointmentBody
}

// RegisterUpdateAppointment adds openmeetings-update-appointment.
func RegisterUpdateAppointment(a huma.API, client AppointmentClient) {
	command(a, api.Operation{
		ID: "openmeetings-update-appointment", Method: http.MethodPut, Path: "/openmeetings/appointments/{appointmentId}", Errors: notFound,
		Summary:     "Replace an appointment",
		Description: "What is left out becomes the default, but the room stays unless another is named. Members who are left out are told that it is cancelled; the server mails to the others and the owner. Of another owner than the server's account name ownerId, or the appointment is not found.",
	}, func(ctx context.Context, in *updateAppointmentInput) (*appointmentOutput, error) {
		return answer(client.UpdateAppointment(ctx, in.AppointmentID, in.Body.booking()))
	}, tellAppointment)
}

// RegisterDeleteAppointment adds openmeetings-delete-appointment.
func RegisterDeleteAppointment(a huma.API, client AppointmentClient) {
	command(a, api.Operation{
		ID: "openmeetings-delete-appointment", Method: http.MethodDelete, Path: "/openmeetings/appointments/{appointmentId}",
		Summary:     "Delete an appointment",
		Description: "The server mails to members and owner. The outcome is not_found when there is no such appointment.",
	}, func(ctx context.Context, in *AppointmentPath) (*api.Output[OutcomeBody], error) {
		return outcome(client.DeleteAppointment(ctx, in.AppointmentID))
	}, tellOutcome)
}

type listAppointmentsInput struct {
	Start  time.Time `query:"start" required:"true" example:"2026-12-01T00:00:00Z"`
	End    time.Time `query:"end" required:"true" example:"2027-01-01T00:00:00Z"`
	UserID int64     `query:"userId" minimum:"1" doc:"The server's id of the user; its account when absent"`
}

// Resolve checks the times.
func (in *listAppointmentsInput) Resolve(huma.Context) []error {
	at := huma.NewPathBuffer([]byte("query"), len("query"))
	if in.Start.IsZero() || in.End.IsZero() {
		return nil
	}
	faults := append(writable(at, "start", in.Start), writable(at, "end", in.End)...)
	if len(faults) == 0 && !in.End.After(in.Start) {
		faults = fault(at, "end", "expected a time after start")
	}
	return faults
}

type appointmentsBody struct {
	Appointments []openmeetings.Appointment `json:"appointments" nullable:"false"`
}

// RegisterListAppointments adds openmeetings-list-appointments.
func RegisterListAppointments(a huma.API, client AppointmentClient) {
	register(a, api.Operation{
		ID: "openmeetings-list-appointments", Method: http.MethodGet, Path: "/openmeetings/appointments",
		Summary:     "List appointments between two times",
		Description: "Those of a user, or of the server's account, for which that needs the right ROOM.",
	}, func(ctx context.Context, in *listAppointmentsInput) (*api.Output[appointmentsBody], error) {
		appointments, err := client.Appointments(ctx, in.UserID, in.Start, in.End)
		return answer(appointmentsBody{appointments}, err)
	})
}

type findAppointmentsInput struct {
	Title segment `query:"title" required:"true" minLength:"1" maxLength:"255" doc:"The title, in which % stands for anything. OpenMeetings takes it in a path, where / \\ and ; cannot be." example:"Review%"`
}

// RegisterFindAppointments adds openmeetings-find-appointments.
func RegisterFindAppointments(a huma.API, client AppointmentClient) {
	register(a, api.Operation{
		ID: "openmeetings-find-appointments", Method: http.MethodGet, Path: "/openmeetings/titled-appointments",
		Summary:     "Find appointments by their title",
		Description: "Those of the server's account, which needs the right ROOM.",
	}, func(ctx context.Context, in *findAppointmentsInput) (*api.Output[appointmentsBody], error) {
		appointments, err := client.FindAppointments(ctx, string(in.Title))
		return answer(appointmentsBody{appointments}, err)
	})
}

type nextAppointmentInput struct {
	UserID int64 `query:"userId" minimum:"1" doc:"The server's id of the user; its account when absent"`
}

// RegisterNextAppointment adds openmeetings-next-appointment.
func RegisterNextAppointment(a huma.API, client AppointmentClient) {
	register(a, api.Operation{
		ID: "openmeetings-next-appointment", Method: http.MethodGet, Path: "/openmeetings/next-appointment", Errors: notFound,
		Summary:     "Get an appointment that is to come",
		Description: "OpenMeetings does not sort them, so that it need not be the first.",
	}, func(ctx context.Context, in *nextAppointmentInput) (*appointmentOutput, error) {
		return answer(client.NextAppointment(ctx, in.UserID))
	})
}

// RegisterGetRoomAppointment adds openmeetings-get-room-appointment.
func RegisterGetRoomAppointment(a huma.API, client AppointmentClient) {
	register(a, api.Operation{
		ID: "openmeetings-get-room-appointment", Method: http.MethodGet, Path: "/openmeetings/rooms/{roomId}/appointment", Errors: notFound,
		Summary:     "Get the appointment of a room",
		Description: "That of the server's account, which needs the right ROOM.",
	}, func(ctx context.Context, in *RoomPath) (*appointmentOutput, error) {
		return answer(client.RoomAppointment(ctx, in.RoomID))
	})
}
