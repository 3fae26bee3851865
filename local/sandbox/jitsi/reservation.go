package jitsi

import (
	"context"
	"net/http"
	"time"
)

const (
	// refusalKept is how long, in seconds, a refusal is remembered.
	refusalKept = 30
	// endedKept is how long, in seconds, a reservation is remembered whose time is up: the module looks every minute.
	endedKept = 60
)

// reservation is what the reservation system has said about a room that was not there.
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/mod_reservations.lua
type reservation struct {
	done chan struct{} // closed once the outcome is there
	// What follows is written before done is closed, and not changed after.
	outcome
	settled bool // guarded by the lock of state, unlike done
}

// outcome is a refusal or, when code is 0, a booking.
type outcome struct {
	code    int
	message string

	id  string  // what the reservation system calls it
	end float64 // when it, or the refusal, is over, in Unix seconds
}

// over says whether the time is up. A second counts as a whole.
func (o outcome) over(now time.Time) bool { return float64(now.Unix()) > o.end }

// denial is a join that the reservation system refused.
type denial struct {
	Key     string `json:"error"`
	Message string `json:"message"`
	Code    int    `json:"code"`
}

// Error returns the message.
func (d *denial) Error() string { return d.Message }

func (o outcome) check(now time.Time) error {
	switch {
	case o.code != 0:
		return &denial{Key: "reservation-error", Message: o.message, Code: o.code}
	case o.over(now):
		return &denial{Key: "reservation-error", Message: "Reservation expired", Code: 419}
	}
	return nil
}

// reserve waits for the reservation under which a room can be made. It returns nil when the room is there already.
func (s *Server) reserve(ctx context.Context, set Settings, at door, owner *occupant) (*reservation, error) {
	r, fresh, err := s.state.reservation(at.address)
	if r == nil || err != nil {
		return nil, err
	}
	if fresh {
		// Others may wait for it too, so it goes on when the first one does not.
		b := booking{client: s.client, set: set, node: node(at.tenant, at.name)}
		go func() { s.state.settle(r, b.ask(s.ctx, owner.bareJID(), s.now()), s.now()) }()
	}
	select {
	case <-r.done:
		return r, r.check(s.now())
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// reservation returns the reservation of a room that is not there, and whether it has just been made, to be asked for.
func (s *state) reservation(address string) (r *reservation, fresh bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms[address] != nil {
		return nil, false, nil
	}
	if r := s.reservations[address]; r != nil {
		return r, false, nil
	}
	if len(s.reservations) >= maxReservations {
		return nil, false, errFull
	}
	r = &reservation{done: make(chan struct{})}
	s.reservations[address] = r
	return r, true, nil
}

func (s *state) settle(r *reservation, o outcome, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.code != 0 {
		o.end = float64(now.Unix() + refusalKept)
	}
	r.outcome, r.settled = o, true
	close(r.done)
}

// sweep closes the rooms whose time is up, and forgets what is over. For a closed one nothing is cancelled: the module
// drops the reservation first.
func (s *state) sweep(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for address, r := range s.reservations {
		if !r.settled || !r.over(now) {
			continue
		}
		// A room that was refused can be there all the same, when reservations were turned off meanwhile.
		if rm := s.rooms[address]; rm != nil && r.code == 0 {
			s.close(rm, now)
		}
		if r.code != 0 || float64(now.Unix()) > r.end+endedKept {
			delete(s.reservations, address)
		}
	}
}

// cancel tells the reservation system that a room is over before its time.
func (s *state) cancel(address string) {
	r := s.reservations[address]
	if r == nil {
		return
	}
	delete(s.reservations, address)
	if r.id == "" {
		return
	}
	s.queue.Add("reservations", message{
		name: "reservation-cancelled", method: http.MethodDelete, path: "/conference/" + r.id,
		prefix: func(set Settings) string { return set.ReservationsURL },
	})
}
