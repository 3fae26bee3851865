package embedded

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"
)

// purgeBatch bounds how many items are removed in one commit, for which Writes wait.
const purgeBatch = 256

// Purge removes items that are expired, up to the limit, those first that have been so for longest.
// To callers of the port they were gone already; what it gives back is the room in the file, which
// does not shrink. It stays away from the disk when there are none. When it fails, those that it
// counts are removed.
func (s *Store) Purge(ctx context.Context, limit int) (removed int, err error) {
	if limit < 1 {
		return 0, fmt.Errorf("embedded: purge: limit %d", limit)
	}
	for removed < limit {
		due := false
		err := s.view(ctx, func(c contents) error {
			due = len(c.due(1)) > 0
			return nil
		})
		if err != nil || !due {
			return removed, err
		}
		count, err := s.purge(min(limit-removed, purgeBatch))
		if err != nil {
			return removed, fmt.Errorf("embedded: purge: %w", err)
		}
		removed += count
	}
	return removed, nil
}

// purge is one commit.
func (s *Store) purge(limit int) (removed int, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		c := s.contents(tx)
		for _, note := range c.due(limit) {
			done, err := c.expire(note)
			if err != nil {
				return err
			}
			if done {
				removed++
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return removed, nil
}

// due copies the first keys of expiries whose time has come.
func (c contents) due(limit int) (notes [][]byte) {
	cursor := c.expiries.Cursor()
	for note, _ := cursor.First(); note != nil && len(notes) < limit; note, _ = cursor.Next() {
		if expires, _, ok := readExpiry(note); ok && c.now.Before(expires) {
			break
		}
		notes = append(notes, bytes.Clone(note))
	}
	return notes
}

// expire removes the note, and its item if that expires when the note says so. Whatever else a file may have come to
// hold, an item that did not expire stays.
func (c contents) expire(note []byte) (removed bool, err error) {
	if err := c.expiries.Delete(note); err != nil {
		return false, err
	}
	expires, key, ok := readExpiry(note)
	if !ok {
		return false, nil
	}
	found, ok := decode(c.items.Get(key))
	if !ok || !found.Expires.Equal(expires) {
		return false, nil
	}
	return true, c.items.Delete(key)
}
