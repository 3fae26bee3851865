package jitsiapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/bans"
	"gavel/shared/inbox"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/roster"
)

// SenderChecker tells calls of the Jitsi server from others.
type SenderChecker interface {
	CheckSender(ctx context.Context, authorization string) error
}

// Noter keeps who is in a conference.
type Noter interface {
	Note(ctx context.Context, s roster.Sighting) error
	NoteEnd(ctx context.Context, e roster.End) error
	inboxapi.Leavers
}

var _ Noter = (*roster.Roster)(nil)

// The paths of event_sync behind its api_prefix, and what each tells.
var kinds = map[string]jitsi.EventKind{
	"room/created": jitsi.RoomCreated, "room/destroyed": jitsi.RoomDestroyed,
	"occupant/joined": jitsi.OccupantJoined, "occupant/left": jitsi.OccupantLeft,
}

type webhookInput struct {
	Subject       string `path:"subject" enum:"room,occupant"`
	Change        string `path:"change" enum:"created,destroyed,joined,left"`
	Authorization string `header:"Authorization" doc:"Bearer and one of callbackTokens of the secret, as set in the server's api_headers"`
	RawBody       []byte `contentType:"application/json"`
}

// WebhookServices are what jitsi-webhook works with.
type WebhookServices struct {
	Client interface {
		SenderChecker
		Kicker
	}
	Events inboxapi.EventLog
	Roster Noter
	Bans   bans.Finder
}

// RegisterWebhook adds jitsi-webhook.
func RegisterWebhook(a huma.API, s WebhookServices) {
	api.Register(a, api.Operation{
		ID: "jitsi-webhook", Method: http.MethodPost, Path: "/webhooks/jitsi/events/{subject}/{change}",
		Summary: "Receive Jitsi's events",
		Description: "For the Jitsi server alone, whose module event_sync sends a fixed Authorization header: its api_prefix is …/webhooks/jitsi. " +
			"Keeps who is in which meeting, without which nobody can be removed by user id, and the events, each once however often it comes. " +
			"Who joins a room's meeting and is banned from it is kicked; if Jitsi does not follow the event is answered as failed, so that it comes again.",
		Tag: tag, RawBody: true, MaxBody: inboxapi.MaxEvent, Upstream: true, Errors: []int{http.StatusUnauthorized, http.StatusNotFound},
	}, func(ctx context.Context, in *webhookInput) (*inboxapi.Kept, error) {
		if err := s.Client.CheckSender(ctx, in.Authorization); err != nil {
			return nil, refused(ctx, err)
		}
		kind, known := kinds[in.Subject+"/"+in.Change]
		if !known {
			return nil, problem.New(http.StatusNotFound, problem.NotFound, "there are room/created, room/destroyed, occupant/joined and occupant/left")
		}
		event, err := jitsi.ParseEvent(kind, in.RawBody)
		if err != nil {
			return nil, problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, err.Error())
		}
		logs.Add(ctx, slog.String("event", string(event.Kind)))
		return s.keep(ctx, event)
	})
}

// keep takes an event in. Who is inside is noted first, and again for an event that is known: the first try may have ended
// between the two. What is to be done about it comes last, when it cannot be lost any more.
func (s WebhookServices) keep(ctx context.Context, event jitsi.Event) (*inboxapi.Kept, error) {
	if err := note(ctx, event, s.Roster); err != nil {
		return nil, err
	}
	data, fits := bounded(event.Data)
	if !fits { // for good: the server sends again what is answered 5xx
		return nil, problem.New(http.StatusRequestEntityTooLarge, problem.TooLarge, "the event is larger than can be kept, also without all_occupants")
	}
	kept, err := inboxapi.Keep(ctx, s.Events, inbox.Event{Source: source(event.Node), Name: string(event.Kind), Data: data})
	if err != nil {
		return nil, err
	}
	return kept, s.turnAway(ctx, event, kept)
}

// about says whether an event is about somebody who can be removed. A breakout room has the main room's name, and nobody can
// be removed from it. An id that no token of ours has is nobody's who was invited, and could be of any length.
func about(event jitsi.Event) bool {
	concerns := event.Kind == jitsi.OccupantJoined || event.Kind == jitsi.OccupantLeft
	return concerns && !event.Breakout && jitsimeet.CheckUserID(event.UserID) == nil && event.ParticipantID != ""
}

// turnAway kicks whoever joins a conference that they are banned from.
func (s WebhookServices) turnAway(ctx context.Context, event jitsi.Event, kept *inboxapi.Kept) error {
	if event.Kind != jitsi.OccupantJoined || !about(event) {
		return nil
	}
	ban, err := s.Bans.Find(ctx, []string{event.UserID}, bans.In(jitsi.Provider, event.Node))
	if err != nil || ban == nil {
		return err
	}
	if removed, err := inboxapi.Removed(ctx, kept, s.Roster, sighting(event)); err != nil || removed {
		return err
	}
	place, err := jitsi.ParseNode(event.Node)
	if err != nil {
		return err
	}
	outcome, err := s.Client.Kick(ctx, place, jitsi.Target{ID: event.ParticipantID})
	if errors.Is(err, jitsi.ErrNotFound) { // the meeting is over
		outcome, err = jitsi.NotFound, nil
	}
	inboxapi.TellKick(ctx, jitsi.Provider, nameOf(string(place.Tenant), place.Room), ban, string(outcome), err)
	return inboxapi.KickAgain(ctx, event.At, err)
}

// note keeps what an event tells of who is inside.
func note(ctx context.Context, event jitsi.Event, to Noter) error {
	if event.Kind == jitsi.RoomDestroyed && !event.Breakout { // events name no session, so that times decide
		return to.NoteEnd(ctx, roster.End{Conference: event.Node, At: event.At})
	}
	if !about(event) {
		return nil
	}
	return to.Note(ctx, sighting(event))
}

func sighting(event jitsi.Event) roster.Sighting {
	return roster.Sighting{
		Conference: event.Node, GuestID: event.UserID, ID: string(event.ParticipantID),
		Inside: event.Kind == jitsi.OccupantJoined, At: event.At,
	}
}

// bounded leaves out the list of everybody who was in a meeting where it would not fit the table. Each of them has had
// events of their own. It says false for an event that does not fit all the same.
func bounded(data map[string]json.RawMessage) (kept map[string]json.RawMessage, fits bool) {
	if inboxapi.Size(data) > inboxapi.MostData {
		delete(data, "all_occupants")
	}
	return data, inboxapi.Size(data) <= inboxapi.MostData
}

// source names what the events of a room are kept under.
func source(node string) string { return jitsi.Provider + "#" + node }

// refused tells a stranger nothing.
func refused(ctx context.Context, err error) error {
	if errors.Is(err, jitsi.ErrSender) {
		slog.WarnContext(ctx, "call-back refused", "provider", jitsi.Provider, "error", err)
		return problem.New(http.StatusUnauthorized, problem.Unauthenticated, "the Authorization header is not good")
	}
	return err
}

// Namer gives the name under which the server keeps a room.
type Namer interface {
	Conference(ctx context.Context, p jitsi.Place) (string, error)
}

var _ Namer = (*jitsi.Client)(nil)

type listEventsInput struct {
	PlacePath
	inboxapi.PageQuery
}

type jitsiEventBody struct {
	Name       string                     `json:"name" enum:"muc-room-created,muc-room-destroyed,muc-occupant-joined,muc-occupant-left"`
	ReceivedAt time.Time                  `json:"receivedAt"`
	Event      map[string]json.RawMessage `json:"event" doc:"What Jitsi sent; its times are in seconds since 1970"`
}

type jitsiEventsBody struct {
	Events []jitsiEventBody `json:"events" nullable:"false"`
	Cursor string           `json:"cursor,omitempty" doc:"For the next page; absent on the last"`
}

// RegisterListEvents adds jitsi-list-events.
func RegisterListEvents(a huma.API, client Namer, log inboxapi.EventLog) {
	api.Register(a, api.Operation{
		ID: "jitsi-list-events", Method: http.MethodGet, Path: "/jitsi/rooms/{room}/events", Scope: scope, Tag: tag, Secrets: true,
		Summary:     "List what Jitsi told of a room",
		Description: "The events that came by webhook, in the order in which they came, those of its breakout rooms included. They may have come late.",
	}, func(ctx context.Context, in *listEventsInput) (*api.Output[jitsiEventsBody], error) {
		node, err := client.Conference(ctx, in.place())
		if err != nil {
			return nil, err
		}
		page, err := inboxapi.List(ctx, log, source(node), in.PageQuery)
		if err != nil {
			return nil, err
		}
		out := &api.Output[jitsiEventsBody]{Body: jitsiEventsBody{Events: make([]jitsiEventBody, len(page.Events)), Cursor: page.Next}}
		for i, e := range page.Events {
			out.Body.Events[i] = jitsiEventBody{Name: e.Name, ReceivedAt: e.ReceivedAt, Event: e.Data}
		}
		return out, nil
	})
}
