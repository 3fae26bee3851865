package jaas

import (
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"gavel/local/sandbox/delivery"
	"gavel/local/sandbox/jitsimeet"
)

// Limits. Only the number of participants is documented (https://developer.8x8.com/jaas/docs/faq);
// the others keep a sandbox that nobody empties within the memory of a laptop.
const (
	maxParticipants = 500
	maxTenants      = 1_000
	maxBans         = 100_000
	maxRooms        = 10_000
	maxCalls        = 500
)

var errFull = jitsimeet.Refuse(http.StatusServiceUnavailable, "sandbox_full", "the sandbox holds as much as it can; start it again")

// state is everything the sandbox remembers. One mutex guards it all: no command touches more than one
// room, and none waits for anything while it holds the lock.
type state struct {
	mu      sync.Mutex
	domain  string
	tenants map[string]*tenant
	// webhooks is nil when nobody is told. To put an event into it is not to wait.
	webhooks *delivery.Queue[event]
	now      func() time.Time // when there are webhooks
}

type tenant struct {
	bannedUsers  map[string]bool
	bannedTokens map[[sha256.Size]byte]bool
	rooms        map[string]*room
}

// tenant returns a tenant to write to.
func (s *state) tenant(appID string) (*tenant, error) {
	if t, ok := s.tenants[appID]; ok {
		return t, nil
	}
	if len(s.tenants) >= maxTenants {
		return nil, errFull
	}
	t := &tenant{
		bannedUsers:  map[string]bool{},
		bannedTokens: map[[sha256.Size]byte]bool{},
		rooms:        map[string]*room{},
	}
	s.tenants[appID] = t
	return t, nil
}

// room returns a room that has participants or waiting calls, or nil.
func (s *state) room(appID, name string) *room {
	t := s.tenants[appID]
	if t == nil {
		return nil
	}
	return t.rooms[name]
}

// banUser bans a user id in a tenant; to ban twice is no error.
func (s *state) banUser(appID, userID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.tenant(appID)
	if err != nil {
		return err
	}
	return ban(t.bannedUsers, userID)
}

// banToken bans one token in a tenant; to ban twice is no error.
func (s *state) banToken(appID string, hash [sha256.Size]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.tenant(appID)
	if err != nil {
		return err
	}
	return ban(t.bannedTokens, hash)
}

func ban[K comparable](list map[K]bool, key K) error {
	if len(list) >= maxBans && !list[key] {
		return errFull
	}
	list[key] = true
	return nil
}

// banned says whether a join of this user with this token is refused. Guests without an id cannot be
// banned as users.
func (t *tenant) banned(userID string, hash [sha256.Size]byte) bool {
	return t.bannedTokens[hash] || userID != "" && t.bannedUsers[userID]
}
