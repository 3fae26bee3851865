//nolint:depguard,thelper // these are tests, not helpers of tests
package tabletest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gavel/shared/table"
)

// Versions in a kindCase that stand for real ones.
const (
	there = table.Version("there") // that of the stored item
	stale = table.Version("stale") // one that the item had before
)

// kindCase is a change, what it meets and what comes of it.
type kindCase struct {
	name    string
	kind    table.Kind
	version table.Version
	stored  bool  // before
	want    error // of the Write
	left    bool  // whether the item is there afterwards
}

var kindCases = []kindCase{
	{"put where nothing is", table.KindPut, table.Absent, false, nil, true},
	{"put where something is", table.KindPut, table.Absent, true, table.ErrConflict, true},
	{"put over its version", table.KindPut, there, true, nil, true},
	{"put over another version", table.KindPut, stale, true, table.ErrConflict, true},
	{"put over what is gone", table.KindPut, stale, false, table.ErrConflict, false},
	{"delete nothing", table.KindDelete, table.Absent, false, nil, false},
	{"delete nothing where something is", table.KindDelete, table.Absent, true, table.ErrConflict, true},
	{"delete its version", table.KindDelete, there, true, nil, false},
	{"delete another version", table.KindDelete, stale, true, table.ErrConflict, true},
	{"delete what is gone", table.KindDelete, stale, false, table.ErrConflict, false},
	{"delete any", table.KindDelete, table.Any, true, nil, false},
	{"delete any where nothing is", table.KindDelete, table.Any, false, nil, false},
	{"check for nothing", table.KindCheck, table.Absent, false, nil, false},
	{"check for nothing where something is", table.KindCheck, table.Absent, true, table.ErrConflict, true},
	{"check its version", table.KindCheck, there, true, nil, true},
	{"check another version", table.KindCheck, stale, true, table.ErrConflict, true},
	{"check what is gone", table.KindCheck, stale, false, table.ErrConflict, false},
}

// writeKinds makes each change alone and as a part of a larger Write: engines may do the two in different ways.
func writeKinds(t *testing.T, store table.Store) {
	for _, tt := range kindCases {
		before, outdated := stage(t, store, tt.name, tt.stored)
		if err := store.Write(t.Context(), tt.change(before, outdated)); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
		tt.expect(t, store, before)

		tt.name += ", in company"
		before, outdated = stage(t, store, tt.name, tt.stored)
		beside := create(tt.name+", the other", "{}")
		if err := store.Write(t.Context(), tt.change(before, outdated), beside); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
		tt.expect(t, store, before)
		if got, want := read(t, store, beside.Item.Key)[0].Exists(), tt.want == nil; got != want {
			t.Errorf("%s: the change beside it happened: got %t, want %t", tt.name, got, want)
		}
	}
}

func (c kindCase) change(before table.Item, outdated table.Version) table.Change {
	item := with(before, `"new"`)
	switch c.version {
	case there:
	case stale:
		item.Version = outdated
	default:
		item.Version = c.version
	}
	return table.Change{Kind: c.kind, Item: item}
}

// expect demands what the change leaves of the item.
func (c kindCase) expect(t *testing.T, store table.Store, before table.Item) {
	t.Helper()
	data, changed := before.Data, c.want == nil && c.kind == table.KindPut
	if changed {
		data = []byte(`"new"`)
	}
	after := read(t, store, before.Key)[0]
	if got := after.Exists(); got != c.left {
		t.Errorf("%s: it is there afterwards: got %t, want %t", c.name, got, c.left)
	}
	if c.left && !bytes.Equal(after.Data, data) {
		t.Errorf("%s: got the data %s, want %s", c.name, after.Data, data)
	}
	if got := after.Version != before.Version; c.left && got != changed {
		t.Errorf("%s: the version is another: got %t, want %t", c.name, got, changed)
	}
}

// stage makes an item that had another version before, and removes it again if it is not to be stored.
func stage(t *testing.T, store table.Store, sort string, stored bool) (item table.Item, outdated table.Version) {
	t.Helper()
	write(t, store, create(sort, `"first"`))
	first := read(t, store, at(sort))[0]
	write(t, store, table.Put(with(first, `"second"`)))
	if !stored {
		write(t, store, table.Delete(at(sort), table.Any))
	}
	return read(t, store, at(sort))[0], first.Version
}

func writeSeen(t *testing.T, store table.Store) {
	for i := range 20 {
		item := read(t, store, at("a"))[0]
		data := fmt.Sprint(i)
		write(t, store, table.Put(with(item, data)))
		single := read(t, store, at("a"))[0]
		several := read(t, store, at("b"), at("a"))[1]
		listed := query(t, store, table.Range{Partition: "room#1", Prefix: "a", Limit: 1})
		if len(listed) != 1 || string(single.Data) != data || string(several.Data) != data || string(listed[0].Data) != data {
			t.Fatalf("after write %d: got %s, %s, %q", i, single.Data, several.Data, listed)
		}
	}
	write(t, store, table.Delete(at("a"), table.Any))
	if listed := query(t, store, table.Range{Partition: "room#1", Prefix: "a", Limit: 1}); len(listed) != 0 || read(t, store, at("a"))[0].Exists() {
		t.Errorf("after a delete: got %q", listed)
	}
}

func writeAtomic(t *testing.T, store table.Store) {
	write(t, store, create("kept", "1"), create("doomed", "1"), create("watched", "1"))
	before := read(t, store, at("kept"), at("doomed"), at("watched"))
	write(t, store, table.Put(with(before[2], "2")))
	changes := []table.Change{
		table.Put(with(before[0], "2")),
		create("fresh", "1"),
		table.Delete(at("doomed"), before[1].Version),
		table.Put(table.Item{Key: table.Key{Partition: "room#2", Sort: "other"}, Data: []byte("1")}),
		table.Check(before[2]), // outdated
	}

	conflict(t, store, changes...)

	after := read(t, store, at("kept"), at("doomed"), at("fresh"), table.Key{Partition: "room#2", Sort: "other"})
	if after[0].Version != before[0].Version || after[1].Version != before[1].Version || after[2].Exists() || after[3].Exists() {
		t.Errorf("a write that conflicts left %+v", after)
	}
	changes[4] = table.Check(read(t, store, at("watched"))[0])
	write(t, store, changes...)
	after = read(t, store, at("kept"), at("doomed"), at("fresh"), table.Key{Partition: "room#2", Sort: "other"})
	if string(after[0].Data) != "2" || after[1].Exists() || !after[2].Exists() || !after[3].Exists() {
		t.Errorf("the same without a conflict left %+v", after)
	}
}

func writeMost(t *testing.T, store table.Store) {
	changes := make([]table.Change, table.MaxWrite)
	keys := make([]table.Key, table.MaxWrite)
	for i := range changes {
		keys[i] = table.Key{Partition: fmt.Sprintf("room#%d", i%7), Sort: fmt.Sprint(i)}
		changes[i] = table.Put(table.Item{Key: keys[i], Data: fmt.Append(nil, i)})
	}
	write(t, store, changes...)
	for i, item := range read(t, store, keys...) {
		if got, want := string(item.Data), fmt.Sprint(i); got != want {
			t.Errorf("item %d: got %s, want %s", i, got, want)
		}
	}
	conflict(t, store, changes...)
}

// writeLargest also has keys as long as they may be.
func writeLargest(t *testing.T, store table.Store) {
	data := []byte(`"` + strings.Repeat("x", table.MaxWriteData/table.MaxWrite-2) + `"`)
	changes := make([]table.Change, table.MaxWrite)
	for i := range changes {
		key := table.Key{
			Partition: strings.Repeat("p", table.MaxPartition),
			Sort:      fmt.Sprintf("%0*d", table.MaxSort, i),
		}
		changes[i] = table.Put(table.Item{Key: key, Data: data})
	}
	write(t, store, changes...)
	r := table.Range{Partition: changes[0].Item.Partition, Prefix: "0", Limit: table.MaxWrite + 1}
	if got, want := len(query(t, store, r)), table.MaxWrite; got != want {
		t.Errorf("got %d items, want %d", got, want)
	}
}

func writeNothing(t *testing.T, store table.Store) {
	if err := store.Write(t.Context()); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

func writeVersions(t *testing.T, store table.Store) {
	seen := map[table.Version]bool{table.Absent: true, table.Any: true}
	for i := range 10 {
		items := read(t, store, at("a"), at("b"))
		write(t, store, table.Put(with(items[0], `"same"`)))                   // alone
		write(t, store, table.Put(with(read(t, store, at("a"))[0], `"same"`)), // and in company
			table.Put(with(items[1], `"same"`)))
		if version := read(t, store, at("a"))[0].Version; seen[version] {
			t.Errorf("write %d: got the version %q again", i, version)
		} else {
			seen[version] = true
		}
	}
	last := read(t, store, at("a"))[0]
	write(t, store, table.Delete(at("a"), last.Version))
	write(t, store, create("a", `"same"`))
	if got := read(t, store, at("a"))[0].Version; seen[got] {
		t.Errorf("an item made anew: got the version %q again", got)
	}
	conflict(t, store, table.Put(last))
}

func writeRefusals(t *testing.T, store table.Store) {
	long := `"` + strings.Repeat("x", table.MaxData-1) + `"`
	large := make([]table.Change, table.MaxWriteData/table.MaxData+1)
	for i := range large {
		large[i] = create(fmt.Sprint(i), long[:table.MaxData-1]+`"`)
	}
	many := make([]table.Change, table.MaxWrite+1)
	for i := range many {
		many[i] = create(fmt.Sprint(i), "1")
	}
	for name, changes := range map[string][]table.Change{
		"too many changes":   many,
		"no key":             {table.Put(table.Item{Data: []byte("1")})},
		"no sort":            {table.Delete(table.Key{Partition: "a"}, table.Any)},
		"too long a sort":    {create(strings.Repeat("s", table.MaxSort+1), "1")},
		"one key twice":      {create("a", "1"), create("b", "1"), create("a", "2")},
		"one key, two kinds": {table.Check(table.Item{Key: at("a")}), create("a", "2")},
		"no data":            {create("a", "")},
		"too much data":      {create("a", long)},
		"too much together":  large,
		"not JSON":           {create("a", "{")},
		"not UTF-8":          {create("a", "\"\xc3\"")},
		"put over any":       {table.Put(table.Item{Key: at("a"), Version: table.Any, Data: []byte("1")})},
		"check for any":      {table.Check(table.Item{Key: at("a"), Version: table.Any})},
		"unknown kind":       {{Kind: 7, Item: table.Item{Key: at("a")}}},
		"one bad among good": {create("a", "1"), create("b", "")},
	} {
		refused(t, name, store.Write(t.Context(), changes...))
	}
	if items := read(t, store, at("a"), at("b"), at("0")); items[0].Exists() || items[1].Exists() || items[2].Exists() {
		t.Errorf("a refused write left %+v", items)
	}
}
