package server_test

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/clock"
	"gavel/shared/rooms"
	"gavel/shared/table/embedded"
)

const (
	kills  = 200
	chains = 4 // files that are killed side by side, as most of the time goes into starting processes
)

// crowd are all the people there are.
func crowd() []string { return []string{"ada", "bob", "cem", "dua", "auth0|eve/x", "fay"} }

// TestSuddenDeath kills the process that holds the rooms, again and again and in the middle of writes, and holds what is
// left against every rule about rooms.
func TestSuddenDeath(t *testing.T) {
	t.Parallel()
	for chain := range chains {
		t.Run(fmt.Sprint("file ", chain), func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			b := &bereaved{
				path: filepath.Join(t.TempDir(), "state.db"), random: rand.New(rand.NewPCG(seed, 0)),
				said: map[string]map[string]bool{}, ended: map[string]time.Time{}, closed: map[string]bool{}, settled: map[string]bool{},
			}
			for range kills / chains {
				b.kill(t)
				b.inspect(t)
			}
			b.tidyUp(t)
			if len(b.ended) == 0 || b.sent < kills/chains {
				t.Errorf("got %d rooms ended and %d messages, want enough of both to tell something", len(b.ended), b.sent)
			}
		})
	}
}

// bereaved is what is known of a file besides what is in it: what the processes that died had acknowledged.
type bereaved struct {
	path   string
	random *rand.Rand

	said    map[string]map[string]bool // by room, the ids of messages
	sent    int
	ended   map[string]time.Time // by room; zero where the end was acknowledged but not seen yet
	closed  map[string]bool      // the conferences that were closed
	settled map[string]bool      // the ended rooms whose chats were read for the last time
}

// kill starts a process on the file and kills it when it has acknowledged a random number of things.
func (b *bereaved) kill(t *testing.T) {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperLivesDangerously$")
	process.Env = append(os.Environ(), "GAVEL_TEST_DANGER="+b.path)
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	left := b.random.IntN(50)
	for lines := bufio.NewScanner(stdout); lines.Scan(); left-- {
		b.note(t, lines.Text())
		if left == 0 {
			if err := process.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = process.Wait() // "signal: killed"
	if left >= 0 {
		t.Fatal("the process ended before it was killed")
	}
}

// note keeps what a process acknowledged.
func (b *bereaved) note(t *testing.T, line string) {
	t.Helper()
	kind, rest, _ := strings.Cut(line, " ")
	room, message, _ := strings.Cut(rest, " ")
	switch kind {
	case "opens", "open":
	case "said":
		add(b.said, room, message)
		b.sent++
	case "ended":
		if _, known := b.ended[room]; !known {
			b.ended[room] = time.Time{}
		}
	case "closed":
		b.closed[room] = true
	default:
		t.Errorf("the process said %q", line)
	}
}

// open opens the file, which must be possible whatever happened to it.
func (b *bereaved) open(t *testing.T, now func() time.Time) (*rooms.Service, func()) {
	t.Helper()
	store, err := embedded.Open(b.path)
	if err != nil {
		t.Fatalf("open the file after a kill: %v", err)
	}
	service := rooms.New(rooms.Options{Store: store, Providers: map[string]rooms.Provider{"test": meetings{b.close}}, Now: now})
	return service, func() { _ = store.Close() }
}

func (b *bereaved) close(conference string) { b.closed[conference] = true }

// inspect looks at everything through the eyes of everybody, at one moment.
func (b *bereaved) inspect(t *testing.T) {
	t.Helper()
	now := clock.Now()
	service, done := b.open(t, func() time.Time { return now })
	defer done()
	all := map[string]rooms.Room{}
	users := map[string]map[string]bool{}   // by room, who has it on their list
	started := map[string]map[string]bool{} // by room, who has it on their list of started ones, which is kept apart
	for _, user := range crowd() {
		for _, room := range listed(t, service, user, "") {
			all[room.ID] = room
			add(users, room.ID, user)
		}
		for _, room := range listed(t, service, user, rooms.StatusStarted) {
			add(started, room.ID, user)
		}
	}
	for id := range b.ended {
		if users[id] == nil {
			t.Errorf("room %s: got it on nobody's list", id)
		}
	}
	for id, room := range all {
		members := b.inspectRoom(t, service, room, slices.Sorted(maps.Keys(users[id]))[0])
		if !maps.Equal(members, users[id]) {
			t.Errorf("room %s: got it on the lists of %v, want those of %v", id, users[id], members)
		}
		if room.Status == rooms.StatusStarted && !maps.Equal(members, started[id]) {
			t.Errorf("room %s: got it on the lists of started ones of %v, want those of %v", id, started[id], members)
		}
	}
}

func add(to map[string]map[string]bool, key, value string) {
	if to[key] == nil {
		to[key] = map[string]bool{}
	}
	to[key][value] = true
}

// listed gives all pages of a user's list.
func listed(t *testing.T, service *rooms.Service, user string, status rooms.Status) []rooms.Room {
	t.Helper()
	var all []rooms.Room
	query := rooms.ListQuery{Status: status, Limit: rooms.MaxPage}
	for {
		page, err := service.List(t.Context(), user, query)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Rooms...)
		if query.Cursor = page.Next; page.Next == "" {
			return all
		}
	}
}

// inspectRoom holds a room against its participants, whom it gives, and against what was known of it.
func (b *bereaved) inspectRoom(t *testing.T, service *rooms.Service, room rooms.Room, anyone string) (members map[string]bool) {
	t.Helper()
	people, err := service.ListParticipants(t.Context(), anyone, room.ID, rooms.MaxPage, "")
	if err != nil {
		t.Fatal(err)
	}
	members = map[string]bool{}
	admins := 0
	for _, p := range people.Participants {
		members[p.ID] = true
		if p.Admin {
			admins++
		}
	}
	if room.Participants != len(people.Participants) || room.Admins != admins || admins < 1 {
		t.Errorf("room %s: got %d participants and %d admins counted, and %d and %d listed",
			room.ID, room.Participants, room.Admins, len(people.Participants), admins)
	}
	over := room.Status == rooms.StatusEnded
	if end, known := b.ended[room.ID]; known && (!over || !end.IsZero() && !end.Equal(room.End)) {
		t.Errorf("room %s: got it %s with the end %s after it had ended at %s", room.ID, room.Status, room.End, end)
	}
	if over {
		b.ended[room.ID] = room.End
	}
	if !b.settled[room.ID] {
		b.inspectChat(t, service, anyone, room.ID)
		b.settled[room.ID] = over
	}
	return members
}

// inspectChat reads a chat from its newest message back.
func (b *bereaved) inspectChat(t *testing.T, service *rooms.Service, user, id string) {
	t.Helper()
	var chat []rooms.Message
	for cursor := ""; ; {
		page, err := service.ListChat(t.Context(), user, id, rooms.MaxPage, cursor)
		if err != nil {
			t.Fatal(err)
		}
		chat = slices.Concat(page.Messages, chat)
		if cursor = page.Older; cursor == "" {
			break
		}
	}
	found, texts := map[string]bool{}, map[string]bool{}
	for i, message := range chat {
		if i > 0 && (message.ID <= chat[i-1].ID || !message.At.After(chat[i-1].At)) {
			t.Errorf("room %s: got the message %s of %s behind %s of %s", id, message.ID, message.At, chat[i-1].ID, chat[i-1].At)
		}
		if texts[message.Text] {
			t.Errorf("room %s: got the message %q twice", id, message.Text)
		}
		found[message.ID], texts[message.Text] = true, true
	}
	for message := range b.said[id] {
		if !found[message] {
			t.Errorf("room %s: the message %s was acknowledged and is not there", id, message)
		}
	}
}

// tidyUp does, a day later, what the dead have left to do. Then no meeting of an ended room may be going on, and no such
// room may be on a list of open ones.
func (b *bereaved) tidyUp(t *testing.T) {
	t.Helper()
	service, done := b.open(t, func() time.Time { return clock.Now().Add(20 * time.Hour) })
	defer done()
	swept, err := service.Sweep(t.Context())
	if err != nil || swept.Failed != 0 {
		t.Errorf("sweep: got %+v, %v, want nothing to fail", swept, err)
	}
	if again, err := service.Sweep(t.Context()); err != nil || again != (rooms.Swept{}) {
		t.Errorf("second sweep: got %+v, %v, want nothing left to do", again, err)
	}
	for _, user := range crowd() {
		for _, room := range listed(t, service, user, rooms.StatusEnded) {
			if room.Provider != "" && !b.closed[room.ID] {
				t.Errorf("room %s: it has ended, and its meeting was never closed", room.ID)
			}
		}
	}
}

// meetings is a meeting system that does everything at once. Its conferences go by the rooms' ids.
type meetings struct{ closed func(conference string) }

var _ rooms.Provider = meetings{}

func (meetings) Bind(_ context.Context, m rooms.Meeting) (string, error) { return m.RoomID, nil }

func (meetings) Admit(context.Context, string, rooms.Guest) (rooms.Admission, error) {
	return rooms.Admission{}, nil
}

func (meetings) Expel(context.Context, string, []string) ([]rooms.Action, error) {
	return nil, nil
}

func (m meetings) Close(_ context.Context, conference string) (rooms.Action, error) {
	m.closed(conference)
	return rooms.Action{Name: "close", Outcome: "closed"}, nil
}
