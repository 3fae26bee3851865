// Package jitsiapi holds the operations on a self-hosted Jitsi.
package jitsiapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/problem"
)

const (
	scope = "jitsi"
	tag   = "Jitsi"
)

// Client is everything the operations need of a Jitsi client.
type Client interface {
	TokenCreator
	RoomEnder
	Kicker
	DialOuter
	Looker
	KeyKeeper
	SenderChecker
	Namer
}

var _ Client = (*jitsi.Client)(nil)

// Services are what the operations work with.
type Services struct {
	Client Client
	Events inboxapi.EventLog
	Roster Noter
	Rooms  Holder
	Bans   bans.Finder
}

// Register adds all operations of the group.
func Register(a huma.API, s Services) {
	RegisterCreateToken(a, s.Client, s.Bans)
	RegisterEndRoom(a, s.Client)
	RegisterKickParticipant(a, s.Client)
	RegisterDialOut(a, s.Client)
	RegisterRoomOccupants(a, s.Client)
	RegisterPublicKey(a, s.Client)
	RegisterCreateReservation(a, s.Client, s.Rooms)
	RegisterGetReservation(a, s.Client, s.Rooms)
	RegisterDeleteReservation(a, s.Client)
	RegisterWebhook(a, WebhookServices{Client: s.Client, Events: s.Events, Roster: s.Roster, Bans: s.Bans})
	RegisterListEvents(a, s.Client, s.Events)
}

// register adds an operation on a room that calls the server.
func register[I, O any](a huma.API, op api.Operation, handle func(context.Context, *I) (*O, error)) {
	op.Tag, op.Scope, op.Upstream = tag, scope, true
	api.Register(a, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		return out, asProblem(err)
	})
}

// command adds one that is a command.
func command[I, O any, P interface {
	*I
	api.Teller
}](a huma.API, op api.Operation, handle func(context.Context, *I) (*O, error), told func(*audit.Event, *O),
) {
	op.Tag, op.Scope, op.Upstream = tag, scope, true
	api.RegisterCommand[I, O, P](a, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		return out, asProblem(err)
	}, told)
}

// asProblem makes answers of the client's own errors, and passes others on.
func asProblem(err error) error {
	if errors.Is(err, jitsi.ErrNotFound) {
		return problem.New(http.StatusNotFound, problem.NotFound, "no meeting of this name is going on")
	}
	return err
}

// PlacePath is where a meeting is. It is exported because the library passes over fields of embedded structs that are not.
type PlacePath struct {
	Room   room   `path:"room" doc:"The room's bare name; normalised as Jitsi's web client does" example:"standup"`
	Tenant tenant `query:"tenant" doc:"The part of the meeting's address before the room; the one in the secret when absent" example:"acme"`
}

func (p PlacePath) place() jitsi.Place {
	return jitsi.Place{Tenant: jitsi.Tenant(p.Tenant), Room: jitsimeet.Room(p.Room)}
}

// room is checked and normalised where it stands, so that a fault is reported with its place and together with all others.
type room string

// Resolve normalises the room's name.
func (r *room) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	parsed, err := jitsimeet.ParseRoom(string(*r))
	*r = room(parsed)
	return api.FaultAt(at, err)
}

// tenant is checked where it stands, as room is.
type tenant string

// Schema describes the form; it is Resolve that checks it (see api.New).
func (*tenant) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: jitsi.TenantPattern}
}

// Resolve checks the tenant.
func (t *tenant) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if *t == "" {
		return nil
	}
	parsed, err := jitsi.ParseTenant(string(*t))
	*t = tenant(parsed)
	return api.FaultAt(at, err)
}

type jitsiOutcomeBody struct {
	Outcome jitsi.Outcome `json:"outcome" enum:"destroyed,kicked,requested,not_found" doc:"What was found and done"`
}

// output is the answer of all commands.
type output = api.Output[jitsiOutcomeBody]

func answer(o jitsi.Outcome, err error) (*output, error) {
	if err != nil {
		return nil, err
	}
	return &output{Body: jitsiOutcomeBody{o}}, nil
}
