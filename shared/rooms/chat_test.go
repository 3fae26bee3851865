package rooms_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"gavel/shared/rooms"
)

func ids(messages []rooms.Message) []string {
	all := make([]string, len(messages))
	for i, m := range messages {
		all[i] = m.ID
	}
	return all
}

func (w *world) chat(t *testing.T, id string, limit int, cursor string) rooms.ChatPage {
	t.Helper()
	page, err := w.ListChat(t.Context(), ada, id, limit, cursor)
	if err != nil {
		t.Fatalf("list chat: %v", err)
	}
	return page
}

// before gives all messages before a page, and after all that follow it; pages have 3.
func (w *world) before(t *testing.T, id string, page rooms.ChatPage) []string {
	t.Helper()
	var all []string
	for page.Older != "" {
		page = w.chat(t, id, 3, page.Older)
		all = append(ids(page.Messages), all...)
	}
	return all
}

func (w *world) after(t *testing.T, id string, page rooms.ChatPage) []string {
	t.Helper()
	var all []string
	for {
		page = w.chat(t, id, 3, page.Newer)
		if len(page.Messages) == 0 {
			return all
		}
		all = append(all, ids(page.Messages)...)
	}
}

func TestChat_PagesBothWays(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		begin := w.chat(t, room.ID, 3, "")
		if len(begin.Messages) != 0 || begin.Older != "" {
			t.Errorf("an empty chat: got %+v, want nothing in it or before it", begin)
		}
		var want []string
		for i := range 8 {
			want = append(want, w.say(t, room.ID, bob, fmt.Sprint(i)).ID)
		}
		newest := w.chat(t, room.ID, 3, "")
		same(t, "newest", ids(newest.Messages), want[5:])
		same(t, "before the newest", w.before(t, room.ID, newest), want[:5])
		same(t, "from the beginning", w.after(t, room.ID, begin), want)

		// From each page of either walk, both directions give all the rest.
		for page, at := w.chat(t, room.ID, 3, begin.Newer), 0; len(page.Messages) > 0; page = w.chat(t, room.ID, 3, page.Newer) {
			same(t, fmt.Sprint("onwards, before message ", at), w.before(t, room.ID, page), want[:at])
			at += len(page.Messages)
			same(t, fmt.Sprint("onwards, after message ", at), w.after(t, room.ID, page), want[at:])
		}
		for page, at := newest, 8; ; page = w.chat(t, room.ID, 3, page.Older) {
			same(t, fmt.Sprint("backwards, after message ", at), w.after(t, room.ID, page), want[at:])
			at -= len(page.Messages)
			same(t, fmt.Sprint("backwards, before message ", at), w.before(t, room.ID, page), want[:at])
			if page.Older == "" {
				break
			}
		}
	})
}

// There is nothing before the first message, however it was reached.
func TestChat_BeginningIsTheBeginning(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t)
		begin := w.chat(t, room.ID, 3, "")
		for n := range 5 {
			w.say(t, room.ID, ada, fmt.Sprint(n))
			page := w.chat(t, room.ID, 3, begin.Newer)
			if len(page.Messages) != min(n+1, 3) || page.Older != "" {
				t.Errorf("got %+v, want the first messages and nothing before them", page)
			}
		}
	})
}

// The ids sort by time even when the clock stands still or goes back, as it may between functions.
func TestChat_IDsSortByTime(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		var sent []rooms.Message
		for _, passed := range []time.Duration{0, 0, time.Millisecond, -time.Second, 0, 1500 * time.Microsecond, time.Minute} {
			w.step(passed)
			sent = append(sent, w.say(t, room.ID, bob, "tick"))
		}
		got := w.chat(t, room.ID, 100, "").Messages
		same(t, "order", ids(got), ids(sent))
		if !slices.IsSortedFunc(got, func(a, b rooms.Message) int { return cmp.Or(a.At.Compare(b.At), 1) }) {
			t.Errorf("got %v, want times that go on", got)
		}
		if !slices.IsSorted(ids(got)) {
			t.Errorf("got %v, want ids that sort", ids(got))
		}
		if at := got[6].At; !at.Equal(w.now().Truncate(time.Millisecond)) {
			t.Errorf("got %s, want the time it was sent, %s", at, w.now())
		}
	})
}

func TestChat_NameIsTheOneOfThen(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		for _, name := range []string{"Bob", "Robert"} {
			if _, err := w.UpdateProfile(t.Context(), bob, room.ID, rooms.Profile{Name: &name}); err != nil {
				t.Fatal(err)
			}
			w.say(t, room.ID, bob, "I am "+name)
		}
		if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
			t.Fatal(err)
		}
		got := w.chat(t, room.ID, 100, "").Messages
		if len(got) != 2 || got[0].Name != "Bob" || got[1].Name != "Robert" || got[0].From != bob {
			t.Errorf("got %+v, want both messages, each with the name of its time", got)
		}
	})
}

func TestChat_NameChangesMeanwhile(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		w.store.set(trap{kind: writeCall, n: 1, before: func() error {
			_, err := w.UpdateProfile(t.Context(), bob, room.ID, rooms.Profile{Name: new("Bob")})
			return err
		}})
		if got := w.say(t, room.ID, bob, "hello").Name; got != "Bob" {
			t.Errorf("got the name %q, want the one that came first", got)
		}
	})
}

func TestChat_Attachment(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room, other := w.open(t, bob), w.open(t, bob)
		file := w.upload(t, bob, room.ID, "minutes")
		foreign := w.upload(t, bob, other.ID, "secret")
		announced, _ := w.announce(t, bob, room.ID, rooms.Attachment{Name: "late.txt", Size: 4, ContentType: "text/plain"})

		_, err := w.SendChat(t.Context(), bob, room.ID, "", foreign)
		refused(t, "a file of another room", err, rooms.NotFound)
		_, err = w.SendChat(t.Context(), bob, room.ID, "", "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e")
		refused(t, "a file that nobody announced", err, rooms.NotFound)
		_, err = w.SendChat(t.Context(), bob, room.ID, "", announced)
		refused(t, "a file that was not sent", err, rooms.NotUploaded)

		want := rooms.Attachment{FileID: file, Name: "notes.txt", Size: 7, ContentType: "text/plain"}
		for range 2 { // the second time the store is not asked any more
			sent, err := w.SendChat(t.Context(), ada, room.ID, "see", file)
			if err != nil || sent.Attachment == nil || *sent.Attachment != want {
				t.Errorf("got %+v, %v, want %+v in it", sent, err, want)
			}
		}
		got := w.chat(t, room.ID, 100, "").Messages
		if len(got) != 2 || *got[0].Attachment != want || got[0].Text != "see" {
			t.Errorf("got %+v, want two messages with %+v", got, want)
		}
	})
}
