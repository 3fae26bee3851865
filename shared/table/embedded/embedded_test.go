package embedded_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gavel/shared/table"
	"gavel/shared/table/embedded"
	"gavel/shared/table/tabletest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	tabletest.Run(t, func(t *testing.T, now func() time.Time) table.Store {
		t.Helper()
		return openAt(t, filepath.Join(t.TempDir(), "state.db"), now)
	})
}

// open opens the file until the test is over.
func open(t testing.TB, path string) *embedded.Store {
	t.Helper()
	return openAt(t, path, nil)
}

// openAt is open with another clock.
func openAt(t testing.TB, path string, now func() time.Time) *embedded.Store {
	t.Helper()
	store, err := embedded.Options{Now: now}.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func at(sort string) table.Key { return table.Key{Partition: "room#1", Sort: sort} }

func create(sort, data string) table.Change {
	return table.Put(table.Item{Key: at(sort), Data: []byte(data)})
}

func get(t *testing.T, store *embedded.Store, sort string) table.Item {
	t.Helper()
	items, err := store.Get(t.Context(), at(sort))
	if err != nil {
		t.Fatal(err)
	}
	return items[0]
}

func TestOpen_FindsWhatWasStored(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	store := open(t, path)
	if err := store.Write(t.Context(), create("a", `"A"`)); err != nil {
		t.Fatal(err)
	}
	before := get(t, store, "a")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = open(t, path)
	if got := get(t, store, "a"); string(got.Data) != `"A"` || got.Version != before.Version {
		t.Errorf("got %+v, want %+v", got, before)
	}
	if err := store.Write(t.Context(), table.Delete(before.Key, before.Version)); err != nil {
		t.Errorf("delete: %v", err)
	}
}

func TestClose_EndsAllCalls(t *testing.T) {
	t.Parallel()
	store := open(t, filepath.Join(t.TempDir(), "state.db"))
	for range 2 {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	_, getErr := store.Get(t.Context(), at("a"))
	_, queryErr := store.Query(t.Context(), table.Range{Partition: "a", Prefix: "a", Limit: 1})
	_, purgeErr := store.Purge(t.Context(), 1)
	for name, err := range map[string]error{
		"get": getErr, "query": queryErr, "purge": purgeErr, "write": store.Write(t.Context(), create("a", "1")),
	} {
		if err == nil || errors.Is(err, table.ErrBusy) || errors.Is(err, table.ErrConflict) {
			t.Errorf("%s: got %v, want an error of its own", name, err)
		}
	}
}

// What a Write said holds, also when the store is closed while it is under way.
func TestClose_WhileOthersWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	store := open(t, path)
	const writers = 20
	var written [writers]int
	var all sync.WaitGroup
	started := make(chan struct{}, writers)
	for writer := range writers {
		all.Go(func() {
			for {
				if store.Write(t.Context(), create(fmt.Sprintf("%d#%d", writer, written[writer]), "1")) != nil {
					return
				}
				if written[writer]++; written[writer] == 1 {
					started <- struct{}{}
				}
			}
		})
	}
	for range writers {
		<-started
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	all.Wait()

	store = open(t, path)
	for writer, count := range written {
		r := table.Range{Partition: "room#1", Prefix: fmt.Sprintf("%d#", writer), Limit: 1 << 20}
		items, err := store.Query(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(items); got != count {
			t.Errorf("writer %d: got %d items, want %d", writer, got, count)
		}
	}
}
