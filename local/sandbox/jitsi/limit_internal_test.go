package jitsi

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"testing"
	"time"
)

func newTestState(t *testing.T) *state {
	t.Helper()
	s := New(Options{})
	t.Cleanup(s.Close)
	return s.state
}

func (s *state) letIn(address string) error {
	_, err := s.enter(door{address: address}, newcomer(nil, "d"), false, nil, time.Unix(0, 0))
	return err
}

func TestState_Limits(t *testing.T) {
	t.Parallel()
	full := func(what string, limit int, add func(i int) error) {
		t.Helper()
		for i := range limit {
			if err := add(i); err != nil {
				t.Fatalf("%s %d: %v", what, i, err)
			}
		}
		if err := add(limit); !errors.Is(err, errFull) {
			t.Errorf("%s beyond the limit: got %v, want %v", what, err, errFull)
		}
	}
	rooms := newTestState(t)
	full("room", maxRooms, func(i int) error { return rooms.letIn(fmt.Sprint(i)) })
	if err := rooms.letIn("0"); err != nil {
		t.Errorf("a room that is there already: got %v, want none", err)
	}
	occupants := newTestState(t)
	full("occupant", maxOccupants, func(int) error { return occupants.letIn("r") })
	occupants.dial("r", "+1", "d", time.Unix(0, 0))
	if got := len(occupants.rooms["r"].occupants); got != maxOccupants {
		t.Errorf("got %d occupants, want no telephone beside %d", got, maxOccupants)
	}
	reservations := newTestState(t)
	full("reservation", maxReservations, func(i int) error {
		_, _, err := reservations.reservation(fmt.Sprint(i))
		return err
	})
}

func TestRoom_RemembersOnlySoMany(t *testing.T) {
	t.Parallel()
	rm := &room{}
	for i := range maxHistory + 5 {
		o := newcomer(nil, "d")
		rm.add(o, time.Unix(int64(i), 0))
		rm.remove(o, time.Unix(int64(i), 0))
	}
	if got := rm.history[0].JoinedAt; len(rm.history) != maxHistory || got != 5 {
		t.Errorf("got %d from %d on, want %d from 5 on", len(rm.history), got, maxHistory)
	}
}

func TestKeyCache_KeepsTheNewest(t *testing.T) {
	t.Parallel()
	var c keyCache
	for i := range maxKeys + 3 {
		c.keep(fmt.Sprint(i), &rsa.PublicKey{})
		c.keep(fmt.Sprint(i), &rsa.PublicKey{}) // by two at once
	}
	if len(c.keys) != maxKeys || c.keys["2"] != nil || c.keys["3"] == nil {
		t.Errorf("got %d keys, want the newest %d", len(c.keys), maxKeys)
	}
}

// A room that has gone while somebody was at the door needs a reservation of its own.
func TestEnter_NeedsTheReservationThereIs(t *testing.T) {
	t.Parallel()
	s := newTestState(t)
	at, now := door{address: "r"}, time.Unix(0, 0)
	if _, err := s.enter(at, newcomer(nil, "d"), true, nil, now); !errors.Is(err, errReserve) {
		t.Errorf("without one: got %v, want %v", err, errReserve)
	}
	if _, err := s.enter(at, newcomer(nil, "d"), true, &reservation{}, now); !errors.Is(err, errReserve) {
		t.Errorf("with one that is forgotten: got %v, want %v", err, errReserve)
	}
	r, _, err := s.reservation("r")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.enter(at, newcomer(nil, "d"), true, r, now); err != nil {
		t.Errorf("with it: got %v, want none", err)
	}
}
