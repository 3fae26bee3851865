package rooms

import (
	"context"
	"errors"
	"maps"
	"time"

	"gavel/shared/audit"
)

// Bounds of an admission's life: that of one to a room without an end, the longest, and the shortest
// that providers know.
const (
	openLifetime    = 2 * time.Hour
	longestLifetime = 24 * time.Hour
	shortest        = time.Second
)

// Join lets the caller into the conference of a room that has started: admins as moderators. The
// admission ends with the room; for a room that stays open longer than a day it has to be
// renewed by joining again. Besides an *Error it returns those of the provider.
func (s *Service) Join(ctx context.Context, caller, id string) (Role, Admission, error) {
	v, err := s.lookToJoin(ctx, id, caller)
	if err != nil {
		return "", Admission{}, err
	}
	p, err := s.provider(v.record.Provider)
	if err != nil {
		return "", Admission{}, err
	}
	_, alias, err := s.alias(ctx, caller, v.record.Provider)
	if err != nil {
		return "", Admission{}, err
	}
	// Who is removed before the alias is read would get one that the removal's ban does not reach.
	if v, err = s.lookToJoin(ctx, id, caller); err != nil {
		return "", Admission{}, err
	}
	admission, err := p.Admit(ctx, v.record.Conference, Guest{
		ID: guestID(caller, alias), User: caller, Name: v.member.Name, Moderator: v.member.Admin, Lifetime: v.record.lifetime(s.now()),
	})
	s.tellAdmission(ctx, caller, id, v, admission, err)
	return v.member.role(), admission, err
}

// tellAdmission records that a link was handed out, or that the provider failed to make one.
func (s *Service) tellAdmission(ctx context.Context, caller, id string, v view, a Admission, err error) {
	let := in(to(v.record.event(eventAdmitted, audit.Person(caller), id), caller), details{"role": string(v.member.role())})
	if err == nil {
		let.Details["expires_at"] = stamp(a.Expires)
		s.record(ctx, let)
		return
	}
	if known, ok := errors.AsType[audit.Facts](err); ok {
		let.Outcome = audit.Failed
		maps.Copy(let.Details, known.Facts())
		s.record(ctx, let)
	}
}

// lookToJoin reads a room as the caller, who must be able to join it now.
func (s *Service) lookToJoin(ctx context.Context, id, caller string) (view, error) {
	v, err := s.look(ctx, id, caller)
	if err != nil {
		return v, err
	}
	return v, s.canJoin(v.record)
}

func (s *Service) canJoin(r roomRecord) error {
	if err := s.goesOn(r); err != nil {
		return err
	}
	if r.statusAt(s.now()) == StatusBooked {
		return &Error{Code: NotStarted, Detail: "the room has not started yet", Start: r.Start, End: r.End}
	}
	if r.Conference == "" {
		return &Error{Code: Unbound, Detail: "the room is not bound to a meeting system, so there is nothing to join"}
	}
	return nil
}

func (r *roomRecord) lifetime(now time.Time) time.Duration {
	if r.End.IsZero() {
		return openLifetime
	}
	return min(max(r.End.Sub(now), shortest), longestLifetime)
}
