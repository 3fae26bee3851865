package embedded

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"gavel/shared/clock"
	"gavel/shared/table"
)

// idle makes a Store whose Writes nobody commits.
func idle(t *testing.T) *Store {
	t.Helper()
	db, err := open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &Store{db: db, writes: make(chan *write), closed: make(chan struct{}), now: clock.Now}
}

func newWrite(changes ...table.Change) *write {
	return &write{changes: changes, version: "v", done: make(chan error, 1)}
}

func create(sort string) table.Change {
	return table.Put(table.Item{Key: table.Key{Partition: "room#1", Sort: sort}, Data: []byte("1")})
}

// commits gives how many transactions the file has seen.
func commits(t *testing.T, s *Store) (count int) {
	t.Helper()
	if err := s.db.View(func(tx *bbolt.Tx) error { count = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return count
}

func exists(t *testing.T, s *Store, sort string) bool {
	t.Helper()
	items, err := s.Get(t.Context(), create(sort).Item.Key)
	if err != nil {
		t.Fatal(err)
	}
	return items[0].Exists()
}

func TestGather_TakesAllThatWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Store{writes: make(chan *write)}
		for range groupLimit + 9 {
			go func() { s.writes <- newWrite() }()
		}
		synctest.Wait() // until all of them wait
		for _, want := range []int{groupLimit, 11, 1} {
			if got := len(s.gather(newWrite())); got != want {
				t.Errorf("got %d writes, want %d", got, want)
			}
		}
	})
}

func TestCommit_GroupSharesATransaction(t *testing.T) {
	t.Parallel()
	s := idle(t)
	before := commits(t, s)
	group := []*write{newWrite(create("a")), newWrite(create("b"), create("a")), newWrite(create("c"))}

	s.commit(group)

	for i, want := range []error{nil, table.ErrConflict, nil} {
		if got := <-group[i].done; !errors.Is(got, want) {
			t.Errorf("write %d: got %v, want %v", i, got, want)
		}
	}
	if got, want := commits(t, s), before+1; got != want {
		t.Errorf("got %d transactions, want %d", got, want)
	}
	for sort, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if got := exists(t, s, sort); got != want {
			t.Errorf("%s: got %t, want %t", sort, got, want)
		}
	}
}

func TestCommit_FailsAsAWhole(t *testing.T) {
	t.Parallel()
	s := idle(t)
	unfit := create(strings.Repeat("s", bbolt.MaxKeySize+1))
	group := []*write{newWrite(create("a")), newWrite(create("b"), unfit)}

	s.commit(group)

	for i := range group {
		if err := <-group[i].done; err == nil || errors.Is(err, table.ErrConflict) {
			t.Errorf("write %d: got %v, want an error of its own", i, err)
		}
	}
	if exists(t, s, "a") || exists(t, s, "b") {
		t.Error("a commit that failed left an item")
	}
}

func TestWrite_ContextEndsWhileItWaits(t *testing.T) {
	t.Parallel()
	s := idle(t)
	late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := s.Write(late, create("a")); !errors.Is(err, table.ErrBusy) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v and %v", err, table.ErrBusy, context.DeadlineExceeded)
	}
	close(s.closed)
	if err := s.Write(t.Context(), create("a")); !errors.Is(err, errClosed) {
		t.Errorf("after Close: got %v, want %v", err, errClosed)
	}
}

// What does not change anything, or conflicts already, needs no transaction of the file.
func TestWrite_SparesTheDisk(t *testing.T) {
	t.Parallel()
	s := idle(t)
	s.commit([]*write{newWrite(create("a"))})
	stored, absent := create("a").Item, create("b").Item
	for i, tt := range []struct {
		version table.Version
		want    error
	}{{"v", nil}, {"other", table.ErrConflict}} {
		stored.Version = tt.version
		if err := s.Write(t.Context(), table.Check(stored), table.Check(absent)); !errors.Is(err, tt.want) {
			t.Errorf("check %d: got %v, want %v", i, err, tt.want)
		}
	}
	if err := s.Write(t.Context(), create("b"), create("a")); !errors.Is(err, table.ErrConflict) {
		t.Errorf("put: got %v, want %v", err, table.ErrConflict)
	}
}

func TestPurge_SparesTheDisk(t *testing.T) {
	t.Parallel()
	s := idle(t)
	later, old := create("a"), create("b")
	later.Item.Expires, old.Item.Expires = time.Now().Add(time.Hour), time.Unix(0, 0)
	s.commit([]*write{newWrite(later, old)})
	for _, want := range []int{1, 0, 0} {
		before := commits(t, s)
		if got, err := s.Purge(t.Context(), 10); got != want || err != nil {
			t.Errorf("got %d removed, %v, want %d", got, err, want)
		}
		if got := commits(t, s) - before; got != want {
			t.Errorf("got %d transactions, want %d", got, want)
		}
	}
}

// A file that is not as it should be loses no item that did not expire.
func TestPurge_StrayNotes(t *testing.T) {
	t.Parallel()
	s := idle(t)
	later := create("later")
	later.Item.Expires = time.Now().Add(time.Hour)
	s.commit([]*write{newWrite(create("never"), later)})
	err := s.db.Update(func(tx *bbolt.Tx) error {
		for _, key := range [][]byte{
			expiryKey(time.Unix(0, 0), itemKey("room#1", "never")), expiryKey(time.Unix(0, 0), itemKey("room#1", "later")),
			expiryKey(time.Unix(0, 0), itemKey("room#1", "none")), expiryKey(time.Unix(0, 0), nil), []byte("\x00"),
		} {
			if err := tx.Bucket(expiriesName).Put(key, []byte{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Purge(t.Context(), 1); got != 0 || err != nil {
		t.Errorf("got %d removed, %v, want none", got, err)
	}
	if !exists(t, s, "never") || !exists(t, s, "later") {
		t.Error("an item that did not expire is gone")
	}
	if err := s.db.View(inspect); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestBehind(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{"a": "b", "ab\xff": "ac", "a\xff\xff": "b", "\x00\xfe": "\x00\xff"} {
		if got := string(behind([]byte(prefix))); got != want {
			t.Errorf("%q: got %q, want %q", prefix, got, want)
		}
	}
}

func TestDecode_RefusesWhatEncodeDoesNotMake(t *testing.T) {
	t.Parallel()
	const second = "\x00\x00\x00\x00\x00\x00\x00\x01"
	for _, value := range []string{
		"", "\x00", "\x00data", "\x05four", "\xff",
		"\x00" + second[1:], "\x00" + second, "\x00" + second + "\x05four", "\x00" + second + "\x00" + second + "\x02v1data",
		"\x00\x00\x00\x00\x3a\xff\xf4\x41\x80\x02v1data", // the year 10000
		"\x00\xff\xff\xff\xff\xff\xff\xff\xff\x02v1data", // before 1970
	} {
		if item, ok := decode([]byte(value)); ok {
			t.Errorf("%q: got %+v", value, item)
		}
	}
}

func TestDecode_ReadsWhatEncodeMakes(t *testing.T) {
	t.Parallel()
	for want, expires := range map[string]time.Time{
		"\x02v1data": {}, // as it was before there were times
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02v1data": time.Unix(0, 0).UTC(),
		"\x00\x00\x00\x00\x00\xf4\x86\x57\x00\x02v1data": time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC),
	} {
		value := encode("v1", table.Item{Data: []byte("data"), Expires: expires})
		if got := string(value); got != want {
			t.Errorf("%s: got the value %q, want %q", expires, got, want)
		}
		item, ok := decode(value)
		if item.Version != "v1" || string(item.Data) != "data" || item.Expires != expires || !ok {
			t.Errorf("%s: got %+v, %t", expires, item, ok)
		}
	}
}

func BenchmarkStore(b *testing.B) {
	store, err := Open(filepath.Join(b.TempDir(), "state.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	for i := range 100 {
		if err := store.Write(b.Context(), create(fmt.Sprintf("m#%03d", i))); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	for name, call := range map[string]func(context.Context) error{
		"PutOne": func(ctx context.Context) error {
			n++
			return store.Write(ctx, create(fmt.Sprint("one#", n)))
		},
		"GetTwo": func(ctx context.Context) error {
			_, err := store.Get(ctx, create("m#010").Item.Key, create("m#020").Item.Key)
			return err
		},
		"Query50": func(ctx context.Context) error {
			_, err := store.Query(ctx, table.Range{Partition: "room#1", Prefix: "m#", Limit: 50})
			return err
		},
		"WriteThree": func(ctx context.Context) error {
			n++
			return store.Write(ctx, create(fmt.Sprint("x#", n)), create(fmt.Sprint("y#", n)), create(fmt.Sprint("z#", n)))
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := call(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
