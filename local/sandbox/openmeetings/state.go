package openmeetings

import (
	"crypto/rand"
	"fmt"
	"sync"
	"time"
)

// maxRows is how many entries each table takes. It keeps a sandbox that nobody empties within the memory of a laptop.
const maxRows = 100_000

// serverZone is what the server takes times without a zone for.
var serverZone = time.FixedZone("Asia/Kolkata", 5*60*60+30*60)

// state is everything the sandbox remembers. One mutex guards it all: nobody waits for anything while holding it.
// Rows of the database are marked as deleted and stay.
type state struct {
	mu sync.Mutex

	sessions    map[string]*session
	hashes      map[string]*entryHash
	invitations map[string]*invitation
	browsers    map[string]*browser
	clients     []*client

	users        []*user
	rooms        []*room
	groups       []*group
	files        []*file
	recordings   []*recording
	appointments []*appointment
	lastID       int64 // of the rows in files, recordings and what hangs below the others
}

func newState() *state {
	s := &state{
		sessions: map[string]*session{}, hashes: map[string]*entryHash{},
		invitations: map[string]*invitation{}, browsers: map[string]*browser{},
		groups: []*group{{id: defaultGroup, name: "User"}},
	}
	for _, kind := range roomTypes() {
		s.addRoom(roomData{name: "public " + kind + " room", kind: kind, capacity: 16, isPublic: true})
	}
	return s
}

// nextID numbers what has no table of its own, and what shares one.
func (s *state) nextID() int64 {
	s.lastID++
	return s.lastID
}

// row returns the row with an id, of a table that numbers its rows from 1 without gaps.
func row[T any](table []*T, id int64) *T {
	if id < 1 || id > int64(len(table)) {
		return nil
	}
	return table[id-1]
}

// full says whether there is no room for another request's rows. What nobody can use any more goes first.
func (s *state) full(now time.Time) bool {
	if !s.atLimit() {
		return false
	}
	s.sweep(now)
	return s.atLimit()
}

func (s *state) atLimit() bool {
	longest := max(len(s.sessions), len(s.hashes), len(s.invitations), len(s.browsers), len(s.clients), len(s.users),
		len(s.rooms), len(s.groups), len(s.files), len(s.recordings), len(s.appointments))
	return longest >= maxRows
}

// newUUID returns a random (version 4) UUID.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
