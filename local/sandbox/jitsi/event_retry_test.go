package jitsi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gavel/local/sandbox/jitsi"
	"gavel/local/standin"
)

// wire is a receiver inside a synctest bubble, and the settings that lead to it.
type wire struct {
	standin.Wire

	t        *testing.T
	settings []bool // one for each look-up of the receiver, false being a failure; then they can be read
	booking  bool   // a reservation is needed
}

// course sums the tries up: what was tried when.
func (w *wire) course() []string {
	return w.Course(func(t standin.Try) string { return strings.TrimPrefix(t.Path, "/events/") })
}

func (w *wire) operator(context.Context) (jitsi.Settings, error) {
	if len(w.settings) > 0 {
		ok := w.settings[0]
		w.settings = w.settings[1:]
		if !ok {
			return jitsi.Settings{}, errors.New("the settings cannot be read")
		}
	}
	set := jitsi.Settings{AppIDs: []string{appID}, AppSecret: secret, EventsURL: "http://receiver.test"}
	if w.booking {
		set.ReservationsURL = "http://receiver.test"
	}
	return set, nil
}

// join makes two events.
func (w *wire) join() *jitsi.Server {
	w.t.Helper()
	s, got := w.try()
	if got.Code != http.StatusCreated {
		w.t.Fatalf("join: got %d %s, want 201", got.Code, got.Body)
	}
	return s
}

func (w *wire) try() (*jitsi.Server, *httptest.ResponseRecorder) {
	w.t.Helper()
	w.Began = time.Now()
	s := jitsi.New(jitsi.Options{Settings: w.operator, Now: func() time.Time { return start }, Transport: &w.Wire})
	body := asJSON(w.t, map[string]any{"jwt": sign(w.t, guest())})
	req := httptest.NewRequest(http.MethodPost, "/rooms/standup/participants", strings.NewReader(body))
	req.Header.Set("Content-Type", jsonType)
	got := httptest.NewRecorder()
	s.ServeHTTP(got, req)
	return s, got
}

func TestEvents_AreTriedAgain(t *testing.T) {
	t.Parallel()
	const created, joined = "room/created ", "occupant/joined "
	lost := []string{created + "0s", created + "250ms", created + "750ms", joined + "750ms"}
	once := []string{created + "0s", joined + "0s"}
	for _, tc := range []struct {
		name     string
		answers  []int
		settings []bool
		want     []string
	}{
		{"taken", []int{204, 299}, nil, once},
		{"failing once", []int{500}, nil, []string{created + "0s", created + "250ms", joined + "250ms"}},
		{"failing each time", []int{0, 503, 599}, nil, lost},
		{"refused", []int{401, 429}, nil, once},
		{"a redirect", []int{302, 308}, nil, once},
		{"settings that cannot be read at first", nil, []bool{true, false}, []string{created + "250ms", joined + "250ms"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &wire{t: t, Wire: standin.Wire{Answers: tc.answers}, settings: tc.settings}
				if err := w.join().Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := w.course(); !reflect.DeepEqual(got, tc.want) {
					t.Errorf("got %q, want %q", got, tc.want)
				}
				if got := w.Bodies(); got != 2 {
					t.Errorf("got %d bodies, want the same for all tries of an event", got)
				}
			})
		})
	}
}

// A time-out is final.
func TestEvents_GiveASilentReceiverTwentySeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{t: t, Wire: standin.Wire{Hang: true}}
		if err := w.join().Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := []string{"room/created 0s", "occupant/joined 20s"}; !reflect.DeepEqual(w.course(), want) {
			t.Errorf("got %q, want %q", w.course(), want)
		}
		if got := time.Since(w.Began); got != 40*time.Second {
			t.Errorf("got done after %v, want 40s", got)
		}
	})
}

// A time-out is final here as well.
func TestReservation_GivesASilentReceiverTwentySeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{t: t, Wire: standin.Wire{Hang: true}, booking: true}
		_, got := w.try()
		const want = `{"error":"reservation-error","message":"Reservation lookup timed out","code":500}`
		if got.Code != http.StatusForbidden || strings.TrimSpace(got.Body.String()) != want {
			t.Errorf("got %d %s, want 403 %s", got.Code, got.Body, want)
		}
		if want := []string{"/conference 0s"}; !reflect.DeepEqual(w.course(), want) || time.Since(w.Began) != 20*time.Second {
			t.Errorf("got %q after %v, want %q after 20s", w.course(), time.Since(w.Began), want)
		}
	})
}
