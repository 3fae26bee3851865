package roster_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/roster"
)

// told is something that a provider tells: a sighting, or else the end of a session.
type told struct {
	sighting roster.Sighting
	end      *roster.End
}

func (h house) take(all []told) {
	h.t.Helper()
	for _, one := range all {
		var err error
		if one.end != nil {
			err = h.NoteEnd(h.t.Context(), *one.end)
		} else {
			err = h.Note(h.t.Context(), one.sighting)
		}
		if err != nil {
			h.t.Fatalf("take in %+v: %v", one, err)
		}
	}
}

// course is how some sessions of a conference went, one after the other, and who is inside at the end of it.
type course struct {
	random *rand.Rand
	named  bool          // whether the provider names sessions
	pace   time.Duration // the most between two events
	at     time.Time
	events []told
	inside map[string]roster.Sighting
	number int
}

func newCourse(seed uint64, named bool, pace time.Duration) *course {
	c := &course{pace: pace, random: rand.New(rand.NewPCG(seed, 0)), named: named, at: noon, inside: map[string]roster.Sighting{}}
	sessions := 2 + c.random.IntN(2)
	for session := range sessions {
		for range 12 + c.random.IntN(12) {
			c.step(session)
		}
		if session < sessions-1 || c.random.IntN(3) == 0 {
			c.end(session)
		}
	}
	return c
}

func (c *course) session(number int) string {
	if !c.named {
		return ""
	}
	return fmt.Sprintf("s%d", number)
}

// step has somebody join, with a device more or one that was there, or somebody leave.
func (c *course) step(session int) {
	c.at = c.at.Add(time.Duration(1+c.random.Int64N(c.pace.Milliseconds())) * time.Millisecond)
	if len(c.inside) > 0 && c.random.IntN(2) == 0 {
		s := c.inside[c.anyKey()]
		delete(c.inside, s.Session+s.Breakout+s.GuestID+s.ID)
		s.Inside, s.At = false, c.at
		c.events = append(c.events, told{sighting: s})
		return
	}
	id := fmt.Sprintf("a%04d", c.number)
	if c.number++; c.random.IntN(3) == 0 { // under an id that was used before, be it inside or not
		id = fmt.Sprintf("a%04d", c.random.IntN(c.number))
	}
	s := roster.Sighting{
		Conference: conference, Session: c.session(session), ID: id, GuestID: []string{"", "ada", "bob", "cid"}[id[len(id)-1]%4],
		Name: fmt.Sprint("Name ", c.random.IntN(9)), Moderator: c.random.IntN(2) == 0, Inside: true, At: c.at,
	}
	if c.random.IntN(4) == 0 {
		s.Breakout = "b1"
	}
	c.inside[s.Session+s.Breakout+s.GuestID+s.ID] = s
	c.events = append(c.events, told{sighting: s})
}

func (c *course) anyKey() string {
	keys := make([]string, 0, len(c.inside))
	for key := range c.inside {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys[c.random.IntN(len(keys))]
}

func (c *course) end(session int) {
	c.at = c.at.Add(time.Duration(1+c.random.Int64N(c.pace.Milliseconds())) * time.Millisecond)
	c.events = append(c.events, told{end: &roster.End{Conference: conference, Session: c.session(session), At: c.at}})
	clear(c.inside)
}

// muddled are the events in another order, and some of them twice.
func (c *course) muddled() []told {
	all := slices.Clone(c.events)
	for _, one := range c.events {
		if c.random.IntN(2) == 0 {
			all = append(all, one)
		}
	}
	c.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// want is who is inside as the course has it.
func (c *course) want() []roster.Person {
	all := []roster.Person{}
	for _, s := range c.inside {
		all = append(all, roster.Person{
			ID: s.ID, GuestID: s.GuestID, Name: s.Name, Moderator: s.Moderator, Session: s.Session, Breakout: s.Breakout, JoinedAt: s.At,
		})
	}
	slices.SortFunc(all, func(a, b roster.Person) int {
		return strings.Compare(a.Session+a.ID+a.Breakout, b.Session+b.ID+b.Breakout)
	})
	return all
}

// TestRoster_OrderAndNumberOfDeliveriesMeanNothing compares what comes of a muddled stream with what comes of a clean one, and
// both with the course itself.
func TestRoster_OrderAndNumberOfDeliveriesMeanNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := newCourse(seed, seed%3 != 0, 2*time.Second)
			clean, muddled := newHouse(t, onEmbedded), newHouse(t, onEmbedded)
			clean.take(c.events)
			muddled.take(c.muddled())
			want := c.want()
			if got := clean.everybody(4); !slices.Equal(got, want) {
				t.Errorf("clean: got %+v, want %+v", got, want)
			}
			if got := muddled.everybody(4); !slices.Equal(got, want) {
				t.Errorf("muddled: got %+v, want %+v", got, want)
			}
			for _, guest := range []string{"", "ada", "bob", "cid"} {
				var ids []string
				for _, p := range want {
					if p.GuestID == guest {
						ids = append(ids, p.ID)
					}
				}
				slices.Sort(ids)
				muddled.inside("muddled", guest, slices.Compact(ids)...)
			}
		})
	}
}
