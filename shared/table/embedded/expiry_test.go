package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

var (
	early = time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)
	late  = early.Add(time.Hour)
)

// still gives a clock that stands still.
func still(now time.Time) func() time.Time { return func() time.Time { return now } }

// expiring makes the change that creates an item until some time.
func expiring(sort string, expires time.Time) table.Change {
	change := create(sort, "1")
	change.Item.Expires = expires
	return change
}

// edit changes a file that no store has open.
func edit(t *testing.T, path string, change func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// count gives how many keys a file has, items and notes of when they expire.
func count(t *testing.T, path string) (items, notes int) {
	t.Helper()
	edit(t, path, func(tx *bbolt.Tx) error {
		items, notes = tx.Bucket([]byte("items")).Stats().KeyN, tx.Bucket([]byte("expiries")).Stats().KeyN
		return nil
	})
	return items, notes
}

func purge(t *testing.T, store *embedded.Store, limit, want int) {
	t.Helper()
	if got, err := store.Purge(t.Context(), limit); got != want || err != nil {
		t.Errorf("purge of %d: got %d, %v, want %d", limit, got, err, want)
	}
}

// The file is as it was made before items could expire.
func TestOpen_FileFromBeforeExpiry(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	edit(t, path, func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucket([]byte("items"))
		if err != nil {
			return err
		}
		return errors.Join(
			bucket.Put([]byte("\x00\x06room#1a"), []byte("\x1aABCDEFGHIJKLMNOPQRSTUVWXYZ\"A\"")),
			bucket.Put([]byte("\x00\x06room#1b"), []byte("\x1aABCDEFGHIJKLMNOPQRSTUVWXYZ\"B\"")))
	})
	store := openAt(t, path, still(late))
	a, b := get(t, store, "a"), get(t, store, "b")
	if string(a.Data) != `"A"` || a.Version != "ABCDEFGHIJKLMNOPQRSTUVWXYZ" || !a.Expires.IsZero() || string(b.Data) != `"B"` {
		t.Errorf("got %+v and %+v", a, b)
	}
	a.Expires = late
	if err := store.Write(t.Context(), table.Put(a), table.Check(b)); err != nil {
		t.Fatal(err)
	}
	purge(t, store, 10, 1)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if items, notes := count(t, path); items != 1 || notes != 0 {
		t.Errorf("got %d items and %d notes, want b alone", items, notes)
	}
	open(t, path)
}

func TestPurge_InBatches(t *testing.T) {
	t.Parallel()
	const expired, live = 700, 30
	path := filepath.Join(t.TempDir(), "state.db")
	store := openAt(t, path, still(early))
	var changes []table.Change
	for i := range expired + live {
		change := create(fmt.Sprintf("%03d", i), "1")
		switch {
		case i < expired:
			change.Item.Expires = early.Add(time.Duration(expired-i) * time.Second) // the last first
		case i%2 == 0:
			change.Item.Expires = late.Add(time.Second)
		}
		if changes = append(changes, change); len(changes) == table.MaxWrite || i == expired+live-1 {
			if err := store.Write(t.Context(), changes...); err != nil {
				t.Fatal(err)
			}
			changes = nil
		}
	}
	purge(t, store, 1000, 0) // none yet
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}

	store = openAt(t, path, still(late))
	purge(t, store, 1, 1)
	purge(t, store, 9, 9)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = openAt(t, path, still(early)) // to see what is still there
	for sort, want := range map[string]bool{"000": true, "689": true, "690": false, "699": false, "700": true} {
		if got := get(t, store, sort).Exists(); got != want {
			t.Errorf("%s is there: got %t, want %t", sort, got, want)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = openAt(t, path, still(late))
	purge(t, store, 600, 600) // more than one batch
	purge(t, store, 1<<40, expired-610)
	purge(t, store, 1<<40, 0)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if items, notes := count(t, path); items != live || notes != live/2 {
		t.Errorf("got %d items and %d notes, want %d and %d", items, notes, live, live/2)
	}
}

// A note goes with the item that it is for, whatever takes the item's place.
func TestWrite_KeepsTheNotes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	now := early
	store := openAt(t, path, func() time.Time { return now })
	write := func(changes ...table.Change) {
		t.Helper()
		if err := store.Write(t.Context(), changes...); err != nil {
			t.Fatal(err)
		}
	}
	write(expiring("moved", late), expiring("kept", late), expiring("deleted", late), expiring("expired", late), expiring("any", late))
	moved, kept := get(t, store, "moved"), get(t, store, "kept")
	moved.Expires, kept.Expires = late.Add(time.Hour), time.Time{}
	write(table.Put(moved), table.Put(kept), table.Delete(at("deleted"), get(t, store, "deleted").Version))
	now = late
	write(create("expired", "2"), table.Delete(at("any"), table.Any))
	purge(t, store, 10, 0)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if items, notes := count(t, path); items != 3 || notes != 1 {
		t.Errorf("got %d items and %d notes, want 3 and that of one", items, notes)
	}
	open(t, path)
}

func TestOpen_NotesThatAreWrong(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*bbolt.Bucket) error{
		"one too many": func(notes *bbolt.Bucket) error { return notes.Put([]byte("note"), []byte{}) },
		"one missing": func(notes *bbolt.Bucket) error {
			first, _ := notes.Cursor().First()
			return notes.Delete(first)
		},
		"one that is another's": func(notes *bbolt.Bucket) error {
			first, _ := notes.Cursor().First()
			other := append([]byte(nil), first...)
			other[7]++
			return errors.Join(notes.Put(other, []byte{}), notes.Delete(first))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state.db")
			store := openAt(t, path, still(early))
			if err := store.Write(t.Context(), expiring("a", late), expiring("b", late), create("c", "1")); err != nil {
				t.Fatal(err)
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			edit(t, path, func(tx *bbolt.Tx) error { return change(tx.Bucket([]byte("expiries"))) })
			_, err := embedded.Open(path)
			damaged(t, path, err)
		})
	}
}

func TestPurge_Refusals(t *testing.T) {
	t.Parallel()
	store := openAt(t, filepath.Join(t.TempDir(), "state.db"), still(late))
	if err := store.Write(t.Context(), expiring("a", early)); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{0, -1} {
		if got, err := store.Purge(t.Context(), limit); got != 0 || err == nil {
			t.Errorf("limit %d: got %d, %v, want an error", limit, got, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := store.Purge(ended, 1); got != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ended: got %d, %v, want %v", got, err, context.Canceled)
	}
	purge(t, store, 1, 1)
}

// Nothing that is alive goes, whoever else writes meanwhile.
func TestPurge_WhileOthersWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	store := openAt(t, path, still(late))
	const rounds = 40
	var writers, purger sync.WaitGroup
	done := make(chan struct{})
	purger.Go(func() {
		for {
			if _, err := store.Purge(t.Context(), 3); err != nil {
				t.Error(err)
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	for writer := range 4 {
		writers.Go(func() {
			for i := range rounds {
				expired, live := fmt.Sprintf("%d#old", writer), fmt.Sprintf("%d#%02d", writer, i)
				if err := store.Write(t.Context(), expiring(expired, early), expiring(live, late.Add(time.Hour))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	purger.Wait()
	if _, err := store.Purge(t.Context(), 100); err != nil {
		t.Error(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if items, notes := count(t, path); items != 4*rounds || notes != items {
		t.Errorf("got %d items and %d notes, want %d of each", items, notes, 4*rounds)
	}
	open(t, path)
}
