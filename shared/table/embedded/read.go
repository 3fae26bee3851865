package embedded

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"gavel/shared/table"
)

// Get gives the items as they were at one moment.
func (s *Store) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	if err := table.CheckKeys(keys...); err != nil {
		return nil, err
	}
	items := make([]table.Item, len(keys))
	err := s.view(ctx, func(c contents) error {
		for i, key := range keys {
			found, err := c.item(key, c.items.Get(itemKey(key.Partition, key.Sort)))
			if err != nil {
				return err
			}
			items[i] = own(found)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// Query gives the items as they were at one moment.
func (s *Store) Query(ctx context.Context, r table.Range) ([]table.Item, error) {
	if err := table.CheckRange(r); err != nil {
		return nil, err
	}
	var items []table.Item
	err := s.view(ctx, func(c contents) error {
		walk := newWalk(c.items.Cursor(), r)
		for key, value := walk.first(); walk.within(key) && len(items) < r.Limit; key, value = walk.next() {
			if err := table.CheckContext(ctx); err != nil {
				return err
			}
			found, err := c.item(table.Key{Partition: r.Partition, Sort: walk.sort(key)}, value)
			if err != nil {
				return err
			}
			if found.Exists() {
				items = append(items, own(found))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// item gives what is there under a key with that value. Its data is the file's.
func (c contents) item(key table.Key, value []byte) (table.Item, error) {
	found, ok := decode(value)
	if !ok {
		return table.Item{}, errUnreadable
	}
	if found.Expired(c.now) {
		return table.Item{Key: key}, nil
	}
	found.Key = key
	return found, nil
}

// own gives the item with data of its own.
func own(item table.Item) table.Item {
	item.Data = bytes.Clone(item.Data)
	return item
}

// walk goes through a range. Key and value are nil where the file ends.
type walk struct {
	cursor  *bbolt.Cursor
	prefix  []byte // of the range's keys
	after   []byte // nil for the range's beginning
	skip    int    // bytes of a key before the Sort
	reverse bool
}

func newWalk(cursor *bbolt.Cursor, r table.Range) *walk {
	w := &walk{cursor: cursor, prefix: itemKey(r.Partition, r.Prefix), reverse: r.Reverse}
	w.skip = len(w.prefix) - len(r.Prefix)
	if r.After != "" {
		w.after = itemKey(r.Partition, r.After)
	}
	return w
}

func (w *walk) first() (key, value []byte) {
	switch {
	case w.reverse && w.after == nil:
		return w.before(behind(w.prefix))
	case w.reverse:
		return w.before(w.after)
	case w.after == nil:
		return w.cursor.Seek(w.prefix)
	}
	key, value = w.cursor.Seek(w.after)
	if bytes.Equal(key, w.after) {
		return w.cursor.Next()
	}
	return key, value
}

// before moves to the largest key that is smaller than the bound.
func (w *walk) before(bound []byte) (key, value []byte) {
	if key, _ := w.cursor.Seek(bound); key == nil {
		return w.cursor.Last()
	}
	return w.cursor.Prev()
}

func (w *walk) next() (key, value []byte) {
	if w.reverse {
		return w.cursor.Prev()
	}
	return w.cursor.Next()
}

func (w *walk) within(key []byte) bool { return bytes.HasPrefix(key, w.prefix) }

func (w *walk) sort(key []byte) string { return string(key[w.skip:]) }
