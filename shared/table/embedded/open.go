package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// lockLimit is how long Open waits for another process to end, as a restarted server does.
const lockLimit = time.Second

// Errors of Open that its caller can do something about. Each comes with the path.
var (
	// ErrInUse says that a process, maybe this one, has the file open.
	ErrInUse = errors.New("in use by another process")
	// ErrDamaged says that the file was not made by this package, or is broken.
	ErrDamaged = errors.New("not a database, or a damaged one")
)

var errUnreadable = fmt.Errorf("embedded: %w: an item cannot be read", ErrDamaged)

// Open opens the file at the path, or makes it; the folder must be there. It reads the file once
// from end to end, so that a damaged one is found now and not by a later call.
func Open(path string) (*Store, error) {
	db, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("embedded: open %s: %w", path, err)
	}
	return newStore(db), nil
}

func open(path string) (db *bbolt.DB, err error) {
	options := &bbolt.Options{
		Timeout:      lockLimit,
		FreelistType: bbolt.FreelistMapType, // the faster one in large files
	}
	err = guarded(func() error {
		if db, err = bbolt.Open(path, 0o600, options); err != nil {
			return openError(err)
		}
		return prepare(db)
	})
	if err != nil && db != nil {
		_ = db.Close()
	}
	return db, err
}

// guarded makes errors of the panics that bbolt answers broken pages with, and of the fault that reading beyond the end
// of a mapped file is. (After a panic of bbolt.Open itself the file stays locked until the process ends.)
func guarded(work func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, reason)
		}
	}()
	return work()
}

func openError(err error) error {
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return ErrInUse
	}
	_, ofFile := errors.AsType[*fs.PathError](err)
	_, ofSystem := errors.AsType[syscall.Errno](err)
	if ofFile || ofSystem {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// prepare looks at every item, and makes the bucket.
func prepare(db *bbolt.DB) error {
	if err := db.View(inspect); err != nil {
		return err
	}
	return db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucketName)
		return err
	})
}

func inspect(tx *bbolt.Tx) error {
	info, err := os.Stat(tx.DB().Path())
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return fmt.Errorf("%w: %d of its %d bytes are there", ErrDamaged, info.Size(), tx.Size())
	}
	bucket := tx.Bucket(bucketName)
	if bucket == nil {
		return nil // a new file
	}
	return bucket.ForEach(func(_, value []byte) error {
		if _, _, ok := decode(value); !ok {
			return errUnreadable
		}
		return nil
	})
}
