package roomsapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/rooms"
)

// ParticipantAdder invites people.
type ParticipantAdder interface {
	AddParticipants(ctx context.Context, caller, id string, users []string) (rooms.Added, error)
}

type addInput struct {
	RoomPath
	Body struct {
		Participants []invitee `json:"participant_ids" minItems:"1" maxItems:"100" doc:"User ids" example:"[\"u-17\"]"`
	}
}

type addOutput struct {
	Body struct {
		Added   []string `json:"added" nullable:"false" doc:"Who is in the room now and was not before"`
		Already []string `json:"already_in" nullable:"false" doc:"Who was in the room already"`
	}
}

// RegisterAddParticipant adds rooms-add-participant.
func RegisterAddParticipant(a huma.API, s ParticipantAdder) {
	register(a, api.Operation{
		ID: "rooms-add-participant", Method: http.MethodPost, Path: "/admin/room/{room_id}/participant",
		Summary:     "Invite people",
		Description: "Adding somebody twice changes nothing. Who was removed is welcome again: their ban is lifted. For admins. Large calls are carried out in parts: after an error repeat it.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *addInput) (*addOutput, error) {
		added, err := s.AddParticipants(ctx, caller, in.room(), userIDs(in.Body.Participants))
		out := &addOutput{}
		out.Body.Added, out.Body.Already = append([]string{}, added.New...), append([]string{}, added.Known...)
		return out, err
	})
}

// ParticipantRemover removes people.
type ParticipantRemover interface {
	RemoveParticipant(ctx context.Context, caller, id, user string, life time.Duration) (rooms.Effect, error)
}

type removeInput struct {
	RoomPath
	Participant userID `query:"participant_id" required:"true" minLength:"1" maxLength:"250" doc:"A user id" example:"u-17"`
	Seconds     int64  `query:"expires_in_seconds" minimum:"1" maximum:"315360000" doc:"How long they are banned from the room's meeting; until the ban is lifted when absent"`
}

type removeOutput struct {
	Body struct {
		Removed    string      `json:"removed" doc:"The user id"`
		AtProvider *effectBody `json:"at_provider,omitempty" doc:"What was done at the meeting system; absent when there was nothing to do"`
	}
}

// RegisterRemoveParticipant adds rooms-remove-participant.
func RegisterRemoveParticipant(a huma.API, s ParticipantRemover) {
	register(a, api.Operation{
		ID: "rooms-remove-participant", Method: http.MethodDelete, Path: "/admin/room/{room_id}/participant",
		Summary: "Remove somebody",
		Description: "Takes somebody out of the room, and of its meeting: there they are kicked if they are inside, " +
			"and banned where the meeting system has bans. Whoever comes back with an old link is kicked again, where the meeting " +
			"system tells who joins (JaaS and Jitsi), until the ban is over, or lifted, or they are invited again. " +
			"The last admin cannot be removed. For admins, who may remove themselves.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *removeInput) (*removeOutput, error) {
		done, err := s.RemoveParticipant(ctx, caller, in.room(), string(in.Participant), time.Duration(in.Seconds)*time.Second)
		if err != nil {
			return nil, err
		}
		out := &removeOutput{}
		out.Body.Removed, out.Body.AtProvider = string(in.Participant), effect(ctx, done)
		return out, nil
	})
}

type adminInput struct {
	RoomPath
	Participant userID    `path:"participant_id" minLength:"1" maxLength:"250" doc:"A user id" example:"u-17"`
	Body        *struct{} `required:"false"`
}

type participantOutput struct{ Body participantBody }

// AdminGranter makes admins.
type AdminGranter interface {
	GrantAdmin(ctx context.Context, caller, id, user string) (rooms.Participant, error)
}

// RegisterGrantAdmin adds rooms-grant-admin.
func RegisterGrantAdmin(a huma.API, s AdminGranter) {
	register(a, api.Operation{
		ID: "rooms-grant-admin", Method: http.MethodPost, Path: "/admin/room/{room_id}/participant/{participant_id}/admin",
		Summary:     "Make a participant an admin",
		Description: "Granting it twice changes nothing. For admins.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *adminInput) (*participantOutput, error) {
		p, err := s.GrantAdmin(ctx, caller, in.room(), string(in.Participant))
		return &participantOutput{participant(p)}, err
	})
}

// AdminRevoker unmakes admins.
type AdminRevoker interface {
	RevokeAdmin(ctx context.Context, caller, id, user string) (rooms.Participant, error)
}

// RegisterRevokeAdmin adds rooms-revoke-admin.
func RegisterRevokeAdmin(a huma.API, s AdminRevoker) {
	register(a, api.Operation{
		ID: "rooms-revoke-admin", Method: http.MethodDelete, Path: "/admin/room/{room_id}/participant/{participant_id}/admin",
		Summary:     "Make an admin a mere participant",
		Description: "The last admin stays one: 409 last_admin. For admins, themselves included.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *adminInput) (*participantOutput, error) {
		p, err := s.RevokeAdmin(ctx, caller, in.room(), string(in.Participant))
		return &participantOutput{participant(p)}, err
	})
}

// ParticipantLister lists participants.
type ParticipantLister interface {
	ListParticipants(ctx context.Context, caller, id string, limit int, cursor string) (rooms.ParticipantPage, error)
}

type listParticipantsInput struct {
	RoomPath
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"512" doc:"next_cursor of the page before"`
}

type listParticipantsOutput struct {
	Body struct {
		Participants []participantBody `json:"participants" nullable:"false" doc:"In no particular order, but always the same"`
		Next         string            `json:"next_cursor,omitempty" doc:"For what follows; absent at the end"`
	}
}

// RegisterListParticipants adds rooms-list-participants.
func RegisterListParticipants(a huma.API, s ParticipantLister) {
	register(a, api.Operation{
		ID: "rooms-list-participants", Method: http.MethodGet, Path: "/participant/room/{room_id}/participant",
		Summary:     "List a room's participants",
		Description: "For participants.",
		Errors:      []int{http.StatusNotFound},
	}, func(ctx context.Context, caller string, in *listParticipantsInput) (*listParticipantsOutput, error) {
		page, err := s.ListParticipants(ctx, caller, in.room(), in.Limit, in.Cursor)
		out := &listParticipantsOutput{}
		out.Body.Participants, out.Body.Next = all(page.Participants, participant), page.Next
		return out, err
	})
}

// ProfileUpdater changes one's own profile.
type ProfileUpdater interface {
	UpdateProfile(ctx context.Context, caller, id string, p rooms.Profile) (rooms.Participant, error)
}

type profileInput struct {
	RoomPath
	Body struct {
		Username *lineOfText `json:"username,omitempty" minLength:"1" maxLength:"100" doc:"How to be called in this room" example:"Ada"`
		Archived *bool       `json:"archive_room,omitempty" doc:"true archives the room for oneself; possible after its end, too"`
	}
}

// RegisterUpdateProfile adds rooms-update-profile.
func RegisterUpdateProfile(a huma.API, s ProfileUpdater) {
	register(a, api.Operation{
		ID: "rooms-update-profile", Method: http.MethodPatch, Path: "/participant/room/{room_id}/userprofile",
		Summary:     "Change one's profile in a room",
		Description: "Changes what is given and leaves the rest. For participants; nobody can change that of others.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *profileInput) (*participantOutput, error) {
		p, err := s.UpdateProfile(ctx, caller, in.room(), rooms.Profile{Name: (*string)(in.Body.Username), Archived: in.Body.Archived})
		return &participantOutput{participant(p)}, err
	})
}
