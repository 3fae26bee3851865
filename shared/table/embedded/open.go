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

	"gavel/shared/clock"
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

var (
	errUnreadable = fmt.Errorf("embedded: %w: an item cannot be read", ErrDamaged)
	errUnlisted   = fmt.Errorf("embedded: %w: the items that expire are not those that are noted to", ErrDamaged)
)

// Options are for those who need another Store than the function Open makes.
type Options struct {
	// Now is the clock by which items expire; nil for the wall clock.
	Now func() time.Time
}

// Open opens the file at the path, or makes it; the folder must be there. It reads the file once
// from end to end, so that a damaged one is found now and not by a later call.
func Open(path string) (*Store, error) { return Options{}.Open(path) }

// Open does what the function Open does, with the options.
func (o Options) Open(path string) (*Store, error) {
	db, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("embedded: open %s: %w", path, err)
	}
	if o.Now == nil {
		o.Now = clock.Now
	}
	return newStore(db, o.Now), nil
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

// prepare looks at every item, and makes the buckets. A file from before items could expire has only that of the items.
func prepare(db *bbolt.DB) error {
	if err := db.View(inspect); err != nil {
		return err
	}
	return db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{itemsName, expiriesName} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
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
	items, expiries := tx.Bucket(itemsName), tx.Bucket(expiriesName)
	listed, err := count(expiries)
	if err != nil || items == nil {
		return err // nil for a new file
	}
	err = items.ForEach(func(key, value []byte) error {
		item, ok := decode(value)
		switch {
		case !ok:
			return errUnreadable
		case item.Expires.IsZero():
			return nil
		case expiries == nil || expiries.Get(expiryKey(item.Expires, key)) == nil:
			return errUnlisted
		}
		listed--
		return nil
	})
	if err == nil && listed != 0 {
		return errUnlisted // one that no item has
	}
	return err
}

func count(bucket *bbolt.Bucket) (keys int, err error) {
	if bucket == nil {
		return 0, nil
	}
	err = bucket.ForEach(func(_, _ []byte) error {
		keys++
		return nil
	})
	return keys, err
}
