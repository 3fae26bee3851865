package embedded

import (
	"context"
	"crypto/rand"
	"fmt"

	"go.etcd.io/bbolt"

	"gavel/shared/table"
)

// groupLimit bounds how many Writes share a commit, so that each one's wait is bounded too.
const groupLimit = 64

// write is a Write on its way to the disk.
type write struct {
	changes []table.Change
	version table.Version // of what it puts
	outcome error         // of its checks; that of the commit comes on top
	done    chan error    // takes one value without blocking
}

// Write returns once the changes are on the disk. A context that ends while they are on their way there is too late.
func (s *Store) Write(ctx context.Context, changes ...table.Change) error {
	if err := table.CheckChanges(changes...); err != nil {
		return err
	}
	// What conflicts already is told apart without the disk. What does not may conflict by the time it is committed.
	err := s.view(ctx, func(c contents) error { return c.verify(changes) })
	if err != nil || !changesAnything(changes) {
		return err
	}
	w := &write{changes: changes, version: table.Version(rand.Text()), done: make(chan error, 1)}
	select {
	case s.writes <- w:
		return <-w.done
	case <-s.closed:
		return errClosed
	case <-ctx.Done():
		return table.CheckContext(ctx)
	}
}

func changesAnything(changes []table.Change) bool {
	for _, change := range changes {
		if change.Kind != table.KindCheck {
			return true
		}
	}
	return false
}

// commitAll runs until the store is closed. While a commit waits for the disk, the Writes that arrive gather, and share
// the next one. (bbolt's own Batch makes a lone Write wait for company.)
func (s *Store) commitAll() {
	for {
		select {
		case w := <-s.writes:
			s.commit(s.gather(w))
		case <-s.closed:
			return
		}
	}
}

func (s *Store) gather(first *write) []*write {
	group := []*write{first}
	for len(group) < groupLimit {
		select {
		case w := <-s.writes:
			group = append(group, w)
		default:
			return group
		}
	}
	return group
}

// commit makes the changes of the whole group in one transaction of the file, in which each Write sees those before it.
// One that conflicts adds nothing to it.
func (s *Store) commit(group []*write) {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		c := s.contents(tx)
		for _, w := range group {
			if w.outcome = c.verify(w.changes); w.outcome != nil {
				continue
			}
			if err := c.apply(w); err != nil {
				return err // takes back all, also what was applied of this one
			}
		}
		return nil
	})
	for _, w := range group {
		if err != nil {
			w.outcome = fmt.Errorf("embedded: write: %w", err)
		}
		w.done <- w.outcome
	}
}

// verify returns ErrConflict if an item has another version than a change expects.
func (c contents) verify(changes []table.Change) error {
	for _, change := range changes {
		if change.Item.Version == table.Any {
			continue
		}
		key := change.Item.Key
		found, err := c.item(key, c.items.Get(itemKey(key.Partition, key.Sort)))
		if err != nil {
			return err
		}
		if found.Version != change.Item.Version {
			return table.ErrConflict
		}
	}
	return nil
}

func (c contents) apply(w *write) error {
	for _, change := range w.changes {
		key := itemKey(change.Item.Partition, change.Item.Sort)
		var err error
		switch change.Kind {
		case table.KindPut:
			err = c.put(key, w.version, change.Item)
		case table.KindDelete:
			err = c.remove(key)
		case table.KindCheck:
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c contents) put(key []byte, version table.Version, item table.Item) error {
	if err := c.unlist(key); err != nil {
		return err
	}
	if !item.Expires.IsZero() {
		if err := c.expiries.Put(expiryKey(item.Expires, key), []byte{}); err != nil {
			return err
		}
	}
	return c.items.Put(key, encode(version, item))
}

func (c contents) remove(key []byte) error {
	if err := c.unlist(key); err != nil {
		return err
	}
	return c.items.Delete(key)
}

// unlist removes the note of when the item that is stored under the key expires.
func (c contents) unlist(key []byte) error {
	found, ok := decode(c.items.Get(key))
	if !ok {
		return errUnreadable
	}
	if found.Expires.IsZero() {
		return nil
	}
	return c.expiries.Delete(expiryKey(found.Expires, key))
}
