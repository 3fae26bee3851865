package rooms_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"gavel/shared/table"
)

var bucketName = []byte("items")

// rawBolt is bbolt alone, with a file of its own beside the store's.
type rawBolt struct {
	db    *bbolt.DB
	store table.Store
}

var _ raw = (*rawBolt)(nil)

func openBolt(tb testing.TB, path string, store table.Store) *rawBolt {
	tb.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket(bucketName)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return &rawBolt{db: db, store: store}
}

func boltKey(key table.Key) []byte { return []byte(key.Partition + "\x00" + key.Sort) }

func (b *rawBolt) get(_ context.Context, keys []table.Key) error {
	return b.db.View(func(tx *bbolt.Tx) error {
		for _, key := range keys {
			_ = bytes.Clone(tx.Bucket(bucketName).Get(boltKey(key)))
		}
		return nil
	})
}

func (b *rawBolt) query(_ context.Context, r table.Range) error {
	prefix := boltKey(table.Key{Partition: r.Partition, Sort: r.Prefix})
	return b.db.View(func(tx *bbolt.Tx) error {
		cursor := tx.Bucket(bucketName).Cursor()
		key, value, step := begin(cursor, prefix, r)
		for range r.Limit {
			if !bytes.HasPrefix(key, prefix) {
				break
			}
			_, _ = bytes.Clone(key), bytes.Clone(value)
			key, value = step()
		}
		return nil
	})
}

// begin moves to the first item of a range and gives the way to the next.
func begin(cursor *bbolt.Cursor, prefix []byte, r table.Range) (key, value []byte, step func() ([]byte, []byte)) {
	after := boltKey(table.Key{Partition: r.Partition, Sort: r.After})
	if !r.Reverse {
		if r.After == "" {
			after = prefix
		}
		key, value = cursor.Seek(after)
		if r.After != "" && bytes.Equal(key, after) {
			key, value = cursor.Next()
		}
		return key, value, cursor.Next
	}
	if r.After == "" {
		after = append(bytes.Clone(prefix), 0xff)
	}
	if key, _ = cursor.Seek(after); key == nil {
		key, value = cursor.Last()
		return key, value, cursor.Prev
	}
	key, value = cursor.Prev()
	return key, value, cursor.Prev
}

func (b *rawBolt) write(_ context.Context, changes []table.Change) error {
	return b.db.Update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(bucketName)
		for _, change := range changes {
			if change.Kind == table.KindCheck {
				_ = bucket.Get(boltKey(change.Item.Key))
				continue
			}
			if change.Kind == table.KindDelete {
				if err := bucket.Delete(boltKey(change.Item.Key)); err != nil {
					return err
				}
				continue
			}
			if err := bucket.Put(boltKey(change.Item.Key), change.Item.Data); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *rawBolt) hold(ctx context.Context, items []table.Item) error {
	changes := make([]table.Change, len(items))
	for i, item := range items {
		changes[i] = table.Put(item)
	}
	return b.write(ctx, changes)
}

func (b *rawBolt) fill(ctx context.Context, items []table.Item) error {
	for chunk := range slices.Chunk(items, table.MaxWrite) {
		changes := make([]table.Change, len(chunk))
		for i, item := range chunk {
			changes[i] = table.Put(item)
		}
		if err := b.store.Write(ctx, changes...); err != nil {
			return err
		}
	}
	return nil
}
