package jitsi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/sandbox/jitsi"
)

// booked is a reservation from the start of the tests, for so many seconds.
func booked(name string, duration any) string {
	return fmt.Sprintf(`{"id":8,"name":%q,"mail_owner":"ada@example.org","start_time":"2025-10-09T08:53:20.000Z","duration":%v}`, name, duration)
}

// answers lets a receiver answer so, one after the other, and then as to the last.
func (r receiver) answers(statusesAndBodies ...any) {
	var mu sync.Mutex
	r.Answer = func(delivery) (int, string) {
		mu.Lock()
		defer mu.Unlock()
		status, body := statusesAndBodies[0].(int), statusesAndBodies[1].(string)
		if len(statusesAndBodies) > 2 {
			statusesAndBodies = statusesAndBodies[2:]
		}
		return status, body
	}
}

func (w *world) wantDenied(got reply, code int, message string) {
	w.t.Helper()
	w.want(got, 403)
	want := fmt.Sprintf(`{"error":"reservation-error","message":%q,"code":%d}`, message, code)
	if strings.TrimSpace(got.raw) != want {
		w.t.Errorf("got %s, want %s", got.raw, want)
	}
}

func TestReservation_IsAskedForAsPublished(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	r.answers(http.StatusCreated, booked("[acme]standup", 3600))
	w.step(700 * time.Millisecond)
	p := w.mustJoin("standup?tenant=acme", sign(t, guest().with("sub", "acme")))
	w.mustJoin("standup?tenant=acme", sign(t, guest().with("sub", "acme")))
	w.wantRequests(r, "POST /conference")
	d := r.Deliveries()[0]
	if d.Header.Get("Authorization") != callback || d.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("got headers %v, want the fixed one and a form", d.Header)
	}
	owner, _, _ := strings.Cut(p["occupantJid"].(string), "/")
	want := url.Values{"name": {"[acme]standup"}, "start_time": {"2025-10-09T08:53:20.000Z"}, "mail_owner": {owner}}
	if d.Body != want.Encode() {
		t.Errorf("got %s, want %s", d.Body, want.Encode())
	}
}

func TestReservation_Answers(t *testing.T) {
	t.Parallel()
	const (
		rejected = "Rejected by reservation server"
		invalid  = "Invalid response from reservation server"
	)
	change := func(part, by string) string { return strings.Replace(booked("standup", 3600), part, by, 1) }
	for _, tc := range []struct {
		name, body string
		status     int
		code       int // 0 when the room opens
		message    string
	}{
		{"200", booked("standup", 3600), 200, 0, ""},
		{"201", booked("standup", 3600), 201, 0, ""},
		{"name in capitals", booked("StandUp", 3600), 200, 0, ""},
		{"id as text", change(`"id":8`, `"id":"r-8"`), 200, 0, ""},
		{"duration as text", booked("standup", `"3600"`), 200, 0, ""},
		{"start in another zone", change("08:53:20.000Z", "10:53:20+02:00"), 200, 0, ""},
		{"more fields", change("{", `{"max_occupants":3,`), 200, 0, ""},

		{"no body", "", 200, 500, invalid},
		{"no JSON", "{", 200, 500, invalid},
		{"no object", "[]", 201, 500, invalid},
		{"another room", booked("other", 3600), 200, 500, invalid},
		{"no name", change(`"name":"standup",`, ""), 200, 500, invalid},
		{"no id", change(`"id":8,`, ""), 200, 500, invalid},
		{"id null", change(`"id":8`, `"id":null`), 200, 500, invalid},
		{"no owner", change(`"mail_owner":"ada@example.org",`, ""), 200, 500, invalid},
		{"no duration", change(`,"duration":3600`, ""), 200, 500, invalid},
		{"no number", booked("standup", `"soon"`), 200, 500, invalid},
		{"no start", change(`"start_time":"2025-10-09T08:53:20.000Z",`, ""), 200, 500, invalid},
		{"start in seconds", change(`"2025-10-09T08:53:20.000Z"`, "1760000000"), 200, 500, invalid},
		{"no date", change("2025-10-09", "tomorrow"), 200, 500, invalid},

		{"403", `{"message":"You may not."}`, 403, 403, "You may not."},
		{"403 without a body", "", 403, 403, rejected},
		{"403 without a message", `{"error":"x"}`, 403, 403, rejected},
		{"403 with a message that is none", `{"message":5}`, 403, 403, rejected},
		{"204", "", 204, 204, rejected},
		{"302", "", 302, 302, rejected},
		{"409 without an id", `{}`, 409, 409, invalid},
		{"409 without a body", "", 409, 409, invalid},
		{"500 to the end", `{"message":"broken"}`, 500, 500, "broken"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t)
			w := setup(t, r.reservations)
			r.answers(tc.status, tc.body)
			got := w.join("standup", sign(t, guest()))
			if tc.code == 0 {
				w.want(got, 201)
				return
			}
			w.wantDenied(got, tc.code, tc.message)
			w.want(w.show("standup"), 404)
		})
	}
}

func TestReservation_IsTriedAgain(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	r.answers(500, "", 503, "", 599, "", 200, booked("standup", 3600))
	w.mustJoin("standup", sign(t, guest()))
	w.wantRequests(r, "POST /conference, POST /conference, POST /conference, POST /conference")
}

func TestReservation_IsNotTriedForever(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	r.answers(500, "", 503, "", 599, "", 501, "", 200, booked("standup", 3600))
	w.wantDenied(w.join("standup", sign(t, guest())), 501, "Rejected by reservation server")
	w.wantRequests(r, "POST /conference, POST /conference, POST /conference, POST /conference")
}

func TestReservation_NobodyThere(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"http://127.0.0.1:1", ":"} {
		w := setup(t, settings(func(set *jitsi.Settings) { set.ReservationsURL = prefix }))
		w.wantDenied(w.join("standup", sign(t, guest())), 500, "Could not contact reservation server")
	}
}

func TestReservation_ThatIsThereAlready(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, conflict, path string
		status               int
		body                 string
		code                 int
		message              string
	}{
		{"number", `{"conflict_id":8}`, "/conference/8", 200, booked("standup", 3600), 0, ""},
		{"text", `{"conflict_id":"r-8"}`, "/conference/r-8", 200, booked("standup", 3600), 0, ""},
		{"201 is not good enough", `{"conflict_id":8}`, "/conference/8", 201, booked("standup", 3600), 201, "Rejected by reservation server"},
		{"gone", `{"conflict_id":8}`, "/conference/8", 404, `{"message":"gone"}`, 404, "gone"},
		{"another conflict", `{"conflict_id":8}`, "/conference/8", 409, `{"conflict_id":9}`, 409, "Rejected by reservation server"},
		{"of another room", `{"conflict_id":8}`, "/conference/8", 200, booked("other", 3600), 500, "Invalid response from reservation server"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t)
			w := setup(t, r.reservations)
			r.answers(409, tc.conflict, tc.status, tc.body)
			got := w.join("standup", sign(t, guest()))
			if tc.code == 0 {
				w.want(got, 201)
			} else {
				w.wantDenied(got, tc.code, tc.message)
			}
			w.wantRequests(r, "POST /conference, GET "+tc.path)
			if d := r.Deliveries()[1]; d.Header.Get("Authorization") != callback || d.Body != "" {
				t.Errorf("got body %q with %v, want none with the fixed header", d.Body, d.Header)
			}
		})
	}
}

// Who cannot come in anyway makes no reservation.
func TestReservation_IsForThoseWithAGoodToken(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	w.want(w.join("other", sign(t, guest())), 403)
	w.want(w.join("standup", "x"), 403)
	w.wantRequests(r, "")
}

func TestReservation_NotAskedForARoomThatIsThere(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t)
	p := w.mustJoin("standup", sign(t, guest()))
	w.edit(func(set *jitsi.Settings) { set.ReservationsURL = r.url })
	q := w.mustJoin("standup", sign(t, guest()))
	w.want(w.leave("standup", p), 204)
	w.want(w.leave("standup", q), 204)
	w.wantRequests(r, "")
}

func TestReservation_RefusalIsRememberedForHalfAMinute(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	r.answers(403, `{"message":"You may not."}`, 200, booked("standup", 3600))
	token := sign(t, guest())
	w.wantDenied(w.join("standup", token), 403, "You may not.")
	w.step(30 * time.Second)
	w.wantDenied(w.join("standup", token), 403, "You may not.")
	w.wantRequests(r, "POST /conference")
	w.step(time.Second)
	w.mustJoin("standup", token)
	w.wantRequests(r, "POST /conference, POST /conference")
}

func TestReservation_IsCancelledWhenTheRoomEnds(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	token := sign(t, guest())
	r.answers(200, booked("standup", 3600))
	w.want(w.leave("standup", w.mustJoin("standup", token)), 204)
	w.wantRequests(r, "POST /conference, DELETE /conference/8")
	if got := r.Deliveries()[1].Header.Get("Authorization"); got != callback {
		t.Errorf("got Authorization %q, want the fixed one", got)
	}
	w.mustJoin("standup", token)
	w.wantBare(w.end("standup"+muc), 200)
	w.wantRequests(r, "POST /conference, DELETE /conference/8, POST /conference, DELETE /conference/8")
	p := w.mustJoin("standup", token)
	w.wantBare(w.kick("room=standup", asJSON(t, map[string]any{"participantId": p["participantId"]})), 200)
	w.wantRequests(r, "POST /conference, DELETE /conference/8, POST /conference, DELETE /conference/8, POST /conference, DELETE /conference/8")
}

// Cancelling is tried again too, and what it leads to does not matter.
func TestReservation_CancellingMayFail(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.reservations)
	r.answers(200, booked("standup", 3600), 500, "", 404, "", 200, booked("standup", 3600))
	w.want(w.leave("standup", w.mustJoin("standup", sign(t, guest()))), 204)
	w.wantRequests(r, "POST /conference, DELETE /conference/8, DELETE /conference/8")
	w.mustJoin("standup", sign(t, guest()))
}
