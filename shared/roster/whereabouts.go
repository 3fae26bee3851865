package roster

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"gavel/shared/table"
)

// How long it is known that a guest joined a conference, and how long before that is written anew. Somebody who stays in one
// for longer without a break is found in it by Present alone.
const (
	whereFor     = 7 // days
	whereRenewed = 24 * time.Hour
)

// mostConferences is how many conferences of a guest are read at once.
const mostConferences = 100

// mostName is how much of a conference's name, in bytes, stands in a key as it is.
const mostName = 512

const wherePrefix = "at#"

// whereRecord is a conference that a guest joined.
type whereRecord struct {
	Conference string    `json:"conference"`
	At         time.Time `json:"at"` // of the join by which it was written
}

// whereKey is where it stands that a guest joined a conference.
func whereKey(guest, conference string) table.Key {
	name := conference
	if len(name) > mostName {
		name = name[:mostName]
		for !utf8.ValidString(name) {
			name = name[:len(name)-1]
		}
	}
	return table.Key{Partition: guestPartition(guest), Sort: wherePrefix + name + "#" + table.Digest(conference)}
}

func guestPartition(guest string) string { return "guest#" + table.Digest(guest) }

// where notes the conference that a guest joins, unless that is known and not yet old.
func (k known) where(s Sighting, since time.Time) ([]table.Change, error) {
	before, err := table.Decode[whereRecord](k.whereabouts)
	if err != nil {
		return nil, err
	}
	if !s.Inside || s.GuestID == "" || k.whereabouts.Exists() && s.At.Sub(before.At) < whereRenewed {
		return nil, nil
	}
	change, err := put(k.whereabouts, expiry(since, whereFor), whereRecord{Conference: s.Conference, At: s.At.UTC()})
	return []table.Change{change}, err
}

// Conferences gives those whose names begin with a prefix and in which a guest may be now: they joined them within a week,
// and may have left since. An error wraps table.ErrBusy or is a fault.
func (r *Roster) Conferences(ctx context.Context, guest, prefix string) ([]string, error) {
	part := table.Range{Partition: guestPartition(guest), Prefix: wherePrefix + prefix, Limit: mostConferences}
	var all []string
	for {
		items, err := r.store.Query(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			record, err := table.Decode[whereRecord](item)
			if err != nil {
				return nil, err
			}
			if strings.HasPrefix(record.Conference, prefix) {
				all = append(all, record.Conference)
			}
		}
		if len(items) < part.Limit {
			return all, nil
		}
		part.After = items[len(items)-1].Sort
	}
}
