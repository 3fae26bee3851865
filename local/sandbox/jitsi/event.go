package jitsi

import (
	"encoding/json"
	"net/http"
	"time"
)

// The events of https://github.com/jitsi-contrib/prosody-plugins/tree/main/event_sync with their paths.
var eventPaths = map[string]string{
	roomCreated:    "/events/room/created",
	roomDestroyed:  "/events/room/destroyed",
	occupantJoined: "/events/occupant/joined",
	occupantLeft:   "/events/occupant/left",
}

const (
	roomCreated    = "muc-room-created"
	roomDestroyed  = "muc-room-destroyed"
	occupantJoined = "muc-occupant-joined"
	occupantLeft   = "muc-occupant-left"
)

// place is the part of every event about where it happened. The sandbox has no breakout rooms.
type place struct {
	EventName  string `json:"event_name"`
	RoomName   string `json:"room_name"`
	RoomJID    string `json:"room_jid"`
	IsBreakout bool   `json:"is_breakout"`
}

type createdEvent struct {
	place
	CreatedAt int64 `json:"created_at"` // all times in seconds
}

type destroyedEvent struct {
	place
	CreatedAt    int64           `json:"created_at"`
	DestroyedAt  int64           `json:"destroyed_at"`
	AllOccupants []*occupantData `json:"all_occupants"`
}

type occupantEvent struct {
	place
	ActiveOccupants int           `json:"active_occupants_count"`
	Occupant        *occupantData `json:"occupant"`
}

// occupantData is an occupant in events. What the token does not say is left out, all of it with a telephone.
type occupantData struct {
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	ID       string `json:"id,omitempty"` // context.user.id
	JID      string `json:"occupant_jid"`
	JoinedAt int64  `json:"joined_at"`
	LeftAt   *int64 `json:"left_at,omitempty"`
}

func newOccupantData(o *occupant, now time.Time) *occupantData {
	return &occupantData{Name: o.name, Email: o.email, ID: o.userID, JID: o.jid, JoinedAt: now.Unix()}
}

func (rm *room) place(eventName string) place {
	return place{EventName: eventName, RoomName: node(rm.tenant, rm.name), RoomJID: rm.address}
}

// tellCreated and the others are called with the lock held, which keeps the events in the order in which things
// happened.
func (s *state) tellCreated(rm *room) {
	s.tell(roomCreated, createdEvent{rm.place(roomCreated), rm.created.Unix()})
}

func (s *state) tellDestroyed(rm *room, now time.Time) {
	s.tell(roomDestroyed, destroyedEvent{rm.place(roomDestroyed), rm.created.Unix(), now.Unix(), rm.history})
}

func (s *state) tellOccupant(eventName string, rm *room, o *occupant) {
	s.tell(eventName, occupantEvent{rm.place(eventName), len(rm.occupants), o.data})
}

func (s *state) tell(eventName string, event any) {
	// Neither strings nor numbers fail to become JSON.
	body, _ := json.Marshal(event)
	s.queue.Add("events", message{
		name: eventName, method: http.MethodPost, path: eventPaths[eventName], body: body,
		prefix: func(set Settings) string { return set.EventsURL },
	})
}
