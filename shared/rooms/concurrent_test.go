package rooms_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/rooms"
	"gavel/shared/table"
)

// many is how many work on one room at the same time.
const many = 50

// together runs the work of so many at the same time.
func together(n int, work func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { work(i) })
	}
	all.Wait()
}

// patiently repeats a call that was busy, as clients do: a loaded machine can hold one up for longer
// than its budget.
func patiently(call func() error) error {
	for {
		if err := call(); !errors.Is(err, table.ErrBusy) {
			return err
		}
	}
}

// Each of many admins leaves, as one who is removed or as one who gives the role up. All but one can.
func TestConcurrent_OneAdminIsLeft(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		users := append(crowd("admin", many-1), ada)
		room := w.create(t, rooms.Booking{Name: "crowded", Participants: users})
		w.grant(t, room.ID, users[:many-1]...)
		var stayed atomic.Int32
		together(many, func(i int) {
			user := users[i]
			err := patiently(func() error {
				if i%2 == 0 {
					_, err := w.RevokeAdmin(t.Context(), user, room.ID, user)
					return err
				}
				_, err := w.RemoveParticipant(t.Context(), user, room.ID, user, 0)
				return err
			})
			if err != nil {
				refused(t, user, err, rooms.LastAdmin)
				stayed.Add(1)
			}
		})
		if got := stayed.Load(); got != 1 {
			t.Errorf("got %d who had to stay, want 1", got)
		}
	})
}

// Many admins take the role from each other, or throw each other out.
func TestConcurrent_AdminsAgainstEachOther(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		n := w.size(many, 12)
		users := append(crowd("admin", n-1), ada)
		room := w.create(t, rooms.Booking{Name: "quarrel", Participants: users})
		w.grant(t, room.ID, users[:n-1]...)
		together(n, func(i int) {
			for k := 1; k < n; k++ { // until the role is lost
				other := users[(i+k)%n]
				err := patiently(func() error {
					if (i+k)%2 == 0 {
						_, err := w.RevokeAdmin(t.Context(), users[i], room.ID, other)
						return err
					}
					_, err := w.RemoveParticipant(t.Context(), users[i], room.ID, other, 0)
					return err
				})
				rule, is := errors.AsType[*rooms.Error](err)
				if err != nil && (!is || rule.Code == rooms.LastAdmin) {
					t.Errorf("%s against %s: got %v, want it done, or refused to who lost the role", users[i], other, err)
				}
				if is && (rule.Code == rooms.Forbidden || w.lost(t, users[i], room.ID)) {
					return
				}
			}
		})
		admins := 0
		for _, user := range users {
			if room, err := w.Get(t.Context(), user, room.ID); err == nil && room.Role == rooms.Admin {
				admins++
			}
		}
		if admins != 1 {
			t.Errorf("got %d admins, want 1", admins)
		}
	})
}

// lost says whether a user is not in a room any more.
func (w *world) lost(t *testing.T, user, id string) bool {
	t.Helper()
	_, err := w.Get(t.Context(), user, id)
	return err != nil
}

func TestConcurrent_InvitationsRace(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t)
		shared := crowd("shared", 3)
		var news [4]atomic.Int32
		together(many, func(i int) {
			own := fmt.Sprint("own-", i)
			err := patiently(func() error {
				added, err := w.AddParticipants(t.Context(), ada, room.ID, append([]string{own}, shared...))
				if err != nil {
					return err
				}
				for k, user := range append([]string{own}, shared...) {
					if slices.Contains(added.New, user) {
						news[k].Add(1)
					}
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", own, err)
			}
		})
		if got := w.get(t, ada, room.ID).Participants; got != 1+3+many {
			t.Errorf("got %d participants, want %d", got, 1+3+many)
		}
		for k, want := range []int32{many, 1, 1, 1} {
			if got := news[k].Load(); got != want {
				t.Errorf("user %d: got it new %d times, want %d", k, got, want)
			}
		}
	})
}

// Of two who end a room at once one does, and the conference is closed once.
func TestConcurrent_TwoEnds(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		w.grant(t, room.ID, bob)
		var ended atomic.Int32
		together(2, func(i int) {
			_, _, err := w.End(t.Context(), []string{ada, bob}[i], room.ID, 0)
			if err == nil {
				ended.Add(1)
			} else {
				refused(t, "the later one", err, rooms.Ended)
			}
		})
		if closed, _ := w.hall.done(room.ID); ended.Load() != 1 || closed != 1 {
			t.Errorf("got it ended %d times and closed %d times, want once", ended.Load(), closed)
		}
	})
}

// An update that moves the end does not bring a room back.
func TestConcurrent_UpdateAgainstEnd(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for range w.size(20, 5) {
			room := w.open(t, bob)
			w.grant(t, room.ID, bob)
			together(2, func(i int) {
				if i == 0 {
					w.end(t, room.ID, 0)
					return
				}
				for err, hours := error(nil), time.Duration(1); err == nil; hours++ {
					if _, _, err = w.Update(t.Context(), bob, room.ID, rooms.Update{End: new(noon.Add(hours * time.Hour))}); err != nil {
						refused(t, "update", err, rooms.Ended)
					}
				}
			})
			if got := w.get(t, bob, room.ID); got.Status != rooms.StatusEnded || !got.End.Equal(w.now()) {
				t.Errorf("got %s until %s, want it ended", got.Status, got.End)
			}
		}
	})
}

// When End has answered, the chat is complete.
func TestConcurrent_NoMessageAfterTheEnd(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.ticking(10 * time.Millisecond)
		room := w.open(t, bob)
		var complete []string
		var enough sync.WaitGroup
		writers := w.size(8, 4)
		enough.Add(writers)
		together(writers+1, func(i int) {
			if i == writers {
				enough.Wait()
				if err := patiently(func() error { _, _, err := w.End(t.Context(), ada, room.ID, 0); return err }); err != nil {
					t.Error(err)
				}
				complete = ids(w.chat(t, room.ID, 100, "").Messages)
				return
			}
			for n := range 100 {
				_, err := w.SendChat(t.Context(), bob, room.ID, fmt.Sprint(i, n), "")
				if n == 0 {
					enough.Done()
				}
				if errors.Is(err, table.ErrBusy) {
					continue
				}
				if err != nil {
					refused(t, "send", err, rooms.Ended)
					return
				}
			}
		})
		same(t, "the chat, when all have stopped", ids(w.chat(t, room.ID, 100, "").Messages), complete)
	})
}

// Whoever follows a chat sees each message once, in the order of the chat.
func TestConcurrent_FollowerMissesNoMessage(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.ticking(time.Millisecond)
		room := w.open(t, bob)
		writers, each := w.size(20, 6), w.size(10, 8)
		cursor := w.chat(t, room.ID, 10, "").Newer
		var sent sync.Map
		var writing sync.WaitGroup
		for i := range writers {
			writing.Go(func() {
				for n := range each {
					err := patiently(func() error {
						m, err := w.SendChat(t.Context(), bob, room.ID, fmt.Sprint(i, " ", n), "")
						if err == nil {
							sent.Store(m.ID, true)
						}
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		done, stop := context.WithCancel(t.Context())
		go func() { writing.Wait(); stop() }()
		var seen []string
		for {
			last := done.Err() != nil // asked before the page: nothing comes after that
			page, err := w.ListChat(t.Context(), ada, room.ID, 10, cursor)
			if err != nil {
				t.Fatal(err)
			}
			seen, cursor = append(seen, ids(page.Messages)...), page.Newer
			if last && len(page.Messages) == 0 {
				break
			}
		}
		if !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != len(seen) {
			t.Errorf("got %v, want each once and in order", seen)
		}
		if got := len(seen); got < writers*each {
			t.Errorf("got %d messages, want %d", got, writers*each)
		}
		sent.Range(func(id, _ any) bool {
			if _, found := slices.BinarySearch(seen, id.(string)); !found {
				t.Errorf("missed %s", id)
			}
			return true
		})
	})
}

// Whoever is removed while they join is not let in, whichever comes first.
func TestConcurrent_RemovalAgainstJoin(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for range w.size(20, 5) {
			room := w.open(t, bob)
			together(5, func(i int) {
				if i == 0 {
					if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
						t.Error(err)
					}
					return
				}
				if _, _, err := w.Join(t.Context(), bob, room.ID); err != nil {
					refused(t, "join", err, rooms.NotFound)
				}
			})
		}
		for _, a := range w.hall.admissions() {
			if w.hall.lets(a) {
				t.Errorf("%s: got in as %s, want nobody in", a.conference, a.ID)
			}
		}
	})
}

func TestConcurrent_Sweeps(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		const due = 8
		for range due {
			w.due(t)
		}
		w.hall.works()
		var finished atomic.Int32
		together(3, func(int) {
			swept, err := w.Sweep(t.Context())
			if err != nil || swept.Failed != 0 {
				t.Errorf("got %+v, %v, want none failed", swept, err)
			}
			finished.Add(int32(swept.Finished))
		})
		if got := finished.Load(); got < due {
			t.Errorf("got %d finished, want %d at least", got, due)
		}
		w.allDone(t)
	})
}
