package jaasapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
)

// UserBanner bans users.
type UserBanner interface {
	BanUser(ctx context.Context, appID jaas.AppID, userID string) (jaas.Outcome, error)
}

// JWTBanner bans single tokens.
type JWTBanner interface {
	BanJWT(ctx context.Context, appID jaas.AppID, token string) (jaas.Outcome, error)
}

type banUserInput struct {
	TenantPath
	Body struct {
		UserID userID `json:"userId" minLength:"1" maxLength:"256" doc:"The app's own id of the user, as in the token's context.user.id" example:"auth0|5f903d7a77f3b4006eb8e67d"`
	}
}

// userID is checked where it stands, see room.
type userID string

// Resolve checks the id. An empty one is the schema's to refuse.
func (id *userID) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if *id == "" {
		return nil
	}
	return api.FaultAt(at, jitsimeet.CheckUserID(string(*id)))
}

// RegisterBanUser adds jaas-ban-user.
func RegisterBanUser(a huma.API, client UserBanner) {
	api.Register(a, api.Operation{
		ID: "jaas-ban-user", Method: http.MethodPost, Path: "/jaas/{appId}/bans/users",
		Summary:     "Ban a user",
		Description: "Keeps a user from joining again. JaaS does not say that it removes somebody who is inside already: kick as well.",
		Tag:         tag, Scope: scope, Upstream: true,
	}, func(ctx context.Context, in *banUserInput) (*output, error) {
		return answer(client.BanUser(ctx, in.appID(), string(in.Body.UserID)))
	})
}

type banJWTInput struct {
	TenantPath
	Body struct {
		JWT string `json:"jwt" minLength:"1" maxLength:"32768" doc:"A participant's token"`
	}
}

// Resolve checks that the token can be one of the tenant's. The library does not look into the
// embedded parts of an input that has a Resolve of its own, so the tenant is checked here too.
func (in *banJWTInput) Resolve(ctx huma.Context, _ *huma.PathBuffer) []error {
	faults := in.AppID.Resolve(ctx, huma.NewPathBuffer([]byte("path.appId"), len("path.appId")))
	if in.Body.JWT == "" || len(faults) > 0 {
		return faults
	}
	return api.FaultAt(huma.NewPathBuffer([]byte("body.jwt"), len("body.jwt")), jaas.CheckJWT(in.appID(), in.Body.JWT))
}

// RegisterBanJWT adds jaas-ban-jwt.
func RegisterBanJWT(a huma.API, client JWTBanner) {
	api.Register(a, api.Operation{
		ID: "jaas-ban-jwt", Method: http.MethodPost, Path: "/jaas/{appId}/bans/tokens",
		Summary:     "Ban a token",
		Description: "Keeps one participant's token from being used again.",
		Tag:         tag, Scope: scope, Upstream: true,
	}, func(ctx context.Context, in *banJWTInput) (*output, error) {
		return answer(client.BanJWT(ctx, in.appID(), in.Body.JWT))
	})
}
