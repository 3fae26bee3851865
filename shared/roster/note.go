package roster

import (
	"context"
	"errors"
	"fmt"

	"gavel/shared/table"
)

// Note takes a sighting in. They arrive late, twice and out of order: one that is older than what is known already, or of a
// session that is over, changes nothing. An error wraps table.ErrBusy or is a fault.
func (r *Roster) Note(ctx context.Context, s Sighting) error {
	return r.settle(ctx, func() ([]table.Change, error) {
		known, err := r.look(ctx, s)
		if err != nil {
			return nil, err
		}
		return known.changes(s)
	})
}

// settle makes changes from what is there, again when somebody else was faster.
func (r *Roster) settle(ctx context.Context, changes func() ([]table.Change, error)) error {
	for {
		all, err := changes()
		if err != nil || len(all) == 0 {
			return err
		}
		if err := r.store.Write(ctx, all...); !errors.Is(err, table.ErrConflict) {
			return err
		}
	}
}

// known is what there is about a sighting.
type known struct {
	session, in, out table.Item
	whereabouts      table.Item // of the guest, in the conference
	record           sessionRecord
	over             bool // the session, or the one it belongs to
	last             personRecord
}

func (r *Roster) look(ctx context.Context, s Sighting) (known, error) {
	in, out := s.keys()
	items, err := r.store.Get(ctx, s.session().key(), in, out, s.session().main().key(), whereKey(s.GuestID, s.Conference))
	if err != nil {
		return known{}, err
	}
	k := known{session: items[0], in: items[1], out: items[2], whereabouts: items[4]}
	if k.record, err = table.Decode[sessionRecord](items[0]); err != nil {
		return known{}, err
	}
	whole, err := table.Decode[sessionRecord](items[3])
	if err != nil {
		return known{}, err
	}
	k.over = k.record.gone(s.At) || whole.gone(s.At)
	last := k.out
	if k.in.Exists() {
		last = k.in
	}
	k.last, err = table.Decode[personRecord](last)
	return k, err
}

// follows says whether a sighting is news after what is known. Times are in milliseconds, and within
// one of them people leave after they came: no id is used twice.
func (k known) follows(s Sighting) bool {
	if !k.in.Exists() && !k.out.Exists() {
		return true
	}
	return s.At.After(k.last.At) || s.At.Equal(k.last.At) && !s.Inside && k.in.Exists()
}

// changes move somebody in or out. Whoever is in one place is not in the other, so both are written at once.
func (k known) changes(s Sighting) ([]table.Change, error) {
	if k.over || !k.follows(s) {
		return nil, nil
	}
	to, from := k.out, k.in
	if s.Inside {
		to, from = k.in, k.out
	}
	move, err := put(to, personRecord{ID: s.ID, GuestID: s.GuestID, Name: s.Name, Moderator: s.Moderator, At: s.At.UTC()})
	if err != nil {
		return nil, err
	}
	where, err := k.where(s)
	if err != nil {
		return nil, err
	}
	all := append([]table.Change{move, table.Delete(from.Key, from.Version)}, where...)
	if !s.Inside || k.record.Open != "" {
		return all, nil
	}
	listing, err := k.list(s)
	return append(all, listing...), err
}

// list has a session listed with the first one who joins it. That it has not ended meanwhile is a condition of the same write.
func (k known) list(s Sighting) ([]table.Change, error) {
	of := s.session()
	k.record.Open = fmt.Sprintf("%s%015d#%s", openPrefix, max(s.At.UnixMilli(), 0), of.digest())
	session, err := put(k.session, k.record)
	if err != nil {
		return nil, err
	}
	open := table.Item{Key: table.Key{Partition: k.session.Partition, Sort: k.record.Open}}
	listed, err := put(open, openRecord{Session: s.Session, Breakout: s.Breakout})
	return []table.Change{session, listed}, err
}

// NoteEnd takes in that a session is over, and with it its breakout rooms: nobody of it is inside any more, whatever arrives
// late. Other sessions of the conference go on. It makes one write, however many people there were. An error wraps
// table.ErrBusy or is a fault.
func (r *Roster) NoteEnd(ctx context.Context, e End) error {
	of := session{e.Conference, e.Session, e.Breakout}
	return r.settle(ctx, func() ([]table.Change, error) {
		items, err := r.store.Get(ctx, of.key())
		if err != nil {
			return nil, err
		}
		record, err := table.Decode[sessionRecord](items[0])
		if err != nil {
			return nil, err
		}
		return e.changes(items[0], record)
	})
}

func (e End) changes(item table.Item, record sessionRecord) ([]table.Change, error) {
	if record.Over || e.Session == "" && !e.At.After(record.Until) {
		return nil, nil
	}
	if e.Session == "" { // it has no name, so that the next one is the same session
		record.Until = e.At.UTC()
		ended, err := put(item, record)
		return []table.Change{ended}, err
	}
	ended, err := put(item, sessionRecord{Over: true})
	if err != nil || record.Open == "" {
		return []table.Change{ended}, err
	}
	return []table.Change{ended, table.Delete(table.Key{Partition: item.Partition, Sort: record.Open}, table.Any)}, nil
}
