package jaasapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/jitsimeetapi"
	"gavel/shared/bans"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
)

// TokenCreator mints participant tokens.
type TokenCreator interface {
	CreateToken(ctx context.Context, appID jaas.AppID, p jitsimeet.Participant) (jitsimeet.Token, error)
}

type createTokenInput struct {
	TenantPath
	Body tokenBody
}

type tokenBody struct{ jitsimeetapi.TokenBody }

// Resolve reports what JaaS would refuse.
func (b *tokenBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	return b.Faults(at, jaas.ParseRoom)
}

// RegisterCreateToken adds jaas-create-token.
func RegisterCreateToken(a huma.API, client TokenCreator, banned bans.Finder) {
	api.RegisterCommand(a, api.Operation{
		ID: "jaas-create-token", Method: http.MethodPost, Path: "/jaas/{appId}/tokens",
		Summary: "Mint a join link",
		Description: "Mints a participant's token with a role and features, and the link to join with. Features are off unless named. " +
			"Nothing is sent to JaaS. A user who is banned, from the tenant or from the room, gets none: 403 banned. " +
			"Of a regex the tenant's bans alone are looked at: in a room that they are banned from, its holder is kicked on joining.",
		Tag: tag, Scope: scope, Status: http.StatusCreated, Secrets: true,
	}, func(ctx context.Context, in *createTokenInput) (*jitsimeetapi.TokenOutput, error) {
		p, err := in.Body.Participant(jaas.ParseRoom)
		if err != nil {
			return nil, err
		}
		if err := notBanned(ctx, in.appID(), p, banned); err != nil {
			return nil, err
		}
		return jitsimeetapi.Answer(client.CreateToken(ctx, in.appID(), p))
	}, jitsimeetapi.TellToken)
}

// notBanned refuses whom a ban keeps out.
func notBanned(ctx context.Context, appID jaas.AppID, p jitsimeet.Participant, banned bans.Finder) error {
	scopes := []bans.Scope{tenant(appID)}
	if p.Room != "" { // and not a pattern
		scopes = append(scopes, bans.In(jaas.Provider, jaas.Conference(appID, p.Room)))
	}
	return bans.Refuse(ctx, banned, []string{p.User.ID}, scopes...)
}
