package openmeetingsapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// Inviter makes invitations.
type Inviter interface {
	CreateInvitation(ctx context.Context, in openmeetings.Invitation, sendMail bool, languageID int64) (openmeetings.Entry, error)
}

type createInvitationInput struct {
	RoomPath
	Body invitationBody
}

type invitationBody struct {
	Email      string                `json:"email" minLength:"1" maxLength:"255" format:"email" example:"ada@example.org"`
	FirstName  string                `json:"firstname,omitempty" maxLength:"255" example:"Ada"`
	LastName   string                `json:"lastname,omitempty" maxLength:"255"`
	Subject    string                `json:"subject,omitempty" maxLength:"255"`
	Message    string                `json:"message,omitempty" maxLength:"4000"`
	Password   string                `json:"password,omitempty" maxLength:"255" doc:"What the person must know to get in; absent for nothing. OpenMeetings takes it in the query of a request, which its access log may keep."`
	Valid      openmeetings.Validity `json:"valid,omitempty" enum:"PERIOD,ENDLESS,ONE_TIME" default:"ONE_TIME"`
	ValidFrom  string                `json:"validFrom,omitempty" maxLength:"19" doc:"For PERIOD, in the server's time zone, which OpenMeetings does not tell" example:"2026-11-22 09:00:00"`
	ValidTo    string                `json:"validTo,omitempty" maxLength:"19" doc:"As validFrom" example:"2026-11-22 10:00:00"`
	SendMail   bool                  `json:"sendMail,omitempty" doc:"Whether the server mails the link"`
	LanguageID int64                 `json:"languageId,omitempty" minimum:"1" maximum:"2147483647" doc:"The server's id of the language, 1 for English" example:"1"`
}

// Resolve checks the period.
func (b *invitationBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if b.Valid != openmeetings.Period {
		return nil
	}
	var faults []error
	from, err := time.Parse(time.DateTime, b.ValidFrom)
	if err != nil {
		faults = append(faults, fault(at, "validFrom", "expected a time in the form 2006-01-02 15:04:05 with PERIOD")...)
	}
	to, toErr := time.Parse(time.DateTime, b.ValidTo)
	switch {
	case toErr != nil:
		faults = append(faults, fault(at, "validTo", "expected a time in the form 2006-01-02 15:04:05 with PERIOD")...)
	case err == nil && !to.After(from):
		faults = append(faults, fault(at, "validTo", "expected a time after validFrom")...)
	}
	return faults
}

type invitedBody struct {
	URL  string `json:"url" doc:"Lets the person in"`
	Hash string `json:"hash" doc:"What of the URL does so"`
}

// RegisterCreateInvitation adds openmeetings-create-invitation.
func RegisterCreateInvitation(a huma.API, client Inviter) {
	command(a, api.Operation{
		ID: "openmeetings-create-invitation", Method: http.MethodPost, Path: "/openmeetings/rooms/{roomId}/invitations",
		Status: http.StatusCreated, Once: true,
		Summary: "Invite somebody by e-mail address",
		Description: "Makes a link for somebody who is in no system of yours. The server keeps them as a contact of its account. " +
			"Current servers look whether the room exists when the link is opened.",
		Errors: notFound,
	}, func(ctx context.Context, in *createInvitationInput) (*api.Output[invitedBody], error) {
		b := in.Body
		invitation := openmeetings.Invitation{
			RoomID: in.RoomID, Email: b.Email, FirstName: b.FirstName, LastName: b.LastName, Subject: b.Subject, Message: b.Message,
			PasswordProtected: b.Password != "", Password: b.Password, Valid: b.Valid,
		}
		if b.Valid == openmeetings.Period {
			invitation.ValidFrom, invitation.ValidTo = b.ValidFrom, b.ValidTo
		}
		entry, err := client.CreateInvitation(ctx, invitation, b.SendMail, b.LanguageID)
		return answer(invitedBody{entry.URL, entry.Hash}, err)
	}, nil)
}
