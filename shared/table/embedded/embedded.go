// Package embedded keeps a table in one file of the local disk, for one process at a time: what
// `make run` stores, and what tests use that need no DynamoDB. What is written survives the
// process and the machine going down.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"gavel/shared/table"
)

// Store is an open file. Make it with Open; it is safe for concurrent use.
type Store struct {
	db     *bbolt.DB
	writes chan *write   // from Write to commitAll, without a buffer: who handed over waits for the outcome
	closed chan struct{} // closed by Close
	now    func() time.Time
	stop   func() error
}

var _ table.Store = (*Store)(nil)

var errClosed = errors.New("embedded: the store is closed")

// The buckets of the file. A key among the items is made by itemKey, a value by encode. For each item that expires the
// other bucket has a key made by expiryKey, with nothing as its value. Who changes the one changes the other in the same
// transaction.
var (
	itemsName    = []byte("items")
	expiriesName = []byte("expiries")
)

func newStore(db *bbolt.DB, now func() time.Time) *Store {
	s := &Store{
		db:     db,
		now:    now,
		writes: make(chan *write),
		closed: make(chan struct{}),
	}
	s.stop = sync.OnceValue(s.shutdown)
	go s.commitAll()
	return s
}

// Close lets calls that are at the file end, and gives it free for others to open. All other calls
// fail from then on. Closing again does nothing.
func (s *Store) Close() error { return s.stop() }

func (s *Store) shutdown() error {
	close(s.closed)
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("embedded: close: %w", err)
	}
	return nil
}

// view runs a function that reads one state of the store: all that was committed before, nothing
// that comes after. Slices the buckets give are good until the function returns.
func (s *Store) view(ctx context.Context, read func(contents) error) error {
	if err := table.CheckContext(ctx); err != nil {
		return err
	}
	tx, err := s.db.Begin(false)
	if err != nil {
		return fmt.Errorf("embedded: read: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // which is how a transaction that reads ends
	return read(s.contents(tx))
}

// contents is what a transaction finds in the file, at one time.
type contents struct {
	items, expiries *bbolt.Bucket
	now             time.Time
}

func (s *Store) contents(tx *bbolt.Tx) contents {
	return contents{items: tx.Bucket(itemsName), expiries: tx.Bucket(expiriesName), now: s.now()}
}
