package roomsapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/bans"
)

// BanLister lists bans.
type BanLister interface {
	Bans(ctx context.Context, caller, id string, limit int, cursor string) (bans.Page, error)
}

type listBansInput struct {
	RoomPath
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"512" doc:"next_cursor of the page before"`
}

type banBody struct {
	ID        string    `json:"participant_id" example:"u-17"`
	Reason    string    `json:"reason,omitempty" doc:"The X-Reason of the removal" example:"abuse"`
	BannedBy  string    `json:"banned_by" doc:"The admin" example:"u-1"`
	BannedAt  time.Time `json:"banned_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"Absent for a ban that is in force until it is lifted"`
}

type listBansOutput struct {
	Body struct {
		Bans []banBody `json:"bans" nullable:"false" doc:"In no particular order, but always the same"`
		Next string    `json:"next_cursor,omitempty" doc:"For what follows; absent at the end"`
	}
}

func ban(b bans.Ban) banBody {
	return banBody{ID: b.User, Reason: b.Reason, BannedBy: b.By, BannedAt: b.At, ExpiresAt: b.Expires}
}

// RegisterListBans adds rooms-list-bans.
func RegisterListBans(a huma.API, s BanLister) {
	register(a, api.Operation{
		ID: "rooms-list-bans", Method: http.MethodGet, Path: "/admin/room/{room_id}/bans",
		Summary:     "List who is banned from a room's meeting",
		Description: "Those who were removed when the meeting could already be joined, for as long as their ban is in force. For admins, also when the room has ended.",
		Errors:      []int{http.StatusNotFound},
	}, func(ctx context.Context, caller string, in *listBansInput) (*listBansOutput, error) {
		page, err := s.Bans(ctx, caller, in.room(), in.Limit, in.Cursor)
		out := &listBansOutput{}
		out.Body.Bans, out.Body.Next = all(page.Bans, ban), page.Next
		return out, err
	})
}

// BanLifter lifts bans.
type BanLifter interface {
	LiftBan(ctx context.Context, caller, id, user string) (bool, error)
}

type liftBanInput struct {
	RoomPath
	Participant userID `query:"participant_id" required:"true" minLength:"1" maxLength:"250" doc:"A user id" example:"u-17"`
}

type liftBanOutput struct {
	Body struct {
		Outcome string `json:"outcome" enum:"lifted,not_found" doc:"not_found for somebody who is not banned"`
	}
}

// RegisterLiftBan adds rooms-lift-ban.
func RegisterLiftBan(a huma.API, s BanLifter) {
	register(a, api.Operation{
		ID: "rooms-lift-ban", Method: http.MethodDelete, Path: "/admin/room/{room_id}/bans",
		Summary: "Lift a ban",
		Description: "Gavel kicks them no more. They are not in the room by that: invite them, which lifts the ban as well, and they get " +
			"a link that the meeting system takes. For admins, also when the room has ended.",
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, caller string, in *liftBanInput) (*liftBanOutput, error) {
		lifted, err := s.LiftBan(ctx, caller, in.room(), string(in.Participant))
		out := &liftBanOutput{}
		if out.Body.Outcome = "not_found"; lifted {
			out.Body.Outcome = "lifted"
		}
		return out, err
	})
}
