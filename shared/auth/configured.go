package auth

import (
	"context"
	"net/http"

	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

// Configured makes the Authenticator that the settings ask for: API keys from the secret, bearer
// tokens of the issuer if there is one.
func Configured(c config.Config, source secrets.Source) *Authenticator {
	keys := NewAPIKeys(source, clock.Now)
	if c.OIDCIssuer == "" || c.OIDCAudience == "" {
		return New(keys, NoBearer{})
	}
	issuer := Issuer{URL: c.OIDCIssuer, Audience: c.OIDCAudience, JWKSURL: c.OIDCJWKSURL}
	client := httpclient.New(httpclient.Options{Provider: "oidc", Budget: keysTimeout, Untraced: true, Now: clock.Now})
	return New(keys, NewBearer(issuer, Fetching(client), clock.Now))
}

// Fetching makes a Getter that fetches with a client, whose *httpclient.Error it returns.
func Fetching(client *httpclient.Client) Getter {
	return func(ctx context.Context, url string) ([]byte, error) {
		response, err := client.Do(ctx, httpclient.Request{Method: http.MethodGet, URL: url, Repeatable: true})
		return response.Body, err
	}
}
