package bindings

import (
	"context"
	"errors"

	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/rooms"
)

// Jitsi has rooms meet on a self-hosted Jitsi.
type Jitsi struct {
	Client JitsiClient
	// Present knows who is in a conference.
	Present Presence
}

// JitsiClient is what Jitsi needs of a client.
type JitsiClient interface {
	Conference(ctx context.Context, p jitsi.Place) (string, error)
	CheckHearing(ctx context.Context) error
	CreateToken(ctx context.Context, r jitsi.TokenRequest) (jitsimeet.Token, error)
	Kick(ctx context.Context, p jitsi.Place, target jitsi.Target) (jitsi.Outcome, error)
	EndRoom(ctx context.Context, p jitsi.Place, silent bool) (jitsi.Outcome, error)
}

var (
	_ JitsiClient    = (*jitsi.Client)(nil)
	_ rooms.Provider = (*Jitsi)(nil)
)

// Bind names the conference as Prosody does: a Jitsi room of the same id in the secret's tenant, which comes into being when
// the first one joins.
func (j *Jitsi) Bind(ctx context.Context, m rooms.Meeting) (string, error) {
	return j.Client.Conference(ctx, jitsi.Place{Room: jitsimeet.Room(m.RoomID)})
}

func parsePlace(conference string) (jitsi.Place, error) {
	place, err := jitsi.ParseNode(conference)
	if err != nil {
		return jitsi.Place{}, errors.New("a stored room names no Jitsi conference")
	}
	return place, nil
}

// Admit mints a token for the guest. The errors are those of the client's CreateToken.
func (j *Jitsi) Admit(ctx context.Context, conference string, g rooms.Guest) (rooms.Admission, error) {
	place, err := parsePlace(conference)
	if err != nil {
		return rooms.Admission{}, err
	}
	token, err := j.Client.CreateToken(ctx, jitsi.TokenRequest{
		Participant: jitsimeet.Participant{
			Room: place.Room, User: jitsimeet.User{ID: g.ID, Name: g.Name}, Moderator: g.Moderator, Lifetime: g.Lifetime,
		},
		Tenant: place.Tenant, ExactTenant: place.Exact,
	})
	return rooms.Admission{URL: token.JoinURL, Expires: token.Expires}, err
}

// Expel kicks the guest, under every id they are present with. Jitsi knows no bans: a link that was given out lets them in
// again until it ends. Who is inside is known from events: it fails where the server is not set up to tell them.
func (j *Jitsi) Expel(ctx context.Context, conference string, guestIDs []string) ([]rooms.Action, error) {
	place, err := parsePlace(conference)
	if err != nil {
		return nil, err
	}
	if err := j.Client.CheckHearing(ctx); err != nil {
		return nil, err // without events nobody is ever seen, which does not say that nobody is there
	}
	return kickAll(ctx, j.Present, conference, guestIDs, func(id jitsimeet.ParticipantID) (string, error) {
		outcome, err := j.Client.Kick(ctx, place, jitsi.Target{ID: id})
		return string(outcome), err
	})
}

// Close ends the conference.
func (j *Jitsi) Close(ctx context.Context, conference string) (rooms.Action, error) {
	place, err := parsePlace(conference)
	if err != nil {
		return rooms.Action{}, err
	}
	outcome, err := j.Client.EndRoom(ctx, place, false)
	return rooms.Action{Name: "destroy", Outcome: string(outcome)}, err
}
