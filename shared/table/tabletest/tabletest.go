// Package tabletest holds the one suite that every engine of table.Store must pass.
//
//nolint:depguard // tests are what it is
package tabletest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gavel/shared/table"
)

// Run tests an engine. Each of its tests opens a Store of its own, which must be empty, go by the
// clock it is handed and be good until that test is over; open cleans up by itself. The tests run in
// parallel. Their clocks stand at 2100 and later, so that what removes items by the wall clock leaves
// them alone.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) table.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, table.Store, *clock){
		"Expires: comes back in whole seconds":  expiresUnchanged,
		"Expires: gone in time":                 expiresInTime,
		"Expires: a Put sets it anew":           expiresAnew,
		"Expires: ranges leave it out":          expiresFromRanges,
		"Expires: a range of little else":       expiresFromLongRange,
		"Expires: more than one megabyte":       expiresFromLargeRange,
		"Expires: each kind with each version":  expiresKinds,
		"Expires: all or nothing":               expiresAtomic,
		"Expires: already over":                 expiresAtOnce,
		"Expires: refusals":                     expiresRefusals,
		"Concurrent: one takes what is expired": expiresTakenOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := newClock()
			test(t, open(t, now.Now), now)
		})
	}
	for name, test := range map[string]func(*testing.T, table.Store){
		"Get: in order of the keys":               getInOrder,
		"Get: the data is the caller's":           getOwnData,
		"Get: nothing asked":                      getNothing,
		"Get: as many as it takes":                getMost,
		"Get: refusals":                           getRefusals,
		"Keys: any text":                          keysOfAnyText,
		"Keys: partitions lie apart":              partitionsApart,
		"Data: comes back as it was":              dataUnchanged,
		"Query: both ways":                        queryBothWays,
		"Query: behind a place":                   queryAfter,
		"Query: prefixes of prefixes":             queryPrefixes,
		"Query: in the order of bytes":            queryOrder,
		"Query: more than one megabyte":           queryLarge,
		"Query: refusals":                         queryRefusals,
		"Query: pages of a large partition":       pagesOfLarge,
		"Query: pages while items are added":      pagesWhileAdding,
		"Write: each kind with each version":      writeKinds,
		"Write: reads see it":                     writeSeen,
		"Write: all or nothing":                   writeAtomic,
		"Write: as many as it takes":              writeMost,
		"Write: as much as it takes":              writeLargest,
		"Write: nothing to do":                    writeNothing,
		"Write: a new version each time":          writeVersions,
		"Write: refusals":                         writeRefusals,
		"Context: ended":                          contextEnded,
		"Concurrent: a counter":                   countTogether,
		"Concurrent: one creates":                 createTogether,
		"Concurrent: moves between accounts":      moveTogether,
		"Concurrent: one removes":                 removeTogether,
		"Concurrent: a check holds off a removal": checkAgainstDelete,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t, newClock().Now))
		})
	}
}

// at makes a key in the partition that most tests use.
func at(sort string) table.Key { return table.Key{Partition: "room#1", Sort: sort} }

// create makes the change that creates an item.
func create(sort, data string) table.Change {
	return table.Put(table.Item{Key: at(sort), Data: []byte(data)})
}

// with gives the item other data.
func with(item table.Item, data string) table.Item {
	item.Data = []byte(data)
	return item
}

func write(t *testing.T, store table.Store, changes ...table.Change) {
	t.Helper()
	if err := store.Write(t.Context(), changes...); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// conflict demands that the changes are refused as out of date.
func conflict(t *testing.T, store table.Store, changes ...table.Change) {
	t.Helper()
	if err := store.Write(t.Context(), changes...); !errors.Is(err, table.ErrConflict) {
		t.Errorf("write: got %v, want %v", err, table.ErrConflict)
	}
}

func read(t *testing.T, store table.Store, keys ...table.Key) []table.Item {
	t.Helper()
	items, err := store.Get(t.Context(), keys...)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	if len(items) != len(keys) {
		t.Fatalf("get of %d keys: got %d items", len(keys), len(items))
	}
	return items
}

func query(t *testing.T, store table.Store, r table.Range) []table.Item {
	t.Helper()
	items, err := store.Query(t.Context(), r)
	if err != nil {
		t.Fatalf("query: %v", err)
	}
	return items
}

// fill creates items under the sorts, with the sort's number as data.
func fill(t *testing.T, store table.Store, partition string, sorts ...string) {
	t.Helper()
	for start := 0; start < len(sorts); start += table.MaxWrite {
		var changes []table.Change
		for i := start; i < min(start+table.MaxWrite, len(sorts)); i++ {
			key := table.Key{Partition: partition, Sort: sorts[i]}
			changes = append(changes, table.Put(table.Item{Key: key, Data: fmt.Append(nil, i)}))
		}
		write(t, store, changes...)
	}
}

func sorts(items []table.Item) []string {
	var all []string
	for _, item := range items {
		all = append(all, item.Sort)
	}
	return all
}

// refused demands an error about the call itself, which is none that a repetition could mend.
func refused(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil || errors.Is(err, table.ErrConflict) || errors.Is(err, table.ErrBusy) {
		t.Errorf("%s: got %v, want an error of its own", name, err)
	}
}
