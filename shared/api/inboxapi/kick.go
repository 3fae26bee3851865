package inboxapi

import (
	"cmp"
	"context"
	"errors"
	"maps"

	"gavel/shared/api"
	"gavel/shared/audit"
	"gavel/shared/bans"
)

// TellKick records that somebody came into a conference who is banned, and what came of kicking them: the meeting system's
// outcome, or its failure, after which the event comes again. The conference is an audit.Name.
func TellKick(ctx context.Context, provider, conference string, ban *bans.Ban, outcome string, err error) {
	event := audit.Event{
		Type: audit.BanEnforced, Actor: audit.Webhook(), Provider: provider, Room: cmp.Or(ban.Room(), conference), Target: ban.User,
		Outcome: outcome, Details: map[string]string{},
	}
	if err != nil {
		event.Outcome = audit.Failed
		if known, ok := errors.AsType[audit.Facts](err); ok {
			maps.Copy(event.Details, known.Facts())
		}
	}
	api.Record(ctx, event)
}
