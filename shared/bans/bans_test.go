package bans_test

import (
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

func onDynamoDB(t testing.TB) table.Store {
	t.Helper()
	return apitest.DynamoDB(t, nil)
}

func onBothEngines(t *testing.T, test func(t *testing.T, l *bans.Keeper)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB) table.Store{"embedded": apitest.Embedded, "dynamodb": onDynamoDB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, keeper(open(t)))
		})
	}
}

// told begins the events.
var told = audit.Event{Actor: audit.Actor{Kind: audit.APIKey, Name: "crm"}, Provider: "jaas", Room: audit.Name("jaas", "a")}

func keeper(store table.Store) *bans.Keeper { return bans.NewKeeper(store, audit.Trail{}, clock.Now) }

func keep(t *testing.T, l *bans.Keeper, s bans.Scope, b bans.Ban, ids ...string) {
	t.Helper()
	b.By, b.At = "api-key:crm", time.Now()
	if err := l.Ban(t.Context(), s, b, told, ids...); err != nil {
		t.Fatal(err)
	}
}

// under gives the user whose ban somebody falls under; empty for none.
func under(t *testing.T, l *bans.Keeper, ids []string, scopes ...bans.Scope) string {
	t.Helper()
	ban, err := l.Find(t.Context(), ids, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	if ban == nil {
		return ""
	}
	return ban.User
}

var tenant, conference, other = bans.In("jaas", "a"), bans.In("jaas", "a/b"), bans.In("jitsi", "a")

func TestFind_ByAnyIDInItsScopeAlone(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, l *bans.Keeper) {
		t.Helper()
		keep(t, l, tenant, bans.Ban{User: "bob"}, "bob", "bob~1")
		keep(t, l, conference, bans.Ban{User: "cyd"}, "cyd")
		keep(t, l, bans.InRoom("r-1"), bans.Ban{User: "dan"}, "dan")
		for room, scope := range map[string]bans.Scope{"r-1": bans.InRoom("r-1"), "": tenant} {
			user := map[string]string{"r-1": "dan", "": "bob"}[room]
			if ban, err := l.Find(t.Context(), []string{user}, scope); err != nil || ban == nil || ban.Room() != room || ban.Listed != scope {
				t.Errorf("%s: got %+v, %v, want it of the room %q", user, ban, err, room)
			}
		}
		for _, tt := range []struct {
			ids    []string
			scopes []bans.Scope
			want   string
		}{
			{[]string{"bob"}, []bans.Scope{tenant}, "bob"},
			{[]string{"bob~1"}, []bans.Scope{tenant, conference}, "bob"},
			{[]string{"bob~2"}, []bans.Scope{tenant, conference}, ""},
			{[]string{"eve", "bob"}, []bans.Scope{conference, tenant}, "bob"},
			{[]string{"bob"}, []bans.Scope{conference, other}, ""},
			{[]string{"cyd"}, []bans.Scope{tenant}, ""},
			{[]string{"cyd", "cyd"}, []bans.Scope{tenant, conference}, "cyd"},
			{[]string{""}, []bans.Scope{tenant}, ""},
		} {
			if got := under(t, l, tt.ids, tt.scopes...); got != tt.want {
				t.Errorf("%v in %v: got %q, want %q", tt.ids, tt.scopes, got, tt.want)
			}
		}
	})
}

func TestLift_EndsTheBanOfAllIDs(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, l *bans.Keeper) {
		t.Helper()
		keep(t, l, tenant, bans.Ban{User: "bob"}, "bob", "bob~1")
		for _, want := range []bool{true, false} {
			if got, err := l.Lift(t.Context(), tenant, "bob", told, nil); got != want || err != nil {
				t.Errorf("got %t, %v, want %t", got, err, want)
			}
		}
		if got := under(t, l, []string{"bob", "bob~1"}, tenant); got != "" {
			t.Errorf("got %q banned, want nobody", got)
		}
		keep(t, l, tenant, bans.Ban{User: "bob"}, "bob")
		if got := under(t, l, []string{"bob~1"}, tenant); got != "bob" {
			t.Errorf("banned again: got %q, want bob under every id he has had", got)
		}
	})
}

func TestBan_EndsByItself(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, l *bans.Keeper) {
		t.Helper()
		now := time.Now()
		keep(t, l, tenant, bans.Ban{User: "bob", Expires: bans.Until(now, -time.Hour)}, "bob")
		keep(t, l, tenant, bans.Ban{User: "cyd", Expires: bans.Until(now, time.Hour)}, "cyd")
		if got := under(t, l, []string{"bob"}, tenant); got != "" {
			t.Errorf("got %q banned, want nobody whose time has come", got)
		}
		if got := under(t, l, []string{"cyd"}, tenant); got != "cyd" {
			t.Errorf("got %q banned, want cyd for an hour yet", got)
		}
		page, err := l.All(t.Context(), tenant, 10, "")
		if err != nil || len(page.Bans) != 1 || !page.Bans[0].Expires.Equal(bans.Until(now, time.Hour)) {
			t.Errorf("got %+v, %v, want cyd's, with its end", page, err)
		}
		keep(t, l, tenant, bans.Ban{User: "cyd"}, "cyd")
		if page, err = l.All(t.Context(), tenant, 10, ""); err != nil || len(page.Bans) != 1 || !page.Bans[0].Expires.IsZero() {
			t.Errorf("banned for good: got %+v, %v, want no end", page, err)
		}
	})
}

// TestBan_ManyAtOnce of one user leave one ban.
func TestBan_ManyAtOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, l *bans.Keeper) {
		t.Helper()
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() { keep(t, l, tenant, bans.Ban{User: "bob", Reason: fmt.Sprint(i)}, "bob") })
		}
		all.Wait()
		if page, err := l.All(t.Context(), tenant, 100, ""); err != nil || len(page.Bans) != 1 || page.Next != "" {
			t.Errorf("got %+v, %v, want one ban", page, err)
		}
	})
}

func TestAll_PagesHoldEachOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, l *bans.Keeper) {
		t.Helper()
		want := []string{}
		for i := range 7 {
			user := fmt.Sprint("u-", i)
			keep(t, l, tenant, bans.Ban{User: user}, user)
			keep(t, l, conference, bans.Ban{User: "x" + user}, user)
			want = append(want, user)
		}
		for limit := 1; limit < 9; limit++ {
			got, cursor := []string{}, ""
			for {
				page, err := l.All(t.Context(), tenant, limit, cursor)
				if err != nil || len(page.Bans) > limit {
					t.Fatalf("got %+v, %v, want %d at most", page, err, limit)
				}
				for _, b := range page.Bans {
					got = append(got, b.User)
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("by %d: got %q, want %q", limit, got, want)
			}
		}
		if _, err := l.All(t.Context(), tenant, 1, "no#cursor"); !errors.Is(err, bans.ErrCursor) {
			t.Errorf("got %v, want %v", err, bans.ErrCursor)
		}
	})
}

func TestRefusal_SaysUntilWhenAndNotWhy(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, time.March, 1, 13, 0, 0, 0, time.UTC)
	for detail, ban := range map[string]bans.Ban{
		"the user is banned": {User: "bob", Reason: "abuse"}, "the user is banned until 2026-03-01T13:00:00Z": {User: "bob", Reason: "abuse", Expires: end},
	} {
		if p := ban.Refusal(); p.Status != 403 || p.Code != "banned" || p.Detail != detail {
			t.Errorf("got %+v, want %q", p, detail)
		}
	}
}
