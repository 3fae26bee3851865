package jaas

import (
	"strings"

	"gavel/local/sandbox/jitsimeet"
)

// The events that the sandbox sends, of those in https://developer.8x8.com/jaas/docs/webhooks-events.
const (
	roomCreated       = "ROOM_CREATED"
	roomDestroyed     = "ROOM_DESTROYED"
	participantJoined = "PARTICIPANT_JOINED"
	participantLeft   = "PARTICIPANT_LEFT"
)

// Reasons for which somebody is not inside any more. What the service says of those who were inside when a meeting is
// destroyed is not documented; nobody was singled out, so the sandbox says left.
const (
	reasonLeft   = "left"
	reasonKicked = "kicked"
)

// event is an event with the fields, and their order, of https://developer.8x8.com/jaas/docs/webhooks-payload.
type event struct {
	EventType      string `json:"eventType"`
	SessionID      string `json:"sessionId"`
	Timestamp      int64  `json:"timestamp"` // ms
	FQN            string `json:"fqn"`
	IdempotencyKey string `json:"idempotencyKey"`
	CustomerID     string `json:"customerId"`
	AppID          string `json:"appId"`
	Data           any    `json:"data"`
}

// place is the part of data about where it happened. The sandbox has no breakout rooms.
type place struct {
	IsBreakout     bool   `json:"isBreakout"`
	BreakoutRoomID string `json:"breakoutRoomId"`
}

type roomData struct {
	Conference string `json:"conference"`
	place
}

type participantData struct {
	Avatar         string `json:"avatar"`
	Name           string `json:"name"`
	ID             string `json:"id"` // context.user.id
	Group          string `json:"group"`
	ParticipantJID string `json:"participantJid"`
	ParticipantID  string `json:"participantId"`
	Moderator      bool   `json:"moderator"`
	Email          string `json:"email"`
	place
	DisconnectReason string `json:"disconnectReason,omitempty"`
}

// tellRoom sends an event about a room itself. Like all of state it is called with the lock held, which keeps the
// events in the order in which things happened.
func (s *state) tellRoom(eventType, appID string, r *room) {
	s.tell(eventType, appID, r, roomData{Conference: r.name + "@conference." + appID + "." + s.domain})
}

// tellParticipant sends an event about somebody in a room; reason is empty but for who left.
func (s *state) tellParticipant(eventType, appID string, r *room, p participant, reason string) {
	s.tell(eventType, appID, r, participantData{
		Avatar: p.Avatar, Name: p.Name, ID: p.UserID, Group: p.Group,
		ParticipantJID: p.JID, ParticipantID: p.ID, Moderator: p.Moderator, Email: p.Email,
		DisconnectReason: reason,
	})
}

func (s *state) tell(eventType, appID string, r *room, data any) {
	if s.webhooks == nil {
		return
	}
	s.webhooks.Add(appID, event{
		EventType:      eventType,
		SessionID:      r.session,
		Timestamp:      s.now().UnixMilli(),
		FQN:            appID + "/" + r.name,
		IdempotencyKey: jitsimeet.NewUUID(),
		CustomerID:     strings.TrimPrefix(appID, appIDPrefix+"-"),
		AppID:          appID,
		Data:           data,
	})
}
