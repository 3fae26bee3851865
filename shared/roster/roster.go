// Package roster knows who is in a conference now, from what its provider tells in webhooks. A
// provider removes people by ids of its own, which are made anew each time somebody joins.
package roster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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
	GuestID    string // who it is
	ID         string // under which id of the provider's they are, or were, in the conference
	Inside     bool
	At         time.Time // of the event, not of its arrival
}

type record struct {
	Inside bool      `json:"inside,omitempty"`
	At     time.Time `json:"at"`
}

// the most ids of one guest that Present looks at; each device and each time of joining has one.
const mostIDs = 200

func key(conference, guest, id string) table.Key {
	return table.Key{Partition: "present#" + conference, Sort: prefix(guest) + id}
}

func prefix(guest string) string { return table.Digest(guest) + "#" }

// Note takes a sighting in. They arrive late, twice and out of order: one that is older than what
// is known already changes nothing. An error wraps table.ErrBusy or is a fault.
func (r *Roster) Note(ctx context.Context, s Sighting) error {
	for {
		items, err := r.store.Get(ctx, key(s.Conference, s.GuestID, s.ID))
		if err != nil {
			return err
		}
		known, err := table.Decode[record](items[0])
		if err != nil || items[0].Exists() && !s.follows(known) {
			return err
		}
		items[0].Data, err = json.Marshal(record{Inside: s.Inside, At: s.At.UTC()})
		if err != nil {
			return fmt.Errorf("encode a sighting: %w", err)
		}
		if err := r.store.Write(ctx, table.Put(items[0])); !errors.Is(err, table.ErrConflict) {
			return err
		}
	}
}

// follows says whether a sighting is news after what is known. Times are in milliseconds, and within
// one of them people leave after they came: no id is used twice.
func (s Sighting) follows(known record) bool {
	return s.At.After(known.At) || s.At.Equal(known.At) && !s.Inside && known.Inside
}

// Present gives the provider's ids under which a guest is in a conference.
func (r *Roster) Present(ctx context.Context, conference, guest string) ([]string, error) {
	items, err := r.store.Query(ctx, table.Range{
		Partition: "present#" + conference, Prefix: prefix(guest), Reverse: true, Limit: mostIDs,
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, item := range items {
		known, err := table.Decode[record](item)
		if err != nil {
			return nil, err
		}
		if known.Inside {
			ids = append(ids, strings.TrimPrefix(item.Sort, prefix(guest)))
		}
	}
	return ids, nil
}
