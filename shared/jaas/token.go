package jaas

import (
	"context"
	"fmt"
	"time"

	"gavel/shared/jitsimeet"
)

// CreateToken mints a participant token of the tenant and its join link. It returns
// jitsimeet.ErrParticipant for what Check finds fault with, and a *secrets.Error when the key cannot be had.
func (c *Client) CreateToken(ctx context.Context, appID AppID, p jitsimeet.Participant) (jitsimeet.Token, error) {
	if err := p.Valid(); err != nil {
		return jitsimeet.Token{}, err
	}
	kept, err := c.tenant.Get(ctx, secretName(appID))
	if err != nil {
		return jitsimeet.Token{}, err
	}
	now := c.now()
	claims := kept.Value.claims(now, p.Lifetime)
	claims["room"] = p.RoomClaim()
	claims["context"] = contextOf(p)
	signed, err := kept.Value.sign(claims)
	if err != nil {
		return jitsimeet.Token{}, fmt.Errorf("sign a participant token: %w", err)
	}
	token := jitsimeet.Token{JWT: signed, Expires: time.Unix(now.Add(p.Lifetime).Unix(), 0).UTC()}
	if p.Room != "" {
		token.JoinURL = c.joinURL(appID, p.Room, signed)
	}
	return token, nil
}

// joinURL puts the token in the fragment, which the web client reads first and which stays out
// of access logs and Referer headers; the documented form is ?jwt=.
func (c *Client) joinURL(appID AppID, room jitsimeet.Room, token string) string {
	return "https://" + c.domain + "/" + string(appID) + "/" + string(room) + "#jwt=" + token
}

type userClaim struct {
	ID                 string `json:"id"`
	Name               string `json:"name,omitempty"`
	Email              string `json:"email,omitempty"`
	Avatar             string `json:"avatar,omitempty"`
	Moderator          string `json:"moderator"`
	HiddenFromRecorder string `json:"hidden-from-recorder"`
}

type roomContext struct {
	Regex bool `json:"regex"`
}

type contextClaim struct {
	User     userClaim         `json:"user"`
	Features map[string]string `json:"features"`
	Room     roomContext       `json:"room"`
}

// contextOf writes booleans as strings, see jitsimeet.Participant.FeatureClaims. The features object is there even when
// empty: without it the web client refuses a token of JaaS.
func contextOf(p jitsimeet.Participant) contextClaim {
	return contextClaim{
		User: userClaim{
			ID: p.User.ID, Name: p.User.Name, Email: p.User.Email, Avatar: p.User.Avatar,
			Moderator:          jitsimeet.BoolClaim(p.Moderator),
			HiddenFromRecorder: jitsimeet.BoolClaim(p.User.HiddenFromRecorder),
		},
		Features: p.FeatureClaims(),
		Room:     roomContext{Regex: p.IsRegex()},
	}
}
