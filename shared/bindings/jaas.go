// Package bindings makes the providers ones that rooms can be bound to.
package bindings

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"gavel/shared/bans"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/problem"
	"gavel/shared/rooms"
)

// JaaS has rooms meet in one tenant of 8x8 JaaS.
type JaaS struct {
	Client JaaSClient
	// AppID is the tenant of new rooms; those that exist stay in theirs.
	AppID jaas.AppID
	// Present knows who is in a conference.
	Present Presence
	// Bans knows who is banned from the tenant.
	Bans bans.Finder
}

// JaaSClient is what JaaS needs of a client.
type JaaSClient interface {
	CreateToken(ctx context.Context, appID jaas.AppID, p jitsimeet.Participant) (jitsimeet.Token, error)
	BanUser(ctx context.Context, appID jaas.AppID, userID string) (jaas.Outcome, error)
	KickParticipant(ctx context.Context, appID jaas.AppID, room jitsimeet.Room, id jitsimeet.ParticipantID) (jaas.Outcome, error)
	DestroyRoom(ctx context.Context, appID jaas.AppID, room jitsimeet.Room) (jaas.Outcome, error)
}

// Presence gives the ids under which a guest is in a conference now, by any of those that they may go by.
type Presence interface {
	Present(ctx context.Context, conference string, guestIDs ...string) ([]string, error)
}

var (
	_ JaaSClient     = (*jaas.Client)(nil)
	_ rooms.Provider = (*JaaS)(nil)
)

// Bind names the conference: a JaaS room of the same id in the tenant, which comes into being when
// the first one joins.
func (j *JaaS) Bind(_ context.Context, m rooms.Meeting) (string, error) {
	if _, err := jaas.ParseAppID(string(j.AppID)); err != nil {
		return "", problem.New(http.StatusServiceUnavailable, problem.NotConfigured, "GAVEL_ROOMS_JAAS_APP_ID does not name the JaaS tenant for rooms")
	}
	return jaas.Conference(j.AppID, jitsimeet.Room(m.RoomID)), nil
}

func parse(conference string) (jaas.AppID, jitsimeet.Room, error) {
	appID, room, found := strings.Cut(conference, "/")
	if !found {
		return "", "", errors.New("a stored room names no JaaS conference")
	}
	return jaas.AppID(appID), jitsimeet.Room(room), nil
}

// Admit mints a token for the guest, unless they are banned from the tenant. Otherwise the errors are those of the client's
// CreateToken, and of the list of bans.
func (j *JaaS) Admit(ctx context.Context, conference string, g rooms.Guest) (rooms.Admission, error) {
	appID, room, err := parse(conference)
	if err != nil {
		return rooms.Admission{}, err
	}
	if err := bans.Refuse(ctx, j.Bans, []string{g.ID, g.User}, bans.In(jaas.Provider, string(appID))); err != nil {
		return rooms.Admission{}, err
	}
	token, err := j.Client.CreateToken(ctx, appID, jitsimeet.Participant{
		Room: room, User: jitsimeet.User{ID: g.ID, Name: g.Name}, Moderator: g.Moderator, Lifetime: g.Lifetime,
	})
	return rooms.Admission{URL: token.JoinURL, Expires: token.Expires}, err
}

// Expel bans the guest and then kicks them, under every id they are present with: a kick alone does
// not keep anybody out, and a ban alone does not remove anybody. Whom JaaS does not ban is kicked all the same, and again on
// coming back, as Gavel keeps bans of its own.
func (j *JaaS) Expel(ctx context.Context, conference string, guestIDs []string) ([]rooms.Action, error) {
	appID, room, err := parse(conference)
	if err != nil {
		return nil, err
	}
	var actions []rooms.Action
	outcome, failed := j.Client.BanUser(ctx, appID, guestIDs[0]) // the former ones went into a ban before
	if failed == nil {
		actions = append(actions, rooms.Action{Name: "ban", Outcome: string(outcome)})
	}
	kicks, err := kickAll(ctx, j.Present, conference, guestIDs, func(id jitsimeet.ParticipantID) (string, error) {
		outcome, err := j.Client.KickParticipant(ctx, appID, room, id)
		return string(outcome), err
	})
	return append(actions, kicks...), errors.Join(failed, err)
}

// kickAll kicks a guest, who may be there by several ids, with every device: one that is refused keeps no other in. It gives
// what was done, also beside an error.
func kickAll(
	ctx context.Context, present Presence, conference string, guestIDs []string, kick func(jitsimeet.ParticipantID) (string, error),
) ([]rooms.Action, error) {
	ids, err := present.Present(ctx, conference, guestIDs...)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return []rooms.Action{{Name: "kick", Outcome: "not_present"}}, nil
	}
	return kickEach(ids, func(id string) (string, error) { return kick(jitsimeet.ParticipantID(id)) })
}

func kickEach(ids []string, kick func(id string) (outcome string, err error)) (actions []rooms.Action, err error) {
	for _, id := range ids {
		outcome, failed := kick(id)
		if err = errors.Join(err, failed); failed == nil {
			actions = append(actions, rooms.Action{Name: "kick", Outcome: outcome})
		}
	}
	return actions, err
}

// Close destroys the conference.
func (j *JaaS) Close(ctx context.Context, conference string) (rooms.Action, error) {
	appID, room, err := parse(conference)
	if err != nil {
		return rooms.Action{}, err
	}
	outcome, err := j.Client.DestroyRoom(ctx, appID, room)
	return rooms.Action{Name: "destroy", Outcome: string(outcome)}, err
}
