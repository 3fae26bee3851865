// Package veetingapi holds the operations on an instance of Veeting.
package veetingapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/audit"
	"gavel/shared/problem"
	"gavel/shared/veeting"
)

const (
	accountsScope = "veeting:accounts"
	meetingsScope = "veeting:meetings"
	tag           = "Veeting"
)

// Client is everything the operations need of a Veeting client.
type Client interface {
	AccountClient
	MeetingClient
	Receiver
}

var _ Client = (*veeting.Client)(nil)

// Register adds all operations of the group.
func Register(a huma.API, client Client, events inboxapi.EventLog) {
	RegisterCreateAccount(a, client)
	RegisterListAdmins(a, client)
	RegisterScheduleMeeting(a, client)
	RegisterUpdateMeeting(a, client)
	RegisterCloseMeeting(a, client)
	RegisterDeleteMeeting(a, client)
	RegisterWebhook(a, client, events)
	RegisterListEvents(a, events)
}

// register adds an operation that calls Veeting, with what all of them have in common.
func register[I, O any](a huma.API, op api.Operation, handle func(context.Context, *I) (*O, error)) {
	op.Tag, op.Upstream = tag, true
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
	op.Tag, op.Upstream = tag, true
	api.RegisterCommand[I, O, P](a, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		return out, asProblem(err)
	}, told)
}

// asProblem makes answers of the client's own errors, and passes others on. In all of these cases nothing was sent.
func asProblem(err error) error {
	switch {
	case errors.Is(err, veeting.ErrLevel):
		return problem.New(http.StatusServiceUnavailable, problem.NotConfigured, err.Error())
	case errors.Is(err, veeting.ErrNoUser), errors.Is(err, veeting.ErrTwoUsers), errors.Is(err, veeting.ErrUser):
		p := problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, "validation failed")
		p.Errors = []problem.Fault{{Location: "header.X-User-Id", Message: err.Error()}}
		return p
	}
	return err
}
