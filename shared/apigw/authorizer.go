package apigw

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-lambda-go/events"

	"gavel/shared/api"
	"gavel/shared/auth"
	"gavel/shared/logs"
	"gavel/shared/problem"
)

// Names of what the authorizer tells the functions behind it about the caller.
const (
	contextKind   = "kind"
	contextName   = "name"
	contextScopes = "scopes" // separated by spaces
)

// AuthorizerFunc is the Lambda handler of an authorizer.
type AuthorizerFunc func(context.Context, events.APIGatewayV2CustomAuthorizerV2Request) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error)

// Authorizer decides at the gateway who may pass
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html,
// payload 2.0, simple responses). Which scope an operation asks for is the operation's to check.
//
// Where credentials cannot be checked it fails, and the gateway lets nobody in: callers get its 500, and its log and the
// function's say why.
func Authorizer(authenticator *auth.Authenticator) AuthorizerFunc {
	return func(ctx context.Context, event events.APIGatewayV2CustomAuthorizerV2Request) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error) {
		ctx = logs.WithRequestID(ctx, event.RequestContext.RequestID)
		principal, err := authenticator.Authenticate(ctx, headerOf(event.Headers))
		switch {
		case err == nil:
			slog.InfoContext(ctx, "authorized", "operation", operation, "principal", principal)
			return admit(principal), nil
		case errors.Is(err, auth.ErrNoCredentials) || errors.Is(err, auth.ErrBadCredentials):
			slog.InfoContext(ctx, "not authorized", "operation", operation, "error", err)
			return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, nil
		}
		return unchecked(ctx, api.Problem(ctx, err)) // which logs what an operator has to mend, once
	}
}

// Unable is the authorizer where nobody's credentials can be checked, for a reason that is known from the start.
func Unable(reason *problem.Problem) AuthorizerFunc {
	return func(ctx context.Context, event events.APIGatewayV2CustomAuthorizerV2Request) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error) {
		return unchecked(logs.WithRequestID(ctx, event.RequestContext.RequestID), reason)
	}
}

// operation is the authorizer's own name.
const operation = "system-authorizer"

// unchecked fails with the reason, as the gateway's log tells it ($context.authorizer.error). Nothing of the credentials is in it.
func unchecked(ctx context.Context, reason *problem.Problem) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error) {
	slog.WarnContext(ctx, "credentials not checked", "operation", operation, "code", reason.Code)
	return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, fmt.Errorf("credentials could not be checked: %s: %s", reason.Code, reason.Detail)
}

func headerOf(headers map[string]string) http.Header {
	header := make(http.Header, len(headers))
	for name, value := range headers {
		header.Set(name, value)
	}
	return header
}

func admit(p auth.Principal) events.APIGatewayV2CustomAuthorizerSimpleResponse {
	// A scope with a space in it would arrive as two others. None of ours has one.
	scopes := slices.DeleteFunc(slices.Clone(p.Scopes), func(scope string) bool {
		return strings.ContainsFunc(scope, unicode.IsSpace)
	})
	return events.APIGatewayV2CustomAuthorizerSimpleResponse{
		IsAuthorized: true,
		Context: map[string]any{
			contextKind:   string(p.Kind),
			contextName:   p.Name,
			contextScopes: strings.Join(scopes, " "),
		},
	}
}

// principalOf reads what the authorizer told. Callers cannot put it there: the
// gateway makes the event, and may be the only one to invoke the function.
func principalOf(event events.APIGatewayV2HTTPRequest) (auth.Principal, bool) {
	if event.RequestContext.Authorizer == nil {
		return auth.Principal{}, false
	}
	told := event.RequestContext.Authorizer.Lambda
	kind, _ := told[contextKind].(string)
	name, _ := told[contextName].(string)
	scopes, _ := told[contextScopes].(string)
	if name == "" || kind != string(auth.APIKey) && kind != string(auth.User) {
		return auth.Principal{}, false
	}
	return auth.Principal{Kind: auth.Kind(kind), Name: name, Scopes: strings.Fields(scopes)}, true
}
