package inboxapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"time"

	"gavel/shared/api"
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/roster"
)

// Leavers knows who has left.
type Leavers interface {
	HasLeft(ctx context.Context, joined roster.Sighting) (bool, error)
}

// Removed says that a join came before and who joined has left since, as somebody does who was kicked for it: there is nobody left
// to kick. Where the first delivery failed to kick them they are inside.
func Removed(ctx context.Context, k *Kept, from Leavers, joined roster.Sighting) (bool, error) {
	if k.Body.Outcome != known {
		return false, nil
	}
	return from.HasLeft(ctx, joined)
}

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

// kickFor is for how long after somebody joined a kick that failed is tried again: a meeting system that refuses it for good
// would send its event for ever.
const kickFor = 15 * time.Minute

// KickAgain gives the error of a kick, so that the event comes again, unless the event is too old for that.
func KickAgain(ctx context.Context, joined time.Time, err error) error {
	if err != nil && clock.Now().Sub(joined) > kickFor {
		slog.ErrorContext(ctx, "somebody who is banned could not be kicked", "error", err)
		return nil
	}
	return err
}
