package roomsapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gavel/shared/api"
	"gavel/shared/objects"
	"gavel/shared/problem"
	"gavel/shared/rooms"
)

// statusOf and the code of each rule; the codes are those of the domain, under their public names.
var statusOf = map[rooms.Code]int{
	rooms.NotFound:    http.StatusNotFound,
	rooms.Forbidden:   http.StatusForbidden,
	rooms.Invalid:     http.StatusUnprocessableEntity,
	rooms.Ended:       http.StatusConflict,
	rooms.NotStarted:  http.StatusConflict,
	rooms.Started:     http.StatusConflict,
	rooms.LastAdmin:   http.StatusConflict,
	rooms.Full:        http.StatusConflict,
	rooms.Unbound:     http.StatusConflict,
	rooms.NotUploaded: http.StatusConflict,
}

// locations are the places of the values that are checked when all of a request has been read.
var locations = map[string]string{"start_time": "body.start_time", "end_time": "body.end_time", "text": "body.text", "cursor": "query.cursor"}

// asProblem makes answers of the domain's errors, and passes others on.
func asProblem(err error) error {
	var rule *rooms.Error
	switch {
	case errors.As(err, &rule):
		p := problem.New(statusOf[rule.Code], problem.Code(rule.Code), rule.Detail)
		p.StartTime, p.EndTime = rule.Start, rule.End
		if rule.Field != "" {
			p.Detail = "validation failed"
			p.Errors = []problem.Fault{{Location: locations[rule.Field], Message: rule.Detail}}
		}
		return p
	case errors.Is(err, objects.ErrUnavailable):
		p := problem.New(http.StatusServiceUnavailable, problem.Unavailable, "the store of files cannot be asked now").Saying(false)
		p.RetryAfter = time.Second
		return p
	}
	return err
}

// effectBody is what a call did at the meeting system.
type effectBody struct {
	Provider string       `json:"provider" doc:"The meeting system" example:"jaas"`
	Complete bool         `json:"complete" doc:"Whether everything was done there. If not it is repeated until it is; the room itself is right in any case."`
	Actions  []actionBody `json:"actions" nullable:"false" doc:"What was done"`
	Failure  *failureBody `json:"failure,omitempty" doc:"Why not everything was done"`
}

type actionBody struct {
	Action  string `json:"action" example:"ban"`
	Outcome string `json:"outcome" example:"banned"`
}

type failureBody struct {
	Code   problem.Code `json:"code" example:"upstream_timeout"`
	Detail string       `json:"detail" example:"the provider did not answer in time"`
}

// effect gives nil when there was nothing to do.
func effect(ctx context.Context, e rooms.Effect) *effectBody {
	if e.Provider == "" {
		return nil
	}
	body := &effectBody{Provider: e.Provider, Complete: e.Err == nil, Actions: []actionBody{}}
	for _, a := range e.Actions {
		body.Actions = append(body.Actions, actionBody{a.Name, a.Outcome})
	}
	if e.Err != nil {
		p := api.Problem(ctx, asProblem(e.Err))
		body.Failure = &failureBody{Code: p.Code, Detail: p.Detail}
	}
	return body
}
