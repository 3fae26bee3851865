package apigw_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"gavel/shared/apigw"
	"gavel/shared/auth"
	"gavel/shared/secrets"
)

// verifier takes the credentials it is told of.
type verifier map[string]auth.Principal

var errDown = errors.New("dial tcp 10.0.0.7:443: i/o timeout")

// Verify knows the credentials, says that they are bad, or cannot tell.
func (v verifier) Verify(_ context.Context, credentials string) (auth.Principal, error) {
	p, known := v[credentials]
	switch {
	case credentials == "unavailable":
		return auth.Principal{}, auth.ErrUnavailable
	case credentials == "down":
		return auth.Principal{}, errDown
	case credentials == "no secret":
		return auth.Principal{}, &secrets.Error{Name: "gavel/api-keys", Reason: "it does not exist"}
	case !known:
		return auth.Principal{}, auth.ErrBadCredentials
	}
	return p, nil
}

func authorizer() apigw.AuthorizerFunc {
	return apigw.Authorizer(auth.New(
		verifier{
			"k":    {Kind: auth.APIKey, Name: "crm", Scopes: []string{"jaas", "veeting:meetings"}},
			"open": {Kind: auth.APIKey, Name: "none"},
			"odd":  {Kind: auth.APIKey, Name: "odd", Scopes: []string{"not jaas", "jitsi", "", "a\tjaas"}},
		},
		verifier{"t": {Kind: auth.User, Name: "auth0|5f90/x y", Scopes: []string{"jaas"}}},
	))
}

// authorizerEvent is one in payload format 2.0, written by hand after
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html.
func authorizerEvent(headers map[string]string) events.APIGatewayV2CustomAuthorizerV2Request {
	e := events.APIGatewayV2CustomAuthorizerV2Request{
		Version: "2.0", Type: "REQUEST", RouteArn: "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/prod/POST/x",
		RouteKey: "POST /x", RawPath: "/x", Headers: headers,
	}
	e.RequestContext.RequestID = "JKJaXmPLvHcESHA="
	return e
}

func TestAuthorizer_TurnsAwayWhoHasNoGoodCredentials(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string]map[string]string{
		"no headers":        nil,
		"others":            {"host": "x", "cookie": "x-api-key=k"},
		"unknown key":       {"x-api-key": "guess"},
		"empty key":         {"x-api-key": ""},
		"key as a token":    {"authorization": "Bearer k"},
		"token as a key":    {"x-api-key": "t"},
		"Basic":             {"authorization": "Basic azp0"},
		"bad key, good one": {"x-api-key": "guess", "authorization": "Bearer t"},
		"two keys":          {"x-api-key": "k,guess"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := authorizer()(t.Context(), authorizerEvent(headers))
			if err != nil || got.IsAuthorized || len(got.Context) != 0 {
				t.Errorf("got %+v and %v, want a no without a word", got, err)
			}
		})
	}
}

func TestAuthorizer_FailsWhereItCannotTell(t *testing.T) {
	t.Parallel()
	for _, headers := range []map[string]string{
		{"x-api-key": "down"}, {"x-api-key": "no secret"}, {"authorization": "Bearer unavailable"}, {"authorization": "Bearer down"},
	} {
		got, err := authorizer()(t.Context(), authorizerEvent(headers))
		if err == nil || got.IsAuthorized {
			t.Errorf("got %+v and %v for %v, want an error", got, err, headers)
			continue
		}
		if strings.Contains(err.Error(), "10.0.0.7") {
			t.Errorf("got %q, want nothing of the cause: the gateway logs it", err)
		}
	}
}

func TestAuthorizer_SaysWhoItIs(t *testing.T) {
	t.Parallel()
	crm := map[string]any{"kind": "api-key", "name": "crm", "scopes": "jaas veeting:meetings"}
	user := map[string]any{"kind": "user", "name": "auth0|5f90/x y", "scopes": "jaas"}
	for name, c := range map[string]struct {
		headers map[string]string
		want    map[string]any
	}{
		"key":                 {map[string]string{"x-api-key": "k"}, crm},
		"key, mixed case":     {map[string]string{"X-Api-Key": "k"}, crm},
		"key, capitals":       {map[string]string{"X-API-KEY": "k"}, crm},
		"token":               {map[string]string{"authorization": "Bearer t"}, user},
		"token, mixed case":   {map[string]string{"AUTHorization": "bEARER t"}, user},
		"both, key counts":    {map[string]string{"x-api-key": "k", "authorization": "Bearer t"}, crm},
		"a key without scope": {map[string]string{"x-api-key": "open"}, map[string]any{"kind": "api-key", "name": "none", "scopes": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := authorizer()(t.Context(), authorizerEvent(c.headers))
			if err != nil || !got.IsAuthorized || !maps.Equal(got.Context, c.want) {
				t.Errorf("got %+v and %v, want %v", got, err, c.want)
			}
		})
	}
}

// TestAuthorizer_IsUnderstoodByTheFunctionsBehindIt takes the answer the way the gateway does,
// as JSON, from the one to the other.
func TestAuthorizer_IsUnderstoodByTheFunctionsBehindIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		headers map[string]string
		has     []string
		hasNot  []string
	}{
		"key":   {map[string]string{"x-api-key": "k"}, []string{"jaas", "veeting:meetings"}, []string{"veeting", "jitsi", ""}},
		"token": {map[string]string{"authorization": "Bearer t"}, []string{"jaas"}, []string{"jitsi", ""}},
		"none":  {map[string]string{"x-api-key": "open"}, nil, []string{"jaas", ""}},
		// A scope of two words must not become two scopes on its way.
		"scopes with blanks": {map[string]string{"x-api-key": "odd"}, []string{"jitsi"}, []string{"jaas", "not", "a", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := authorizer()(t.Context(), authorizerEvent(c.headers))
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(answer.Context)
			if err != nil {
				t.Fatal(err)
			}
			p := capture(t, event(t, `{"requestContext": {"authorizer": {"lambda": `+string(text)+`}}}`)).principal
			for _, scope := range c.has {
				if !p.Has(scope) {
					t.Errorf("got the scopes %q, want %q among them", p.Scopes, scope)
				}
			}
			for _, scope := range c.hasNot {
				if p.Has(scope) {
					t.Errorf("got the scopes %q, want %q not among them", p.Scopes, scope)
				}
			}
		})
	}
}
