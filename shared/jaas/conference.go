package jaas

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"gavel/shared/jitsimeet"
	"gavel/shared/phone"
)

const conferencePath = "/conference-commands/v1/meeting"

// Conference gives the full name of a tenant's room, <appId>/<room>, as it stands in the fqn of webhooks.
func Conference(appID AppID, room jitsimeet.Room) string { return string(appID) + "/" + string(room) }

// payload is the body's inner object; each action has its own fields beside the conference.
type payload struct {
	Conference  string `json:"conferenceFullName"`
	PhoneNo     string `json:"phoneNo,omitempty"`
	Participant string `json:"participantId,omitempty"`
}

// conference carries out one of the actions of
// https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints (POST
// {base}/conference-commands/v1/meeting) on a room.
func (c *Client) conference(ctx context.Context, appID AppID, room jitsimeet.Room, action string, fields payload, repeatable bool) error {
	fields.Conference = string(room) + "@conference." + string(appID) + "." + c.domain
	body, err := json.Marshal(struct {
		Action  string  `json:"action"`
		Payload payload `json:"payload"`
	}{action, fields})
	if err != nil {
		return fmt.Errorf("encode %s: %w", action, err)
	}
	return c.send(ctx, appID, command{
		name:       action,
		path:       conferencePath,
		body:       body,
		repeatable: repeatable,
		sensitive:  []string{fields.PhoneNo, strings.TrimPrefix(fields.PhoneNo, "+")},
	})
}

// DestroyRoom ends the meeting for everybody (DESTROY_ROOM; the action is called DESTROY).
// NotFound is the outcome when no such meeting is going on. Anyone with a valid token can open
// the room again at once. It returns a *secrets.Error or an *httpclient.Error.
func (c *Client) DestroyRoom(ctx context.Context, appID AppID, room jitsimeet.Room) (Outcome, error) {
	return outcomeOrGone(Destroyed, c.conference(ctx, appID, room, "DESTROY", payload{}, true))
}

// DialOut calls a phone into the room (DIAL_OUT_PARTICIPANT). Into an empty room the call waits
// until the first participant joins. It is sent once, because a second one rings a second
// time (but see send for a key that was rotated). It returns a *secrets.Error or an *httpclient.Error.
func (c *Client) DialOut(ctx context.Context, appID AppID, room jitsimeet.Room, number phone.Number) (Outcome, error) {
	err := c.conference(ctx, appID, room, "DIAL_OUT_PARTICIPANT", payload{PhoneNo: number.E164()}, false)
	return outcome(Requested, err)
}

// HangUp ends a ringing call or removes the phone from the room (HANG_UP_CALL). NotFound is the
// outcome when there is no such call. It returns a *secrets.Error or an *httpclient.Error.
func (c *Client) HangUp(ctx context.Context, appID AppID, room jitsimeet.Room, number phone.Number) (Outcome, error) {
	return outcomeOrGone(HungUp, c.conference(ctx, appID, room, "HANG_UP_CALL", payload{PhoneNo: number.E164()}, true))
}

// KickParticipant removes one participant (KICK_PARTICIPANT, added in
// https://developer.8x8.com/jaas/docs/release-5628); the person sees a notice. NotFound is the
// outcome when nobody in the room has that id. The same token can join again: ban as well.
// It returns a *secrets.Error or an *httpclient.Error.
func (c *Client) KickParticipant(ctx context.Context, appID AppID, room jitsimeet.Room, id jitsimeet.ParticipantID) (Outcome, error) {
	err := c.conference(ctx, appID, room, "KICK_PARTICIPANT", payload{Participant: string(id)}, true)
	return outcomeOrGone(Kicked, err)
}
