//nolint:depguard,thelper // these are tests, not helpers of tests
package tabletest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/table"
)

func getInOrder(t *testing.T, store table.Store) {
	write(t, store, create("a", `"A"`), create("b", `"B"`))
	keys := []table.Key{at("b"), at("none"), at("a"), at("b"), {Partition: "room#2", Sort: "a"}}
	want := []string{`"B"`, "", `"A"`, `"B"`, ""}

	for i, item := range read(t, store, keys...) {
		if got := string(item.Data); got != want[i] || item.Key != keys[i] || item.Exists() != (want[i] != "") {
			t.Errorf("item %d: got %q under %q, exists %t; want %q under %q", i, got, item.Key, item.Exists(), want[i], keys[i])
		}
	}
	if twice := read(t, store, at("a"), at("a")); !twice[0].Exists() || twice[0].Version != twice[1].Version {
		t.Errorf("one key twice: got the versions %q and %q, want one", twice[0].Version, twice[1].Version)
	}
	if absent := read(t, store, at("none"))[0]; absent.Exists() || absent.Data != nil || absent.Key != at("none") {
		t.Errorf("a lone key without an item: got %+v", absent)
	}
}

// getOwnData changes what it got.
func getOwnData(t *testing.T, store table.Store) {
	write(t, store, create("a", `"A"`), create("b", `"B"`))
	listed := query(t, store, table.Range{Partition: "room#1", Prefix: "a", Limit: 1})
	for _, items := range [][]table.Item{read(t, store, at("a")), read(t, store, at("a"), at("a"), at("b")), listed} {
		clear(items[0].Data)
		if len(items) > 1 && string(items[1].Data) != `"A"` {
			t.Errorf("the same key again: got %q, want %q", items[1].Data, `"A"`)
		}
		if got, want := string(read(t, store, at("a"))[0].Data), `"A"`; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func getNothing(t *testing.T, store table.Store) {
	if items, err := store.Get(t.Context()); len(items) != 0 || err != nil {
		t.Errorf("got %v, %v, want nothing", items, err)
	}
}

func getMost(t *testing.T, store table.Store) {
	var names []string
	var keys []table.Key
	for i := range table.MaxKeys {
		names = append(names, fmt.Sprintf("item#%03d", i))
		keys = append(keys, at(names[i]))
	}
	fill(t, store, "room#1", names...)

	for i, item := range read(t, store, keys...) {
		if got, want := string(item.Data), fmt.Sprint(i); got != want {
			t.Errorf("item %d: got %s, want %s", i, got, want)
		}
	}
}

func getRefusals(t *testing.T, store table.Store) {
	for name, keys := range map[string][]table.Key{
		"too many keys":        slices.Repeat([]table.Key{at("a")}, table.MaxKeys+1),
		"no partition":         {{Sort: "a"}},
		"no sort":              {{Partition: "a"}},
		"too long a partition": {{Partition: strings.Repeat("p", table.MaxPartition+1), Sort: "a"}},
		"too long a sort":      {at(strings.Repeat("s", table.MaxSort+1))},
		"one bad among others": {at("a"), {}},
		"half a character":     {at("\xc3")},
	} {
		_, err := store.Get(t.Context(), keys...)
		refused(t, name, err)
	}
}

func keysOfAnyText(t *testing.T, store table.Store) {
	for i, sort := range []string{
		"a", "a#b", "a\x01", "\x01", "\x7f", "ü", "漢字", "\U0001f600", "e\u0301", "é", " ", "a ", "%", `"`, `\`, "<&>",
		strings.Repeat("s", table.MaxSort), strings.Repeat("é", table.MaxSort/2),
	} {
		for _, partition := range []string{"p#" + sort, strings.Repeat("ü", table.MaxPartition/2)} {
			key := table.Key{Partition: partition, Sort: sort}
			data := fmt.Append(nil, i)
			write(t, store, table.Put(table.Item{Key: key, Data: data}))
			if got := read(t, store, key)[0]; !bytes.Equal(got.Data, data) || got.Key != key {
				t.Errorf("get of %.40q: got %s under %.40q, want %s", key, got.Data, got.Key, data)
			}
			r := table.Range{Partition: partition, Prefix: sort, Limit: 1}
			if got := query(t, store, r); len(got) != 1 || got[0].Key != key {
				t.Errorf("query of %.40q: got %.80q", key, got)
			}
		}
	}
}

// partitionsApart has keys that are the same text when partition and sort are joined.
func partitionsApart(t *testing.T, store table.Store) {
	keys := []table.Key{
		{Partition: "a", Sort: "bcc"},
		{Partition: "ab", Sort: "cc"},
		{Partition: "abc", Sort: "c"},
		{Partition: "a\x01", Sort: "bc"},
		{Partition: "a#", Sort: "bc"},
	}
	for i, key := range keys {
		write(t, store, table.Put(table.Item{Key: key, Data: fmt.Append(nil, i)}))
	}
	for i, item := range read(t, store, keys...) {
		if got, want := string(item.Data), fmt.Sprint(i); got != want {
			t.Errorf("%q: got %s, want %s", item.Key, got, want)
		}
	}
	for _, key := range keys {
		for _, reverse := range []bool{false, true} {
			r := table.Range{Partition: key.Partition, Prefix: key.Sort[:1], Reverse: reverse, Limit: 10}
			if got := query(t, store, r); len(got) != 1 || got[0].Key != key {
				t.Errorf("query of partition %q, reverse %t: got %q, want %q alone", key.Partition, reverse, got, key)
			}
		}
	}
}

func dataUnchanged(t *testing.T, store table.Store) {
	largest := `"` + strings.Repeat("x", table.MaxData-2) + `"`
	for name, data := range map[string]string{
		"number":   "0",
		"null":     "null",
		"object":   `{"a": [1, 2.50, "<&>"],` + "\n\t" + `"b":"\u00e9é漢\ud83d\ude00"}`,
		"repeated": `{"a":1,"a":2}`,
		"half":     `"\ud800"`,
		"zero":     `"\u0000"`,
		"controls": "\"\u2028\u007f\"",
		"largest":  largest,
		"wide":     `"` + strings.Repeat("é", table.MaxData/2-1) + `"`,
	} {
		write(t, store, create(name, data))
		if got := string(read(t, store, at(name))[0].Data); got != data {
			t.Errorf("%s: got %.60q of %d bytes, want %.60q of %d", name, got, len(got), data, len(data))
		}
	}
}

// contextEnded also demands that the Write was not made.
func contextEnded(t *testing.T, store table.Store) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for _, tt := range []struct {
		ctx  context.Context
		want error
		busy bool
	}{
		{canceled, context.Canceled, false},
		{late, context.DeadlineExceeded, true},
	} {
		_, getErr := store.Get(tt.ctx, at("a"))
		_, queryErr := store.Query(tt.ctx, table.Range{Partition: "room#1", Prefix: "a", Limit: 1})
		for name, err := range map[string]error{"get": getErr, "query": queryErr, "write": store.Write(tt.ctx, create("a", "1"))} {
			if !errors.Is(err, tt.want) || errors.Is(err, table.ErrBusy) != tt.busy {
				t.Errorf("%s: got %v, want %v, busy %t", name, err, tt.want, tt.busy)
			}
		}
	}
	if read(t, store, at("a"))[0].Exists() {
		t.Error("a write with an ended context was made")
	}
}
