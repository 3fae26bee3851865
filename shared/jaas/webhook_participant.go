package jaas

import (
	"cmp"
	"fmt"

	"gavel/shared/jitsimeet"
)

// EventParticipant is who joined or left.
type EventParticipant struct {
	// UserID is the app's own id, context.user.id of the token; empty for a guest without one. One user may be
	// inside with several devices, each with an ID of its own.
	UserID string
	// ID is what KickParticipant takes.
	ID        jitsimeet.ParticipantID
	Name      string
	Moderator bool
	// Breakout names the breakout room: Event.Room is the meeting it belongs to. Empty in the meeting itself.
	Breakout string
	// Reason says why somebody left: left, kicked, switch_room, unrecoverable_error, unknown, or what JaaS adds.
	// Empty for who joined.
	Reason string
}

// Participant gives who joined or left, and false when the event is about something else. Its error is ErrEvent,
// and jitsimeet.ErrParticipantID beside it where that is the reason.
func (e Event) Participant() (EventParticipant, bool, error) {
	if e.Type != ParticipantJoined && e.Type != ParticipantLeft {
		return EventParticipant{}, false, nil
	}
	var data participantData
	if err := jitsimeet.DecodeExactly(e.Data, &data); err != nil {
		return EventParticipant{}, false, eventError("data", err)
	}
	id, err := data.shortID()
	if err != nil {
		return EventParticipant{}, false, err
	}
	return EventParticipant{
		UserID:    string(data.UserID),
		ID:        id,
		Name:      string(data.Name),
		Moderator: bool(data.Moderator),
		Breakout:  data.breakout(),
		Reason:    string(data.Reason),
	}, true, nil
}

// Destroyed gives which breakout room of Event.Room is over, as in EventParticipant, empty for the meeting itself; and false
// when the event is about something else. Its error is ErrEvent.
func (e Event) Destroyed() (breakout string, ok bool, err error) {
	if e.Type != RoomDestroyed {
		return "", false, nil
	}
	var data placeData
	if len(e.Data) > 0 {
		if err := jitsimeet.DecodeExactly(e.Data, &data); err != nil {
			return "", false, eventError("data", err)
		}
	}
	return data.breakout(), true, nil
}

// participantData takes what is in its fields whatever that is: who came in is not to be overlooked for the form of their name.
type participantData struct {
	placeData

	UserID    jitsimeet.LooseText `json:"id"`
	ID        jitsimeet.LooseText `json:"participantId"`
	JID       jitsimeet.LooseText `json:"participantJid"`
	Name      jitsimeet.LooseText `json:"name"`
	Moderator spokenBool          `json:"moderator"`
	Reason    jitsimeet.LooseText `json:"disconnectReason"`
}

// placeData is the part of data about where it happened.
type placeData struct {
	IsBreakout spokenBool          `json:"isBreakout"`
	BreakoutID jitsimeet.LooseText `json:"breakoutRoomId"`
}

// unnamedBreakout is the breakout room of which JaaS gives no id.
const unnamedBreakout = "breakout"

func (d placeData) breakout() string {
	if !d.IsBreakout {
		return ""
	}
	return cmp.Or(string(d.BreakoutID), unnamedBreakout)
}

// shortID gives the participantId, or where JaaS leaves it out what it is made of.
func (d participantData) shortID() (jitsimeet.ParticipantID, error) {
	parse, text, field := jitsimeet.ParseParticipantID, string(d.ID), "participantId"
	if text == "" {
		parse, text, field = jitsimeet.ParticipantIDOf, string(d.JID), "participantJid"
	}
	id, err := parse(text)
	if err != nil {
		return "", fmt.Errorf("%w: data: %s: %w", ErrEvent, field, err)
	}
	return id, nil
}

// spokenBool is a boolean that JaaS also writes as "true" and "false". Whatever else there may be is false: nobody is
// taken for a moderator who was not called one.
type spokenBool bool

// UnmarshalJSON takes any value.
func (b *spokenBool) UnmarshalJSON(raw []byte) error {
	*b = string(raw) == "true" || string(raw) == `"true"`
	return nil
}
