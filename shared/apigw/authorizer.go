package apigw

import (
	"context"
	"encoding/json"
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
	// contextFault is the problem document for a caller whom nobody could check. It stands in place of all others.
	contextFault = "fault"
)

// AuthorizerFunc is the Lambda handler of an authorizer.
type AuthorizerFunc func(context.Context, events.APIGatewayV2CustomAuthorizerV2Request) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error)

// Authorizer decides at the gateway who may pass
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html,
// payload 2.0, simple responses). Which scope an operation asks for is the operation's to check.
//
// Of an authorizer that fails the gateway makes a 500 without a word. So where credentials cannot be checked, the call passes as
// nobody's, with the reason: the operation answers with that, as it does when it has to check them itself.
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
		return unchecked(ctx, api.Problem(ctx, err))
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

// unchecked hands the reason on, and nothing that would make the caller somebody. Nothing is cached at the gateway, see
// template.yaml: the next call is looked at afresh.
func unchecked(ctx context.Context, reason *problem.Problem) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error) {
	logs.CredentialsNotChecked(ctx, operation, string(reason.Code))
	text, err := json.Marshal(reason)
	if err != nil {
		return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, fmt.Errorf("write the problem: %w", err)
	}
	return events.APIGatewayV2CustomAuthorizerSimpleResponse{IsAuthorized: true, Context: map[string]any{contextFault: string(text)}}, nil
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

// withCaller notes what the authorizer told of the caller: who it is, or why nobody can tell. Callers cannot put it there: the
// gateway makes the event, and may be the only one to invoke the function.
func withCaller(ctx context.Context, event *events.APIGatewayV2HTTPRequest) context.Context {
	if event.RequestContext.Authorizer == nil {
		return ctx
	}
	told := event.RequestContext.Authorizer.Lambda
	if fault, there := told[contextFault]; there {
		return auth.WithResolver(ctx, func(context.Context) (auth.Principal, error) { return auth.Principal{}, faultOf(fault) })
	}
	if principal, ok := principalOf(told); ok {
		return auth.WithPrincipal(ctx, principal)
	}
	return ctx
}

// faultOf gives the authorizer's reason for knowing nobody, a *problem.Problem, or what is wrong with that.
func faultOf(told any) error {
	var reason problem.Problem
	text, _ := told.(string)
	if err := json.Unmarshal([]byte(text), &reason); err != nil || reason.Status < http.StatusInternalServerError || reason.Status > 599 {
		return errors.New("the authorizer gave no reason that can be read")
	}
	return &reason
}

func principalOf(told map[string]any) (auth.Principal, bool) {
	kind, _ := told[contextKind].(string)
	name, _ := told[contextName].(string)
	scopes, _ := told[contextScopes].(string)
	if name == "" || kind != string(auth.APIKey) && kind != string(auth.User) {
		return auth.Principal{}, false
	}
	return auth.Principal{Kind: auth.Kind(kind), Name: name, Scopes: strings.Fields(scopes)}, true
}
