package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/problem"
)

// Teller is the input of a command. Tell adds to the event what it may hold of it: ids of conferences, people and things,
// roles and settings. Names, addresses, phone numbers, tokens and texts it may not.
type Teller interface{ Tell(e *audit.Event) }

// RegisterCommand adds an operation that has a meeting system do something, or lets somebody in there. An event tells what
// came of it, also when it failed, unless nothing was sent. told adds what the answer says of what was carried out; nil
// stands for no more than that it was.
//
// The event is written when the meeting system has answered, and before the caller is. The caller gets the answer also if
// it cannot be written.
func RegisterCommand[I, O any, P interface {
	*I
	Teller
}](a huma.API, op Operation, handle func(context.Context, *I) (*O, error), told func(*audit.Event, *O),
) {
	provider, _, _ := strings.Cut(op.ID, "-")
	Register(a, op, func(ctx context.Context, in *I) (*O, error) {
		event := audit.Event{Type: audit.Command, Provider: provider, Details: map[string]string{}}
		P(in).Tell(&event)
		record := true
		event.Outcome, event.Details[happened] = audit.Unknown, "true" // which is what is known of one that panics
		defer func() {
			if record {
				recordCommand(ctx, event)
			}
		}()
		out, err := handleInTime(ctx, in, handle)
		if err != nil {
			p := Problem(ctx, err)
			record = wasSent(p)
			tellFailure(&event, p, err)
			return nil, p
		}
		event.Outcome = audit.Done
		delete(event.Details, happened)
		if told != nil {
			told(&event, out)
		}
		return out, nil
	})
}

// handleInTime leaves the time that it takes to record what was done.
func handleInTime[I, O any](ctx context.Context, in *I, handle func(context.Context, *I) (*O, error)) (*O, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-audit.RecordTime))
		defer cancel()
	}
	return handle(ctx, in)
}

// happened is the detail that says of a failure whether the command may have been carried out all the same.
const happened = "may_have_happened"

// tellFailure adds to an event why a command failed.
func tellFailure(e *audit.Event, p *problem.Problem, err error) {
	e.Outcome = string(p.Code)
	e.Details[happened] = strconv.FormatBool(!nothingHappened(p))
	if known, ok := errors.AsType[audit.Facts](err); ok {
		maps.Copy(e.Details, known.Facts())
	}
}

// wasSent tells the failures after which something may have reached the meeting system: all but those of a request that
// was refused here, and of a secret or a setting that was missing.
func wasSent(p *problem.Problem) bool {
	switch p.Code {
	case problem.InvalidRequest, problem.Banned, problem.NotConfigured:
		return false
	case problem.Unavailable:
		return p.Secret == ""
	}
	return true
}

type recorderKey struct{}

// Tell has the events of commands written.
func Tell(recorder *audit.Recorder, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), recorderKey{}, recorder)))
	})
}

// recordCommand writes the event of what the caller has done.
func recordCommand(ctx context.Context, e audit.Event) {
	caller, err := auth.Resolve(ctx) // which was done before, and remembered
	if err != nil {
		audit.Lost(ctx, e, err)
		return
	}
	e.Actor = audit.Actor{Kind: string(caller.Kind), Name: caller.Name}
	Record(ctx, e)
}

// Record writes the event of something that was done, where Tell says.
func Record(ctx context.Context, e audit.Event) {
	recorder, _ := ctx.Value(recorderKey{}).(*audit.Recorder)
	recorder.Record(ctx, e)
}
