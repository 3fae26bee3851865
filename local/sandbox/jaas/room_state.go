package jaas

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"

	"gavel/local/sandbox/jitsimeet"
)

// liveRoom returns the room to enter or to call, made if it is not there.
func (s *state) liveRoom(appID, name string) (*room, error) {
	t, err := s.tenant(appID)
	if err != nil {
		return nil, err
	}
	if r := t.rooms[name]; r != nil {
		return r, nil
	}
	if len(t.rooms) >= maxRooms {
		return nil, errFull
	}
	r := &room{name: name}
	t.rooms[name] = r
	return r, nil
}

// join lets somebody in, unless they are banned, and returns them with their session.
func (s *state) join(appID, name string, p participant, hash [sha256.Size]byte) (joined participant, session string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.tenant(appID)
	if err != nil {
		return participant{}, "", err
	}
	if t.banned(p.UserID, hash) {
		return participant{}, "", jitsimeet.Refuse(http.StatusForbidden, "user is banned", "the user or the token is banned")
	}
	r, err := s.liveRoom(appID, name)
	if err != nil {
		return participant{}, "", err
	}
	if len(r.participants) >= maxParticipants {
		return participant{}, "", jitsimeet.Refuse(http.StatusForbidden, "room-full", "a meeting holds 500 participants")
	}
	first := len(r.participants) == 0
	joined = *r.enter(p, s.domain)
	if first {
		s.tellRoom(roomCreated, appID, r)
	}
	s.tellParticipant(participantJoined, appID, r, joined, "")
	return joined, r.session, nil
}

// remove takes somebody out, by leaving or by kick. The last one out ends the room, calls and all.
func (s *state) remove(appID, name, id, reason string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.room(appID, name)
	if r == nil {
		return false
	}
	i := r.find(id)
	if i < 0 {
		return false
	}
	s.tellParticipant(participantLeft, appID, r, *r.participants[i], reason)
	r.participants = slices.Delete(r.participants, i, i+1)
	if len(r.participants) == 0 {
		delete(s.tenants[appID].rooms, name)
		s.tellRoom(roomDestroyed, appID, r)
	}
	return true
}

// destroy ends a meeting for everybody. A room in which only calls wait is no meeting, and stays.
func (s *state) destroy(appID, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.room(appID, name)
	if r == nil || len(r.participants) == 0 {
		return false
	}
	for _, p := range r.participants {
		s.tellParticipant(participantLeft, appID, r, *p, reasonLeft)
	}
	delete(s.tenants[appID].rooms, name)
	s.tellRoom(roomDestroyed, appID, r)
	return true
}

// dial adds a call leg: ringing at once in a live room, waiting in an empty one. The same number dialled
// twice rings twice.
func (s *state) dial(appID, name, number string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.liveRoom(appID, name)
	if err != nil {
		return err
	}
	if len(r.calls) >= maxCalls {
		return errFull
	}
	c := &call{PhoneNo: number, State: callRinging}
	if len(r.participants) == 0 {
		c.State = callWaiting
	}
	r.calls = append(r.calls, c)
	return nil
}

// hangUp ends every leg to exactly this number.
func (s *state) hangUp(appID, name, number string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.room(appID, name)
	if r == nil {
		return false
	}
	before := len(r.calls)
	r.calls = slices.DeleteFunc(r.calls, func(c *call) bool { return c.PhoneNo == number })
	if len(r.calls) == 0 && len(r.participants) == 0 {
		delete(s.tenants[appID].rooms, name)
	}
	return len(r.calls) < before
}

// roomView is a room as the sandbox's own API shows it.
type roomView struct {
	Room         string        `json:"room"`
	SessionID    string        `json:"sessionId"`
	Participants []participant `json:"participants"`
	Calls        []call        `json:"calls"`
}

func (r *room) view() roomView {
	v := roomView{r.name, r.session, []participant{}, []call{}}
	for _, p := range r.participants {
		v.Participants = append(v.Participants, *p)
	}
	for _, c := range r.calls {
		v.Calls = append(v.Calls, *c)
	}
	return v
}

// show returns one room, false when nobody is inside and no call waits.
func (s *state) show(appID, name string) (roomView, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.room(appID, name)
	if r == nil {
		return roomView{}, false
	}
	return r.view(), true
}

// list returns a tenant's rooms, sorted by name.
func (s *state) list(appID string) []roomView {
	s.mu.Lock()
	defer s.mu.Unlock()
	views := []roomView{}
	if t := s.tenants[appID]; t != nil {
		for _, r := range t.rooms {
			views = append(views, r.view())
		}
	}
	slices.SortFunc(views, func(a, b roomView) int { return strings.Compare(a.Room, b.Room) })
	return views
}
