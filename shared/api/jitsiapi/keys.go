package jitsiapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/jitsi"
	"gavel/shared/problem"
)

// KeyKeeper gives public keys.
type KeyKeeper interface {
	PublicKey(ctx context.Context, use jitsi.KeyUse, file string) ([]byte, error)
}

type keyInput struct {
	Use  jitsi.KeyUse `path:"use" enum:"login,system" doc:"login for participants' tokens (asap_key_server), system for commands (prosody_password_public_key_repo_url)"`
	File string       `path:"file" pattern:"^[0-9a-f]{64}[.]pem$" doc:"The SHA-256 of the key's id in hex digits, and .pem" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.pem"`
}

type keyOutput struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

// keyType is the media type of a PEM file. It is one of text, which travels through the gateway as it is.
const keyType = "text/plain; charset=utf-8"

// RegisterPublicKey adds jitsi-public-key.
func RegisterPublicKey(a huma.API, client KeyKeeper) {
	api.Register(a, api.Operation{
		ID: "jitsi-public-key", Method: http.MethodGet, Path: "/jitsi/keys/{use}/{file}",
		Summary: "The public half of a signing key",
		Description: "For the Jitsi server, which looks here for the keys that tokens are signed with: set asap_key_server to …/jitsi/keys/login, and " +
			"prosody_password_public_key_repo_url to …/jitsi/keys/system. They are apart so that nobody can end meetings with a participant's token.",
		Tag: tag, ContentType: "text/plain", Secrets: true, Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *keyInput) (*keyOutput, error) {
		pem, err := client.PublicKey(ctx, in.Use, in.File)
		if errors.Is(err, jitsi.ErrNotFound) {
			return nil, problem.New(http.StatusNotFound, problem.NotFound, "there is no such key")
		}
		// The server keeps keys for good; what lies between need not.
		return &keyOutput{ContentType: keyType, CacheControl: "public, max-age=300", Body: pem}, err
	})
}
