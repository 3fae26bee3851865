package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/auth"
	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/secrets"
	"gavel/shared/table"
)

// Problem is the one place where an error becomes an answer. What the caller need not know is
// logged here and goes no further.
func Problem(ctx context.Context, err error) *problem.Problem {
	p := classify(ctx, err)
	p.RequestID = logs.RequestID(ctx)
	noteCode(ctx, p)
	return p
}

func noteCode(ctx context.Context, p *problem.Problem) {
	logs.Add(ctx, slog.String("code", string(p.Code)))
}

// amiss has what an operator has to mend logged once, and not with each call.
//
//nolint:gochecknoglobals // it is of the process, like the log
var amiss logs.Once

func classify(ctx context.Context, err error) *problem.Problem {
	var (
		known    *problem.Problem
		unusable *config.Unusable
		secret   *secrets.Error
		upstream *httpclient.Error
	)
	switch {
	case errors.As(err, &known):
		if known.Code == problem.NotConfigured && known.Secret == "" { // else whoever tried to read the secret has told of it
			amiss.Error(ctx, known.Detail, "error", known.Detail)
		}
		copied := *known
		return &copied
	case errors.Is(err, auth.ErrNoCredentials):
		return problem.New(http.StatusUnauthorized, problem.Unauthenticated,
			"send an API key in X-Api-Key or an access token in Authorization: Bearer")
	case errors.Is(err, auth.ErrBadCredentials):
		slog.InfoContext(ctx, "credentials refused", "error", err)
		return problem.New(http.StatusUnauthorized, problem.Unauthenticated, "the credentials are not good (any more)")
	case errors.Is(err, table.ErrBusy):
		slog.WarnContext(ctx, "state not reached", "error", err)
		return busy("the state is busy or cannot be reached in time; whether a change was made is not known")
	case errors.As(err, &unusable):
		amiss.Error(ctx, unusable.What, "error", err)
		return problem.New(http.StatusServiceUnavailable, problem.NotConfigured, unusable.What)
	case errors.Is(err, auth.ErrUnavailable):
		return problem.New(http.StatusServiceUnavailable, problem.Unavailable, "the issuer of the access token cannot be asked for its keys now")
	case errors.As(err, &secret):
		return secretProblem(ctx, secret)
	case errors.As(err, &upstream):
		return upstreamProblem(ctx, upstream)
	}
	slog.ErrorContext(ctx, "unexpected error", "error", err)
	return internal(http.StatusInternalServerError)
}

// busy is the answer where trying again soon may help.
func busy(detail string) *problem.Problem {
	p := problem.New(http.StatusServiceUnavailable, problem.Unavailable, detail)
	p.RetryAfter = time.Second
	return p
}

// internal is the answer to what is our own fault, of which the caller learns nothing more.
func internal(status int) *problem.Problem {
	return problem.New(status, problem.Internal, "something went wrong here; the log has it under the request id")
}

func secretProblem(ctx context.Context, err *secrets.Error) *problem.Problem {
	if err.Lacking { // of all else whoever tried to read the secret has told
		amiss.Warn(ctx, err.Error(), "secret", err.Name, "error", err)
	}
	code := problem.NotConfigured
	if err.Passing {
		code = problem.Unavailable
	}
	p := problem.New(http.StatusServiceUnavailable, code, err.Error())
	p.Secret = err.Name
	return p
}

// noteFailure logs how a provider failed. What it refuses of a command that it understood is no failure to count.
func noteFailure(ctx context.Context, err *httpclient.Error) {
	attrs := []slog.Attr{
		slog.String("kind", string(err.Kind)), slog.Int("upstreamStatus", err.Status),
		slog.Bool("mayHaveHappened", err.MayHaveHappened), slog.Any("cause", err.Cause),
	}
	if err.Kind == httpclient.Refused && err.Status < http.StatusInternalServerError {
		slog.LogAttrs(ctx, slog.LevelWarn, "provider refused", append(attrs, slog.String("provider", err.Provider))...)
		return
	}
	logs.ProviderFailed(ctx, "provider failed", err.Provider, attrs...)
}

func upstreamProblem(ctx context.Context, err *httpclient.Error) *problem.Problem {
	if err.Kind == httpclient.Certificate {
		return certificateProblem(ctx, err)
	}
	noteFailure(ctx, err)
	p := problem.New(http.StatusBadGateway, problem.UpstreamError, "")
	switch err.Kind {
	case httpclient.Credentials:
		p = problem.New(http.StatusBadGateway, problem.UpstreamCredentials, "the provider rejects the credentials in the secret "+err.Secret)
		p.Secret = err.Secret
	case httpclient.Busy:
		p = problem.New(http.StatusServiceUnavailable, problem.UpstreamBusy, "the provider is busy; try again later")
		p.RetryAfter = err.RetryAfter
	case httpclient.Timeout:
		p = problem.New(http.StatusGatewayTimeout, problem.UpstreamTimeout, "the provider did not answer in time")
	case httpclient.Unreachable:
		p.Detail = "the provider cannot be reached, or broke the connection off"
	case httpclient.Nonsense:
		p.Detail = "the provider's answer is not one it would give; is the base URL right?"
	case httpclient.Refused:
		p.Detail = "the provider refused the command, or failed"
	}
	if err.Hint != "" {
		p.Detail += "; " + err.Hint
	}
	p.Provider, p.UpstreamStatus, p.UpstreamBody = err.Provider, err.Status, err.Body
	p.UpstreamCode, p.UpstreamMessage = err.Code, err.Message
	p.MayHaveHappened = &err.MayHaveHappened
	if err.MayHaveHappened {
		p.Detail += "; the command may have been carried out all the same"
	}
	return p
}

// certificateProblem is of a provider that cannot be told from anybody else: to mend at its end, or in the base URL.
func certificateProblem(ctx context.Context, err *httpclient.Error) *problem.Problem {
	amiss.Error(ctx, err.Hint, "error", err.Hint, "provider", err.Provider, "cause", err.Cause)
	p := problem.New(http.StatusServiceUnavailable, problem.NotConfigured, err.Hint).Saying(err.MayHaveHappened)
	p.Provider = err.Provider
	return p
}

// Write answers with a problem document.
func Write(w http.ResponseWriter, r *http.Request, p *problem.Problem) {
	noteCode(r.Context(), p)
	if p.RequestID == "" {
		p.RequestID = logs.RequestID(r.Context())
	}
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", problem.ContentType)
	w.WriteHeader(p.Status)
	// An error here means that the caller has gone.
	_ = json.NewEncoder(w).Encode(p)
}

// newErrorWithContext makes the library's own errors, those of decoding and validation, problems.
func newErrorWithContext(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
	p := libraryProblem(status, message, errs)
	p.RequestID = logs.RequestID(ctx.Context())
	noteCode(ctx.Context(), p)
	return forCaller(ctx, p)
}

// FaultAt makes what a resolver found wrong at a place of the request: nothing when err is nil.
func FaultAt(at *huma.PathBuffer, err error) []error {
	if err == nil {
		return nil
	}
	return []error{&huma.ErrorDetail{Location: at.String(), Message: err.Error()}}
}

func newError(status int, message string, errs ...error) huma.StatusError {
	return libraryProblem(status, message, errs)
}

// maxFaults bounds the answer to a request that is nothing but faults.
const maxFaults = 100

func libraryProblem(status int, message string, errs []error) *problem.Problem {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return problem.New(status, problem.TooLarge, "the body is larger than this operation takes")
	case status == http.StatusInternalServerError && message == "cannot read request body":
		// The connection broke, or the body is not what its header announced.
		return libraryProblem(http.StatusBadRequest, message, nil)
	case status >= http.StatusInternalServerError:
		return internal(status)
	}
	p := problem.New(status, problem.InvalidRequest, message)
	if len(errs) == 0 && (status == http.StatusBadRequest || status == http.StatusRequestTimeout) {
		// Of a body that is missing or does not come to its end the library says no place.
		p.Errors = []problem.Fault{{Location: "body", Message: message}}
	}
	for _, err := range errs {
		p.Errors = append(p.Errors, fault(status, err))
	}
	p.Errors = p.Errors[:min(len(p.Errors), maxFaults)]
	slices.SortStableFunc(p.Errors, func(a, b problem.Fault) int { return strings.Compare(a.Location, b.Location) })
	return p
}

// fault drops the rejected value, which the library would repeat.
func fault(status int, err error) problem.Fault {
	if status == http.StatusUnsupportedMediaType {
		return problem.Fault{Location: "header.Content-Type", Message: "expected application/json"}
	}
	if detail, ok := errors.AsType[*huma.ErrorDetail](err); ok {
		return problem.Fault{Location: detail.Location, Message: withoutCause(detail.Message)}
	}
	return problem.Fault{Message: err.Error()}
}

// withoutCause drops what the library says of a text in a wrong form: it repeats parts of the text.
func withoutCause(message string) string {
	if form, _, found := strings.Cut(message, ": "); found && strings.HasPrefix(message, "expected string to be ") {
		return form
	}
	return message
}
