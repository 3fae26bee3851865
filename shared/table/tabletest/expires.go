//nolint:depguard,thelper // these are tests, not helpers of tests
package tabletest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/table"
)

// soon is when most items of these tests expire.
var soon = start.Truncate(time.Second).Add(time.Minute)

// until gives the change a time at which its item expires.
func until(expires time.Time, change table.Change) table.Change {
	change.Item.Expires = expires
	return change
}

func expiresUnchanged(t *testing.T, store table.Store, _ *clock) {
	monotonic := time.Now()
	monotonic = monotonic.Add(start.Sub(monotonic) + time.Hour)
	last := time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	for name, tt := range map[string]struct{ expires, want time.Time }{
		"never":           {},
		"a whole second":  {soon, soon},
		"a bit more":      {soon.Add(1), soon.Add(time.Second)},
		"a bit less":      {soon.Add(-1), soon},
		"half a second":   {soon.Add(time.Second / 2), soon.Add(time.Second)},
		"elsewhere":       {soon.In(time.FixedZone("elsewhere", -7*60*60)), soon},
		"the last second": {last, last},
		"since the start": {monotonic, start.Add(time.Hour + time.Second/2)},
	} {
		write(t, store, until(tt.expires, create(name, "1")))
		several := read(t, store, at(name), at("none"))
		if several[1].Exists() || !several[1].Expires.IsZero() {
			t.Errorf("%s: beside it: got %+v, want nothing", name, several[1])
		}
		for call, items := range map[string][]table.Item{
			"get": read(t, store, at(name)), "get two": several,
			"query": query(t, store, table.Range{Partition: "room#1", Prefix: name, Limit: 1}),
		} {
			if got := items[0].Expires; !got.Equal(tt.want) || got.IsZero() != tt.want.IsZero() || got.Location() != time.UTC {
				t.Errorf("%s: %s: got %s, want %s", name, call, got, tt.want)
			}
		}
	}
}

func expiresInTime(t *testing.T, store table.Store, now *clock) {
	write(t, store, until(soon, create("a", `"A"`)), create("b", `"B"`), until(soon.Add(1), create("c", `"C"`)))
	for _, tt := range []struct {
		now  time.Time
		want []string
	}{
		{start, []string{"a", "b", "c"}},
		{soon.Add(-1), []string{"a", "b", "c"}},
		{soon, []string{"b", "c"}},
		{soon.Add(time.Second - 1), []string{"b", "c"}},
		{soon.Add(time.Second), []string{"b"}},
		{soon.AddDate(1000, 0, 0), []string{"b"}},
	} {
		now.set(tt.now)
		var lone, several []string
		for _, item := range read(t, store, at("a"), at("b"), at("c")) {
			if item.Exists() {
				several = append(several, item.Sort)
			} else if item.Data != nil || !item.Expires.IsZero() {
				t.Errorf("%s: got %+v of an item that is gone", tt.now, item)
			}
			if again := read(t, store, item.Key)[0]; again.Exists() {
				lone = append(lone, again.Sort)
			} else if again.Data != nil || !again.Expires.IsZero() || again.Key != item.Key {
				t.Errorf("%s: got %+v of an item that is gone", tt.now, again)
			}
		}
		var listed []string
		for _, sort := range []string{"a", "b", "c"} {
			listed = append(listed, sorts(query(t, store, table.Range{Partition: "room#1", Prefix: sort, Limit: 1}))...)
		}
		for call, got := range map[string][]string{"get": lone, "get several": several, "query": listed} {
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: %s: got %q, want %q", tt.now, call, got, tt.want)
			}
		}
	}
}

func expiresAnew(t *testing.T, store table.Store, now *clock) {
	later := soon.Add(time.Hour)
	names := []string{"kept", "prolonged", "kept for good", "made to expire"}
	write(t, store, until(soon, create(names[0], "1")), until(soon, create(names[1], "1")), until(soon, create(names[2], "1")),
		create(names[3], "1"))
	items := read(t, store, at(names[0]), at(names[1]), at(names[2]), at(names[3]))
	items[1].Expires, items[2].Expires, items[3].Expires = later, time.Time{}, soon
	for _, item := range items {
		write(t, store, table.Put(with(item, "2")))
	}
	for _, tt := range []struct {
		now  time.Time
		want [4]bool
	}{
		{soon.Add(-1), [4]bool{true, true, true, true}},
		{soon, [4]bool{false, true, true, false}},
		{later, [4]bool{false, false, true, false}},
	} {
		now.set(tt.now)
		for i, name := range names {
			if got := read(t, store, at(name))[0]; got.Exists() != tt.want[i] || tt.want[i] && string(got.Data) != "2" {
				t.Errorf("%s: %s: got %+v, want it there: %t", tt.now, name, got, tt.want[i])
			}
		}
	}
	// What takes the place of one that is gone has nothing of it.
	write(t, store, create("kept", "3"))
	if got := read(t, store, at("kept"))[0]; !got.Expires.IsZero() || string(got.Data) != "3" {
		t.Errorf("made again: got %+v", got)
	}
}

func expiresFromRanges(t *testing.T, store table.Store, now *clock) {
	live := []string{"m#2", "m#5", "m#6", "m#9"}
	var changes []table.Change
	for i := range 12 {
		sort := fmt.Sprintf("m#%x", i)
		if change := create(sort, "1"); slices.Contains(live, sort) {
			changes = append(changes, change)
		} else {
			changes = append(changes, until(soon, change))
		}
	}
	write(t, store, changes...)
	now.set(soon)
	for limit := 1; limit <= 5; limit++ {
		for after, want := range map[string][]string{"": live, "m#0": live, "m#5": live[2:], "m#4": live[1:], "m#9": nil} {
			r := table.Range{Partition: "room#1", Prefix: "m#", After: after, Limit: limit}
			if got := sorts(query(t, store, r)); !slices.Equal(got, want[:min(limit, len(want))]) {
				t.Errorf("%+v: got %q, want the first of %q", r, got, want)
			}
		}
		for after, want := range map[string][]string{"": live, "m#b": live, "m#5": live[:1], "m#6": live[:2], "m#1": nil} {
			r := table.Range{Partition: "room#1", Prefix: "m#", After: after, Limit: limit, Reverse: true}
			reversed := slices.Clone(want)
			slices.Reverse(reversed)
			if got := sorts(query(t, store, r)); !slices.Equal(got, reversed[:min(limit, len(want))]) {
				t.Errorf("%+v: got %q, want the first of %q", r, got, reversed)
			}
		}
	}
}

// expiresFromLongRange has few items among many that are gone.
func expiresFromLongRange(t *testing.T, store table.Store, now *clock) {
	const items = 600
	want := []string{"m#00200", "m#00201", "m#00450"}
	for first := 0; first < items; first += table.MaxWrite {
		var changes []table.Change
		for i := range table.MaxWrite {
			change := create(fmt.Sprintf("m#%05d", first+i), "1")
			if !slices.Contains(want, change.Item.Sort) {
				change.Item.Expires = soon
			}
			changes = append(changes, change)
		}
		write(t, store, changes...)
	}
	now.set(soon)
	for limit := 1; limit <= 4; limit++ {
		for _, reverse := range []bool{false, true} {
			expected := slices.Clone(want)
			if reverse {
				slices.Reverse(expected)
			}
			r := table.Range{Partition: "room#1", Prefix: "m#", Reverse: reverse, Limit: limit}
			if got := sorts(query(t, store, r)); !slices.Equal(got, expected[:min(limit, len(want))]) {
				t.Errorf("%+v: got %q, want the first of %q", r, got, expected)
			}
			if got := pages(t, store, r); !slices.Equal(got, expected) {
				t.Errorf("pages of %+v: got %q, want %q", r, got, expected)
			}
		}
	}
}

// pages reads a range to its end.
func pages(t *testing.T, store table.Store, r table.Range) (all []string) {
	t.Helper()
	for page := query(t, store, r); len(page) > 0; page = query(t, store, r) {
		all = append(all, sorts(page)...)
		r.After = page[len(page)-1].Sort
	}
	return all
}

// expiresFromLargeRange has what is gone lie over more than one of DynamoDB's answers.
func expiresFromLargeRange(t *testing.T, store table.Store, now *clock) {
	data := `"` + strings.Repeat("x", table.MaxData-2) + `"`
	for i := range 10 {
		change := create(fmt.Sprintf("m#%d", i), data)
		if i != 3 && i < 8 {
			change.Item.Expires = soon
		}
		write(t, store, change)
	}
	now.set(soon)
	for limit, want := range map[int][]string{1: {"m#3"}, 2: {"m#3", "m#8"}, 3: {"m#3", "m#8", "m#9"}, 4: {"m#3", "m#8", "m#9"}} {
		r := table.Range{Partition: "room#1", Prefix: "m#", Limit: limit}
		if got := sorts(query(t, store, r)); !slices.Equal(got, want) {
			t.Errorf("%+v: got %q, want %q", r, got, want)
		}
	}
}

// expiredCases are changes of the version that expired. All others are as if nothing had been there.
var expiredCases = []kindCase{
	{"put over what is expired", table.KindPut, there, false, table.ErrConflict, false},
	{"delete what is expired", table.KindDelete, there, false, table.ErrConflict, false},
	{"check what is expired", table.KindCheck, there, false, table.ErrConflict, false},
}

// expiresKinds makes each change just before the item's time has come and just after, alone and in company.
func expiresKinds(t *testing.T, store table.Store, now *clock) {
	for _, company := range []bool{false, true} {
		for _, tt := range slices.Concat(kindCases, expiredCases) {
			tt.name = fmt.Sprintf("%s, in company %t", tt.name, company)
			before, outdated := stage(t, store, tt.name, true)
			before.Expires = now.Now().Truncate(time.Second).Add(time.Minute)
			write(t, store, table.Put(before))
			before = read(t, store, before.Key)[0]
			now.set(before.Expires)
			if tt.stored {
				now.set(before.Expires.Add(-1))
			}
			changes := []table.Change{tt.change(before, outdated)}
			changes[0].Item.Expires = time.Time{}
			beside := create(tt.name+", the other", "{}")
			if company {
				changes = append(changes, beside)
			}
			if err := store.Write(t.Context(), changes...); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
			}
			tt.expect(t, store, before)
			if got, want := read(t, store, beside.Item.Key)[0].Exists(), company && tt.want == nil; got != want {
				t.Errorf("%s: the change beside it happened: got %t, want %t", tt.name, got, want)
			}
		}
	}
}

func expiresAtomic(t *testing.T, store table.Store, now *clock) {
	write(t, store, until(soon, create("lease", "1")), create("kept", "1"), until(soon, create("beside", "1")))
	before := read(t, store, at("lease"), at("kept"))
	changes := []table.Change{table.Put(with(before[1], "2")), create("beside", "2"), create("fresh", "2"), table.Check(before[0])}
	conflict(t, store, changes...) // something is beside it still
	now.set(soon)
	conflict(t, store, changes...) // the lease is over
	after := read(t, store, at("kept"), at("beside"), at("fresh"))
	if string(after[0].Data) != "1" || after[1].Exists() || after[2].Exists() {
		t.Errorf("a write that conflicts left %+v", after)
	}
	changes[3] = table.Check(table.Item{Key: at("lease")})
	write(t, store, changes...)
	after = read(t, store, at("kept"), at("beside"), at("fresh"))
	if string(after[0].Data) != "2" || string(after[1].Data) != "2" || string(after[2].Data) != "2" {
		t.Errorf("the same without a conflict left %+v", after)
	}
}

// expiresAtOnce stores what is expired before it is.
func expiresAtOnce(t *testing.T, store table.Store, now *clock) {
	for i, expires := range []time.Time{now.Now().Truncate(time.Second), time.Unix(0, 0), time.Unix(1, 0), start.AddDate(-90, 0, 0)} {
		for _, company := range []bool{false, true} {
			changes := []table.Change{until(expires, create("a", fmt.Sprint(i)))}
			if company {
				changes = append(changes, until(expires, create("b", fmt.Sprint(i))))
			}
			write(t, store, changes...)
			items := read(t, store, at("a"), at("b"))
			listed := query(t, store, table.Range{Partition: "room#1", Prefix: "a", Limit: 1})
			if items[0].Exists() || items[1].Exists() || len(listed) > 0 {
				t.Errorf("%s: got %+v and %+v, want nothing", expires, items, listed)
			}
		}
	}
}

func expiresRefusals(t *testing.T, store table.Store, _ *clock) {
	beyond := time.Date(9999, time.December, 31, 23, 59, 59, 1, time.UTC)
	for name, expires := range map[string]time.Time{
		"a bit before 1970": time.Unix(0, -1),
		"1969":              time.Unix(-1, 0),
		"the year 1":        time.Time{}.Add(1),
		"a bit before 0":    time.Time{}.Add(-1),
		"a bit after 9999":  beyond,
		"10000":             beyond.Add(time.Second),
		"far off":           time.Unix(1<<60, 0),
	} {
		refused(t, name, store.Write(t.Context(), until(expires, create("a", "1"))))
		refused(t, name+", in company", store.Write(t.Context(), create("b", "1"), until(expires, create("a", "1"))))
	}
	if items := read(t, store, at("a"), at("b")); items[0].Exists() || items[1].Exists() {
		t.Errorf("a refused write left %+v", items)
	}
}

// expiresTakenOnce has a lease that is over, which all want.
func expiresTakenOnce(t *testing.T, store table.Store, now *clock) {
	for _, company := range []bool{false, true} {
		sort := fmt.Sprintf("lease, in company %t", company)
		expires := now.Now().Truncate(time.Second).Add(time.Minute)
		write(t, store, until(expires, create(sort, "-1")))
		now.set(expires)
		var winner, winners atomic.Int64
		together(t, func(ctx context.Context, member int) error {
			changes := []table.Change{until(expires.Add(time.Minute), create(sort, fmt.Sprint(member)))}
			if company {
				changes = append(changes, create(fmt.Sprint("own ", member), "1"))
			}
			err := store.Write(ctx, changes...)
			if errors.Is(err, table.ErrConflict) {
				return nil
			}
			winner.Store(int64(member))
			winners.Add(1)
			return err
		})
		if got := winners.Load(); got != 1 {
			t.Errorf("%s: got %d winners, want 1", sort, got)
		}
		if got, want := number(read(t, store, at(sort))[0]), int(winner.Load()); got != want {
			t.Errorf("%s: got the data of member %d, want %d", sort, got, want)
		}
	}
	if got := len(query(t, store, table.Range{Partition: "room#1", Prefix: "own ", Limit: crowd})); got != 1 {
		t.Errorf("got what %d members wrote beside it, want 1", got)
	}
}
