package rooms

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"gavel/shared/audit"
	"gavel/shared/ids"
	"gavel/shared/table"
)

// MaxInvites is how many participants one call can name.
const MaxInvites = 100

// Booking is what a new room is made of.
type Booking struct {
	Name         string
	Start        time.Time // zero, or in the past, for a room that starts at once
	End          time.Time // zero for one that stays open until it is ended
	Participants []string  // besides the creator; at most MaxInvites
	Provider     string    // empty for none
}

// Create makes a room, with the caller as its admin.
func (s *Service) Create(ctx context.Context, caller string, b Booking) (Room, error) {
	now := s.now()
	b.Start, b.End = startOf(b.Start, now), wholeSecond(b.End)
	if err := checkTimes(b.Start, b.End, now); err != nil {
		return Room{}, err
	}
	id := ids.New(now)
	invited := slices.DeleteFunc(distinct(b.Participants), func(user string) bool { return user == caller })
	record := roomRecord{
		Name: b.Name, Start: b.Start, End: b.End, Provider: b.Provider,
		Participants: 1 + len(invited), Admins: 1, CreatedBy: caller, CreatedAt: now.UTC().Truncate(time.Millisecond),
	}
	var err error
	if record.Conference, err = s.bind(ctx, id, record); err != nil {
		s.tellUnbooked(ctx, caller, id, record, err)
		return Room{}, err
	}
	owner := memberRecord{User: caller, Admin: true, AddedAt: now.UTC()}
	if err := s.book(ctx, id, &record, owner, invited); err != nil {
		return Room{}, err
	}
	s.setAlarm(ctx, id, record)
	return s.room(id, record, owner), nil
}

// tellUnbooked records that a provider failed to make a conference, so that there is no room. It may have made it all the same.
func (s *Service) tellUnbooked(ctx context.Context, caller, id string, r roomRecord, err error) {
	if known, ok := errors.AsType[audit.Facts](err); ok {
		unbooked := in(r.event(eventBooked, audit.Person(caller), id), known.Facts())
		unbooked.Outcome = audit.Failed
		s.record(ctx, unbooked)
	}
}

// book writes the room itself last: until it is there, nothing else of it can be seen.
func (s *Service) book(ctx context.Context, id string, record *roomRecord, owner memberRecord, invited []string) error {
	created := in(record.event(eventCreated, audit.Person(owner.User), id), record.times())
	created.Targets, created.Details["participants"] = invited, count(record.Participants)
	for len(invited) > lastBatch {
		if err := s.store.Write(ctx, seats(id, invited[:lastBatch], owner.AddedAt)...); err != nil {
			return err
		}
		invited = invited[lastBatch:]
	}
	changes := append(seats(id, invited, owner.AddedAt), seat(id, owner)...)
	if !record.End.IsZero() {
		changes = append(changes, plan(id, record, record.End, endTask{})...)
	}
	changes, err := s.with(ctx, append(changes, create(roomKey(id), record)), created)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, changes...)
}

func (s *Service) bind(ctx context.Context, id string, r roomRecord) (string, error) {
	if r.Provider == "" {
		return "", nil
	}
	p, err := s.provider(r.Provider)
	if err != nil {
		return "", err
	}
	return p.Bind(ctx, r.meeting(id))
}

// seat makes the changes that put somebody who is not there yet into a room.
func seat(room string, m memberRecord) []table.Change {
	return []table.Change{
		create(memberKey(room, m.User), m),
		create(entryKey(m.User, room), entryRecord{}),
		create(openKey(m.User, room), entryRecord{}),
	}
}

func seats(room string, users []string, at time.Time) []table.Change {
	var changes []table.Change
	for _, user := range users {
		changes = append(changes, seat(room, memberRecord{User: user, AddedAt: at})...)
	}
	return changes
}

// How many people fit into one Write: beside the room, where each may have a ban to lift, and beside the room, its creator
// and its end; each with its event.
const (
	seatSize  = 3
	joinBatch = (table.MaxWrite - 1 - audit.MostItems) / (seatSize + 1)
	lastBatch = (table.MaxWrite - 2 - seatSize - audit.MostItems) / seatSize
)

func distinct(users []string) []string {
	seen := make(map[string]bool, len(users))
	return slices.DeleteFunc(slices.Clone(users), func(user string) bool {
		again := seen[user]
		seen[user] = true
		return again
	})
}

func startOf(start, now time.Time) time.Time {
	if start.IsZero() {
		return second(now)
	}
	return second(start)
}

func wholeSecond(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return second(t)
}

func checkTimes(start, end, now time.Time) error {
	switch {
	case !writable(start):
		return invalid("start_time", "expected a year from 0 to 9999 in UTC")
	case !writable(end):
		return invalid("end_time", "expected a year from 0 to 9999 in UTC")
	case end.IsZero():
		return nil
	case !end.After(start):
		return invalid("end_time", "expected a time after start_time")
	case !end.After(now):
		return invalid("end_time", "expected a time in the future")
	}
	return nil
}

// writable tells the times that RFC 3339 has a form for.
func writable(t time.Time) bool { return 0 <= t.UTC().Year() && t.UTC().Year() <= 9999 }

// setAlarm has the room finished in time. Without it the sweep is a little late, so that it is no
// reason for a call to fail.
func (s *Service) setAlarm(ctx context.Context, id string, r roomRecord) {
	if s.alarm == nil || r.Due == "" {
		return
	}
	if err := s.alarm.SetEnd(ctx, id, dueTime(r.Due)); err != nil && !s.amiss.Unusable(ctx, err) {
		slog.WarnContext(ctx, "no alarm set for the room's end, the sweep will see to it", "error", err)
	}
}
