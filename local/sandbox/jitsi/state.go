package jitsi

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"gavel/local/sandbox/delivery"
	"gavel/local/sandbox/jitsimeet"
)

// Limits that keep a sandbox that nobody empties within the memory of a laptop. A real server has none of its own.
const (
	maxRooms        = 10_000
	maxReservations = 10_000
	maxOccupants    = 1_000
	maxHistory      = 10_000
)

var errFull = jitsimeet.Refuse(http.StatusServiceUnavailable, "sandbox_full", "the sandbox holds as much as it can; start it again")

// errReserve says that a room was closed, or its reservation forgotten, while somebody was at the door.
var errReserve = errors.New("the room needs a reservation")

// state is everything the sandbox remembers. One mutex guards it all, and nobody waits for anything while holding it.
type state struct {
	// queue takes what others are told. To put something into it is not to wait.
	queue *delivery.Queue[message]
	// moderation is the loaded plugin, autoOwner what jicofo may do beside it.
	moderation bool
	autoOwner  bool

	mu           sync.Mutex
	rooms        map[string]*room        // by address
	reservations map[string]*reservation // likewise
}

func newState(t Traits, queue *delivery.Queue[message]) *state {
	return &state{
		queue: queue, moderation: t.Moderation, autoOwner: t.AutoOwner && !t.Moderation,
		rooms: map[string]*room{}, reservations: map[string]*reservation{},
	}
}

// enter lets somebody into a room, made if it is not there. r is the reservation under which it may be made; it is not
// looked at when reserved is false, where none is needed.
func (s *state) enter(at door, o *occupant, reserved bool, r *reservation, now time.Time) (participantView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm := s.rooms[at.address]
	if rm == nil {
		if reserved && (r == nil || s.reservations[at.address] != r) {
			return participantView{}, errReserve
		}
		if len(s.rooms) >= maxRooms {
			return participantView{}, errFull
		}
		rm = &room{address: at.address, tenant: at.tenant, name: at.name, created: now}
		s.rooms[at.address] = rm
		s.tellCreated(rm)
	}
	if len(rm.occupants) >= maxOccupants {
		return participantView{}, errFull
	}
	o.affiliation = o.plugins.TokenAffiliation
	if s.moderation {
		o.affiliation = o.plugins.TokenModeration
	}
	rm.add(o, now)
	s.elect(rm)
	s.tellOccupant(occupantJoined, rm, o)
	return o.view(), nil
}

func (s *state) elect(rm *room) {
	if s.autoOwner {
		rm.elect()
	}
}

// leave takes a human out.
func (s *state) leave(address, id string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm := s.rooms[address]
	if rm == nil {
		return false
	}
	o := rm.find(id)
	if o == nil || !o.human() {
		return false
	}
	s.out(rm, o, now)
	return true
}

// out takes an occupant out of a room, whatever the reason. The last human out ends the room.
func (s *state) out(rm *room, o *occupant, now time.Time) {
	rm.remove(o, now)
	s.tellOccupant(occupantLeft, rm, o)
	if rm.humans() == 0 {
		s.close(rm, now)
		s.cancel(rm.address)
		return
	}
	s.elect(rm)
}

// close ends a room for whoever is inside.
func (s *state) close(rm *room, now time.Time) {
	for _, o := range slices.Clone(rm.occupants) {
		rm.remove(o, now)
		s.tellOccupant(occupantLeft, rm, o)
	}
	delete(s.rooms, rm.address)
	s.tellDestroyed(rm, now)
}

// end ends a meeting, false when there is none.
func (s *state) end(address string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm := s.rooms[address]
	if rm == nil {
		return false
	}
	s.close(rm, now)
	s.cancel(address)
	return true
}

// kick takes the first occupant out that fits. It says whether there is such a room, and such an occupant.
func (s *state) kick(address string, fits func(*occupant) bool, now time.Time) (live, kicked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm := s.rooms[address]
	if rm == nil {
		return false, false
	}
	i := slices.IndexFunc(rm.occupants, fits)
	if i < 0 {
		return true, false
	}
	s.out(rm, rm.occupants[i], now)
	return true, true
}

// dial puts a telephone into a live room. In any other, as in one that is full, nothing happens.
func (s *state) dial(address, phoneNo, domain string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm := s.rooms[address]
	if rm == nil || len(rm.occupants) >= maxOccupants {
		return
	}
	o := newLeg(phoneNo, domain)
	rm.add(o, now)
	s.tellOccupant(occupantJoined, rm, o)
}

// look calls f with a room, nil when there is none.
func (s *state) look(address string, f func(*room)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.rooms[address])
}

// each calls f with every room, sorted by address.
func (s *state) each(f func(*room)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*room, 0, len(s.rooms))
	for _, rm := range s.rooms {
		all = append(all, rm)
	}
	slices.SortFunc(all, func(a, b *room) int { return strings.Compare(a.address, b.address) })
	for _, rm := range all {
		f(rm)
	}
}
