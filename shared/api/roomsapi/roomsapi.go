// Package roomsapi holds the operations on rooms. The names of its fields are in snake_case, as
// those of the API it follows, https://mssfoobar.github.io/docs/2.0.0/modules/ucs/development/room-mangement.
package roomsapi

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/auth"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/rooms"
)

const tag = "Rooms"

// Service is everything the operations need of the domain.
type Service interface {
	Creator
	Updater
	Ender
	ParticipantAdder
	ParticipantRemover
	BanLister
	BanLifter
	AdminGranter
	AdminRevoker
	Lister
	Getter
	ParticipantLister
	ProfileUpdater
	ChatLister
	ChatSender
	Uploader
	Downloader
	Joiner
}

var _ Service = (*rooms.Service)(nil)

// Register adds all operations of the group.
func Register(a huma.API, s Service) {
	RegisterCreate(a, s)
	RegisterUpdate(a, s)
	RegisterEnd(a, s)
	RegisterAddParticipant(a, s)
	RegisterRemoveParticipant(a, s)
	RegisterListBans(a, s)
	RegisterLiftBan(a, s)
	RegisterGrantAdmin(a, s)
	RegisterRevokeAdmin(a, s)
	RegisterList(a, s)
	RegisterGet(a, s)
	RegisterListParticipants(a, s)
	RegisterUpdateProfile(a, s)
	RegisterListChat(a, s)
	RegisterSendChat(a, s)
	RegisterUploadURL(a, s)
	RegisterDownloadURL(a, s)
	RegisterJoin(a, s)
}

// RoomPath is the path of what happens in one room. Like the other embedded inputs it is exported
// because the library passes over fields of unexported ones.
type RoomPath struct {
	RoomID roomID `path:"room_id" doc:"The room" example:"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"`
}

func (p RoomPath) room() string { return string(p.RoomID) }

// register adds an operation for the people in rooms. handle gets the caller's user id, and its
// errors may be the domain's.
func register[I, O any](a huma.API, op api.Operation, handle func(ctx context.Context, caller string, in *I) (*O, error)) {
	op.Tag, op.Person = tag, true
	op.Errors = append(op.Errors, http.StatusServiceUnavailable)
	api.Register(a, op, func(ctx context.Context, in *I) (*O, error) {
		who, err := caller(ctx)
		if err != nil {
			return nil, err
		}
		if at, ok := any(in).(interface{ room() string }); ok {
			logs.Add(ctx, slog.String("room", at.room()))
		}
		out, err := handle(ctx, who, in)
		if err != nil {
			return nil, asProblem(err)
		}
		return out, nil
	})
}

// caller gives the subject of the access token, which is the caller's id in all rooms.
func caller(ctx context.Context) (string, error) {
	principal, err := auth.Resolve(ctx)
	if err != nil {
		return "", err
	}
	if rooms.CheckUserID(principal.Name) != nil {
		return "", problem.New(http.StatusForbidden, problem.Forbidden, "the access token's subject cannot be a user id in rooms")
	}
	return principal.Name, nil
}
