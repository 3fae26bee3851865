package audit

import (
	"context"
	"errors"
	"time"

	"gavel/shared/cursors"
	"gavel/shared/ids"
	"gavel/shared/table"
)

// Log is the events that were kept.
type Log struct {
	store table.Store
	trail Trail
	now   func() time.Time
}

// NewLog makes a Log of what the trail keeps in the store.
func NewLog(store table.Store, trail Trail, now func() time.Time) *Log {
	return &Log{store: store, trail: trail, now: now}
}

// Page is a part of a list of events, the newest first.
type Page struct {
	Events []Event
	Next   string // cursor of what follows, which was before; empty at the end
}

// Bounds of a page.
const (
	MaxPage = 100
	// mostDays is how many days of an actor one call looks at, however little was done on them.
	mostDays = 31
)

// ErrCursor says that a cursor is none that this list gave.
var ErrCursor = errors.New("expected a cursor that this list gave")

// Room gives what was done to a room, by its id or its Name; limit is 1 to MaxPage. Its error is ErrCursor or about the state.
func (l *Log) Room(ctx context.Context, room string, limit int, cursor string) (Page, error) {
	partition := roomPartition(sealedRoom(room))
	_, after, err := parseCursor(partition, cursor, false)
	if err != nil {
		return Page{}, err
	}
	events, more, err := l.read(ctx, partition, after, limit)
	if err != nil {
		return Page{}, err
	}
	page := Page{Events: events}
	if more {
		page.Next = cursors.Text(partition, events[len(events)-1].ID)
	}
	return page, nil
}

// Actor gives what somebody did. It looks at no more than 31 days in one call, so that it can give fewer events than
// asked for, or none, although more follow.
func (l *Log) Actor(ctx context.Context, who Actor, limit int, cursor string) (Page, error) {
	if who.Kind == User {
		who.Name = ID(who.Name)
	}
	list, today := who.String(), l.now().UTC()
	day, after, err := parseCursor(list, cursor, true)
	if err != nil {
		return Page{}, err
	}
	if cursor == "" {
		day = today
	}
	oldest := today.AddDate(0, 0, -l.trail.Days()-1)
	var page Page
	for range mostDays {
		if day.Before(oldest) {
			return page, nil
		}
		events, more, err := l.read(ctx, actorPartition(who, day.Format(dayForm)), after, limit-len(page.Events))
		if err != nil {
			return Page{}, err
		}
		page.Events, after = append(page.Events, events...), ""
		if more {
			page.Next = cursors.Text(list, day.Format(dayForm)+page.Events[len(page.Events)-1].ID)
			return page, nil
		}
		day = day.AddDate(0, 0, -1)
		if len(page.Events) == limit {
			break
		}
	}
	page.Next = cursors.Text(list, day.Format(dayForm))
	return page, nil
}

// read gives the newest events of a partition before one, and says whether there are more.
func (l *Log) read(ctx context.Context, partition, after string, limit int) ([]Event, bool, error) {
	r := table.Range{Partition: partition, Prefix: atPrefix, Reverse: true, Limit: limit + 1}
	if after != "" {
		r.After = atPrefix + after
	}
	items, err := l.store.Query(ctx, r)
	if err != nil {
		return nil, false, err
	}
	more := len(items) > limit
	events := make([]Event, min(len(items), limit))
	for i := range events {
		if events[i], err = table.Decode[Event](items[i]); err != nil {
			return nil, false, err
		}
	}
	return events, more, nil
}

const dayBytes = len(dayForm)

// parseCursor reads a cursor, which names the last event that was given; for an actor, whose events lie in days, the day before
// that, and no event where the whole day is to come.
func parseCursor(list, text string, byDay bool) (day time.Time, after string, err error) {
	if text == "" {
		return day, "", nil
	}
	position, ok := cursors.Place(list, text)
	if !ok {
		return day, "", ErrCursor
	}
	after = position
	if byDay {
		if len(position) < dayBytes {
			return day, "", ErrCursor
		}
		if day, err = time.Parse(dayForm, position[:dayBytes]); err != nil {
			return day, "", ErrCursor
		}
		after = position[dayBytes:]
	}
	if byDay && after == "" {
		return day, "", nil
	}
	if id, ok := ids.Parse(after); !ok || id != after {
		return day, "", ErrCursor
	}
	return day, after, nil
}
