package systemapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/audit"
	"gavel/shared/problem"
)

// ScopeAudit lets a caller list what was done.
const ScopeAudit = "audit"

// AuditLog is the events that were kept.
type AuditLog interface {
	Room(ctx context.Context, room string, limit int, cursor string) (audit.Page, error)
	Actor(ctx context.Context, who audit.Actor, limit int, cursor string) (audit.Page, error)
}

var _ AuditLog = (*audit.Log)(nil)

type listAuditInput struct {
	Room   string `query:"room" maxLength:"1024" doc:"id of a room, or name of a conference at a meeting system: jaas/<appId>/<room>, jitsi/<room>, jitsi/<tenant>/<room>, openmeetings/<roomId>, veeting/<meetingId>" example:"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"`
	Actor  string `query:"actor" maxLength:"512" doc:"who did it: user:<subject>, api-key:<name>, system:clock or system:webhook" example:"api-key:crm"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	Cursor string `query:"cursor" maxLength:"512" doc:"cursor of the page before"`

	actor audit.Actor
}

// Resolve demands one of room and actor.
func (in *listAuditInput) Resolve(huma.Context) []error {
	if (in.Room == "") == (in.Actor == "") {
		return []error{&huma.ErrorDetail{Location: "query.room", Message: "expected either room or actor"}}
	}
	var known bool
	if in.actor, known = audit.ParseActor(in.Actor); in.Actor != "" && !known {
		return []error{&huma.ErrorDetail{Location: "query.actor", Message: "expected user:<subject>, api-key:<name>, system:clock or system:webhook"}}
	}
	return nil
}

type listAuditOutput struct {
	Body struct {
		Events []audit.Event `json:"events" nullable:"false" doc:"the newest first"`
		Cursor string        `json:"cursor,omitempty" doc:"for what was before; missing at the end"`
	}
}

// RegisterListAudit adds system-list-audit.
func RegisterListAudit(a huma.API, log AuditLog) {
	api.Register(a, api.Operation{
		ID: "system-list-audit", Method: http.MethodGet, Path: "/audit", Scope: ScopeAudit,
		Summary: "What was done to a room, or by somebody",
		Description: "Lists events, the newest first: who did what to whom, why, and what came of it, of rooms and of commands to meeting systems. " +
			"Commands about no one room are found by their actor alone. Of an actor, a page looks at " +
			"31 days and may hold fewer events than asked for, or none, with a cursor to go on.",
		Tag: tag, Errors: []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *listAuditInput) (*listAuditOutput, error) {
		var page audit.Page
		var err error
		if in.Room != "" {
			page, err = log.Room(ctx, in.Room, in.Limit, in.Cursor)
		} else {
			page, err = log.Actor(ctx, in.actor, in.Limit, in.Cursor)
		}
		if errors.Is(err, audit.ErrCursor) {
			p := problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, "validation failed")
			p.Errors = []problem.Fault{{Location: "query.cursor", Message: err.Error()}}
			return nil, p
		}
		out := &listAuditOutput{}
		out.Body.Events, out.Body.Cursor = page.Events, page.Next
		if out.Body.Events == nil {
			out.Body.Events = []audit.Event{}
		}
		return out, err
	})
}
