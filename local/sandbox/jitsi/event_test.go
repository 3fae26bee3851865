package jitsi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/sandbox/jitsi"
)

func (w *world) wantLines(r receiver, want string) {
	w.t.Helper()
	w.flush()
	if got := r.lines(); got != want {
		w.t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEvents_TellTheCourseOfAMeeting(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.events)
	a := w.mustJoin("Standup", sign(t, guest()))
	b := w.mustJoin("standup", sign(t, user("u-18")))
	w.want(w.leave("standup", a), 204)
	w.wantBare(w.kick("room=standup", asJSON(t, map[string]any{"participantId": b["participantId"]})), 200)
	w.wantLines(r, `room/created standup
occupant/joined standup u-17 1
occupant/joined standup u-18 2
occupant/left standup u-17 1
occupant/left standup u-18 0
room/destroyed standup`)
}

func TestEvents_TellThatEverybodyIsOutOfAnEndedMeeting(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.events)
	tenant := sign(t, guest().with("sub", "acme"))
	w.mustJoin("standup?tenant=acme", tenant)
	w.wantBare(w.invite("standup@conference.acme.meet.jitsi", "+40747777777"), 200)
	w.mustJoin("standup?tenant=acme", tenant)
	w.wantBare(w.end("standup@conference.acme.meet.jitsi"), 200)
	w.wantBare(w.end("standup@conference.acme.meet.jitsi"), 404)
	w.mustJoin("standup?tenant=acme", tenant)
	w.wantLines(r, `room/created [acme]standup
occupant/joined [acme]standup u-17 1
occupant/joined [acme]standup <nil> 2
occupant/joined [acme]standup u-17 3
occupant/left [acme]standup u-17 2
occupant/left [acme]standup <nil> 1
occupant/left [acme]standup u-17 0
room/destroyed [acme]standup
room/created [acme]standup
occupant/joined [acme]standup u-17 1`)
}

func TestEvents_TellNothingWhereNothingHappened(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.events)
	w.want(w.join("other", sign(t, guest())), 403)
	w.wantBare(w.kick("room=standup", `{"participantId":"00000000"}`), 404)
	w.wantBare(w.end("standup"+muc), 404)
	w.wantBare(w.invite("standup"+muc, "+1"), 200)
	w.want(w.show("standup"), 404)
	w.wantLines(r, "")
}

func TestEvents_AreAsTheReadmeShows(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.events)
	w.step(900 * time.Millisecond)
	a := w.mustJoin("catchup", sign(t, guest().with("room", "*")))
	w.step(39 * time.Second)
	w.wantBare(w.invite("catchup"+muc, "+1"), 200)
	w.wantBare(w.end("catchup"+muc), 200)
	w.flush()

	place := func(name string) string {
		return fmt.Sprintf(`{"event_name":"muc-%s","room_name":"catchup","room_jid":"catchup@conference.meet.jitsi","is_breakout":false,`, name)
	}
	got := r.Deliveries()
	if len(got) != 6 {
		t.Fatalf("got %d events, want 6", len(got))
	}
	phone := got[2].Event["occupant"].(map[string]any)["occupant_jid"]
	if !strings.HasPrefix(phone.(string), "jigasi@auth.meet.jitsi/") {
		t.Errorf("got %v, want the telephone's address", phone)
	}
	ada := fmt.Sprintf(`{"name":"Ada","email":"ada@example.org","id":"u-17","occupant_jid":%q,"joined_at":1760000000`, a["occupantJid"])
	leg := fmt.Sprintf(`{"occupant_jid":%q,"joined_at":1760000039`, phone)
	const left = `,"left_at":1760000039}`
	for i, want := range []string{
		place("room-created") + `"created_at":1760000000}`,
		place("occupant-joined") + `"active_occupants_count":1,"occupant":` + ada + `}}`,
		place("occupant-joined") + `"active_occupants_count":2,"occupant":` + leg + `}}`,
		place("occupant-left") + `"active_occupants_count":1,"occupant":` + ada + left + `}`,
		place("occupant-left") + `"active_occupants_count":0,"occupant":` + leg + left + `}`,
		place("room-destroyed") + `"created_at":1760000000,"destroyed_at":1760000039,"all_occupants":[` + ada + left + `,` + leg + left + `]}`,
	} {
		d := got[i]
		if d.Body != want {
			t.Errorf("got  %s\nwant %s", d.Body, want)
		}
		if d.Method != "POST" || d.Header.Get("Content-Type") != jsonType || d.Header.Get("Authorization") != callback {
			t.Errorf("got %s with %v, want POST of JSON with the fixed header", d.Method, d.Header)
		}
	}
}

func TestEvents_FollowTheSettings(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t)
	p := w.mustJoin("standup", sign(t, guest()))
	w.flush()
	w.edit(func(set *jitsi.Settings) { set.EventsURL, set.CallbackAuthorization = r.url, "" })
	w.want(w.leave("standup", p), 204)
	w.wantLines(r, "occupant/left standup u-17 0\nroom/destroyed standup")
	for _, d := range r.Deliveries() {
		if _, given := d.Header["Authorization"]; given {
			t.Errorf("got Authorization %q, want none", d.Header.Get("Authorization"))
		}
	}
}

// A receiver may act on the room it is told about, as one that removes who must stay out.
func TestEvents_MayLeadToMoreOfThem(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.events)
	r.Answer = func(d delivery) (int, string) {
		if d.Event["event_name"] == "muc-occupant-joined" {
			if got := w.end("standup" + muc); got.status != 200 {
				t.Errorf("end: got %d %s, want 200", got.status, got.raw)
			}
		}
		return http.StatusOK, ""
	}
	w.mustJoin("standup", sign(t, guest()))
	w.wantLines(r, "room/created standup\noccupant/joined standup u-17 1\noccupant/left standup u-17 0\nroom/destroyed standup")
}

// A receiver that does not answer does not hold anybody up.
func TestEvents_HoldNobodyUp(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.events)
	release := make(chan struct{})
	r.Answer = func(delivery) (int, string) { <-release; return http.StatusOK, "" }
	p := w.mustJoin("standup", sign(t, guest()))
	w.want(w.leave("standup", p), 204)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Flush(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("flush while the receiver is at it: got %v, want %v", err, context.Canceled)
	}
	close(release)
	w.wantLines(r, "room/created standup\noccupant/joined standup u-17 1\noccupant/left standup u-17 0\nroom/destroyed standup")
}

// Whatever many do at once, the events tell one course of things that can have been.
func TestEvents_StayInOrder(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.events)
	token := sign(t, guest().with("room", "*"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			room := fmt.Sprint("room-", i%2)
			for range 10 {
				w.leave(room, w.try(room, token).body)
			}
		})
	}
	wg.Wait()
	w.flush()
	live, inside := map[any]bool{}, map[any]int{}
	for i, d := range r.Deliveries() {
		room := d.Event["room_jid"]
		switch d.Event["event_name"] {
		case "muc-room-created":
			if live[room] {
				t.Fatalf("event %d: %s was created while it was there", i, room)
			}
			live[room] = true
		case "muc-occupant-joined":
			inside[room]++
		case "muc-occupant-left":
			inside[room]--
		case "muc-room-destroyed":
			live[room] = false
		}
		if count, ok := d.Event["active_occupants_count"].(float64); ok && int(count) != inside[room] {
			t.Fatalf("event %d: got %v inside, want %d", i, count, inside[room])
		}
		if !live[room] && inside[room] != 0 {
			t.Fatalf("event %d: got %d inside of no room, want none", i, inside[room])
		}
	}
	if got, atLeast := len(r.Deliveries()), 8*10*2+2*2; got < atLeast {
		t.Errorf("got %d events, want at least %d", got, atLeast)
	}
}

func TestClose_BreaksOffAndForgets(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.events)
	called, release := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(release) })
	r.Answer = func(delivery) (int, string) { close(called); <-release; return http.StatusOK, "" }
	p := w.mustJoin("standup", sign(t, guest()))
	<-called
	w.Close()
	w.want(w.leave("standup", p), 204)
	w.Close()
	w.wantLines(r, "room/created standup")
}
