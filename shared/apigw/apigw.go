// Package apigw lets an http.Handler serve the events of an API Gateway HTTP API
// (payload format 2.0,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
// The library that converts them has a few habits that would change a request on its way; they
// are undone here.
package apigw

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"gavel/shared/api"
	"gavel/shared/auth"
	"gavel/shared/logs"
	"gavel/shared/problem"
)

// reserve is kept back from the function's own time.
const reserve = 500 * time.Millisecond

// InTime gives a context that ends a little before the function's own time does, so that a call that takes too long ends with
// an answer, and a line in the log, and not with the function being killed.
func InTime(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-reserve))
	}
	return context.WithCancel(ctx)
}

// HandlerFunc is what aws-lambda-go starts.
type HandlerFunc func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// Adapt makes a Lambda handler of an HTTP handler.
func Adapt(handler http.Handler) HandlerFunc {
	adapter := httpadapter.NewV2(settled(handler))
	unreadable := httpadapter.NewV2(api.Unable(*problem.New(
		http.StatusBadRequest, problem.InvalidRequest, "the body is not the Base64 it is said to be",
	)))
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		ctx, cancel := InTime(ctx)
		defer cancel()
		ctx = logs.WithRequestID(ctx, event.RequestContext.RequestID)
		if principal, ok := principalOf(event); ok {
			ctx = auth.WithPrincipal(ctx, principal)
		}
		if !straighten(&event) {
			return unreadable.ProxyWithContext(ctx, bare(event))
		}
		ctx = context.WithValue(ctx, headersKey{}, event.Headers)
		event.Headers = nil
		return adapter.ProxyWithContext(ctx, event)
	}
}

type headersKey struct{}

// settled gives the handler the headers as they came. They are kept from the library, which would
// split every value at its commas: what is left of "t=1,v1=abc" is then "t=1".
func settled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers, _ := r.Context().Value(headersKey{}).(map[string]string)
		for name, value := range headers {
			r.Header[http.CanonicalHeaderKey(name)] = []string{value}
		}
		answered := &firstStatus{ResponseWriter: w}
		next.ServeHTTP(answered, r)
		answered.finish()
	})
}

// firstStatus sees to it that there is a status: the library takes an answer without one for
// a failure of the function.
type firstStatus struct {
	http.ResponseWriter
	written bool
}

// WriteHeader passes the first status on, as net/http does.
func (w *firstStatus) WriteHeader(status int) {
	if !w.written {
		w.written = true
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write begins an answer without a status with 200, as net/http does.
func (w *firstStatus) Write(body []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.ResponseWriter.Write(body)
}

func (w *firstStatus) finish() { w.WriteHeader(http.StatusOK) }

// straighten brings an event into a form the library converts without loss: the path escaped, the
// body decoded. It says false when the body is not the Base64 it is said to be.
func straighten(event *events.APIGatewayV2HTTPRequest) bool {
	event.RawPath = escapedPath(event)
	event.RawQueryString = escapedQuery(event.RawQueryString)
	if !event.IsBase64Encoded {
		return true
	}
	body, err := base64.StdEncoding.DecodeString(event.Body)
	if err != nil {
		return false
	}
	event.Body, event.IsBase64Encoded = string(body), false
	return true
}

// bare is what is left of an event that cannot be read: enough to answer it.
func bare(event events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPRequest {
	event.Body, event.IsBase64Encoded = "", false
	return event
}
