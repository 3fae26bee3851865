package roster_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/shared/roster"
	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

const (
	day = 24 * time.Hour
	// stay is how many days somebody is inside whose leaving nobody tells.
	stay = 366
)

// later is a sighting so many days past noon.
func later(session, id string, inside bool, days int) roster.Sighting {
	s := joined(session, id, 0)
	s.Inside, s.At = inside, noon.Add(time.Duration(days)*day)
	return s
}

// to sets the clock to so many days past noon.
func (h house) to(days int) { h.clock.step(noon.Add(time.Duration(days) * day).Sub(h.clock.now())) }

// TestInside_OutlastsTheDays for whoever stays, in a session with a name and in one without, until nobody can still be there.
func TestInside_OutlastsTheDays(t *testing.T) {
	t.Parallel()
	for _, session := range []string{"", "s1"} {
		onBothEngines(t, func(h house) {
			h.note(later(session, "a1", true, 0), later(session, "a2", true, 0))
			h.to(2 * days)
			h.holds("after twice the days", session+"/a1", session+"/a2")
			h.note(later(session, "a2", false, 2*days))
			h.to(stay - 1)
			h.holds("on the last day", session+"/a1")
			h.inside("on the last day", "bob", "a1")
			h.note(later(session, "a3", true, stay-1))
			h.to(stay)
			h.holds("after it", session+"/a3")
			h.to(2*stay - 2)
			h.holds("on the last day of the other", session+"/a3")
			h.to(2*stay - 1)
			h.holds("after that")
		})
	}
}

// TestInside_AConferenceThatNeverEnds lists whoever joins, however long it has been going on.
func TestInside_AConferenceThatNeverEnds(t *testing.T) {
	t.Parallel()
	for _, session := range []string{"", "s1"} {
		onBothEngines(t, func(h house) {
			var want []string
			for on := 0; on < 10*stay; on += 100 {
				h.to(on)
				if len(want) == 4 { // of whom the first came 400 days ago
					want = want[1:]
				}
				h.holds(fmt.Sprint("on day ", on), want...)
				h.note(later(session, fmt.Sprintf("a%04d", on), true, on))
				want = append(want, fmt.Sprintf("%s/a%04d", session, on))
				h.holds(fmt.Sprintf("on day %d with one more", on), want...)
			}
		})
	}
}

// TestNoteEnd_HoldsForAsLongAsAnybodyIsNoted who was there before it, be it in a breakout room or in a session without a name.
func TestNoteEnd_HoldsForAsLongAsAnybodyIsNoted(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		inBreakout := later("s1", "b1", true, 0)
		inBreakout.Breakout = "b"
		h.note(later("s1", "a1", true, 0), inBreakout, later("", "c1", true, 0))
		h.to(200)
		for _, session := range []string{"s1", ""} {
			if err := h.NoteEnd(t.Context(), roster.End{Conference: conference, Session: session, At: noon.Add(200 * day)}); err != nil {
				t.Fatal(err)
			}
		}
		h.note(later("", "c2", true, 250)) // so that the one without a name is listed
		for on := 201; on < 4*stay; on += 30 {
			h.to(on)
			if on < 250+stay {
				h.holds(fmt.Sprint("on day ", on), "/c2")
			} else {
				h.holds(fmt.Sprint("on day ", on))
			}
		}
	})
}

// TestNoteEnd_OfASessionWithoutANameThatWouldSoonBeForgotten holds against what arrives late, and leaves the next meeting listed.
func TestNoteEnd_OfASessionWithoutANameThatWouldSoonBeForgotten(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		h.note(later("", "a1", true, 0))
		h.to(2*stay - 1)
		if err := h.NoteEnd(t.Context(), roster.End{Conference: conference, At: h.clock.now()}); err != nil {
			t.Fatal(err)
		}
		h.to(2*stay + 1)
		h.note(later("", "a2", true, 2*stay-2))
		h.holds("with one who was there before the end")
		h.note(later("", "a3", true, 2*stay+1))
		h.holds("with one of the next meeting", "/a3")
	})
}

// TestNote_ListsASessionOnce and not with everybody who joins it.
func TestNote_ListsASessionOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, onEmbedded)
	store := &counting{Store: h.store}
	h = h.in(store)
	for i, want := range []struct{ reads, changes int }{{1, 5}, {1, 3}, {1, 3}} {
		*store = counting{Store: store.Store}
		h.note(later("s1", fmt.Sprint("a", i), true, i))
		if store.reads != want.reads || store.changes != want.changes {
			t.Errorf("%d: got %d reads and %d changes, want %+v", i, store.reads, store.changes, want)
		}
	}
}

// TestNote_AJoiningThatComesAgain means nothing, as long as nobody can still be there.
func TestNote_AJoiningThatComesAgain(t *testing.T) {
	t.Parallel()
	for _, session := range []string{"", "s1"} {
		onBothEngines(t, func(h house) {
			h.note(later(session, "a1", true, 0), later(session, "a1", false, 1))
			for on := 1; on <= stay; on += 5 {
				h.to(on)
				h.note(later(session, "a1", true, 0))
				h.holds(fmt.Sprint("on day ", on))
			}
		})
	}
}

// TestNote_ALeavingIsNeverTooLate for somebody who is listed.
func TestNote_ALeavingIsNeverTooLate(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		h.note(later("s1", "a1", true, 0))
		h.to(3 * days)
		h.note(later("s1", "a1", false, 1))
		h.holds("after it")
	})
}

// TestRoster_WhatComesAgainAfterItsTimeMeansNothing has the events of a conference that goes on for months arrive up to the days
// late, in another order and some of them twice, and all of them again for the rest of the year.
func TestRoster_WhatComesAgainAfterItsTimeMeansNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := newCourse(seed, seed%3 != 0, 4*day)
			h := newHouse(t, onEmbedded)
			h.late(c)
			h.clock.step(c.at.Add(days * day).Sub(h.clock.now()))
			for h.clock.now().Before(noon.Add(stay * day)) {
				var want []roster.Person
				for _, p := range c.want() {
					if h.clock.now().Before(p.JoinedAt.AddDate(0, 0, stay)) {
						want = append(want, p)
					}
				}
				if got := h.everybody(4); !slices.Equal(got, want) {
					t.Fatalf("on %s: got %+v, want %+v", h.clock.now(), got, want)
				}
				h.take(c.muddled())
				if got := h.everybody(4); !slices.Equal(got, want) {
					t.Fatalf("on %s, with all once more: got %+v, want %+v", h.clock.now(), got, want)
				}
				h.clock.step(time.Duration(c.random.Int64N(int64(60 * day))))
			}
		})
	}
}

// late takes the events of a course, each up to the days after it happened, the clock going along.
func (h house) late(c *course) {
	h.t.Helper()
	type delivery struct {
		told

		at time.Time
	}
	var all []delivery
	for _, one := range slices.Concat(c.events, c.muddled()) {
		at := one.sighting.At
		if one.end != nil {
			at = one.end.At
		}
		all = append(all, delivery{one, at.Add(time.Duration(c.random.Int64N(int64(days * day))))})
	}
	slices.SortFunc(all, func(a, b delivery) int { return a.at.Compare(b.at) })
	for _, one := range all {
		h.clock.step(one.at.Sub(h.clock.now()))
		h.take([]told{one.told})
	}
}

// noted is an engine that knows the keys of all that was stored in it, and when it is to expire.
type noted struct {
	table.Store

	mu      sync.Mutex
	expires map[table.Key]time.Time
}

func (n *noted) Write(ctx context.Context, changes ...table.Change) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, change := range changes {
		if change.Kind == table.KindPut {
			n.expires[change.Item.Key] = change.Item.Expires
		}
	}
	return n.Store.Write(ctx, changes...)
}

// TestRoster_LeavesNothing of any course once the engine has removed what is expired: the test looks with a clock that stands
// where all was there.
func TestRoster_LeavesNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		c := newCourse(seed, seed%2 == 0, time.Hour)
		h := newHouse(t, onEmbedded)
		file := h.store.(*embedded.Store)
		store := &noted{Store: file, expires: map[table.Key]time.Time{}}
		h = h.in(store)
		h.take(c.events)
		h.to(3 * stay)
		if _, err := file.Purge(t.Context(), 1000); err != nil {
			t.Fatal(err)
		}
		h.to(0)
		for key, expires := range store.expires {
			items, err := file.Get(t.Context(), key)
			if err != nil || items[0].Exists() || expires.IsZero() {
				t.Errorf("%v, to expire on %s: got %+v, %v, want it gone", key, expires, items, err)
			}
		}
		if len(store.expires) < 10 {
			t.Errorf("got %d items, want many", len(store.expires))
		}
	}
}

// TestNote_ForgetsWhoLeft at once as a person, and at all when nobody can still be there.
func TestNote_ForgetsWhoLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t, onEmbedded)
	h.note(later("s1", "a1", true, 0), later("s1", "a1", false, 1))
	left := table.Range{Partition: "present#" + table.Digest("s1") + "#" + conference, Prefix: "out#", Limit: 10}
	for on, want := range map[int]int{stay: 1, stay + 1: 0} {
		h.to(on)
		if items, err := h.store.Query(t.Context(), left); err != nil || len(items) != want {
			t.Errorf("on day %d: got %+v, %v, want %d of those who left", on, items, err, want)
		} else if want > 0 && (strings.Contains(string(items[0].Data), "Bob") || strings.Contains(string(items[0].Data), "bob")) {
			t.Errorf("got %s, want no name", items[0].Data)
		}
	}
}

// TestNote_OfAnotherTime is believed: the events of a test, or of a sender whose clock is wrong, tell who is there as well.
func TestNote_OfAnotherTime(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		h.to(3000)
		for _, session := range []string{"", "s1"} {
			h.note(later(session, "a1", true, 0), later(session, "a2", true, 1), later(session, "a2", false, 2))
		}
		h.holds("long after", "/a1", "s1/a1")
		if got, err := h.Conferences(t.Context(), "bob", ""); err != nil || !slices.Equal(got, []string{conference}) {
			t.Errorf("got %q, %v, want where bob is", got, err)
		}
		h.to(3000 + stay - 1)
		h.holds("almost a year later", "/a1", "s1/a1")
		h.ended("s1", 3*86400)
		h.ended("", 3*86400)
		h.holds("after the end")
	})
}

// TestNote_ClocksThatShowAnything are the sender's own business: what they say fits into the table.
func TestNote_ClocksThatShowAnything(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(h house) {
		for i, at := range []time.Time{{}, time.Unix(-1, 0), time.Unix(0, 0), noon.AddDate(100, 0, 0), time.Date(9999, 12, 31, 23, 59, 59, 1, time.UTC)} {
			for _, session := range []string{"", fmt.Sprint("s", i)} {
				s := later(session, fmt.Sprint("a", i), true, 0)
				s.At = at
				h.note(s)
				s.Inside = false
				h.note(s)
				if err := h.NoteEnd(t.Context(), roster.End{Conference: conference, Session: session, At: at}); err != nil {
					t.Errorf("%s: %v", at, err)
				}
			}
		}
		h.holds("in the end")
	})
}
