package veetingapi

import (
	"encoding/json"
	"errors"
	"net/mail"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/veeting"
)

// MeetingPath is the path of what happens to one meeting. It is exported because the library passes over the fields of
// embedded structs that are not.
type MeetingPath struct {
	MeetingID meetingID `path:"meetingId" doc:"The internal id of the meeting, 24 hex digits: id in the answer to scheduling it, and not participantMeetingId" example:"5e945c36b863b82cefdddf54"`
}

// idPattern is the form of Veeting's internal ids.
const idPattern = "^[0-9a-f]{24}$"

// meetingID is checked where it stands, so that a fault is reported with its place and together with all others.
type meetingID string

// Schema describes the form; it is Resolve that checks it (see api.New).
func (*meetingID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: idPattern}
}

// Resolve checks the id.
func (id *meetingID) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	return api.FaultAt(at, veeting.CheckMeetingID(string(*id)))
}

// emailAddress is checked here because the library takes "Ada <ada@example.org>" for one, and repeats the value in some
// of its faults.
type emailAddress string

// Schema describes the form; it is Resolve that checks it. The library checks a Format, and passes over extensions.
func (*emailAddress) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Extensions: map[string]any{"format": "email"}}
}

// Resolve checks the address. Whether there must be one is the schema's to say.
func (e *emailAddress) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if parsed, err := mail.ParseAddress(string(*e)); *e != "" && (err != nil || parsed.Address != string(*e)) {
		return api.FaultAt(at, errEmail)
	}
	return nil
}

// UserHeaders say on whose behalf a call is made.
type UserHeaders struct {
	UserID    string       `header:"X-User-Id" pattern:"^[0-9a-f]{24}$" doc:"The internal id of the organizer to act for; needed, or X-User-Email, with an instance-level key, and refused with an account-level one" example:"5e9459c5b863b82cefdddf4e"`
	UserEmail emailAddress `header:"X-User-Email" maxLength:"320" doc:"The e-mail address of the organizer to act for, in place of X-User-Id"`
}

func (h UserHeaders) user() veeting.User {
	return veeting.User{ID: h.UserID, Email: string(h.UserEmail)}
}

// described is an object of Veeting's that is passed on with all its fields. F has those that are known.
type described[F any] veeting.Object

// MarshalJSON writes all fields.
func (d described[F]) MarshalJSON() ([]byte, error) { return json.Marshal(veeting.Object(d)) }

// Schema describes the known fields and allows others.
func (described[F]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[F](), true, "")
}

type accountFields struct {
	_ struct{} `json:"-" additionalProperties:"true"`

	ID          string    `json:"id,omitempty" doc:"The internal id of the account" example:"5e9459c5b863b82cefdddf4f"`
	Name        string    `json:"name,omitempty"`
	AccountType string    `json:"accountType,omitempty" example:"trial"`
	PaidUntil   time.Time `json:"paidUntil,omitzero" doc:"As Veeting decided, which for a trial need not be what was asked for"`
}

type adminFields struct {
	_ struct{} `json:"-" additionalProperties:"true"`

	ID        string `json:"id,omitempty" doc:"The internal id of the user, for X-User-Id" example:"5e9459c5b863b82cefdddf4e"`
	Email     string `json:"email,omitempty" example:"test-user@example.com"`
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
	Timezone  string `json:"timezone,omitempty" example:"Europe/Paris"`
	ICSPath   string `json:"icsPath,omitempty" doc:"Path of the person's calendar on the instance. Whoever has it can read the calendar."`
}

type meetingFields struct {
	_ struct{} `json:"-" additionalProperties:"true"`

	ID                   string    `json:"id,omitempty" doc:"The internal id of the meeting, which the other operations take" example:"5e945c36b863b82cefdddf54"`
	ParticipantMeetingID string    `json:"participantMeetingId,omitempty" doc:"The id that participants see and type; no operation takes it. Veeting itself calls it meetingId." example:"9974-7653-8886-0485"`
	Topic                string    `json:"topic,omitempty"`
	StartTime            time.Time `json:"startTime,omitzero"`
	EndTime              time.Time `json:"endTime,omitzero"`
	Duration             int64     `json:"duration,omitempty" doc:"In minutes" example:"60"`
	Type                 string    `json:"type,omitempty" example:"standard"`
	Timezone             string    `json:"timezone,omitempty" example:"Europe/Zurich"`
	ICalSequence         int64     `json:"icalSequence,omitempty"`
	IsClosed             bool      `json:"isClosed,omitempty" doc:"Computed from the times: true also for a meeting that has not begun"`
}

// firstYear is the earliest that makes sense; it also finds times that are missing. lastYear is the last of four digits, in UTC.
const (
	firstYear = 1970
	lastYear  = 9999
)

// longest is the most minutes a meeting may have, as the schema of duration has it.
const longest = 525_600

var (
	errEarlierEnd = errors.New("expected a time after startTime")
	errLaterEnd   = errors.New("expected a time at most a year after startTime")
	errYear       = errors.New("expected a year from 1970 to 9999, in UTC")
	errEmail      = errors.New("expected one e-mail address alone, without a name or angle brackets")
)
