package roster_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/roster"
	"gavel/shared/table"
)

// joined is that bob, with a device, joined a session so many seconds past noon.
func joined(session, id string, seconds time.Duration) roster.Sighting {
	return roster.Sighting{
		Conference: conference, Session: session, GuestID: "bob", ID: id, Name: "Bob", Inside: true, At: noon.Add(seconds * time.Second),
	}
}

func (h house) note(all ...roster.Sighting) {
	h.t.Helper()
	for _, s := range all {
		if err := h.Note(h.t.Context(), s); err != nil {
			h.t.Fatalf("note: %v", err)
		}
	}
}

func (h house) ended(session string, seconds time.Duration) {
	h.t.Helper()
	if err := h.NoteEnd(h.t.Context(), roster.End{Conference: conference, Session: session, At: noon.Add(seconds * time.Second)}); err != nil {
		h.t.Fatalf("note an end: %v", err)
	}
}

// everybody gives all who are inside, page by page, in order.
func (h house) everybody(limit int) (all []roster.Person) {
	h.t.Helper()
	cursor := ""
	for range 500 {
		page, err := h.Inside(h.t.Context(), conference, limit, cursor)
		if err != nil || len(page.People) > limit {
			h.t.Fatalf("inside: got %d people, %v, want at most %d", len(page.People), err, limit)
		}
		all = append(all, page.People...)
		if cursor = page.Next; cursor == "" {
			slices.SortFunc(all, func(a, b roster.Person) int {
				return strings.Compare(a.Session+a.ID+a.Breakout, b.Session+b.ID+b.Breakout)
			})
			return all
		}
	}
	h.t.Fatal("the pages have no end")
	return nil
}

// ids are those of everybody inside, with their sessions.
func (h house) ids() []string {
	h.t.Helper()
	ids := []string{}
	for _, p := range h.everybody(3) {
		ids = append(ids, p.Session+"/"+p.ID)
	}
	return ids
}

func (h house) holds(when string, want ...string) {
	h.t.Helper()
	if got := h.ids(); !slices.Equal(got, append([]string{}, want...)) {
		h.t.Errorf("%s: got %v, want %v", when, got, want)
	}
}

func TestInside_TellsWhoIsThere(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		ada := roster.Sighting{Conference: conference, Session: "s1", GuestID: "ada", ID: "a1", Name: "Ada", Moderator: true, Inside: true, At: noon}
		guest := roster.Sighting{Conference: conference, Session: "s1", Breakout: "b1", ID: "g1", Inside: true, At: noon.Add(time.Second)}
		h.note(ada, guest)
		want := []roster.Person{
			{ID: "a1", GuestID: "ada", Name: "Ada", Moderator: true, Session: "s1", JoinedAt: noon},
			{ID: "g1", Session: "s1", Breakout: "b1", JoinedAt: noon.Add(time.Second)},
		}
		if got := h.everybody(10); !slices.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		ada.Name, ada.Moderator, ada.At = "Ada L.", false, noon.Add(time.Minute)
		h.note(ada)
		want[0].Name, want[0].Moderator, want[0].JoinedAt = ada.Name, false, ada.At
		if got := h.everybody(10); !slices.Equal(got, want) {
			t.Errorf("after joining again: got %+v, want %+v", got, want)
		}
	})
}

// Whoever leaves for a breakout room joins that under the same id, and either may be heard of first.
func TestInside_KnowsBreakoutRoomsApart(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		inBreakout := joined("s1", "a1", 5)
		inBreakout.Breakout = "b1"
		left := joined("s1", "a1", 6)
		left.Inside = false
		h.note(joined("s1", "a1", 1), inBreakout, left)
		if got := h.everybody(10); len(got) != 1 || got[0].Breakout != "b1" {
			t.Errorf("got %+v, want bob in the breakout room alone", got)
		}
		h.inside("in the breakout room", "bob", "a1")
		h.note(joined("s1", "a2", 7))
		if err := h.NoteEnd(t.Context(), roster.End{Conference: conference, Session: "s1", Breakout: "b1", At: noon}); err != nil {
			t.Fatal(err)
		}
		h.holds("after the end of the breakout room", "s1/a2")
		inBreakout.Breakout = "b2"
		h.note(inBreakout)
		h.holds("in another one", "s1/a1", "s1/a2")
		h.ended("s1", 8)
		h.holds("after the end of all")
		inBreakout.ID, inBreakout.Breakout = "a9", "b3"
		h.note(inBreakout)
		h.holds("after somebody is heard of late")
		h.inside("after the end of all", "bob")
	})
}

func TestNoteEnd_EverybodyOfTheSessionIsGone(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		h.note(joined("s1", "a1", 1), joined("s1", "a2", 2), joined("s2", "b1", 3))
		h.holds("before", "s1/a1", "s1/a2", "s2/b1")
		h.ended("s1", 4)
		h.ended("s1", 4)
		h.holds("after the end", "s2/b1")
		h.inside("after the end", "bob", "b1")
		h.note(joined("s1", "a3", 9), joined("s2", "b2", 1))
		h.holds("after more of both", "s2/b1", "s2/b2")
		h.ended("s3", 1)
		h.note(joined("s3", "c1", 0))
		h.holds("a session whose end came first", "s2/b1", "s2/b2")
	})
}

// Where the provider tells no sessions apart, times do. Whoever came in the second of the end may have come after it.
func TestNoteEnd_WithoutASessionGoesByTime(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		h.note(joined("", "a1", 1), joined("", "a2", 4), joined("", "a3", 5))
		h.ended("", 5)
		h.holds("after the end", "/a3")
		h.inside("after the end", "bob", "a3")
		h.note(joined("", "a4", 4), joined("", "a5", 3))
		h.ended("", 3)
		h.note(joined("", "a6", 4))
		h.holds("after what is late", "/a3")
		h.note(joined("", "a1", 7))
		h.holds("after joining again", "/a1", "/a3")
		h.ended("", 8)
		h.holds("after the last end")
		h.note(joined("", "a7", 8))
		h.holds("after another beginning", "/a7")
	})
}

// counting counts what is asked of an engine.
type counting struct {
	table.Store
	reads, writes, changes int
}

func (c *counting) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	c.reads++
	return c.Store.Get(ctx, keys...)
}

func (c *counting) Query(ctx context.Context, r table.Range) ([]table.Item, error) {
	c.reads++
	return c.Store.Query(ctx, r)
}

func (c *counting) Write(ctx context.Context, changes ...table.Change) error {
	c.writes++
	c.changes += len(changes)
	return c.Store.Write(ctx, changes...)
}

func TestNoteEnd_IsOneWriteHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	h := newHouse(t, onEmbedded)
	store := &counting{Store: h.store}
	h = h.in(store)
	const crowd = 300
	for i := range crowd {
		h.note(joined("s1", fmt.Sprintf("a%04d", i), 1))
	}
	if got := len(h.everybody(100)); got != crowd {
		t.Fatalf("got %d inside, want %d", got, crowd)
	}
	h.note(joined("s2", "b1", 1))
	*store = counting{Store: store.Store}
	h.ended("s1", 2)
	if store.reads != 1 || store.writes != 1 || store.changes > 2 {
		t.Errorf("got %d reads and %d writes of %d changes, want one of each", store.reads, store.writes, store.changes)
	}
	*store = counting{Store: store.Store}
	page, err := h.Inside(t.Context(), conference, 10, "")
	if err != nil || len(page.People) != 1 || page.Next != "" || store.reads > 2 {
		t.Errorf("got %+v, %v after %d reads, want one person, and nobody else looked at", page, err, store.reads)
	}
}

// TestInside_PagesOfACrowdWithoutSessions has few people stand behind many who are gone: a call does not look for them for ever.
func TestInside_PagesOfACrowdWithoutSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, onEmbedded)
	store := &counting{Store: h.store}
	h = h.in(store)
	for i := range 100 {
		h.note(joined("", fmt.Sprintf("a%04d", i), 1))
	}
	h.ended("", 2)
	h.note(joined("", "a0099", 3))
	*store = counting{Store: store.Store}
	page, err := h.Inside(t.Context(), conference, 3, "")
	if err != nil || len(page.People) != 0 || page.Next == "" || store.reads > 12 {
		t.Errorf("got %+v, %v after %d reads, want an empty page with a cursor", page, err, store.reads)
	}
	h.holds("in the end", "/a0099")
}

func TestInside_PagesOfAnyLengthHoldEverybodyOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		var want []string
		for i := range 12 {
			s := joined(fmt.Sprintf("s%d", i%3), fmt.Sprintf("a%04d", i), time.Duration(i))
			h.note(s)
			want = append(want, s.Session+"/"+s.ID)
		}
		slices.Sort(want)
		for limit := 1; limit < 14; limit++ {
			var got []string
			for _, p := range h.everybody(limit) {
				got = append(got, p.Session+"/"+p.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("by %d: got %v, want %v", limit, got, want)
			}
		}
	})
}

// TestInside_PagesGoOnWhilePeopleComeAndGo gives whoever stays, and nobody twice.
func TestInside_PagesGoOnWhilePeopleComeAndGo(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		h.note(joined("s1", "a1", 1), joined("s1", "a2", 1), joined("s2", "b1", 2), joined("s2", "b2", 2))
		first, err := h.Inside(t.Context(), conference, 1, "")
		if err != nil || len(first.People) != 1 || first.People[0].ID != "b1" || first.Next == "" {
			t.Fatalf("got %+v, %v, want one of the newest session, and a cursor", first, err)
		}
		h.note(joined("s3", "c1", 3))
		h.ended("s2", 4)
		second, err := h.Inside(t.Context(), conference, 10, first.Next)
		if err != nil || len(second.People) != 2 || second.People[0].ID != "a1" || second.People[1].ID != "a2" || second.Next != "" {
			t.Errorf("got %+v, %v, want those of the older session", second, err)
		}
	})
}

func TestInside_CursorsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, onEmbedded)
	h.note(joined("s1", "a1", 1), joined("s1", "a2", 1))
	page, err := h.Inside(t.Context(), conference, 1, "")
	if err != nil || page.Next == "" {
		t.Fatalf("got %+v, %v, want a cursor", page, err)
	}
	session, _, _ := strings.Cut(page.Next, "/")
	for _, cursor := range []string{
		"x", "/", session, session + "/", session + "/out#x", "known#" + page.Next, page.Next[1:], strings.ToUpper(page.Next), " " + page.Next,
		page.Next + "\n", page.Next + "\xff", page.Next + strings.Repeat("x", 2000),
	} {
		if got, err := h.Inside(t.Context(), conference, 1, cursor); !errors.Is(err, roster.ErrCursor) || got.People != nil {
			t.Errorf("%.70q: got %+v, %v, want %v", cursor, got, err, roster.ErrCursor)
		}
	}
}

// Sessions whose ends nobody tells add up; the newest are looked at.
func TestPresent_LooksAtTheNewestSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, onEmbedded)
	store := &counting{Store: h.store}
	h = h.in(store)
	for i := range 70 {
		h.note(joined(fmt.Sprintf("s%02d", i), fmt.Sprintf("a%02d", i), time.Duration(i)))
	}
	*store = counting{Store: store.Store}
	ids, err := h.Present(t.Context(), conference, "bob")
	if err != nil || len(ids) != 50 || ids[0] != "a69" || store.reads > 51 {
		t.Errorf("got %v, %v after %d reads, want those of the newest 50", ids, err, store.reads)
	}
}
