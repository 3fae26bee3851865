package jitsiapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/jitsimeetapi"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/phone"
)

// RoomEnder ends meetings.
type RoomEnder interface {
	EndRoom(ctx context.Context, p jitsi.Place, silent bool) (jitsi.Outcome, error)
}

// Kicker removes participants and phones.
type Kicker interface {
	Kick(ctx context.Context, p jitsi.Place, target jitsi.Target) (jitsi.Outcome, error)
}

// DialOuter calls phones into a room.
type DialOuter interface {
	DialOut(ctx context.Context, p jitsi.Place, number phone.Number) (jitsi.Outcome, error)
}

// Looker sees who is in a room.
type Looker interface {
	Occupants(ctx context.Context, p jitsi.Place) ([]jitsi.Occupant, error)
}

type endMeetingInput struct {
	PlacePath
	Body *struct {
		SilentReconnect bool `json:"silentReconnect,omitempty" doc:"Whether clients connect again by themselves instead of showing that the meeting is over"`
	} `required:"false"`
}

// RegisterEndRoom adds jitsi-end-room.
func RegisterEndRoom(a huma.API, client RoomEnder) {
	command(a, api.Operation{
		ID: "jitsi-end-room", Method: http.MethodPost, Path: "/jitsi/rooms/{room}/end",
		Summary: "End a meeting",
		Description: "Ends the meeting for everybody. The outcome is not_found when no such meeting is going on. Whoever has a valid token can open " +
			"the room again at once, unless the server asks for reservations.",
	}, func(ctx context.Context, in *endMeetingInput) (*output, error) {
		return answer(client.EndRoom(ctx, in.place(), in.Body != nil && in.Body.SilentReconnect))
	}, told)
}

type kickInput struct {
	PlacePath
	Body jitsiKickBody
}

type jitsiKickBody struct {
	ParticipantID string `json:"participantId,omitempty" pattern:"^[0-9A-Fa-f]{8}$" doc:"The participant's short id in this meeting, as in the list of occupants; not the user id" example:"14f01c40"`
	Number        string `json:"number,omitempty" maxLength:"64" doc:"In place of participantId the number of a phone, with its country code" example:"+40747777777"`
}

var errOneTarget = errors.New("expected participantId or number, and not both")

// Resolve checks that one target is named, and the number.
func (b *jitsiKickBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if (b.ParticipantID == "") == (b.Number == "") {
		return api.FaultAt(at, errOneTarget)
	}
	if b.Number == "" {
		return nil
	}
	if _, err := phone.Parse(b.Number); err != nil {
		return []error{&huma.ErrorDetail{Location: at.With("number"), Message: err.Error()}}
	}
	return nil
}

func (b *jitsiKickBody) target() (t jitsi.Target, err error) {
	if b.ParticipantID != "" {
		t.ID, err = jitsimeet.ParseParticipantID(b.ParticipantID)
	} else {
		t.Number, err = phone.Parse(b.Number)
	}
	return t, err
}

// RegisterKickParticipant adds jitsi-kick-participant.
func RegisterKickParticipant(a huma.API, client Kicker) {
	command(a, api.Operation{
		ID: "jitsi-kick-participant", Method: http.MethodPost, Path: "/jitsi/rooms/{room}/kick",
		Summary: "Remove a participant or a phone",
		Description: "Removes one participant, or the call to a number. The outcome is not_found when nobody in the meeting is meant. The same token can " +
			"join again: Jitsi has no bans.",
	}, func(ctx context.Context, in *kickInput) (*output, error) {
		target, err := in.Body.target()
		if err != nil {
			return nil, err
		}
		return answer(client.Kick(ctx, in.place(), target))
	}, told)
}

type jitsiDialOutInput struct {
	PlacePath
	Body struct {
		PhoneNo jitsimeetapi.PhoneNo `json:"phoneNo" minLength:"1" maxLength:"64" doc:"The number with its country code; spaces, dashes, brackets and a leading 00 are taken" example:"+40747777777"`
	}
}

// RegisterDialOut adds jitsi-dial-out.
func RegisterDialOut(a huma.API, client DialOuter) {
	command(a, api.Operation{
		ID: "jitsi-dial-out", Method: http.MethodPost, Path: "/jitsi/rooms/{room}/dial-out", Once: true,
		Summary: "Call a phone into a meeting",
		Description: "Asks the server's gateway (Jigasi) to call. The outcome requested does not say that anybody answered. The command is sent once, " +
			"and again only when it was turned away for a key that has been rotated meanwhile; a 502 or 504 says whether it may have rung.",
	}, func(ctx context.Context, in *jitsiDialOutInput) (*output, error) {
		number, err := phone.Parse(string(in.Body.PhoneNo))
		if err != nil {
			return nil, err
		}
		return answer(client.DialOut(ctx, in.place(), number))
	}, told)
}

type occupantBody struct {
	ParticipantID string `json:"participantId" doc:"The short id to kick by" example:"14f01c40"`
	JID           string `json:"jid" doc:"The address in the room" example:"standup@conference.meet.example.org/14f01c40"`
	DisplayName   string `json:"displayName,omitempty" doc:"As others see it; a phone's begins with its number" example:"Ada"`
	Email         string `json:"email,omitempty" doc:"Where the participant shows it"`
}

type occupantsBody struct {
	Occupants []occupantBody `json:"occupants" nullable:"false" doc:"Phones included, the server's own focus left out"`
}

// RegisterRoomOccupants adds jitsi-room-occupants.
func RegisterRoomOccupants(a huma.API, client Looker) {
	register(a, api.Operation{
		ID: "jitsi-room-occupants", Method: http.MethodGet, Path: "/jitsi/rooms/{room}/occupants",
		Summary:     "List who is in a meeting",
		Description: "Who is inside now, as the server tells. 404 when no such meeting is going on.",
		Errors:      []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct{ PlacePath }) (*api.Output[occupantsBody], error) {
		found, err := client.Occupants(ctx, in.place())
		if err != nil {
			return nil, err
		}
		out := &api.Output[occupantsBody]{Body: occupantsBody{make([]occupantBody, len(found))}}
		for i, o := range found {
			out.Body.Occupants[i] = occupantBody{ParticipantID: o.ID(), JID: o.JID, DisplayName: o.Name, Email: o.Email}
		}
		return out, nil
	})
}
