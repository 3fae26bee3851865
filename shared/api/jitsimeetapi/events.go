package jitsimeetapi

import (
	"maps"
	"slices"
	"strings"
	"time"

	"gavel/shared/audit"
)

// What the target of a command is, in its event.
const (
	TargetUser        = "user"
	TargetParticipant = "participant" // in this meeting
	TargetPhone       = "phone"
)

// Tell adds to the event whom a token is for and what they may do, and the pattern of one that is for several rooms. The
// room is for the provider's group to add.
func (b *TokenBody) Tell(e *audit.Event) {
	e.Target, e.Details["target"], e.Details["role"] = b.User.ID, TargetUser, "participant"
	if b.Moderator {
		e.Details["role"] = "moderator"
	}
	if b.Regex {
		e.Details["pattern"] = audit.ID(b.Room)
	}
	var on []string
	for _, name := range slices.Sorted(maps.Keys(b.Features)) {
		if b.Features[name] {
			on = append(on, name)
		}
	}
	if len(on) > 0 {
		e.Details["features"] = strings.Join(on, ",")
	}
}

// TellToken adds until when a token is good.
func TellToken(e *audit.Event, out *TokenOutput) {
	e.Details["expires_at"] = out.Body.ExpiresAt.UTC().Format(time.RFC3339)
}
