package rooms_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/shared/rooms"
)

var errHall = errors.New("the hall does not answer")

// hall is a meeting system that keeps to the contract of rooms.Provider: who is expelled stays out,
// a conference that is closed is empty, and both can be repeated. It can be told to fail or to hang.
type hall struct {
	t   testing.TB
	now func() time.Time

	mu      sync.Mutex
	calls   []string
	rooms   map[string]string          // by conference
	banned  map[string]map[string]bool // by conference, then guest
	issued  []admission
	closed  map[string]int
	failing error         // what all calls but Bind answer
	partly  error         // what Expel answers after the ban
	arrived chan struct{} // with it, calls say that they came and do not return before their context ends
}

// calendar is a hall that is told when rooms are moved. It writes what it was told into its log.
type calendar struct{ *hall }

const calendarName = "calendar"

var _ rooms.Scheduler = calendar{}

func (c calendar) Reschedule(ctx context.Context, conference string, m rooms.Meeting) error {
	until := "open"
	if !m.End.IsZero() {
		until = m.End.Format(time.TimeOnly)
	}
	return c.enter(ctx, "reschedule", conference, m.Name+" "+m.Start.Format(time.TimeOnly)+" "+until)
}

type admission struct {
	conference string
	rooms.Guest
}

var _ rooms.Provider = (*hall)(nil)

func newHall(t testing.TB, now func() time.Time) *hall {
	t.Helper()
	return &hall{t: t, now: now, rooms: map[string]string{}, banned: map[string]map[string]bool{}, closed: map[string]int{}}
}

// fail makes the hall fail from now on, or work again with nil.
func (h *hall) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failing = err
}

// hang makes the calls from now on wait for their context's end. What is returned is sent to by each.
func (h *hall) hang() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.arrived = make(chan struct{}, 100)
	return h.arrived
}

// log gives the calls since the last time.
func (h *hall) log() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	calls := h.calls
	h.calls = nil
	return calls
}

// works makes the hall do what it is asked again.
func (h *hall) works() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failing, h.partly, h.arrived = nil, nil, nil
}

// lets says whether a guest who was admitted could be in the conference.
func (h *hall) lets(a admission) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.banned[a.conference][a.ID]
}

// done gives how often a conference was closed, and how many guests were banned from it.
func (h *hall) done(room string) (closed, banned int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	conference := "hall/" + room
	return h.closed[conference], len(h.banned[conference])
}

func (h *hall) admissions() []admission {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.issued)
}

// enter notes a call, and fails or hangs if told to.
func (h *hall) enter(ctx context.Context, call, conference, guest string) error {
	h.mu.Lock()
	h.calls = append(h.calls, strings.TrimSpace(call+" "+guest))
	_, known := h.rooms[conference]
	failing, arrived := h.failing, h.arrived
	h.mu.Unlock()
	if !known {
		h.t.Errorf("%s: got the conference %q, want one that Bind gave", call, conference)
	}
	if arrived != nil {
		arrived <- struct{}{}
		<-ctx.Done()
		return fmt.Errorf("%s: %w", call, ctx.Err())
	}
	return failing
}

func (h *hall) Bind(_ context.Context, m rooms.Meeting) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failing != nil {
		return "", h.failing
	}
	conference := "hall/" + m.RoomID
	h.rooms[conference] = m.RoomID
	return conference, nil
}

func (h *hall) Admit(ctx context.Context, conference string, g rooms.Guest) (rooms.Admission, error) {
	if err := h.enter(ctx, "admit", conference, g.ID); err != nil {
		return rooms.Admission{}, err
	}
	if g.ID == "" || g.Lifetime < time.Second || g.Lifetime > 24*time.Hour {
		h.t.Errorf("admit: got %+v, want an id and a lifetime of a second to a day", g)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.issued = append(h.issued, admission{conference, g})
	return rooms.Admission{URL: "https://hall.example/" + conference + "#" + g.ID, Expires: h.now().Add(g.Lifetime)}, nil
}

func (h *hall) Expel(ctx context.Context, conference string, guestIDs []string) ([]rooms.Action, error) {
	guestID := guestIDs[0]
	if err := h.enter(ctx, "expel", conference, guestID); err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.banned[conference] == nil {
		h.banned[conference] = map[string]bool{}
	}
	h.banned[conference][guestID] = true
	actions := []rooms.Action{{Name: "ban", Outcome: "banned"}}
	if h.partly != nil {
		return actions, h.partly
	}
	return append(actions, rooms.Action{Name: "kick", Outcome: "kicked"}), nil
}

func (h *hall) Close(ctx context.Context, conference string) (rooms.Action, error) {
	if err := h.enter(ctx, "close", conference, ""); err != nil {
		return rooms.Action{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed[conference]++
	return rooms.Action{Name: "destroy", Outcome: "destroyed"}, nil
}
