package jitsi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/jitsimeet"
)

// LinkStyle says where in a join link the token stands.
type LinkStyle string

// The styles. The web client reads both, the fragment first, which stays out of access logs and Referer headers.
const (
	InFragment LinkStyle = "fragment"
	InQuery    LinkStyle = "query"
)

// TokenRequest is what a participant's token is made of.
type TokenRequest struct {
	jitsimeet.Participant

	Tenant Tenant
	// ExactTenant says that an empty tenant is none, and not the secret's.
	ExactTenant bool
	Link        LinkStyle // InFragment when empty
}

// ErrCapitalClass says that a pattern would mean something else to some servers.
var ErrCapitalClass = errors.New("expected a pattern without %A, %D, %S and the like: some versions of the server lower it, and %A becomes %a")

// CheckPattern refuses what jitsimeet.ParsePattern takes and a self-hosted server may misread: token/util.lib.lua lowers
// the claim before it matches in some versions.
func CheckPattern(pattern jitsimeet.Pattern) error {
	for rest := string(pattern); ; {
		_, after, found := strings.Cut(rest, "%")
		if !found || after == "" {
			return nil
		}
		if after[0] >= 'A' && after[0] <= 'Z' {
			return ErrCapitalClass
		}
		rest = after[1:]
	}
}

// CreateToken mints a participant's token and its join link. It returns jitsimeet.ErrParticipant or ErrCapitalClass for
// what would be refused, and a *secrets.Error when the key cannot be had.
func (c *Client) CreateToken(ctx context.Context, r TokenRequest) (jitsimeet.Token, error) {
	if err := errors.Join(r.Valid(), CheckPattern(r.Pattern)); err != nil {
		return jitsimeet.Token{}, err
	}
	as, err := c.get(ctx)
	if err != nil {
		return jitsimeet.Token{}, err
	}
	place := as.at(Place{Tenant: r.Tenant, Room: r.Room, Exact: r.ExactTenant})
	now := c.now()
	claims := as.login.claims(as.subject(place), r.RoomClaim(), now, r.Lifetime)
	addContext(claims, r.Participant)
	signed, err := as.login.sign(claims)
	if err != nil {
		return jitsimeet.Token{}, fmt.Errorf("sign a participant token: %w", err)
	}
	token := jitsimeet.Token{JWT: signed, Expires: time.Unix(now.Add(r.Lifetime).Unix(), 0).UTC()}
	if r.Room != "" {
		token.JoinURL = as.joinURL(place, r.Link, signed)
	}
	return token, nil
}

func (a *access) joinURL(p Place, style LinkStyle, token string) string {
	mark := "#"
	if style == InQuery {
		mark = "?"
	}
	path := "/" + string(p.Room)
	if p.Tenant != "" {
		path = "/" + string(p.Tenant) + path
	}
	return a.base + path + mark + "jwt=" + token
}

// addContext says who the participant is. Absent values are left out: null breaks the server's presence identity.
//
// A moderator carries what either plugin that reads tokens looks for: mod_token_affiliation takes context.user.moderator
// and context.user.affiliation, token_moderation the top-level moderator, and that only as a boolean
// (https://github.com/nvonahsen/jitsi-token-moderation-plugin). Anybody else carries none of them.
//
// Without context.features a moderator has the server's defaults; with it nothing that is not named
// (mod_jitsi_permissions), so it is there only if somebody asked for it.
func addContext(claims jwt.MapClaims, p jitsimeet.Participant) {
	user := map[string]any{"id": p.User.ID}
	for name, value := range map[string]string{"name": p.User.Name, "email": p.User.Email, "avatar": p.User.Avatar} {
		if value != "" {
			user[name] = value
		}
	}
	if p.User.HiddenFromRecorder {
		user["hidden-from-recorder"] = "true"
	}
	if p.Moderator {
		claims["moderator"] = true
		user["moderator"], user["affiliation"] = true, "owner"
	}
	about := map[string]any{"user": user}
	if p.Features != nil {
		about["features"] = p.FeatureClaims()
	}
	if p.IsRegex() {
		about["room"] = map[string]any{"regex": true}
	}
	claims["context"] = about
}
