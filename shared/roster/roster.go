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
type Roster struct{ store table.Store }

// New makes a Roster.
func New(store table.Store) *Roster { return &Roster{store: store} }

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

// put stores a record in an item as it was read. All items of this package are made here, so an expiry would be set here.
func put(item table.Item, record any) (table.Change, error) {
	data, err := json.Marshal(record)
	if err != nil {
		return table.Change{}, fmt.Errorf("encode an item of the roster: %w", err)
	}
	item.Data = data
	return table.Put(item), nil
}
