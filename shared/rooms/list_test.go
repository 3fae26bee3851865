package rooms_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/rooms"
)

// made makes rooms one after another, and gives their ids, the last one's first.
func (w *world) made(t *testing.T, n int, user string) []string {
	t.Helper()
	var all []string
	for i := range n {
		w.step(time.Millisecond)
		all = append(all, w.create(t, rooms.Booking{Name: fmt.Sprint(i), Participants: []string{user}}).ID)
	}
	slices.Reverse(all)
	return all
}

func TestList_PagesStayStableWhileRoomsAreAdded(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for _, status := range []rooms.Status{"", rooms.StatusStarted} {
			user := "reader of " + string(status)
			want := w.made(t, 8, user)
			var got []string
			for q := (rooms.ListQuery{Status: status, Limit: 3}); ; {
				page, err := w.List(t.Context(), user, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, room := range page.Rooms {
					got = append(got, room.ID)
				}
				if page.Next == "" {
					break
				}
				q.Cursor = page.Next
				w.made(t, 2, user)
			}
			same(t, "those of the beginning", got, want)
		}
	})
}

// The place a cursor names need not be there any more.
func TestList_GoesOnBehindARoomThatIsGone(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		want := w.made(t, 6, bob)
		first, err := w.List(t.Context(), bob, rooms.ListQuery{Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range want[1:3] {
			if _, err := w.RemoveParticipant(t.Context(), ada, id, bob, 0); err != nil {
				t.Fatal(err)
			}
		}
		second, err := w.List(t.Context(), bob, rooms.ListQuery{Limit: 100, Cursor: first.Next})
		if err != nil || second.Next != "" {
			t.Fatalf("got a page before %q, %v, want the last one", second.Next, err)
		}
		var got []string
		for _, room := range second.Rooms {
			got = append(got, room.ID)
		}
		same(t, "the rest", got, want[3:])
	})
}

func TestList_Limits(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.made(t, 5, bob)
		for limit, want := range map[int]int{1: 1, 4: 4, 5: 5, 6: 5, 100: 5} {
			for _, status := range []rooms.Status{"", rooms.StatusStarted} {
				page, err := w.List(t.Context(), bob, rooms.ListQuery{Status: status, Limit: limit})
				if err != nil || len(page.Rooms) != want || (page.Next == "") != (want == 5) {
					t.Errorf("limit %d, status %q: got %d before %q, %v, want %d", limit, status, len(page.Rooms), page.Next, err, want)
				}
			}
		}
	})
}

// The list was read, and then the user is removed.
func TestList_LeavesOutARoomThatIsBeingLeft(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		all := w.made(t, 3, bob)
		w.store.set(trap{kind: getCall, n: 1, before: func() error {
			_, err := w.RemoveParticipant(t.Context(), ada, all[1], bob, 0)
			return err
		}})
		same(t, "bob's rooms", w.rooms(t, bob, ""), []string{all[0], all[2]})
	})
}

func TestListParticipants_StableWhileSomeAreAdded(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		before := crowd("before", 12)
		room := w.open(t, before...)
		seen := map[string]int{}
		for cursor, round := "", 0; ; round++ {
			page, err := w.ListParticipants(t.Context(), ada, room.ID, 4, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.Participants {
				seen[p.ID]++
			}
			if cursor = page.Next; cursor == "" {
				break
			}
			if _, err := w.AddParticipants(t.Context(), ada, room.ID, crowd(fmt.Sprint("during ", round), 3)[:round%4]); err != nil {
				t.Fatal(err)
			}
		}
		for _, user := range append(before, ada) {
			if seen[user] != 1 {
				t.Errorf("%s: got it %d times, want once", user, seen[user])
			}
		}
	})
}

// A cursor is good for the list that gave it, and for no other one.
func TestCursor_OfAnotherList(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		ids := w.made(t, 3, bob)
		for _, id := range ids {
			for range 2 {
				w.say(t, id, bob, "x")
			}
		}
		list := func(user string, status rooms.Status) func(string) (string, error) {
			return func(cursor string) (string, error) {
				page, err := w.List(t.Context(), user, rooms.ListQuery{Status: status, Limit: 1, Cursor: cursor})
				return page.Next, err
			}
		}
		lists := map[string]func(cursor string) (next string, err error){
			"bob's rooms": list(bob, ""), "bob's started rooms": list(bob, rooms.StatusStarted), "ada's rooms": list(ada, ""),
			"participants": func(cursor string) (string, error) {
				page, err := w.ListParticipants(t.Context(), bob, ids[0], 1, cursor)
				return page.Next, err
			},
			"another room's participants": func(cursor string) (string, error) {
				page, err := w.ListParticipants(t.Context(), bob, ids[1], 1, cursor)
				return page.Next, err
			},
			"chat": func(cursor string) (string, error) {
				page, err := w.ListChat(t.Context(), bob, ids[0], 1, cursor)
				return page.Older, err
			},
			"another room's chat": func(cursor string) (string, error) {
				page, err := w.ListChat(t.Context(), bob, ids[1], 1, cursor)
				return page.Older, err
			},
		}
		for from, give := range lists {
			cursor, err := give("")
			if err != nil || cursor == "" {
				t.Fatalf("%s: got the cursor %q, %v, want one", from, cursor, err)
			}
			for to, take := range lists {
				if _, err := take(cursor); to != from {
					rule := refused(t, "the cursor of "+from+" for "+to, err, rooms.Invalid)
					same(t, "field", []string{rule.Field}, []string{"cursor"})
				} else if err != nil {
					t.Errorf("%s: got %v, want no error", to, err)
				}
			}
		}
	})
}

// Whatever becomes of a cursor on its way, it is refused: another place of the list would give rooms twice, or leave some out.
func TestCursor_Tampered(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		w.made(t, 3, bob)
		page, err := w.List(t.Context(), bob, rooms.ListQuery{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, garbage := range []string{"x", "====", " ", "💥", "AAAAAAAAAA", page.Next + "=", page.Next + "!", page.Next[:8], page.Next[:len(page.Next)-2], unusedBit(page.Next), strings.Repeat("A", 512)} {
			_, err := w.List(t.Context(), bob, rooms.ListQuery{Limit: 10, Cursor: garbage})
			refused(t, garbage, err, rooms.Invalid)
		}
		for i := range len(page.Next) {
			for _, char := range w.alphabet() {
				if tampered := page.Next[:i] + string(char) + page.Next[i+1:]; tampered != page.Next {
					_, err := w.List(t.Context(), bob, rooms.ListQuery{Limit: 10, Cursor: tampered})
					refused(t, tampered, err, rooms.Invalid)
				}
			}
		}
	})
}

// unusedBit changes a bit of a cursor's last character that stands for nothing.
func unusedBit(cursor string) string {
	last := len(cursor) - 1
	return cursor[:last] + map[string]string{"A": "B", "Q": "R", "g": "h", "w": "x"}[cursor[last:]]
}

// alphabet gives what to put in the place of a cursor's characters.
func (w *world) alphabet() string {
	const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ "
	if w.wire != nil {
		return "A_"
	}
	return all
}
