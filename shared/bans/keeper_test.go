package bans_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/table"
)

// events gives what the store has of the actor, the oldest first, each as its type, target and outcome; and it demands that the
// tenant's list has the same.
func events(t *testing.T, store table.Store) []audit.Event {
	t.Helper()
	log := audit.NewLog(store, audit.Trail{}, clock.Now)
	byActor, err := log.Actor(t.Context(), told.Actor, audit.MaxPage, "")
	if err != nil {
		t.Fatal(err)
	}
	byRoom, err := log.Room(t.Context(), told.Room, audit.MaxPage, "")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(byActor.Events, byRoom.Events, func(a, b audit.Event) bool { return a.ID == b.ID }) {
		t.Errorf("got %+v by actor and %+v by tenant, want the same", byActor.Events, byRoom.Events)
	}
	slices.Reverse(byActor.Events)
	return byActor.Events
}

func types(all []audit.Event) []string {
	var some []string
	for _, e := range all {
		some = append(some, e.Type+" "+e.Target)
	}
	return some
}

func onBothStores(t *testing.T, test func(t *testing.T, store table.Store)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB) table.Store{"embedded": apitest.Embedded, "dynamodb": onDynamoDB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func TestKeeper_TellsOfEachBanAndLift(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, store table.Store) {
		t.Helper()
		k := keeper(store)
		ctx := audit.WithCall(t.Context(), audit.Call{Operation: "jaas-ban-user", Reason: "of the call"})
		for i, b := range []bans.Ban{{User: "bob", Reason: "abuse"}, {User: "bob"}, {User: "cyd@example.org"}} {
			if err := k.Ban(ctx, tenant, b, told, b.User, fmt.Sprint(b.User, "~", i)); err != nil {
				t.Fatal(err)
			}
		}
		for user, want := range map[string]bool{"bob": true, "eve": false} {
			if lifted, err := k.Lift(ctx, tenant, user, told, nil); lifted != want || err != nil {
				t.Errorf("%s: got %t, %v, want %t", user, lifted, err, want)
			}
		}
		if lifted, err := k.Lift(ctx, tenant, "bob", told, nil); lifted || err != nil {
			t.Errorf("the second time: got %t, %v, want nothing to lift", lifted, err)
		}
		all := events(t, store)
		want := []string{"ban.set bob", "ban.set bob", "ban.set " + audit.ID("cyd@example.org"), "ban.lifted bob"}
		if got := types(all); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
		for i, reason := range []string{"abuse", "of the call", "of the call", "of the call"} {
			if e := all[i]; e.Reason != reason || e.Actor != told.Actor || e.Provider != "jaas" || e.Operation != "jaas-ban-user" || e.Outcome != audit.Done {
				t.Errorf("got %+v, want who did it, where and for the reason %q", e, reason)
			}
		}
	})
}

// cut is an engine whose n-th call does not happen, or does and is not answered.
type cut struct {
	table.Store

	n     int
	after bool
	calls int
}

var errCut = errors.New("cut off")

func (c *cut) spring(do func() error) error {
	if c.calls++; c.calls != c.n {
		return do()
	}
	if c.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errCut
}

func (c *cut) Get(ctx context.Context, keys ...table.Key) (items []table.Item, err error) {
	err = c.spring(func() error { items, err = c.Store.Get(ctx, keys...); return err })
	return items, err
}

func (c *cut) Write(ctx context.Context, changes ...table.Change) error {
	return c.spring(func() error { return c.Store.Write(ctx, changes...) })
}

// TestKeeper_CutOffAnywhere leaves both the ban and its event, or neither; and so with a lift and what goes with it.
func TestKeeper_CutOffAnywhere(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, store table.Store) {
		t.Helper()
		count := func(kind string) (n int) {
			for _, e := range events(t, store) {
				if e.Type == kind {
					n++
				}
			}
			return n
		}
		other := table.Key{Partition: "user#x", Sort: "alias"}
		for n := 1; ; n++ {
			for _, after := range []bool{false, true} {
				user := fmt.Sprint("u-", n, after)
				sets, lifts := count(audit.BanSet), count(audit.BanLifted)
				c := &cut{Store: store, n: n, after: after}
				err := keeper(c).Ban(t.Context(), tenant, bans.Ban{User: user, By: "x", At: time.Now()}, told, user, user+"~1")
				banned := under(t, keeper(store), []string{user}, tenant) != ""
				if told := count(audit.BanSet) - sets; banned != (told == 1) || told > 1 || err == nil && !banned {
					t.Errorf("ban cut at %d, after it %t: got %v, banned %t with %d events", n, after, err, banned, told)
				}
				if banned != (under(t, keeper(store), []string{user + "~1"}, tenant) != "") {
					t.Errorf("ban cut at %d, after it %t: got it by one of the ids", n, after)
				}
				keep(t, keeper(store), tenant, bans.Ban{User: user}, user)
				items, getErr := store.Get(t.Context(), other)
				if getErr != nil {
					t.Fatal(getErr)
				}
				l := &cut{Store: store, n: n, after: after}
				_, liftErr := keeper(l).Lift(t.Context(), tenant, user, told, func(context.Context) ([]table.Change, error) {
					return []table.Change{table.Put(table.Item{Key: other, Version: items[0].Version, Data: []byte("{}")})}, nil
				})
				now, getErr := store.Get(t.Context(), other)
				if getErr != nil {
					t.Fatal(getErr)
				}
				lifted := under(t, keeper(store), []string{user}, tenant) == ""
				if told := count(audit.BanLifted) - lifts; lifted != (told == 1) || told > 1 || liftErr == nil && !lifted ||
					lifted != (now[0].Version != items[0].Version) {
					t.Errorf("lift cut at %d, after it %t: got %v, lifted %t with %d events", n, after, liftErr, lifted, told)
				}
				if err == nil && liftErr == nil && c.calls < n && l.calls < n {
					return
				}
			}
		}
	})
}

// TestKeeper_LiftedByManyAtOnce is lifted once, and told once.
func TestKeeper_LiftedByManyAtOnce(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, store table.Store) {
		t.Helper()
		keep(t, keeper(store), tenant, bans.Ban{User: "bob"}, "bob")
		var all sync.WaitGroup
		var mu sync.Mutex
		lifted := 0
		for range 10 {
			all.Go(func() {
				found, err := keeper(store).Lift(t.Context(), tenant, "bob", told, nil)
				if err != nil {
					t.Errorf("lift: %v", err)
				}
				mu.Lock()
				defer mu.Unlock()
				if found {
					lifted++
				}
			})
		}
		all.Wait()
		if got := types(events(t, store)); lifted != 1 || !slices.Equal(got, []string{"ban.set bob", "ban.lifted bob"}) {
			t.Errorf("got it lifted %d times and %q, want once", lifted, got)
		}
	})
}

// crowded is an engine in which somebody else is always faster.
type crowded struct {
	table.Store

	writes int
}

func (c *crowded) Write(context.Context, ...table.Change) error {
	c.writes++
	return table.ErrConflict
}

func TestKeeper_GivesUpAmongOthers(t *testing.T) {
	t.Parallel()
	store := apitest.Embedded(t)
	keep(t, keeper(store), tenant, bans.Ban{User: "bob"}, "bob")
	for name, call := range map[string]func(context.Context, *bans.Keeper) error{
		"ban": func(ctx context.Context, k *bans.Keeper) error {
			return k.Ban(ctx, tenant, bans.Ban{User: "bob"}, told, "bob")
		},
		"lift": func(ctx context.Context, k *bans.Keeper) error {
			_, err := k.Lift(ctx, tenant, "bob", told, nil)
			return err
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		c := &crowded{Store: store}
		err := call(ctx, keeper(c))
		cancel()
		if !errors.Is(err, table.ErrBusy) || c.writes < 2 || c.writes > 10 { // pauses of 12 ms and more
			t.Errorf("%s: got %v after %d tries, want %v after a few", name, err, c.writes, table.ErrBusy)
		}
	}
}

func TestKeeper_LiftsNothingWhereWhatGoesWithItFails(t *testing.T) {
	t.Parallel()
	store := apitest.Embedded(t)
	keep(t, keeper(store), tenant, bans.Ban{User: "bob"}, "bob")
	lifted, err := keeper(store).Lift(t.Context(), tenant, "bob", told, func(context.Context) ([]table.Change, error) { return nil, errCut })
	if lifted || !errors.Is(err, errCut) || under(t, keeper(store), []string{"bob"}, tenant) != "bob" {
		t.Errorf("got %t, %v, want the ban as it was", lifted, err)
	}
}
