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
	err := s.view(ctx, func(bucket *bbolt.Bucket) error {
		for i, key := range keys {
			var err error
			if items[i], err = item(key, bucket.Get(itemKey(key.Partition, key.Sort))); err != nil {
				return err
			}
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
	err := s.view(ctx, func(bucket *bbolt.Bucket) error {
		walk := newWalk(bucket.Cursor(), r)
		for key, value := walk.first(); walk.within(key) && len(items) < r.Limit; key, value = walk.next() {
			if err := table.CheckContext(ctx); err != nil {
				return err
			}
			found, err := item(table.Key{Partition: r.Partition, Sort: walk.sort(key)}, value)
			if err != nil {
				return err
			}
			items = append(items, found)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// item copies the value, which is the file's.
func item(key table.Key, value []byte) (table.Item, error) {
	version, data, ok := decode(value)
	if !ok {
		return table.Item{}, errUnreadable
	}
	return table.Item{Key: key, Version: version, Data: bytes.Clone(data)}, nil
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
