//nolint:depguard,thelper // these are tests, not helpers of tests
package tabletest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gavel/shared/table"
)

func queryBothWays(t *testing.T, store table.Store) {
	fill(t, store, "room#1", "m#2", "m#1", "m#3", "l#9", "n#0")
	fill(t, store, "room#0", "m#8")
	fill(t, store, "room#2", "m#9")
	for _, tt := range []struct {
		r    table.Range
		want []string
	}{
		{table.Range{Prefix: "m#", Limit: 10}, []string{"m#1", "m#2", "m#3"}},
		{table.Range{Prefix: "m#", Limit: 3}, []string{"m#1", "m#2", "m#3"}},
		{table.Range{Prefix: "m#", Limit: 2}, []string{"m#1", "m#2"}},
		{table.Range{Prefix: "m#", Limit: 10, Reverse: true}, []string{"m#3", "m#2", "m#1"}},
		{table.Range{Prefix: "m#", Limit: 1, Reverse: true}, []string{"m#3"}},
		{table.Range{Prefix: "n#0", Limit: 10, Reverse: true}, []string{"n#0"}},
		{table.Range{Prefix: "o", Limit: 10}, nil},
		{table.Range{Prefix: "o", Limit: 10, Reverse: true}, nil},
		{table.Range{Prefix: "a", Limit: 10, Reverse: true}, nil},
	} {
		tt.r.Partition = "room#1"
		items := query(t, store, tt.r)
		if got := sorts(items); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: got %q, want %q", tt.r, got, tt.want)
		}
		for _, item := range items {
			if stored := read(t, store, item.Key)[0]; !bytes.Equal(item.Data, stored.Data) || item.Version != stored.Version {
				t.Errorf("%+v: got %+v, want as Get has it, %+v", tt.r, item, stored)
			}
		}
	}
	if got := query(t, store, table.Range{Partition: "none", Prefix: "m#", Limit: 1}); len(got) != 0 {
		t.Errorf("a partition without items: got %q", got)
	}
}

func queryAfter(t *testing.T, store table.Store) {
	fill(t, store, "room#1", "l#9", "m#1", "m#3", "m#5", "n#0")
	for _, tt := range []struct {
		after   string
		reverse bool
		want    []string
	}{
		{"m#1", false, []string{"m#3", "m#5"}},
		{"m#3", false, []string{"m#5"}},
		{"m#5", false, nil},
		{"m#2", false, []string{"m#3", "m#5"}}, // not there
		{"m#", false, []string{"m#1", "m#3", "m#5"}},
		{"m#9", false, nil},
		{"m#5", true, []string{"m#3", "m#1"}},
		{"m#1", true, nil},
		{"m#4", true, []string{"m#3", "m#1"}},
		{"m#9", true, []string{"m#5", "m#3", "m#1"}},
		{"m#", true, nil},
	} {
		r := table.Range{Partition: "room#1", Prefix: "m#", After: tt.after, Reverse: tt.reverse, Limit: 10}
		if got := sorts(query(t, store, r)); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: got %q, want %q", r, got, tt.want)
		}
	}
	r := table.Range{Partition: "room#1", Prefix: "n#", After: "n#9", Reverse: true, Limit: 10} // behind all that is stored
	if got, want := sorts(query(t, store, r)), []string{"n#0"}; !slices.Equal(got, want) {
		t.Errorf("%+v: got %q, want %q", r, got, want)
	}
}

func queryPrefixes(t *testing.T, store table.Store) {
	all := []string{"room", "room#", "room#1", "room#1#a", "room#10", "room#2", "rooms"}
	fill(t, store, "user#1", all...)
	for prefix, want := range map[string][]string{
		"r":        all,
		"room":     all,
		"room#":    all[1:6],
		"room#1":   all[2:5],
		"room#1#":  all[3:4],
		"room#1#a": all[3:4],
		"rooms":    all[6:],
		"roomss":   nil,
	} {
		r := table.Range{Partition: "user#1", Prefix: prefix, Limit: 10}
		if got := sorts(query(t, store, r)); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", prefix, got, want)
		}
		r.Reverse = true
		reversed := slices.Clone(want)
		slices.Reverse(reversed)
		if got := sorts(query(t, store, r)); !slices.Equal(got, reversed) {
			t.Errorf("%q in reverse: got %q, want %q", prefix, got, reversed)
		}
	}
}

// queryOrder has texts whose order differs when they are compared by UTF-16 units, by letters, or as C strings.
func queryOrder(t *testing.T, store table.Store) {
	want := []string{
		"k", "k\x01", "k\x01a", "k ", "k#", "k0", "k00", "k1", "kA", "kZ", "ka", "k~", "k\x7f", "k\u0080", "ké", "k漢",
		"k\ue000", "k\uffff", "k\U00010000", "k\U0010ffff", "k\U0010ffff\U0010ffff",
	}
	if !slices.IsSorted(want) {
		t.Fatal("the texts are not in order themselves")
	}
	shuffled := slices.Clone(want)
	slices.Reverse(shuffled)
	fill(t, store, "room#1", shuffled...)

	r := table.Range{Partition: "room#1", Prefix: "k", Limit: 100}
	if got := sorts(query(t, store, r)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Reverse = true
	if got := sorts(query(t, store, r)); !slices.Equal(got, shuffled) {
		t.Errorf("in reverse: got %q, want %q", got, shuffled)
	}
	for i, after := range want {
		r = table.Range{Partition: "room#1", Prefix: "k", After: after, Limit: 100}
		if got := sorts(query(t, store, r)); !slices.Equal(got, want[i+1:]) {
			t.Errorf("after %q: got %q, want %q", after, got, want[i+1:])
		}
	}
}

// queryLarge reads more than DynamoDB gives in one answer.
func queryLarge(t *testing.T, store table.Store) {
	data := `"` + strings.Repeat("x", table.MaxData-2) + `"`
	var want []string
	for i := range 9 {
		want = append(want, fmt.Sprintf("m#%d", i))
		write(t, store, create(want[i], data))
	}
	for limit := 7; limit <= 10; limit++ {
		for _, reverse := range []bool{false, true} {
			r := table.Range{Partition: "room#1", Prefix: "m#", Limit: limit, Reverse: reverse}
			expected := slices.Clone(want)
			if reverse {
				slices.Reverse(expected)
			}
			expected = expected[:min(limit, len(want))]
			if got := sorts(query(t, store, r)); !slices.Equal(got, expected) {
				t.Errorf("%+v: got %q, want %q", r, got, expected)
			}
		}
	}
}

func queryRefusals(t *testing.T, store table.Store) {
	good := table.Range{Partition: "room#1", Prefix: "m#", Limit: 1}
	for name, change := range map[string]func(*table.Range){
		"no partition":         func(r *table.Range) { r.Partition = "" },
		"no prefix":            func(r *table.Range) { r.Prefix = "" },
		"no limit":             func(r *table.Range) { r.Limit = 0 },
		"a negative limit":     func(r *table.Range) { r.Limit = -1 },
		"too long a partition": func(r *table.Range) { r.Partition = strings.Repeat("p", table.MaxPartition+1) },
		"too long a prefix":    func(r *table.Range) { r.Prefix = strings.Repeat("p", table.MaxSort+1) },
		"too long a beginning": func(r *table.Range) { r.After = "m#" + strings.Repeat("p", table.MaxSort) },
		"begins elsewhere":     func(r *table.Range) { r.After = "n#1" },
		"begins before":        func(r *table.Range) { r.After = "m" },
		"half a character":     func(r *table.Range) { r.After = "m#\xc3" },
	} {
		r := good
		change(&r)
		_, err := store.Query(t.Context(), r)
		refused(t, name, err)
	}
	if _, err := store.Query(t.Context(), good); err != nil {
		t.Errorf("the range they are made of: got %v", err)
	}
}

func pagesOfLarge(t *testing.T, store table.Store) {
	const items, page = 10_000, 100
	want := make([]string, items)
	for i := range want {
		want[i] = fmt.Sprintf("msg#%05d", i)
	}
	fill(t, store, "chat#1", want...)
	for _, reverse := range []bool{false, true} {
		r := table.Range{Partition: "chat#1", Prefix: "msg#", Reverse: reverse, Limit: page}
		var got []string
		for len(got) < items {
			found := sorts(query(t, store, r))
			if len(found) != page {
				t.Fatalf("a page behind %q: got %d items, want %d", r.After, len(found), page)
			}
			got = append(got, found...)
			r.After = found[page-1]
		}
		if reverse {
			slices.Reverse(got)
		}
		if !slices.Equal(got, want) {
			t.Errorf("reverse %t: the pages together are not the partition", reverse)
		}
		if rest := query(t, store, r); len(rest) != 0 {
			t.Errorf("reverse %t, behind the last page: got %q", reverse, sorts(rest))
		}
	}
}

// pagesWhileAdding reads on whenever something was added, until it has read all.
func pagesWhileAdding(t *testing.T, store table.Store) {
	const items = 200
	want := make([]string, items)
	for i := range want {
		want[i] = fmt.Sprintf("msg#%05d", i)
	}
	added := make(chan error, items)
	go func() {
		for _, sort := range want {
			added <- store.Write(t.Context(), create(sort, "{}"))
		}
	}()
	var got []string
	r := table.Range{Partition: "room#1", Prefix: "msg#", Limit: 7}
	for len(got) < items {
		found := sorts(query(t, store, r))
		if got = append(got, found...); len(found) > 0 {
			r.After = found[len(found)-1]
			continue
		}
		if err := <-added; err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
