package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Issuer says whose bearer tokens are taken.
type Issuer struct {
	URL      string // the iss claim
	Audience string // the aud claim, this API's name at the issuer
	// JWKSURL is where the issuer's keys are; when empty it is found through
	// {URL}/.well-known/openid-configuration.
	JWKSURL string
}

const (
	// leeway allows for clocks that differ a little.
	leeway = 5 * time.Second
	// maxToken bounds what is parsed for a caller not yet known, in bytes.
	maxToken = 16 << 10
)

// Bearer verifies access tokens of one OpenID Connect issuer.
type Bearer struct {
	keys   *keySets
	parser *jwt.Parser
}

var _ Verifier = (*Bearer)(nil)

// NewBearer makes a Bearer; nothing is fetched yet. get fetches a document of the issuer's.
func NewBearer(issuer Issuer, get Getter, now func() time.Time) *Bearer {
	return &Bearer{
		keys: newKeySets(issuer, get, now),
		parser: jwt.NewParser(
			// Never none, never HS: a public key must not serve as a shared secret.
			jwt.WithValidMethods([]string{
				"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
			}),
			jwt.WithIssuer(issuer.URL),
			jwt.WithAudience(issuer.Audience),
			jwt.WithExpirationRequired(),
			jwt.WithLeeway(leeway),
			jwt.WithTimeFunc(now),
		),
	}
}

// accessToken are the claims that count. Issuers write scopes in one of three ways: scope
// (RFC 9068), scp (Microsoft, Okta), permissions (Auth0).
type accessToken struct {
	jwt.RegisteredClaims
	Scope       words `json:"scope"`
	Scp         words `json:"scp"`
	Permissions words `json:"permissions"`
}

// Verify checks signature, algorithm, issuer, audience and times; the subject becomes the
// principal. Its error wraps ErrBadCredentials, or ErrUnavailable when the issuer's keys could
// not be fetched.
func (b *Bearer) Verify(ctx context.Context, token string) (Principal, error) {
	if len(token) > maxToken {
		return Principal{}, ErrBadCredentials
	}
	var claims accessToken
	var unavailable error
	_, err := b.parser.ParseWithClaims(token, &claims, func(t *jwt.Token) (any, error) {
		key, err := b.keys.find(ctx, t)
		if errors.Is(err, ErrUnavailable) {
			unavailable = err
		}
		return key, err
	})
	switch {
	case unavailable != nil:
		return Principal{}, unavailable
	case err != nil:
		return Principal{}, fmt.Errorf("%w: %w", ErrBadCredentials, err)
	case claims.Subject == "":
		return Principal{}, fmt.Errorf("%w: no sub claim", ErrBadCredentials)
	}
	scopes := slices.Concat(claims.Scope, claims.Scp, claims.Permissions)
	return Principal{Kind: User, Name: claims.Subject, Scopes: scopes}, nil
}

// NoBearer refuses every bearer token, for a deployment without an issuer.
type NoBearer struct{}

var _ Verifier = NoBearer{}

// Verify says no.
func (NoBearer) Verify(context.Context, string) (Principal, error) {
	return Principal{}, fmt.Errorf("%w: no issuer is configured", ErrBadCredentials)
}

// words is a list in JSON, or one string with spaces between them.
type words []string

// UnmarshalJSON reads either form.
func (w *words) UnmarshalJSON(text []byte) error {
	var list []string
	if json.Unmarshal(text, &list) == nil {
		*w = list
		return nil
	}
	var line string
	if err := json.Unmarshal(text, &line); err != nil {
		return errors.New("expected a string or a list of strings")
	}
	*w = strings.Fields(line)
	return nil
}
