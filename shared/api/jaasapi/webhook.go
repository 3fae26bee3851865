package jaasapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/jaas"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/roster"
)

// Receiver verifies and reads events.
type Receiver interface {
	Receive(ctx context.Context, appID jaas.AppID, header string, body []byte) (jaas.Event, error)
}

// Noter keeps who is in a conference.
type Noter interface {
	Note(ctx context.Context, s roster.Sighting) error
}

var _ Noter = (*roster.Roster)(nil)

type webhookInput struct {
	TenantPath
	Signature string `header:"X-Jaas-Signature" doc:"t=<seconds>,v1=<signature>: JaaS's signature of the body"`
	RawBody   []byte `contentType:"application/json"`
}

type webhookOutput struct {
	Body struct {
		Outcome string `json:"outcome" enum:"noted,ignored" doc:"Whether the event told anything that is kept"`
	}
}

// RegisterWebhook adds jaas-webhook.
func RegisterWebhook(a huma.API, from Receiver, to Noter) {
	api.Register(a, api.Operation{
		ID: "jaas-webhook", Method: http.MethodPost, Path: "/webhooks/jaas/{appId}",
		Summary: "Receive JaaS's events",
		Description: "For JaaS alone, which signs what it sends with the webhook's secret. Keeps who is in which meeting, " +
			"without which nobody can be kicked by user id. Events may come late, twice and in any order.",
		Tag: tag, RawBody: true, Errors: []int{http.StatusUnauthorized, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *webhookInput) (*webhookOutput, error) {
		event, err := from.Receive(ctx, in.appID(), in.Signature, in.RawBody)
		if err != nil {
			return nil, webhookProblem(ctx, err)
		}
		logs.Add(ctx, slog.Any("event", event))
		return note(ctx, event, to)
	})
}

func note(ctx context.Context, event jaas.Event, to Noter) (*webhookOutput, error) {
	out := &webhookOutput{}
	out.Body.Outcome = "ignored"
	who, concerns, err := event.Participant()
	if err != nil {
		return nil, webhookProblem(ctx, err)
	}
	if !concerns || who.UserID == "" || event.Room == "" {
		return out, nil
	}
	out.Body.Outcome = "noted"
	return out, to.Note(ctx, roster.Sighting{
		Conference: jaas.Conference(event.AppID, event.Room), GuestID: who.UserID, ID: string(who.ID),
		Inside: event.Type == jaas.ParticipantJoined, At: event.At,
	})
}

// webhookProblem tells a stranger nothing, and JaaS what is wrong with its event.
func webhookProblem(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, jaas.ErrSender):
		slog.WarnContext(ctx, "webhook refused", "provider", jaas.Provider, "error", err)
		return problem.New(http.StatusUnauthorized, problem.Unauthenticated, "the signature is not good")
	case errors.Is(err, jaas.ErrEvent):
		return problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, err.Error())
	}
	return err
}
