package jaasapi

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
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/inbox"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/roster"
)

// Receiver verifies and reads events.
type Receiver interface {
	Receive(ctx context.Context, appID jaas.AppID, d jaas.Delivery) (jaas.Event, error)
}

// Noter keeps who is in a conference.
type Noter interface {
	Note(ctx context.Context, s roster.Sighting) error
	NoteEnd(ctx context.Context, e roster.End) error
	inboxapi.Leavers
}

type webhookInput struct {
	TenantPath
	Signature     string `header:"X-Jaas-Signature" doc:"t=<seconds>,v1=<signature>: JaaS's signature of the body"`
	Authorization string `header:"Authorization" doc:"The value that the console was given, if webhookAuthorization of the secret has one"`
	RawBody       []byte `contentType:"application/json"`
}

// WebhookServices are what jaas-webhook works with.
type WebhookServices struct {
	From interface {
		Receiver
		Kicker
	}
	Events inboxapi.EventLog
	Roster Noter
	Bans   bans.Finder
}

// RegisterWebhook adds jaas-webhook.
func RegisterWebhook(a huma.API, s WebhookServices) {
	api.Register(a, api.Operation{
		ID: "jaas-webhook", Method: http.MethodPost, Path: "/webhooks/jaas/{appId}",
		Summary: "Receive JaaS's events",
		Description: "For JaaS alone, which signs what it sends with the webhook's secret, and sends an Authorization header if one was set up. " +
			"Keeps who is in which meeting, without which nobody can be kicked by user id, and the events, each once however often it comes. " +
			"They may come late, twice and in any order. " +
			"Who joins and is banned is removed; if JaaS does not follow the event is answered as failed, so that it comes again.",
		Tag: tag, RawBody: true, MaxBody: inboxapi.MaxEvent, Upstream: true, Errors: []int{http.StatusUnauthorized},
	}, func(ctx context.Context, in *webhookInput) (*inboxapi.Kept, error) {
		event, err := s.From.Receive(ctx, in.appID(), jaas.Delivery{Signature: in.Signature, Authorization: in.Authorization, Body: in.RawBody})
		if err != nil {
			return nil, webhookProblem(ctx, err)
		}
		logs.Add(ctx, slog.Any("event", event))
		return s.keep(ctx, event)
	})
}

// keep takes an event in. Who is inside is noted first, and again for an event that is known: the first try may have ended
// between the two. What is to be done about it comes last, when it cannot be lost any more.
func (s WebhookServices) keep(ctx context.Context, event jaas.Event) (*inboxapi.Kept, error) {
	if err := note(ctx, event, s.Roster); err != nil {
		return nil, err
	}
	whole, _ := inboxapi.Bounded(event.Whole)
	kept, err := inboxapi.Keep(ctx, s.Events, inbox.Event{
		Source: source(event.AppID, event.Room), Name: string(event.Type), ID: event.ID, Data: whole,
	})
	if err != nil {
		return nil, err
	}
	return kept, s.turnAway(ctx, event, kept)
}

// turnAway kicks whoever joins a meeting that they are banned from. Nobody can be kicked from a breakout room.
func (s WebhookServices) turnAway(ctx context.Context, event jaas.Event, kept *inboxapi.Kept) error {
	who, concerns, err := event.Participant()
	joined := err == nil && concerns && event.Type == jaas.ParticipantJoined
	if !joined || event.Room == "" || userOf(who) == "" || who.Breakout != "" {
		return nil
	}
	ban, err := s.Bans.Find(ctx, []string{who.UserID}, tenant(event.AppID), bans.In(jaas.Provider, jaas.Conference(event.AppID, event.Room)))
	if err != nil || ban == nil {
		return err
	}
	if removed, err := inboxapi.Removed(ctx, kept, s.Roster, sighting(event, who)); err != nil || removed {
		return err
	}
	outcome, err := s.From.KickParticipant(ctx, event.AppID, event.Room, who.ID)
	inboxapi.TellKick(ctx, jaas.Provider, audit.Name(jaas.Provider, string(event.AppID), string(event.Room)), ban, string(outcome), err)
	return inboxapi.KickAgain(ctx, event.At, err)
}

// note keeps what an event tells of who is inside. One that tells it in a form of its own is not to be lost for that.
func note(ctx context.Context, event jaas.Event, to Noter) error {
	if event.Room == "" {
		return nil
	}
	who, concerns, err := event.Participant()
	if err == nil && concerns {
		return to.Note(ctx, sighting(event, who))
	}
	breakout, over, endErr := event.Destroyed()
	if endErr == nil && over {
		conference := jaas.Conference(event.AppID, event.Room)
		return to.NoteEnd(ctx, roster.End{Conference: conference, Session: event.Session, Breakout: breakout, At: event.At})
	}
	if err := errors.Join(err, endErr); err != nil {
		slog.WarnContext(ctx, "event not understood", "provider", jaas.Provider, "event", event, "error", err)
	}
	return nil
}

func sighting(event jaas.Event, who jaas.EventParticipant) roster.Sighting {
	return roster.Sighting{
		Conference: jaas.Conference(event.AppID, event.Room), Session: event.Session, Breakout: who.Breakout,
		GuestID: userOf(who), ID: string(who.ID), Name: clipped(who.Name), Moderator: who.Moderator,
		Inside: event.Type == jaas.ParticipantJoined, At: event.At,
	}
}

// userOf gives the id that somebody can be banned by; there is none of another form in a list, where it could be of any length.
func userOf(who jaas.EventParticipant) string {
	if jitsimeet.CheckUserID(who.UserID) != nil {
		return ""
	}
	return who.UserID
}

// mostName is how many characters of a name are listed.
const mostName = 256

func clipped(name string) string {
	if runes := []rune(name); len(runes) > mostName {
		return string(runes[:mostName])
	}
	return name
}

// source names what the events of a room are kept under, and those of a tenant that name none.
func source(appID jaas.AppID, room jitsimeet.Room) string {
	if room == "" {
		return jaas.Provider + "#" + string(appID)
	}
	return jaas.Provider + "#" + jaas.Conference(appID, room)
}

// webhookProblem tells a stranger nothing, and JaaS what is wrong with its event.
func webhookProblem(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, jaas.ErrSender):
		slog.WarnContext(ctx, "webhook refused", "provider", jaas.Provider, "error", err)
		return problem.New(http.StatusUnauthorized, problem.Unauthenticated, "the signature, or the Authorization header, is not good")
	case errors.Is(err, jaas.ErrEvent):
		return problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, err.Error())
	}
	return err
}

type listEventsInput struct {
	RoomPath
	inboxapi.PageQuery
}

type jaasEventBody struct {
	EventType  string                     `json:"eventType" doc:"JaaS adds types" example:"PARTICIPANT_JOINED"`
	ReceivedAt time.Time                  `json:"receivedAt"`
	Event      map[string]json.RawMessage `json:"event" doc:"What JaaS sent: the envelope, with data in it. Order by its timestamp, in milliseconds since 1970"`
	LeftOut    int                        `json:"leftOut,omitempty" doc:"How many bytes an event had that was too large to be kept: the largest of its fields, such as data, are left out"`
}

type jaasEventsBody struct {
	Events []jaasEventBody `json:"events" nullable:"false"`
	Cursor string          `json:"cursor,omitempty" doc:"For the next page; absent on the last"`
}

// RegisterListEvents adds jaas-list-events.
func RegisterListEvents(a huma.API, log inboxapi.EventLog) {
	api.Register(a, api.Operation{
		ID: "jaas-list-events", Method: http.MethodGet, Path: "/jaas/{appId}/rooms/{room}/events", Scope: scope, Tag: tag,
		Summary: "List what JaaS told of a room",
		Description: "The events that came by webhook, in the order in which they came, those of its breakout rooms included. They may have " +
			"come late. A page of large events is shorter than asked for.",
		Errors: []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *listEventsInput) (*api.Output[jaasEventsBody], error) {
		page, err := inboxapi.List(ctx, log, source(in.appID(), in.room()), in.PageQuery)
		if err != nil {
			return nil, err
		}
		out := &api.Output[jaasEventsBody]{Body: jaasEventsBody{Events: make([]jaasEventBody, len(page.Events)), Cursor: page.Next}}
		for i, e := range page.Events {
			out.Body.Events[i] = jaasEventBody{EventType: e.Name, ReceivedAt: e.ReceivedAt, LeftOut: inboxapi.TakeLeftOut(e.Data), Event: e.Data}
		}
		return out, nil
	})
}
