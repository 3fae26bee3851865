//nolint:depguard,thelper // these are tests, not helpers of tests
package tabletest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"gavel/shared/table"
)

// crowd is how many work on the same items at the same time.
const crowd = 50

// together runs the work of each member of the crowd at the same time, and reports their errors.
func together(t *testing.T, work func(ctx context.Context, member int) error) {
	t.Helper()
	var all sync.WaitGroup
	for member := range crowd {
		all.Go(func() {
			if err := work(t.Context(), member); err != nil {
				t.Errorf("member %d: %v", member, err)
			}
		})
	}
	all.Wait()
}

// change reads the items, decides anew and writes, until there is no conflict.
func change(ctx context.Context, store table.Store, decide func([]table.Item) []table.Change, keys ...table.Key) error {
	for {
		items, err := store.Get(ctx, keys...)
		if err != nil {
			return err
		}
		if err := store.Write(ctx, decide(items)...); !errors.Is(err, table.ErrConflict) {
			return err
		}
	}
}

// number gives 0 for an item that is not there.
func number(item table.Item) int {
	n, _ := strconv.Atoi(string(item.Data))
	return n
}

func countTogether(t *testing.T, store table.Store) {
	const each = 2
	together(t, func(ctx context.Context, _ int) error {
		for range each {
			err := change(ctx, store, func(items []table.Item) []table.Change {
				return []table.Change{table.Put(with(items[0], fmt.Sprint(number(items[0])+1)))}
			}, at("counter"))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if got, want := number(read(t, store, at("counter"))[0]), crowd*each; got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}

func createTogether(t *testing.T, store table.Store) {
	for _, company := range []bool{false, true} {
		sort := fmt.Sprintf("once, in company %t", company)
		var winner atomic.Int64
		var winners atomic.Int32
		together(t, func(ctx context.Context, member int) error {
			changes := []table.Change{create(sort, fmt.Sprint(member))}
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

// moveTogether also knows what each account must hold in the end.
func moveTogether(t *testing.T, store table.Store) {
	const accounts, start, each = 10, 100, 2
	keys := make([]table.Key, accounts)
	changes := make([]table.Change, accounts)
	var want [accounts]atomic.Int64
	for i := range keys {
		keys[i] = table.Key{Partition: fmt.Sprint("account#", i), Sort: "balance"}
		changes[i] = table.Put(table.Item{Key: keys[i], Data: fmt.Append(nil, start)})
		want[i].Store(start)
	}
	write(t, store, changes...)

	together(t, func(ctx context.Context, member int) error {
		for round := range each {
			from := (member + round) % accounts
			to, amount := (from+1+member%(accounts-1))%accounts, 1+member%5
			err := change(ctx, store, func(items []table.Item) []table.Change {
				return []table.Change{
					table.Put(with(items[0], fmt.Sprint(number(items[0])-amount))),
					table.Put(with(items[1], fmt.Sprint(number(items[1])+amount))),
				}
			}, keys[from], keys[to])
			if err != nil {
				return err
			}
			want[from].Add(-int64(amount))
			want[to].Add(int64(amount))
		}
		return nil
	})
	sum := 0
	for i, item := range read(t, store, keys...) {
		if got, want := number(item), int(want[i].Load()); got != want {
			t.Errorf("account %d: got %d, want %d", i, got, want)
		}
		sum += number(item)
	}
	if want := accounts * start; sum != want {
		t.Errorf("all accounts: got %d, want %d", sum, want)
	}
}

func removeTogether(t *testing.T, store table.Store) {
	write(t, store, create("prize", "1"))
	prize := read(t, store, at("prize"))[0]
	var winners atomic.Int32
	together(t, func(ctx context.Context, _ int) error {
		err := store.Write(ctx, table.Delete(prize.Key, prize.Version))
		if errors.Is(err, table.ErrConflict) {
			return nil
		}
		winners.Add(1)
		return err
	})
	if got := winners.Load(); got != 1 {
		t.Errorf("got %d winners, want 1", got)
	}
}

// checkAgainstDelete closes a room while others join it: nobody may be in it afterwards who was not when it closed.
func checkAgainstDelete(t *testing.T, store table.Store) {
	write(t, store, create("room", `"open"`))
	members := table.Range{Partition: "room#1", Prefix: "member#", Limit: crowd}
	var joined atomic.Int32
	var closed []table.Item
	together(t, func(ctx context.Context, member int) error {
		var changes []table.Change
		decide := func(items []table.Item) []table.Change {
			switch {
			case member == crowd/2:
				changes = []table.Change{table.Delete(items[0].Key, items[0].Version), create("closed", "1")}
			case items[0].Exists():
				changes = []table.Change{table.Check(items[0]), create(fmt.Sprint("member#", member), "1")}
			default:
				changes = nil
			}
			return changes
		}
		err := change(ctx, store, decide, at("room"))
		if err != nil || len(changes) == 0 {
			return err
		}
		if member == crowd/2 {
			closed, err = store.Query(ctx, members)
			return err
		}
		joined.Add(1)
		return nil
	})
	after := query(t, store, members)
	if got, want := sorts(after), sorts(closed); !slices.Equal(got, want) {
		t.Errorf("got the members %q, want those when the room was closed, %q", got, want)
	}
	if got, want := len(after), int(joined.Load()); got != want {
		t.Errorf("got %d members, want %d, who were told so", got, want)
	}
}
