package jitsiapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/jitsimeetapi"
	"gavel/shared/bans"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
)

// TokenCreator mints participant tokens.
type TokenCreator interface {
	CreateToken(ctx context.Context, r jitsi.TokenRequest) (jitsimeet.Token, error)
}

type createTokenInput struct{ Body jitsiTokenBody }

type jitsiTokenBody struct {
	jitsimeetapi.TokenBody

	Tenant    string          `json:"tenant,omitempty" maxLength:"63" doc:"The part of the meeting's address before the room; the one in the secret when absent" example:"acme"`
	LinkStyle jitsi.LinkStyle `json:"linkStyle,omitempty" enum:"fragment,query" default:"fragment" doc:"Where in joinUrl the token stands: #jwt=, which no server sees, or ?jwt="`
}

// Resolve reports what the server or its web client would refuse. The library does not look at the parts of a value that
// has a Resolve of its own, so the tenant is checked here too.
func (b *jitsiTokenBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	faults := b.Faults(at, jitsimeet.ParseRoom)
	if b.Regex && len(faults) == 0 {
		if err := jitsi.CheckPattern(jitsimeet.Pattern(b.Room)); err != nil {
			faults = append(faults, &huma.ErrorDetail{Location: at.With("room"), Message: err.Error()})
		}
	}
	if b.Tenant != "" {
		if _, err := jitsi.ParseTenant(b.Tenant); err != nil {
			faults = append(faults, &huma.ErrorDetail{Location: at.With("tenant"), Message: err.Error()})
		}
	}
	return faults
}

func (b *jitsiTokenBody) request() (jitsi.TokenRequest, error) {
	p, err := b.Participant(jitsimeet.ParseRoom)
	if err != nil {
		return jitsi.TokenRequest{}, err
	}
	r := jitsi.TokenRequest{Participant: p, Link: b.LinkStyle}
	if b.Tenant != "" {
		r.Tenant, err = jitsi.ParseTenant(b.Tenant)
	}
	return r, err
}

// RegisterCreateToken adds jitsi-create-token.
func RegisterCreateToken(a huma.API, client interface {
	TokenCreator
	Namer
}, banned bans.Finder,
) {
	api.RegisterCommand(a, api.Operation{
		ID: "jitsi-create-token", Method: http.MethodPost, Path: "/jitsi/tokens",
		Summary: "Mint a join link",
		Description: "Mints a participant's token with a role, and the link to join with. A moderator is one for both Prosody modules that read roles " +
			"from tokens, token_affiliation and token_moderation; without either of them the server does not look at the role. " +
			"Without features a moderator has the server's defaults; with them only what is named. Nothing is sent to the server. " +
			"A user who is banned from the room gets none: 403 banned.",
		Tag: tag, Scope: scope, Status: http.StatusCreated, Secrets: true,
	}, func(ctx context.Context, in *createTokenInput) (*jitsimeetapi.TokenOutput, error) {
		r, err := in.Body.request()
		if err != nil {
			return nil, err
		}
		if err := notBanned(ctx, r, client, banned); err != nil {
			return nil, err
		}
		return jitsimeetapi.Answer(client.CreateToken(ctx, r))
	}, jitsimeetapi.TellToken)
}

// notBanned refuses whom a ban keeps out of a room. A token for several is refused to nobody: its holder is kicked on joining.
func notBanned(ctx context.Context, r jitsi.TokenRequest, names Namer, banned bans.Finder) error {
	if r.Room == "" {
		return nil
	}
	node, err := names.Conference(ctx, jitsi.Place{Tenant: r.Tenant, Room: r.Room})
	if err != nil {
		return err
	}
	return bans.Refuse(ctx, banned, []string{r.User.ID}, bans.In(jitsi.Provider, node))
}
