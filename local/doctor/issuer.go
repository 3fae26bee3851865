package main

import (
	"context"
	"errors"

	"gavel/shared/auth"
	"gavel/shared/httpclient"
)

// askIssuer fetches the keys of the issuer of access tokens, as the authorizer does.
func (d *doctor) askIssuer(ctx context.Context) {
	const what = "access tokens"
	issuer := auth.Issuer{URL: d.settings.OIDCIssuer, Audience: d.settings.OIDCAudience, JWKSURL: d.settings.OIDCJWKSURL}
	keys, err := issuer.Keys(ctx, auth.Fetching(d.client("oidc", 0)))
	switch {
	case err != nil:
		d.fix(what, "the keys of the issuer %s cannot be had: %s", host(issuer.URL), issuerWords(err))
	case len(keys) == 0:
		d.fix(what, "the issuer %s publishes no key that can verify a token: is GAVEL_OIDC_JWKS_URL (OidcJwksUrl) right?", host(issuer.URL))
	default:
		d.ok(what, "the issuer %s publishes %d keys", host(issuer.URL), len(keys))
	}
}

// issuerWords says what is wrong with what an issuer answers, too.
func issuerWords(err error) string {
	if failure, ok := errors.AsType[*httpclient.Error](err); ok {
		return inWords(failure)
	}
	return "what it answers is no configuration of this issuer, or no set of keys: OidcIssuer must be the iss of its tokens to the letter, and have " +
		".well-known/openid-configuration below it, or set OidcJwksUrl"
}
