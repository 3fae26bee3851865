package jaasapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/httpclient"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/problem"
	"gavel/shared/roster"
)

// Kicker removes participants.
type Kicker interface {
	KickParticipant(ctx context.Context, appID jaas.AppID, room jitsimeet.Room, id jitsimeet.ParticipantID) (jaas.Outcome, error)
}

// Presence gives the ids under which a guest is in a conference now, by any of those that they may go by.
type Presence interface {
	Present(ctx context.Context, conference string, guestIDs ...string) ([]string, error)
}

type kickInput struct {
	RoomPath
	Body jaasKickBody
}

type jaasKickBody struct {
	ParticipantID *string `json:"participantId,omitempty" pattern:"^[0-9A-Fa-f]{8}$" doc:"The participant's short id in this session, as in the list of participants; not the user id" example:"f0aa9e1e"`
	UserID        *userID `json:"userId,omitempty" minLength:"1" maxLength:"256" doc:"In place of participantId the app's own id of a user, who is removed with every device" example:"auth0|5f903d7a77f3b4006eb8e67d"`
}

// oneTarget is the answer to a body that names two, or none.
func oneTarget() *problem.Problem {
	p := problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, "validation failed")
	p.Errors = []problem.Fault{{Location: "body", Message: "expected participantId or userId, and not both"}}
	return p
}

// RegisterKickParticipant adds jaas-kick-participant.
func RegisterKickParticipant(a huma.API, client Kicker, present Presence, aliases Aliases) {
	api.RegisterCommand(a, api.Operation{
		ID: "jaas-kick-participant", Method: http.MethodPost, Path: "/jaas/{appId}/rooms/{room}/kick",
		Summary: "Remove a participant",
		Description: "Removes one participant, who sees a notice, or a user with every device that JaaS's events tell of, also under " +
			"the ids that they go by in meetings of rooms once they were removed from one. The outcome is not_found when nobody in the meeting is meant. The same token can join again: jaas-ban-user removes for good.",
		Tag: tag, Scope: scope, Upstream: true,
	}, func(ctx context.Context, in *kickInput) (*output, error) {
		if (in.Body.ParticipantID == nil) == (in.Body.UserID == nil) {
			return nil, oneTarget()
		}
		if in.Body.UserID != nil {
			guests, err := aliases.GuestIDs(ctx, string(*in.Body.UserID), jaas.Provider)
			if err != nil {
				return nil, err
			}
			kicked, err := kickUser(ctx, in.appID(), in.room(), client, present, guests...)
			if kicked == 0 {
				return answer(jaas.NotFound, err)
			}
			return answer(jaas.Kicked, err)
		}
		id, err := jitsimeet.ParseParticipantID(*in.Body.ParticipantID)
		if err != nil {
			return nil, err
		}
		return answer(client.KickParticipant(ctx, in.appID(), in.room(), id))
	}, told)
}

// kickUser removes a user with every device, by each of the ids that they may be inside with, and says how many devices there
// were. After an error it can be called again, for those that are left: none keeps the others in.
func kickUser(
	ctx context.Context, appID jaas.AppID, room jitsimeet.Room, client Kicker, present Presence, guests ...string,
) (kicked int, err error) {
	ids, err := present.Present(ctx, jaas.Conference(appID, room), guests...)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		outcome, failed := client.KickParticipant(ctx, appID, room, jitsimeet.ParticipantID(id))
		if err = httpclient.Join(err, failed); outcome == jaas.Kicked {
			kicked++
		}
	}
	if kicked > 0 {
		err = httpclient.PartlyDone(err)
	}
	return kicked, err
}

// Insider gives who is in a conference now.
type Insider interface {
	Inside(ctx context.Context, conference string, limit int, cursor string) (roster.Page, error)
}

type listParticipantsInput struct {
	RoomPath
	inboxapi.PageQuery
}

type jaasParticipantBody struct {
	ParticipantID string    `json:"participantId" doc:"The short id to kick by" example:"f0aa9e1e"`
	UserID        string    `json:"userId,omitempty" doc:"context.user.id of the token; absent for a guest without" example:"auth0|5f903d7a77f3b4006eb8e67d"`
	Name          string    `json:"name,omitempty" example:"Ada"`
	Moderator     bool      `json:"moderator" doc:"Whether they joined as one"`
	JoinedAt      time.Time `json:"joinedAt"`
	SessionID     string    `json:"sessionId" doc:"The run of the meeting" example:"9a441d60-ceaf-4eba-b0a8-a7d940a76e1b"`
	Breakout      string    `json:"breakoutRoomId,omitempty" doc:"Of those who are in a breakout room, from which nobody can be kicked"`
}

type jaasParticipantsBody struct {
	Participants []jaasParticipantBody `json:"participants" nullable:"false" doc:"In an order that means nothing but stays"`
	Cursor       string                `json:"cursor,omitempty" doc:"For the next page; absent on the last"`
}

// RegisterListParticipants adds jaas-list-participants.
func RegisterListParticipants(a huma.API, in Insider) {
	api.Register(a, api.Operation{
		ID: "jaas-list-participants", Method: http.MethodGet, Path: "/jaas/{appId}/rooms/{room}/participants", Scope: scope, Tag: tag,
		Summary: "List who is in a meeting",
		Description: "As JaaS's events tell it: the webhook must be set up with PARTICIPANT_JOINED, PARTICIPANT_LEFT and ROOM_DESTROYED. " +
			"A page may be shorter than asked for although there are more.",
		Errors: []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, q *listParticipantsInput) (*api.Output[jaasParticipantsBody], error) {
		page, err := in.Inside(ctx, jaas.Conference(q.appID(), q.room()), q.Limit, q.Cursor)
		if errors.Is(err, roster.ErrCursor) {
			return nil, inboxapi.CursorProblem(err)
		}
		if err != nil {
			return nil, err
		}
		out := &api.Output[jaasParticipantsBody]{Body: jaasParticipantsBody{Participants: make([]jaasParticipantBody, len(page.People)), Cursor: page.Next}}
		for i, p := range page.People {
			out.Body.Participants[i] = jaasParticipantBody{
				ParticipantID: p.ID, UserID: p.GuestID, Name: p.Name, Moderator: p.Moderator, JoinedAt: p.JoinedAt, SessionID: p.Session, Breakout: p.Breakout,
			}
		}
		return out, nil
	})
}
