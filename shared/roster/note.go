package roster

import (
	"context"
	"fmt"
	"time"

	"gavel/shared/table"
)

// Note takes a sighting in. They arrive late, twice and out of order: one that is older than what is known already, or of a
// session that is over, changes nothing. An error wraps table.ErrBusy or is a fault.
func (r *Roster) Note(ctx context.Context, s Sighting) error {
	return table.Settle(ctx, r.store, func(ctx context.Context) ([]table.Change, error) {
		known, err := r.look(ctx, s)
		if err != nil {
			return nil, err
		}
		return r.changes(ctx, known, s)
	})
}

// HasLeft says whether it is known of somebody who joined that they have left since. An error wraps table.ErrBusy or is a fault.
func (r *Roster) HasLeft(ctx context.Context, joined Sighting) (bool, error) {
	known, err := r.look(ctx, joined)
	return err == nil && known.out.Exists() && !known.last.At.Before(joined.At), err
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
func (r *Roster) changes(ctx context.Context, k known, s Sighting) ([]table.Change, error) {
	if k.over || !k.follows(s) {
		return nil, nil
	}
	since := r.since(s.At)
	to, from, record := k.out, k.in, personRecord{At: s.At.UTC()}
	if s.Inside {
		to, from = k.in, k.out
		record = personRecord{ID: s.ID, GuestID: s.GuestID, Name: s.Name, Moderator: s.Moderator, At: s.At.UTC()}
	}
	move, err := put(to, expiry(since, r.stay()), record)
	if err != nil {
		return nil, err
	}
	where, err := k.where(s, since)
	if err != nil {
		return nil, err
	}
	all := append([]table.Change{move, table.Delete(from.Key, from.Version)}, where...)
	if !s.Inside || k.record.Open != "" && !r.tooSoon(k.session, since) {
		return all, nil
	}
	listing, err := r.list(ctx, s.session(), k.session, k.record, s.At)
	return append(all, listing...), err
}

// tooSoon says whether a session would be forgotten before somebody who was seen in it at a time.
func (r *Roster) tooSoon(item table.Item, at time.Time) bool {
	return item.Expires.Before(expiry(at, r.stay()))
}

// list has a session listed with the first one who joins it, and for longer with who joins it much later. That it has not ended
// meanwhile is a condition of the same write.
func (r *Roster) list(ctx context.Context, of session, item table.Item, record sessionRecord, at time.Time) ([]table.Change, error) {
	open := table.Item{Key: table.Key{Partition: item.Partition, Sort: record.Open}}
	if record.Open == "" {
		record.Open = fmt.Sprintf("%s%015d#%s", openPrefix, max(at.UnixMilli(), 0), of.digest())
		open.Sort = record.Open
	} else {
		items, err := r.store.Get(ctx, open.Key)
		if err != nil {
			return nil, err
		}
		open = items[0]
	}
	until := expiry(r.since(at), 2*r.stay())
	known, err := put(item, until, record)
	if err != nil {
		return nil, err
	}
	listed, err := put(open, until, openRecord{Session: of.session, Breakout: of.breakout})
	return []table.Change{known, listed}, err
}

// NoteEnd takes in that a session is over, and with it its breakout rooms: nobody of it is inside any more, whatever arrives
// late. Other sessions of the conference go on. It makes one write, however many people there were. An error wraps
// table.ErrBusy or is a fault.
func (r *Roster) NoteEnd(ctx context.Context, e End) error {
	of := session{e.Conference, e.Session, e.Breakout}
	return table.Settle(ctx, r.store, func(ctx context.Context) ([]table.Change, error) {
		items, err := r.store.Get(ctx, of.key())
		if err != nil {
			return nil, err
		}
		record, err := table.Decode[sessionRecord](items[0])
		if err != nil {
			return nil, err
		}
		return r.end(ctx, e, items[0], record)
	})
}

func (r *Roster) end(ctx context.Context, e End, item table.Item, record sessionRecord) ([]table.Change, error) {
	if record.Over || e.Session == "" && !e.At.After(record.Until) {
		return nil, nil
	}
	if e.Session == "" { // it has no name, so that the next one is the same session
		record.Until = e.At.UTC()
		return r.endNameless(ctx, e, item, record)
	}
	from := r.now()
	if e.At.After(from) {
		from = e.At
	}
	ended, err := put(item, expiry(from, r.stay()), sessionRecord{Over: true})
	if err != nil || record.Open == "" {
		return []table.Change{ended}, err
	}
	return []table.Change{ended, table.Delete(table.Key{Partition: item.Partition, Sort: record.Open}, table.Any)}, nil
}

// endNameless keeps the time of the end for as long as anybody may be noted who was seen before it.
func (r *Roster) endNameless(ctx context.Context, e End, item table.Item, record sessionRecord) ([]table.Change, error) {
	until := item.Expires
	since := r.since(e.At)
	if r.tooSoon(item, since) {
		if record.Open != "" {
			return r.list(ctx, session{e.Conference, e.Session, e.Breakout}, item, record, e.At)
		}
		until = expiry(since, 2*r.stay())
	}
	ended, err := put(item, until, record)
	return []table.Change{ended}, err
}
