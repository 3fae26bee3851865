package jaas

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gavel/shared/jitsimeet"
)

// EventType says what happened. JaaS adds types, so a receiver passes over those it does not know
// (https://developer.8x8.com/jaas/docs/webhooks-events).
type EventType string

// The types of a meeting's course. They may arrive in another order than they happened: order them by Event.At.
const (
	RoomCreated       EventType = "ROOM_CREATED"
	RoomDestroyed     EventType = "ROOM_DESTROYED"
	ParticipantJoined EventType = "PARTICIPANT_JOINED"
	ParticipantLeft   EventType = "PARTICIPANT_LEFT"
)

// Event is what JaaS tells of a meeting.
type Event struct {
	// ID is the idempotencyKey, the same in every delivery of one event.
	ID   string
	Type EventType
	// Session is one run of a room; the same name later is another session. Empty where JaaS gives none.
	Session string
	AppID   AppID
	// Room is normalised; empty where JaaS names none.
	Room jitsimeet.Room
	// At is when it happened, in UTC and to the millisecond.
	At time.Time
	// Data depends on Type: mostly an object, an array in USAGE and AGGREGATED_REACTIONS, a map keyed by participant
	// in SPEAKER_STATS. It holds names and e-mail addresses. Nil where JaaS gives none.
	Data json.RawMessage
	// Whole is all of it as it came, with the fields that have a place above and those that have none.
	Whole map[string]json.RawMessage
}

// LogValue leaves out the data.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("id", e.ID),
		slog.String("type", string(e.Type)),
		slog.String("session", e.Session),
		slog.String("room", string(e.Room)),
		slog.Time("at", e.At),
	)
}

// ErrEvent says that a body is no event, and which field is at fault; what is in the field stays out of it.
var ErrEvent = errors.New("expected an event of JaaS")

// maxEventText is the longest idempotency key, type or session in bytes. JaaS sends UUIDs and short words; what is
// longer would not fit the keys of a store.
const maxEventText = 128

// envelope is what all events have in common (https://developer.8x8.com/jaas/docs/webhooks-payload).
type envelope struct {
	ID        string          `json:"idempotencyKey"`
	Type      string          `json:"eventType"`
	Session   string          `json:"sessionId"`
	AppID     string          `json:"appId"`
	FQN       string          `json:"fqn"`
	Timestamp int64           `json:"timestamp"` // ms
	Data      json.RawMessage `json:"data"`
}

// ParseEvent reads the body of a webhook that VerifyWebhook has let pass. Types and fields it does not know are no
// errors. Whether the tenant is the one the webhook was set up for is the caller's to check. The body of
// SETTINGS_PROVISIONING is no event. It returns ErrEvent, beside it the error of ParseAppID or ParseRoom where that
// is the reason, and never a part of the body.
func ParseEvent(body []byte) (Event, error) {
	// The package json lets pass what is no UTF-8, and a store does not.
	if !utf8.Valid(body) {
		return Event{}, faulty("the object")
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		return Event{}, eventError("", err)
	}
	var e envelope
	if err := jitsimeet.FillExactly(whole, &e); err != nil {
		return Event{}, eventError("", err)
	}
	if err := e.check(); err != nil {
		return Event{}, err
	}
	appID, room, err := e.place()
	if err != nil {
		return Event{}, err
	}
	return Event{
		ID:      e.ID,
		Type:    EventType(e.Type),
		Session: e.Session,
		AppID:   appID,
		Room:    room,
		At:      time.UnixMilli(e.Timestamp).UTC(),
		Data:    e.Data,
		Whole:   whole,
	}, nil
}

func (e envelope) check() error {
	// Beyond the year 9999 a time has no JSON form.
	const latest = 253_402_300_799_999
	switch {
	case e.ID == "" || !isEventText(e.ID):
		return faulty("idempotencyKey")
	case e.Type == "" || !isEventText(e.Type):
		return faulty("eventType")
	case !isEventText(e.Session):
		return faulty("sessionId")
	case e.Timestamp <= 0 || e.Timestamp > latest:
		return faulty("timestamp")
	}
	return nil
}

func isEventText(text string) bool {
	return len(text) <= maxEventText && !strings.ContainsFunc(text, unicode.IsControl)
}

// place reads whose event it is and in which room. Some documented examples have no appId; fqn then tells.
func (e envelope) place() (AppID, jitsimeet.Room, error) {
	owner, name, named := strings.Cut(e.FQN, "/")
	if e.AppID == "" {
		e.AppID = owner
	}
	appID, err := ParseAppID(e.AppID)
	if err != nil {
		return "", "", fmt.Errorf("%w: appId or fqn: %w", ErrEvent, err)
	}
	if e.FQN == "" {
		return appID, "", nil
	}
	if !named || owner != e.AppID {
		return "", "", faulty("fqn")
	}
	room, err := ParseRoom(name)
	if err != nil {
		return "", "", fmt.Errorf("%w: fqn: %w", ErrEvent, err)
	}
	return appID, room, nil
}

func faulty(field string) error {
	return fmt.Errorf("%w: %s is missing or not of its form", ErrEvent, field)
}

// eventError names the field alone: the decoder's own words may quote what is in it.
func eventError(at string, err error) error {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at = strings.Trim(at+"."+kind.Field, ".")
	}
	return faulty(cmp.Or(at, "the object"))
}
