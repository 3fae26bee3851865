package veeting

import (
	"slices"
	"sync"
	"time"
)

// Limits. They keep a sandbox that nobody empties within the memory of a laptop.
const (
	maxAccounts = 10_000
	maxMeetings = 10_000
)

// state is everything the sandbox remembers. One mutex guards it all: nobody waits for anything while holding it.
type state struct {
	mu       sync.Mutex
	ids      *objectIDs
	instance string // whitelabelId
	began    time.Time
	accounts []*account
	meetings []*meeting // in the order of their making; deleted ones stay
	// webhooks is nil when nobody is told. To put an event into it is not to wait.
	webhooks *queue
}

func newState(now time.Time) *state {
	s := &state{ids: newObjectIDs(), began: now}
	s.instance = s.ids.next(now)
	s.addAccount(organizer{email: SeedEmail, firstName: "Olive", lastName: "Organizer", language: "en"}, now)
	return s
}

// addAccount makes the ids in the order that the tutorial's show: user, account, room.
func (s *state) addAccount(admin organizer, now time.Time) *account {
	admin.id, admin.icsToken = s.ids.next(now), newICSToken()
	a := &account{admin: admin, id: s.ids.next(now), roomID: s.ids.next(now)}
	s.accounts = append(s.accounts, a)
	return a
}

// account returns the account of an id, the first one for an empty id, or nil.
func (s *state) account(id string) *account {
	if id == "" {
		return s.accounts[0]
	}
	return s.find(func(a *account) bool { return a.id == id })
}

// find returns the first account that fits, or nil.
func (s *state) find(fits func(*account) bool) *account {
	if i := slices.IndexFunc(s.accounts, fits); i >= 0 {
		return s.accounts[i]
	}
	return nil
}

// meeting returns a meeting by its internal id, a deleted one too, or nil.
func (s *state) meeting(id string) *meeting {
	if i := slices.IndexFunc(s.meetings, func(m *meeting) bool { return m.id == id }); i >= 0 {
		return s.meetings[i]
	}
	return nil
}

// unusedParticipantID returns one that no meeting has.
func (s *state) unusedParticipantID() (string, error) {
	for {
		id, err := newParticipantID()
		if err != nil || !slices.ContainsFunc(s.meetings, func(m *meeting) bool { return m.participantID == id }) {
			return id, err
		}
	}
}

// closeEnded closes the meetings whose end has passed, in the order of their ends.
func (s *state) closeEnded(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended := []*meeting{}
	for _, m := range s.meetings {
		if m.ended(now) && m.closedAt.IsZero() && !m.deleted {
			ended = append(ended, m)
		}
	}
	slices.SortStableFunc(ended, func(a, b *meeting) int { return a.end.Compare(b.end) })
	for _, m := range ended {
		m.closedAt = m.end
		s.tell(hookClosed, m, now)
	}
}

// tell sends an event about a meeting. It is called with the lock held, which keeps the events in the order in which
// things happened.
func (s *state) tell(hook string, m *meeting, now time.Time) {
	if s.webhooks != nil {
		s.webhooks.add(event{hook, s.view(m, now)})
	}
}
