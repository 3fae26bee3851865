package roster

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"gavel/shared/table"
)

// The most that a call looks at.
const (
	mostSessions = 50  // of a conference, the newest; they add up only where the provider does not tell of their ends
	mostIDs      = 200 // of one guest in a session; each device has one
	mostQueries  = 10  // of a page
)

// Person is somebody who is inside.
type Person struct {
	ID        string // as in Sighting, like the others
	GuestID   string
	Name      string
	Moderator bool
	Session   string
	Breakout  string
	JoinedAt  time.Time
}

// Page is a part of those who are inside. Next is for the part after it; empty at the end.
type Page struct {
	People []Person
	Next   string
}

// ErrCursor says that a cursor is none of Inside's.
var ErrCursor = errors.New("expected the cursor of the page before")

// openSession is one that is listed.
type openSession struct {
	session
	sort  string
	ended []sessionRecord // what is known of its end, where it may have had one
}

func (o openSession) gone(at time.Time) bool {
	return slices.ContainsFunc(o.ended, func(r sessionRecord) bool { return r.gone(at) })
}

func (o openSession) partition() string { return presentPartition(o.conference, o.digest()) }

// open gives the sessions of a conference that may have people in them, the newest first.
func (r *Roster) open(ctx context.Context, conference string) ([]openSession, error) {
	items, err := r.store.Query(ctx, table.Range{
		Partition: session{conference: conference}.key().Partition, Prefix: openPrefix, Reverse: true, Limit: mostSessions,
	})
	if err != nil {
		return nil, err
	}
	all := make([]openSession, len(items))
	for i, item := range items {
		record, err := table.Decode[openRecord](item)
		if err != nil {
			return nil, err
		}
		all[i] = openSession{session: session{conference, record.Session, record.Breakout}, sort: item.Sort}
	}
	return all, r.addEnds(ctx, all)
}

// addEnds looks up what listed sessions may have ended by: runs without a name stay listed, and so do breakout rooms whose
// session is over.
func (r *Roster) addEnds(ctx context.Context, all []openSession) error {
	var keys []table.Key
	var of []int
	for i, o := range all {
		if o.session.session == "" || o.breakout != "" {
			keys, of = append(keys, o.key(), o.main().key()), append(of, i, i)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	items, err := r.store.Get(ctx, keys...)
	if err != nil {
		return err
	}
	for n, item := range items {
		record, err := table.Decode[sessionRecord](item)
		if err != nil {
			return err
		}
		all[of[n]].ended = append(all[of[n]].ended, record)
	}
	return nil
}

// Present gives the provider's ids under which a guest is in a conference, in its breakout rooms too, by any of the ids that
// they may go by. An error wraps table.ErrBusy or is a fault.
func (r *Roster) Present(ctx context.Context, conference string, guestIDs ...string) ([]string, error) {
	open, err := r.open(ctx, conference)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, guest := range guestIDs {
		for _, o := range open {
			people, _, err := r.people(ctx, o, table.Range{Prefix: inPrefix + guestPrefix(guest), Limit: mostIDs})
			if err != nil {
				return nil, err
			}
			for _, p := range people {
				if !slices.Contains(ids, p.ID) { // under which they may be in a breakout room as well
					ids = append(ids, p.ID)
				}
			}
		}
	}
	return ids, nil
}

// people gives those of a session who stand in a range and are inside, and where the range goes on; empty at its end.
func (r *Roster) people(ctx context.Context, o openSession, in table.Range) (people []Person, next string, err error) {
	in.Partition = o.partition()
	items, err := r.store.Query(ctx, in)
	if err != nil {
		return nil, "", err
	}
	for _, item := range items {
		p, err := table.Decode[personRecord](item)
		if err != nil {
			return nil, "", err
		}
		if !o.gone(p.At) {
			people = append(people, Person{p.ID, p.GuestID, p.Name, p.Moderator, o.session.session, o.breakout, p.At})
		}
	}
	if len(items) == in.Limit {
		next = items[len(items)-1].Sort
	}
	return people, next, nil
}

// Inside gives up to limit of those who are in a conference, after a cursor or from the beginning, in an order that means
// nothing but stays. It may give fewer although there are more. Besides ErrCursor an error wraps table.ErrBusy or is a fault.
func (r *Roster) Inside(ctx context.Context, conference string, limit int, cursor string) (Page, error) {
	at, err := parsePlace(cursor)
	if err != nil {
		return Page{}, err
	}
	open, err := r.open(ctx, conference)
	if err != nil {
		return Page{}, err
	}
	page := &filling{limit: limit, queries: mostQueries}
	for _, o := range open {
		if at.session != "" && o.sort > at.session { // of a page before, or newer than the first one
			continue
		}
		after := inPrefix
		if o.sort == at.session {
			after = at.person
		}
		if err := page.add(ctx, r, o, after); err != nil || page.Next != "" {
			return page.Page, err
		}
	}
	return page.Page, nil
}

// filling is a page that is being made.
type filling struct {
	Page
	limit, queries int // the second one still to make
}

// add adds those of a session after a place. The page is done when it has a Next.
func (f *filling) add(ctx context.Context, r *Roster, o openSession, after string) error {
	for after != "" {
		if len(f.People) == f.limit || f.queries == 0 {
			f.Next = place{o.sort, after}.String()
			return nil
		}
		people, next, err := r.people(ctx, o, table.Range{Prefix: inPrefix, After: after, Limit: f.limit - len(f.People)})
		if err != nil {
			return err
		}
		f.People, after = append(f.People, people...), next
		if next != "" {
			f.queries--
		}
	}
	return nil
}

// place is where a page ends: with somebody in a session.
type place struct{ session, person string }

func (p place) String() string { return p.session + "/" + p.person }

var placeForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("^(" + openPrefix + "[0-9]{15}#[A-Za-z0-9_-]{32})/(" + inPrefix + ".*)$")
})

func parsePlace(cursor string) (place, error) {
	if cursor == "" {
		return place{}, nil
	}
	found := placeForm().FindStringSubmatch(cursor)
	if found == nil || !utf8.ValidString(cursor) || len(found[2]) > table.MaxSort {
		return place{}, ErrCursor
	}
	return place{found[1], found[2]}, nil
}
