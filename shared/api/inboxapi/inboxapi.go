// Package inboxapi holds what the operations on providers' events have in common.
package inboxapi

import (
	"context"
	"errors"
	"net/http"

	"gavel/shared/inbox"
	"gavel/shared/problem"
)

// EventLog keeps events.
type EventLog interface {
	Keep(ctx context.Context, e inbox.Event) (fresh bool, err error)
	List(ctx context.Context, source string, limit int, cursor string) (inbox.Page, error)
}

var _ EventLog = (*inbox.Inbox)(nil)

// Kept is the answer to whoever sent an event.
type Kept struct{ Body receivedBody }

type receivedBody struct {
	Outcome string `json:"outcome" enum:"kept,known" doc:"known for an event that came before"`
}

const (
	kept  = "kept"
	known = "known"
)

// Keep keeps an event and makes the answer.
func Keep(ctx context.Context, log EventLog, e inbox.Event) (*Kept, error) {
	fresh, err := log.Keep(ctx, e)
	out := &Kept{}
	if out.Body.Outcome = known; fresh {
		out.Body.Outcome = kept
	}
	return out, err
}

// PageQuery says which part of a list is wanted.
type PageQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	Cursor string `query:"cursor" maxLength:"512" doc:"cursor of the page before"`
}

// List gives a part of the events of a source, and a problem for a cursor that is none.
func List(ctx context.Context, log EventLog, source string, q PageQuery) (inbox.Page, error) {
	page, err := log.List(ctx, source, q.Limit, q.Cursor)
	if errors.Is(err, inbox.ErrCursor) {
		return inbox.Page{}, CursorProblem(err)
	}
	return page, err
}

// CursorProblem is the answer to a cursor that is none, as err says.
func CursorProblem(err error) *problem.Problem {
	p := problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, "validation failed")
	p.Errors = []problem.Fault{{Location: "query.cursor", Message: err.Error()}}
	return p
}
