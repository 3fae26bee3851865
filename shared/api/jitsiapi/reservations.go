package jitsiapi

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/jitsi"
	"gavel/shared/problem"
	"gavel/shared/rooms"
)

// Holder knows which rooms may be open.
type Holder interface {
	Reserved(ctx context.Context, provider, id string) (rooms.Reservation, error)
}

var _ Holder = (*rooms.Service)(nil)

// endless is how long a meeting is let go on whose room has no end. Whoever ends the room ends the meeting.
const endless = 30 * 24 * time.Hour

// startLayout is the form of times that the module sends and takes, yyyy-MM-dd'T'HH:mm:ss.SSSX
// (https://jitsi.github.io/handbook/docs/devops-guide/reservation).
const startLayout = "2006-01-02T15:04:05.000Z07:00"

type reservationBody struct {
	ID        string `json:"id" doc:"The room's id" example:"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"`
	Name      string `json:"name" doc:"The room's name as Prosody keeps it" example:"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"`
	MailOwner string `json:"mail_owner" doc:"Who opened it, as Jitsi said; else who made the room"`
	StartTime string `json:"start_time" doc:"The room's start" example:"2099-01-05T10:00:00.000Z"`
	Duration  int64  `json:"duration" doc:"In seconds from start_time to the room's end" example:"1800"`
}

// CallerHeader is what the Jitsi server shows of itself.
type CallerHeader struct {
	Authorization string `header:"Authorization" doc:"Bearer and one of callbackTokens of the secret, as set in the server's reservations_api_headers"`
}

type createReservationInput struct {
	CallerHeader
	ContentType string `header:"Content-Type" hidden:"true"`
	RawBody     []byte `contentType:"application/x-www-form-urlencoded"`
}

const reservationNote = "For the Jitsi server alone, whose module reservations asks before a room is opened: its reservations_api_prefix is …/jitsi/reservations. "

var reservationErrors = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusServiceUnavailable}

// RegisterCreateReservation adds jitsi-create-reservation.
func RegisterCreateReservation(a huma.API, client SenderChecker, held Holder) {
	api.Register(a, api.Operation{
		ID: "jitsi-create-reservation", Method: http.MethodPost, Path: "/jitsi/reservations/conference",
		Summary: "Whether a meeting may begin",
		Description: reservationNote + "A room with the provider jitsi is open from its start to its end; anything else is refused with a message, " +
			"which Jitsi shows to people.",
		Tag: tag, RawBody: true, Shown: true, Errors: reservationErrors,
	}, func(ctx context.Context, in *createReservationInput) (*api.Output[reservationBody], error) {
		if err := client.CheckSender(ctx, in.Authorization); err != nil {
			return nil, refused(ctx, err)
		}
		name, owner, err := asked(in.ContentType, in.RawBody)
		if err != nil {
			return nil, problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, err.Error())
		}
		out, err := reservation(ctx, held, idIn(name))
		if err != nil {
			return nil, err
		}
		if !strings.EqualFold(out.Body.Name, name) { // the room of that id, under another tenant
			return nil, noReservation()
		}
		if owner != "" {
			out.Body.MailOwner = owner
		}
		return out, nil
	})
}

var errAsked = errors.New("expected a form (application/x-www-form-urlencoded) with the name of a room")

// asked reads the module's form.
func asked(contentType string, body []byte) (name, owner string, err error) {
	if kind, _, err := mime.ParseMediaType(contentType); err != nil || kind != "application/x-www-form-urlencoded" {
		return "", "", errAsked
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || len(form["name"]) != 1 || form.Get("name") == "" {
		return "", "", errAsked
	}
	return form.Get("name"), form.Get("mail_owner"), nil
}

// idIn gives the id of the room that a name is of; "" where it is of none.
func idIn(name string) string {
	place, err := jitsi.ParseNode(name)
	if err != nil {
		return ""
	}
	return string(place.Room)
}

func reservation(ctx context.Context, held Holder, text string) (*api.Output[reservationBody], error) {
	id, err := rooms.ParseID(text)
	if err != nil {
		return nil, noReservation()
	}
	r, err := held.Reserved(ctx, jitsi.Provider, id)
	if err != nil {
		return nil, refusal(err)
	}
	end := r.End
	if end.IsZero() {
		end = r.AskedAt.Add(endless)
	}
	return &api.Output[reservationBody]{Body: reservationBody{
		ID: id, Name: r.Conference, MailOwner: r.CreatedBy,
		StartTime: r.Start.UTC().Format(startLayout), Duration: end.Unix() - r.Start.Unix(), // centuries, too
	}}, nil
}

func noReservation() error {
	return problem.New(http.StatusNotFound, problem.NotFound, "There is no such room. Meetings here are booked first.")
}

// shownLayout is the form of times for people.
const shownLayout = "2 January 2006, 15:04 MST"

// refusal makes words for people of why a room is not open. None of them is 409: that would have the module look for
// another reservation.
func refusal(err error) error {
	var rule *rooms.Error
	if !errors.As(err, &rule) {
		return err
	}
	switch rule.Code {
	case rooms.NotStarted:
		p := problem.New(http.StatusForbidden, problem.RoomNotStarted, "This room opens on "+rule.Start.UTC().Format(shownLayout)+".")
		p.StartTime, p.EndTime = rule.Start, rule.End
		return p
	case rooms.Ended:
		p := problem.New(http.StatusForbidden, problem.RoomEnded, "This room has been closed since "+rule.End.UTC().Format(shownLayout)+".")
		p.StartTime, p.EndTime = rule.Start, rule.End
		return p
	}
	return noReservation()
}

type reservationInput struct {
	CallerHeader
	ID string `path:"id" maxLength:"64" doc:"The room's id" example:"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"`
}

// RegisterGetReservation adds jitsi-get-reservation.
func RegisterGetReservation(a huma.API, client SenderChecker, held Holder) {
	api.Register(a, api.Operation{
		ID: "jitsi-get-reservation", Method: http.MethodGet, Path: "/jitsi/reservations/conference/{id}",
		Summary:     "Read a reservation",
		Description: reservationNote + "The same as when it was asked for, while the room is open.",
		Tag:         tag, Shown: true, Errors: reservationErrors,
	}, func(ctx context.Context, in *reservationInput) (*api.Output[reservationBody], error) {
		if err := client.CheckSender(ctx, in.Authorization); err != nil {
			return nil, refused(ctx, err)
		}
		return reservation(ctx, held, in.ID)
	})
}

type forgottenBody struct {
	Outcome string `json:"outcome" enum:"noted"`
}

// RegisterDeleteReservation adds jitsi-delete-reservation.
func RegisterDeleteReservation(a huma.API, client SenderChecker) {
	api.Register(a, api.Operation{
		ID: "jitsi-delete-reservation", Method: http.MethodDelete, Path: "/jitsi/reservations/conference/{id}",
		Summary: "Give a reservation back",
		Description: reservationNote + "It says so of a meeting that everybody has left, and looks at no answer. The room stays open until its end: " +
			"people may come back.",
		Tag: tag, Shown: true, Errors: []int{http.StatusUnauthorized, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *reservationInput) (*api.Output[forgottenBody], error) {
		if err := client.CheckSender(ctx, in.Authorization); err != nil {
			return nil, refused(ctx, err)
		}
		return &api.Output[forgottenBody]{Body: forgottenBody{"noted"}}, nil
	})
}
