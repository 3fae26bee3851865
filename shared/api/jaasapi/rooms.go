package jaasapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/phone"
)

// RoomDestroyer ends meetings.
type RoomDestroyer interface {
	DestroyRoom(ctx context.Context, appID jaas.AppID, room jitsimeet.Room) (jaas.Outcome, error)
}

// DialOuter calls phones into a room.
type DialOuter interface {
	DialOut(ctx context.Context, appID jaas.AppID, room jitsimeet.Room, number phone.Number) (jaas.Outcome, error)
}

// HangUpper ends calls.
type HangUpper interface {
	HangUp(ctx context.Context, appID jaas.AppID, room jitsimeet.Room, number phone.Number) (jaas.Outcome, error)
}

type destroyRoomInput struct {
	RoomPath
	api.NoBody
}

// RegisterDestroyRoom adds jaas-destroy-room.
func RegisterDestroyRoom(a huma.API, client RoomDestroyer) {
	api.RegisterCommand(a, api.Operation{
		ID: "jaas-destroy-room", Method: http.MethodPost, Path: "/jaas/{appId}/rooms/{room}/destroy",
		Summary:     "End a meeting",
		Description: "Ends the meeting for everybody. The outcome is not_found when no such meeting is going on. The name can be used again at once.",
		Tag:         tag, Scope: scope, Upstream: true,
	}, func(ctx context.Context, in *destroyRoomInput) (*output, error) {
		return answer(client.DestroyRoom(ctx, in.appID(), in.room()))
	}, told)
}

// RegisterDialOut adds jaas-dial-out.
func RegisterDialOut(a huma.API, client DialOuter) {
	api.RegisterCommand(a, api.Operation{
		ID: "jaas-dial-out", Method: http.MethodPost, Path: "/jaas/{appId}/rooms/{room}/dial-out", Once: true,
		Summary:     "Call a phone into a meeting",
		Description: "Into an empty room the call waits until the first participant joins. The command is sent to JaaS once, and again only when it was turned away for a key that has been rotated meanwhile; a 502 or 504 says whether it may have rung.",
		Tag:         tag, Scope: scope, Upstream: true,
	}, func(ctx context.Context, in *CallInput) (*output, error) {
		number, err := in.number()
		if err != nil {
			return nil, err
		}
		return answer(client.DialOut(ctx, in.appID(), in.room(), number))
	}, told)
}

// RegisterHangUp adds jaas-hang-up.
func RegisterHangUp(a huma.API, client HangUpper) {
	api.RegisterCommand(a, api.Operation{
		ID: "jaas-hang-up", Method: http.MethodPost, Path: "/jaas/{appId}/rooms/{room}/hang-up",
		Summary:     "End a call",
		Description: "Ends a ringing call, or removes the phone from the meeting. The outcome is not_found when there is no such call.",
		Tag:         tag, Scope: scope, Upstream: true,
	}, func(ctx context.Context, in *CallInput) (*output, error) {
		number, err := in.number()
		if err != nil {
			return nil, err
		}
		return answer(client.HangUp(ctx, in.appID(), in.room(), number))
	}, told)
}
