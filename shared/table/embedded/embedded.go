// Package embedded keeps a table in one file of the local disk, for one process at a time: what
// `make run` stores, and what tests use that need no DynamoDB. What is written survives the
// process and the machine going down.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.etcd.io/bbolt"

	"gavel/shared/table"
)

// Store is an open file. Make it with Open; it is safe for concurrent use.
type Store struct {
	db     *bbolt.DB
	writes chan *write   // from Write to commitAll, without a buffer: who handed over waits for the outcome
	closed chan struct{} // closed by Close
	stop   func() error
}

var _ table.Store = (*Store)(nil)

var errClosed = errors.New("embedded: the store is closed")

// The one bucket of the file. A key in it is made by itemKey, a value by encode.
var bucketName = []byte("items")

func newStore(db *bbolt.DB) *Store {
	s := &Store{
		db:     db,
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
// that comes after. Slices the bucket gives are good until the function returns.
func (s *Store) view(ctx context.Context, read func(*bbolt.Bucket) error) error {
	if err := table.CheckContext(ctx); err != nil {
		return err
	}
	tx, err := s.db.Begin(false)
	if err != nil {
		return fmt.Errorf("embedded: read: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // which is how a transaction that reads ends
	return read(tx.Bucket(bucketName))
}
