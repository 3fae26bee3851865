package jitsi_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/sandbox/jitsi"
)

// The end is the reservation's start and duration, whenever people came.
func TestReservation_RoomIsClosedWhenItsTimeIsUp(t *testing.T) {
	t.Parallel()
	r, events := newReceiver(t), newReceiver(t)
	w := setup(t, r.reservations, events.events)
	token := sign(t, guest())
	r.answers(200, booked("standup", 600))
	w.step(400 * time.Second)
	w.mustJoin("standup", token)
	w.step(200 * time.Second)
	w.mustJoin("standup", token)
	w.step(time.Second)
	// Noticed by a request of any kind.
	w.want(w.get("room-size", "standup"), 404)
	w.wantLines(events, `room/created standup
occupant/joined standup u-17 1
occupant/joined standup u-17 2
occupant/left standup u-17 1
occupant/left standup u-17 0
room/destroyed standup`)
	// Nothing is cancelled, and for a while nothing is asked.
	w.wantDenied(w.join("standup", token), 419, "Reservation expired")
	w.step(59 * time.Second)
	w.wantDenied(w.join("standup", token), 419, "Reservation expired")
	w.wantRequests(r, "POST /conference")
	w.step(time.Second)
	r.answers(200, booked("standup", 7200))
	w.mustJoin("standup", token)
	w.wantRequests(r, "POST /conference, POST /conference")
}

// A start in the past shortens the meeting, to nothing if need be.
func TestReservation_ThatIsOverWhenItComes(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	r.answers(200, booked("standup", 600))
	w.step(601 * time.Second)
	w.wantDenied(w.join("standup", sign(t, guest())), 419, "Reservation expired")
	w.want(w.show("standup"), 404)
	w.wantRequests(r, "POST /conference")
}

func TestReservation_EndsOnlyItsOwnRoom(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	r.Answer = func(d delivery) (int, string) {
		if strings.Contains(d.Body, "long") {
			return 200, booked("long", 3600)
		}
		return 200, booked("short", 60)
	}
	token := sign(t, guest().with("room", "*"))
	w.mustJoin("short", token)
	w.mustJoin("long", token)
	w.step(61 * time.Second)
	if n, m := w.inside("short"), w.inside("long"); n != 0 || m != 1 {
		t.Errorf("got %d inside the short one and %d inside the long one, want 0 and 1", n, m)
	}
}

// Those who come while the reservation system thinks wait for its one answer.
func TestReservation_ManyAtTheDoor(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	called, release := make(chan struct{}), make(chan struct{})
	r.Answer = func(delivery) (int, string) { close(called); <-release; return 200, booked("standup", 3600) }
	token := sign(t, guest())
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() { w.try("standup", token) })
	}
	<-called
	// The server is not held up by it.
	w.want(w.show("standup"), 404)
	w.wantBare(w.end("standup"+muc), 404)
	close(release)
	wg.Wait()
	if n := w.inside("standup"); n != 5 {
		t.Errorf("got %d inside, want 5", n)
	}
	w.wantRequests(r, "POST /conference")
}

// Whatever order people come and go in, each time the room is made there is one reservation.
func TestReservation_OneForEachTimeTheRoomIsMade(t *testing.T) {
	t.Parallel()
	r, events := newReceiver(t), newReceiver(t)
	w := setup(t, r.reservations, events.events)
	r.answers(200, booked("standup", 3600))
	token := sign(t, guest())
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for range 8 {
				if got := w.leave("standup", w.try("standup", token).body); got.status != 204 {
					t.Errorf("leave: got %d %s, want 204", got.status, got.raw)
				}
			}
		})
	}
	wg.Wait()
	w.flush()
	count := map[string]int{}
	for _, d := range r.Deliveries() {
		count[d.Method]++
	}
	for _, d := range events.Deliveries() {
		count[fmt.Sprint(d.Event["event_name"])]++
	}
	if made := count["muc-room-created"]; count[http.MethodDelete] != made || count[http.MethodPost] != made {
		t.Errorf("got %v, want as many reservations made and cancelled as rooms", count)
	}
}

func TestClose_LetsNobodyWaitForAReservation(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	called, release := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(release) })
	r.Answer = func(delivery) (int, string) { close(called); <-release; return 200, "" }
	answered := make(chan reply)
	token := sign(t, guest())
	go func() { answered <- w.join("standup", token) }()
	<-called
	w.Close()
	w.wantDenied(<-answered, 500, "Could not contact reservation server")
}

func TestReservation_FollowsTheSettings(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	r.answers(200, booked("standup", 3600))
	p := w.mustJoin("standup", sign(t, guest()))
	w.edit(func(set *jitsi.Settings) { set.ReservationsURL = "" })
	w.want(w.leave("standup", p), 204)
	w.mustJoin("standup", sign(t, guest()))
	w.wantRequests(r, "POST /conference")
}

func TestReservation_TurnedOffAfterARefusal(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	r.answers(403, "")
	w.wantDenied(w.join("standup", sign(t, guest())), 403, "Rejected by reservation server")
	w.edit(func(set *jitsi.Settings) { set.ReservationsURL = "" })
	p := w.mustJoin("standup", sign(t, guest()))
	w.step(31 * time.Second)
	if n := w.inside("standup"); n != 1 {
		t.Errorf("got %d inside, want 1", n)
	}
	w.want(w.leave("standup", p), 204)
	w.wantRequests(r, "POST /conference")
}
