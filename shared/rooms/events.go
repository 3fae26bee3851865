package rooms

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
)

// The types of events, which docs/events.md describes.
const (
	eventCreated     = "room.created"
	eventUpdated     = "room.updated"
	eventEndSet      = "room.end_set"
	eventEnded       = "room.ended"
	eventFinished    = "room.finished"
	eventAdded       = "participant.added"
	eventRemoved     = "participant.removed"
	eventExpelled    = "participant.expelled"
	eventAdmitted    = "participant.admitted"
	eventProfile     = "participant.profile_updated"
	eventGranted     = "admin.granted"
	eventRevoked     = "admin.revoked"
	eventChat        = "chat.sent"
	eventFile        = "file.announced"
	eventUnfiled     = "file.removed"
	eventBooked      = "conference.booked"
	eventClosed      = "conference.closed"
	eventRescheduled = "conference.rescheduled"
)

type details = map[string]string

// with adds the events of what the changes do, so that neither is written without the other.
func (s *Service) with(ctx context.Context, changes []table.Change, events ...audit.Event) ([]table.Change, error) {
	for _, e := range events {
		kept, err := s.trail.Changes(ctx, s.now(), e)
		if err != nil {
			return nil, err
		}
		changes = append(changes, kept...)
	}
	return changes, nil
}

// event begins the event of something that somebody does in the room.
func (r *roomRecord) event(kind string, who audit.Actor, room string) audit.Event {
	return audit.Event{Type: kind, Actor: who, Provider: r.Provider, Room: room}
}

// in gives the event with the details.
func in(e audit.Event, d details) audit.Event {
	e.Details = d
	return e
}

// to gives the event with the one to whom it is done.
func to(e audit.Event, user string) audit.Event {
	e.Target = user
	return e
}

// event gives the event of what came of something at a provider.
func (e Effect) event(kind string, who audit.Actor, room string) audit.Event {
	event := audit.Event{Type: kind, Actor: who, Provider: e.Provider, Room: room, Outcome: audit.Done, Details: details{}}
	for _, action := range e.Actions {
		if before := event.Details[action.Name]; before != "" { // one for each device
			action.Outcome = before + "," + action.Outcome
		}
		event.Details[action.Name] = action.Outcome
	}
	if e.Err == nil {
		return event
	}
	event.Outcome = audit.Failed
	if known, ok := errors.AsType[audit.Facts](e.Err); ok {
		maps.Copy(event.Details, known.Facts())
	}
	return event
}

// record writes the event of what was just done at a provider, together with the changes that note it. They may no longer
// fit, as when the sweep has been there meanwhile: what was done was done, and the event is written by itself. If it
// cannot be written at all that is logged, and no reason for the call to fail. It is written also for a caller who has gone.
func (s *Service) record(ctx context.Context, e audit.Event, changes ...table.Change) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), audit.RecordTime)
	defer cancel()
	for _, changes := range [][]table.Change{changes, nil} {
		all, err := s.with(ctx, changes, e)
		if err == nil {
			err = s.store.Write(ctx, all...)
		}
		if !errors.Is(err, table.ErrConflict) {
			if err != nil {
				audit.Lost(ctx, e, err)
			}
			return
		}
	}
}

// times are the details of when a room is booked for.
func (r *roomRecord) times() details {
	d := details{"start": stamp(r.Start)}
	if !r.End.IsZero() {
		d["end"] = stamp(r.End)
	}
	return d
}

// changed are the details of what a room is after it was another.
func (r *roomRecord) changed(before roomRecord) details {
	var fields []string
	if r.Name != before.Name {
		fields = append(fields, "name")
	}
	if !r.Start.Equal(before.Start) {
		fields = append(fields, "start")
	}
	if !r.End.Equal(before.End) {
		fields = append(fields, "end")
	}
	d := r.times()
	d["changed"] = strings.Join(fields, ",")
	return d
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func count(n int) string { return strconv.Itoa(n) }
