package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// Header names of the two kinds of credentials.
const (
	HeaderAPIKey        = "X-Api-Key"
	HeaderAuthorization = "Authorization"
)

// The reasons for which a caller is turned away.
var (
	ErrNoCredentials  = errors.New("no credentials")
	ErrBadCredentials = errors.New("bad credentials")
)

// Verifier turns one kind of credentials into a principal. Its error wraps ErrBadCredentials
// when the credentials are at fault; any other error means that they could not be checked.
type Verifier interface {
	Verify(ctx context.Context, credentials string) (Principal, error)
}

// Authenticator tells who sent a request.
type Authenticator struct {
	keys   Verifier
	bearer Verifier
}

// New makes an Authenticator from what verifies API keys and what verifies bearer tokens.
func New(keys, bearer Verifier) *Authenticator {
	return &Authenticator{keys: keys, bearer: bearer}
}

// Authenticate gives the principal of a request's credentials. With both kinds present the API
// key alone counts; with several of one kind none does, as API Gateway makes one value of them, and so that nobody in between
// can take another one for the caller's. It returns ErrNoCredentials, an error that wraps ErrBadCredentials, or why
// the credentials could not be checked.
func (a *Authenticator) Authenticate(ctx context.Context, header http.Header) (Principal, error) {
	if len(header.Values(HeaderAPIKey)) > 1 || len(header.Values(HeaderAuthorization)) > 1 {
		return Principal{}, ErrBadCredentials
	}
	if key := header.Get(HeaderAPIKey); key != "" {
		return a.keys.Verify(ctx, key)
	}
	value := header.Get(HeaderAuthorization)
	if value == "" {
		return Principal{}, ErrNoCredentials
	}
	scheme, token, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return Principal{}, ErrBadCredentials
	}
	return a.bearer.Verify(ctx, strings.TrimSpace(token))
}
