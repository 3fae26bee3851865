// Package roster knows who is in a conference now, from what its provider tells in webhooks. A
// provider removes people by ids of its own, which are made anew each time somebody joins.
package roster

import (
	"encoding/json"
	"fmt"
	"time"

	"gavel/shared/table"
)

// Roster keeps who is in which conference.
type Roster struct {
	store table.Store
	now   func() time.Time
	days  int
}

// New makes a Roster that forgets who left after so many days. now is the clock by which store's items expire.
func New(store table.Store, now func() time.Time, days int) *Roster {
	return &Roster{store: store, now: now, days: days}
}

// Sighting is what the provider told about somebody.
type Sighting struct {
	Conference string // in the provider's words, tenant included
	// Session is one run of the conference; empty where the provider tells none.
	Session string
	// Breakout names the breakout room of the session; empty for the conference itself.
	Breakout  string
	GuestID   string // who it is; empty where nobody knows
	ID        string // under which id of the provider's they are, or were, in the conference
	Name      string
	Moderator bool
	Inside    bool
	At        time.Time // of the event, not of its arrival
}

// End is that of a session, or of one of its breakout rooms.
type End struct {
	Conference string
	Session    string // as in Sighting; where it is empty, those are gone who were seen before At
	Breakout   string
	At         time.Time
}

// The items, by partition and sort key:
//
//	sessions#<conference>             known#<digest>           a session that was noted: whether it is over, and where it is listed
//	                                  open#<time>#<digest>     a session that is not over as far as is known
//	present#<digest>#<conference>     in#<guest>#<id>          somebody who is inside
//	                                  out#<guest>#<id>         somebody who has left
//	guest#<guest>                     at#<conference>          a conference that somebody joined within a week
//
// A breakout room is a session of its own here, which is over with the one it belongs to. A session that is over is no
// longer listed, so that nobody looks at who was in it, however many they were.
const (
	knownPrefix = "known#"
	openPrefix  = "open#"
	inPrefix    = "in#"
	outPrefix   = "out#"
)

// session names a run of a conference, or a breakout room of one.
type session struct{ conference, session, breakout string }

func (s session) digest() string {
	if s.breakout == "" {
		return table.Digest(s.session)
	}
	return table.Digest(s.session + "\x00" + s.breakout)
}

// main is the session that a breakout room belongs to.
func (s session) main() session { return session{conference: s.conference, session: s.session} }

func (s session) key() table.Key { return knownKey(s.conference, s.digest()) }

func knownKey(conference, digest string) table.Key {
	return table.Key{Partition: "sessions#" + conference, Sort: knownPrefix + digest}
}

func presentPartition(conference, digest string) string {
	return "present#" + digest + "#" + conference
}

func (s Sighting) session() session { return session{s.Conference, s.Session, s.Breakout} }

// keys are where somebody stands while inside, and afterwards.
func (s Sighting) keys() (in, out table.Key) {
	partition, who := presentPartition(s.Conference, s.session().digest()), guestPrefix(s.GuestID)+s.ID
	return table.Key{Partition: partition, Sort: inPrefix + who}, table.Key{Partition: partition, Sort: outPrefix + who}
}

func guestPrefix(guest string) string { return table.Digest(guest) + "#" }

// sessionRecord is what is known of a session.
type sessionRecord struct {
	// Open is where it is listed.
	Open string `json:"open,omitempty"`
	// Over says that it has ended.
	Over bool `json:"over,omitempty"`
	// Until is when everybody was gone for the last time, where the provider tells no sessions apart.
	Until time.Time `json:"until,omitzero"`
}

// gone says whether somebody who was seen at a time is not inside any more, as the session is over since.
func (r sessionRecord) gone(at time.Time) bool { return r.Over || at.Before(r.Until) }

// openRecord is a session that may have people in it.
type openRecord struct {
	Session  string `json:"session,omitempty"`
	Breakout string `json:"breakout,omitempty"`
}

type personRecord struct {
	ID        string    `json:"id"`
	GuestID   string    `json:"guest,omitempty"`
	Name      string    `json:"name,omitempty"`
	Moderator bool      `json:"moderator,omitempty"`
	At        time.Time `json:"at"`
}

// longestStay is after how many days at least somebody is no longer listed whose leaving nobody told. No connection to a
// meeting lasts that long.
const longestStay = 366

// What is kept for how long, and why nothing comes back from it:
//
//   - out#, for the stay, counted from the leaving, so that a joining that is told again is no news. It holds no name.
//   - in#, for the stay, counted from the joining, since nothing tells that somebody is still there.
//   - known# and open# of a session that is not over, both until the same second, after every in# that they are for: a
//     known# without its open# would have the session listed never again. Who joins has that second put off.
//   - known# of one that is over, for the stay, counted from its end or from when that came in, whichever is later: by then
//     every in# of it and of its breakout rooms has expired, and whatever is told of it is no news.
func (r *Roster) stay() int { return max(r.days, longestStay) }

// since gives the time from which on something is kept that a sender says was at a time: that, unless it is longer ago than
// the days. Then it is when it came: events of other times, of a test or a sender with a bad clock, are kept all the same.
func (r *Roster) since(at time.Time) time.Time {
	if now := r.now(); !now.Before(expiry(at, r.days)) {
		return now
	}
	return at
}

// expiry gives a time in so many days, of those that the table takes: senders' clocks may show any time.
func expiry(at time.Time, days int) time.Time {
	first, last := time.Unix(0, 0).UTC(), time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	switch expires := at.UTC().AddDate(0, 0, days); {
	case expires.Before(first):
		return first
	case expires.After(last):
		return last
	default:
		return expires
	}
}

// put stores a record in an item as it was read, until it expires.
func put(item table.Item, expires time.Time, record any) (table.Change, error) {
	item.Expires = expires
	data, err := json.Marshal(record)
	if err != nil {
		return table.Change{}, fmt.Errorf("encode an item of the roster: %w", err)
	}
	item.Data = data
	return table.Put(item), nil
}
