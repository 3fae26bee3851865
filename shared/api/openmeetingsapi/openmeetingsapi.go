// Package openmeetingsapi holds the operations on an Apache OpenMeetings server.
package openmeetingsapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/audit"
	"gavel/shared/openmeetings"
)

const (
	scope = "openmeetings"
	tag   = "OpenMeetings"
)

// Client is everything the operations need of an OpenMeetings client.
type Client interface {
	EntryClient
	RoomClient
	UserClient
	GroupClient
	RecordingClient
	AppointmentClient
	FileClient
	InfoClient
}

var _ Client = (*openmeetings.Client)(nil)

// Register adds all operations of the group.
func Register(a huma.API, client Client) {
	RegisterCreateEntry(a, client)
	registerRooms(a, client)
	registerUsers(a, client)
	registerGroups(a, client)
	registerRecordings(a, client)
	registerAppointments(a, client)
	registerFiles(a, client)
	registerInfo(a, client)
}

// register adds an operation, with what all of the group have in common.
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

// notFound is for operations on a thing that may not exist.
var notFound = []int{http.StatusNotFound}

func answer[T any](body T, err error) (*api.Output[T], error) {
	if err != nil {
		return nil, err
	}
	return &api.Output[T]{Body: body}, nil
}

// OutcomeBody is the answer of commands.
type OutcomeBody struct {
	Outcome openmeetings.Outcome `json:"outcome" doc:"What was found and done" example:"closed"`
}

func outcome(o openmeetings.Outcome, err error) (*api.Output[OutcomeBody], error) {
	return answer(OutcomeBody{o}, err)
}
