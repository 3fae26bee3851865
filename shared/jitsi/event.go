package jitsi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gavel/shared/jitsimeet"
	"gavel/shared/secrets"
)

// ErrSender says that a call is not from the Jitsi server.
var ErrSender = errors.New("the Authorization header is not the one that the server was given")

// CheckSender says whether a call-back comes from the Jitsi server: authorization is the whole value of its Authorization
// header, which is fixed in the server's settings (api_headers of event_sync, reservations_api_headers). It returns
// ErrSender, or a *secrets.Error: without callbackTokens nobody's call can be told from anybody's.
func (c *Client) CheckSender(ctx context.Context, authorization string) error {
	used, err := c.access.GetForStranger(ctx, secretName)
	if err != nil {
		return err
	}
	if used.Value.sent(authorization) {
		return nil
	}
	used = c.access.LookAgain(ctx, secretName, used)
	switch {
	case used.Value.sent(authorization):
		return nil
	case len(used.Value.callbacks) == 0:
		return c.unheard()
	}
	return ErrSender
}

// CheckHearing says with a *secrets.Error whether call-backs of the server cannot be told from anybody's, so that nothing is
// known of who is inside.
func (c *Client) CheckHearing(ctx context.Context) error {
	as, err := c.get(ctx)
	if err != nil {
		return err
	}
	if len(as.callbacks) == 0 {
		return c.unheard()
	}
	return nil
}

func (c *Client) unheard() error {
	return &secrets.Error{Name: c.access.FullName(secretName), Reason: "callbackTokens is missing", Lacking: true}
}

// EventKind is what an event tells, in the words of event_sync.
type EventKind string

// The kinds (https://github.com/jitsi-contrib/prosody-plugins/tree/main/event_sync).
const (
	RoomCreated    EventKind = "muc-room-created"
	RoomDestroyed  EventKind = "muc-room-destroyed"
	OccupantJoined EventKind = "muc-occupant-joined"
	OccupantLeft   EventKind = "muc-occupant-left"
)

// Event is what Jitsi tells of a room.
type Event struct {
	Kind EventKind
	// Node is the room's name as Prosody keeps it, see Place.Node; for a breakout room the main room's.
	Node     string
	Breakout bool
	// At is when it happened, in whole seconds.
	At time.Time
	// UserID and ParticipantID are of who joined or left; the first is empty for somebody without a token, the second for
	// somebody who is no browser.
	UserID        string
	ParticipantID jitsimeet.ParticipantID
	// Data is the event as it came. It holds names and e-mail addresses.
	Data map[string]json.RawMessage
}

// ErrEvent says that a body is no event of the kind, and which field is at fault; what is in the field stays out of it.
var ErrEvent = errors.New("expected an event of event_sync")

type eventFields struct {
	Name        string          `json:"event_name"`
	RoomName    string          `json:"room_name"`
	IsBreakout  bool            `json:"is_breakout"`
	CreatedAt   int64           `json:"created_at"` // seconds, as all times here
	DestroyedAt int64           `json:"destroyed_at"`
	Occupant    *occupantFields `json:"occupant"`
}

type occupantFields struct {
	ID       jitsimeet.LooseText `json:"id"`
	JID      string              `json:"occupant_jid"`
	JoinedAt int64               `json:"joined_at"`
	LeftAt   int64               `json:"left_at"`
}

// UnmarshalJSON takes names as they are written.
func (o *occupantFields) UnmarshalJSON(text []byte) error {
	return jitsimeet.DecodeExactly(text, o)
}

// longestNode is the most bytes of a room's name (RFC 7622, section 3.3).
const longestNode = 1023

// ParseEvent reads an event of the kind that its path names. Fields it does not know are no errors. It returns ErrEvent.
func ParseEvent(kind EventKind, body []byte) (Event, error) {
	event := Event{Kind: kind}
	// The package json lets pass what is no UTF-8, and the table does not.
	if !utf8.Valid(body) || json.Unmarshal(body, &event.Data) != nil || event.Data == nil {
		return Event{}, fmt.Errorf("%w: the body is no JSON object", ErrEvent)
	}
	var f eventFields
	if err := jitsimeet.FillExactly(event.Data, &f); err != nil {
		if unfit, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && unfit.Field != "" {
			return Event{}, faulty(unfit.Field)
		}
		return Event{}, faulty("a field")
	}
	if f.Name != string(kind) {
		return Event{}, faulty("event_name")
	}
	event.Node, event.Breakout = strings.ToLower(f.RoomName), f.IsBreakout
	if event.Node == "" || len(event.Node) > longestNode || strings.ContainsFunc(event.Node, unicode.IsControl) {
		return Event{}, faulty("room_name")
	}
	if err := event.fill(f); err != nil {
		return Event{}, err
	}
	return event, nil
}

// fill takes over what depends on the kind.
func (e *Event) fill(f eventFields) error {
	at, field := f.CreatedAt, "created_at"
	switch e.Kind {
	case RoomDestroyed:
		at, field = f.DestroyedAt, "destroyed_at"
	case OccupantJoined, OccupantLeft:
		if f.Occupant == nil {
			return faulty("occupant")
		}
		at, field = f.Occupant.JoinedAt, "occupant.joined_at"
		if e.Kind == OccupantLeft {
			at, field = f.Occupant.LeftAt, "occupant.left_at"
		}
		e.UserID = string(f.Occupant.ID)
		// Gateways and recorders are connected under names of their own.
		e.ParticipantID, _ = jitsimeet.ParticipantIDOf(f.Occupant.JID)
	}
	// Beyond the year 9999 a time has no JSON form.
	const latest = 253_402_300_799
	if at <= 0 || at > latest {
		return faulty(field)
	}
	e.At = time.Unix(at, 0).UTC()
	return nil
}

func faulty(field string) error {
	return fmt.Errorf("%w: %s is missing or not of its form", ErrEvent, field)
}
