package veetingapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/inbox"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/veeting"
)

// Receiver verifies and reads events.
type Receiver interface {
	Receive(ctx context.Context, hook, key string, body []byte) (veeting.Event, error)
}

type webhookInput struct {
	Hook    string `path:"hook" enum:"onMeetingScheduled,onMeetingUpdated,onMeetingClosed,onMeetingDeleted,onMeetingSummaryCreated,onMeetingRecordingCreated,onMeetingJoined,onMeetingLeft" doc:"The hook that the address was set for: nothing in an event names it"`
	Key     string `header:"X-API-KEY" doc:"The hook's own key, as in webhookKeys of the secret"`
	RawBody []byte `contentType:"application/json"`
}

// RegisterWebhook adds veeting-webhook, for both methods that a hook can be set to.
func RegisterWebhook(a huma.API, from Receiver, to inboxapi.EventLog) {
	op := api.Operation{
		ID: "veeting-webhook", Method: http.MethodPost, Path: "/webhooks/veeting/{hook}",
		Summary: "Receive Veeting's events",
		Description: "For Veeting alone, which sends the key that its hook was given; a hook without a key is not taken. " +
			"PUT is taken as well, as hooks can be set to either. An event is kept with its meeting, once however often it comes.",
		Tag: tag, RawBody: true, MaxBody: inboxapi.MaxEvent, Errors: []int{http.StatusUnauthorized, http.StatusServiceUnavailable},
	}
	handle := func(ctx context.Context, in *webhookInput) (*inboxapi.Kept, error) {
		event, err := from.Receive(ctx, in.Hook, in.Key, in.RawBody)
		if err != nil {
			return nil, webhookProblem(ctx, err)
		}
		logs.Add(ctx, slog.String("hook", event.Hook))
		return keep(ctx, to, event)
	}
	api.Register(a, op, handle)
	op.Method, op.Hidden = http.MethodPut, true
	api.Register(a, op, handle)
}

// keep keeps an event, whose content tells it from others: also one that is kept in part is told by all of it.
func keep(ctx context.Context, to inboxapi.EventLog, event veeting.Event) (*inboxapi.Kept, error) {
	kept := inbox.Event{Source: source(event.MeetingID), Name: event.Hook}
	data, cut := inboxapi.Bounded(event.Data)
	if kept.Data = data; cut {
		whole, err := json.Marshal(event.Data) // with its names in order
		if err != nil {
			return nil, fmt.Errorf("encode an event: %w", err)
		}
		kept.ID = fmt.Sprintf("%s %x", event.Hook, sha256.Sum256(whole))
	}
	return inboxapi.Keep(ctx, to, kept)
}

// source names what the events of a meeting are kept under.
func source(meetingID string) string { return veeting.Provider + "#" + meetingID }

// webhookProblem tells a stranger nothing, and Veeting what is wrong with its event.
func webhookProblem(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, veeting.ErrSender):
		slog.WarnContext(ctx, "webhook refused", "provider", veeting.Provider, "error", err)
		return problem.New(http.StatusUnauthorized, problem.Unauthenticated, "the key is not good")
	case errors.Is(err, veeting.ErrEvent):
		return problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, err.Error())
	}
	return err
}

type listEventsInput struct {
	MeetingPath
	inboxapi.PageQuery
}

type eventBody struct {
	Hook       string                   `json:"hook" example:"onMeetingClosed"`
	ReceivedAt time.Time                `json:"receivedAt"`
	Meeting    described[meetingFields] `json:"meeting" doc:"What Veeting sent"`
	LeftOut    int                      `json:"leftOut,omitempty" doc:"How many bytes an event had that was too large to be kept: the largest of its fields are left out"`
}

type eventsBody struct {
	Events []eventBody `json:"events" nullable:"false"`
	Cursor string      `json:"cursor,omitempty" doc:"For the next page; absent on the last"`
}

// RegisterListEvents adds veeting-list-events.
func RegisterListEvents(a huma.API, events inboxapi.EventLog) {
	api.Register(a, api.Operation{
		ID: "veeting-list-events", Method: http.MethodGet, Path: "/veeting/meetings/{meetingId}/events", Scope: meetingsScope, Tag: tag,
		Summary:     "List what Veeting told of a meeting",
		Description: "The events that came by webhook, in the order in which they came. They may have come late.",
		Errors:      []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *listEventsInput) (*api.Output[eventsBody], error) {
		page, err := inboxapi.List(ctx, events, source(string(in.MeetingID)), in.PageQuery)
		if err != nil {
			return nil, err
		}
		out := &api.Output[eventsBody]{Body: eventsBody{Events: make([]eventBody, len(page.Events)), Cursor: page.Next}}
		for i, e := range page.Events {
			out.Body.Events[i] = eventBody{
				Hook: e.Name, ReceivedAt: e.ReceivedAt, LeftOut: inboxapi.TakeLeftOut(e.Data), Meeting: described[meetingFields](e.Data),
			}
		}
		return out, nil
	})
}
