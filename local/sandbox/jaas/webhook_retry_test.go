package jaas_test

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gavel/local/sandbox/jaas"
	"gavel/local/standin"
)

// wire is a receiver inside a synctest bubble, and a tenant whose secret changes.
type wire struct {
	standin.Wire

	t       *testing.T
	secrets []string // one for each try; then the usual one
}

func (w *wire) hook(context.Context, string) (jaas.Webhook, error) {
	secret := hookSecret
	if len(w.secrets) > 0 {
		secret, w.secrets = w.secrets[0], w.secrets[1:]
	}
	if secret == "" {
		return jaas.Webhook{}, errors.New("the secret cannot be read")
	}
	return jaas.Webhook{URL: "http://receiver.test/hook", Secret: secret}, nil
}

func (w *wire) now() time.Time { return start.Add(time.Since(w.Began)) }

// join makes two events: ROOM_CREATED and PARTICIPANT_JOINED.
func (w *wire) join() *jaas.Server {
	w.t.Helper()
	w.Began = time.Now()
	s := jaas.New(jaas.Options{
		PublicKey: func(context.Context, string) (*rsa.PublicKey, error) { return &signingKey().PublicKey, nil },
		Now:       w.now, Webhook: w.hook, Transport: &w.Wire,
	})
	body := asJSON(w.t, map[string]any{"jwt": sign(w.t, participantClaims())})
	req := httptest.NewRequest(http.MethodPost, "/rooms/"+appID+"/standup/participants", strings.NewReader(body))
	req.Header.Set("Content-Type", jsonType)
	got := httptest.NewRecorder()
	s.ServeHTTP(got, req)
	if got.Code != http.StatusCreated {
		w.t.Fatalf("join: got %d, want 201", got.Code)
	}
	return s
}

func (w *wire) run() {
	w.t.Helper()
	if err := w.join().Flush(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// course sums the tries up: what was tried when.
func (w *wire) course() []string {
	return w.Course(func(t standin.Try) string {
		var event struct{ EventType string }
		if err := json.Unmarshal([]byte(t.Body), &event); err != nil {
			w.t.Error(err)
		}
		return event.EventType
	})
}

func TestWebhooks_AreTriedThreeTimesInOrder(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		answers []int
		want    []string
	}{
		{"taken", []int{204, 299}, []string{"ROOM_CREATED 0s", "PARTICIPANT_JOINED 0s"}},
		{"failing once", []int{500}, []string{"ROOM_CREATED 0s", "ROOM_CREATED 250ms", "PARTICIPANT_JOINED 250ms"}},
		{"failing twice", []int{0, 429}, []string{"ROOM_CREATED 0s", "ROOM_CREATED 250ms", "ROOM_CREATED 750ms", "PARTICIPANT_JOINED 750ms"}},
		{"refused for good", []int{401, 401, 401}, []string{"ROOM_CREATED 0s", "ROOM_CREATED 250ms", "ROOM_CREATED 750ms", "PARTICIPANT_JOINED 750ms"}},
		{"a redirect", []int{302, 308, 307}, []string{"ROOM_CREATED 0s", "ROOM_CREATED 250ms", "ROOM_CREATED 750ms", "PARTICIPANT_JOINED 750ms"}},
		{"never taken", []int{0, 0, 0, 0, 0, 0}, []string{
			"ROOM_CREATED 0s", "ROOM_CREATED 250ms", "ROOM_CREATED 750ms",
			"PARTICIPANT_JOINED 750ms", "PARTICIPANT_JOINED 1s", "PARTICIPANT_JOINED 1.5s",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &wire{t: t, Wire: standin.Wire{Answers: tc.answers}}
				w.run()
				if got := w.course(); !reflect.DeepEqual(got, tc.want) {
					t.Errorf("got %q, want %q", got, tc.want)
				}
				for _, try := range w.Tries {
					if try.Path != "/hook" {
						t.Errorf("got a request to %s, want none elsewhere", try.Path)
					}
				}
			})
		})
	}
}

// The same event is the same bytes every time; its signature is of the time of the try.
func TestWebhooks_AreSignedAnewInEachTry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{t: t, Wire: standin.Wire{Answers: []int{500, 500, 200}}, secrets: []string{"whsec_old", "whsec_old", "whsec_new"}}
		w.Began = time.Now()
		w.run()
		for i, secret := range []string{"whsec_old", "whsec_old", "whsec_new", hookSecret} {
			got := w.Tries[i]
			if want := signatureOf(secret, got.Body, start.Add(got.After)); got.Header.Get("X-Jaas-Signature") != want {
				t.Errorf("try %d: got %s, want %s", i, got.Header.Get("X-Jaas-Signature"), want)
			}
		}
		if w.Tries[0].Body != w.Tries[1].Body || w.Tries[0].Body != w.Tries[2].Body || w.Tries[0].Body == w.Tries[3].Body {
			t.Errorf("got %+v, want one body for each event", w.Tries)
		}
	})
}

func TestWebhooks_WaitForASecretThatCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{t: t, secrets: []string{"", hookSecret}}
		w.run()
		want := []string{"ROOM_CREATED 250ms", "PARTICIPANT_JOINED 250ms"}
		if got := w.course(); !reflect.DeepEqual(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestWebhooks_GiveASilentReceiverTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{t: t, Wire: standin.Wire{Hang: true}}
		w.run()
		want := []string{
			"ROOM_CREATED 0s", "ROOM_CREATED 10.25s", "ROOM_CREATED 20.75s",
			"PARTICIPANT_JOINED 30.75s", "PARTICIPANT_JOINED 41s", "PARTICIPANT_JOINED 51.5s",
		}
		if got := w.course(); !reflect.DeepEqual(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Closed between two tries, the sandbox does not wait for the next.
func TestClose_EndsThePauseBetweenTries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{t: t, Wire: standin.Wire{Answers: []int{500}}}
		s := w.join()
		synctest.Wait()
		s.Close()
		want := []string{"ROOM_CREATED 0s"}
		if got := w.course(); !reflect.DeepEqual(got, want) || time.Since(w.Began) != 0 {
			t.Errorf("got %q after %v, want %q at once", got, time.Since(w.Began), want)
		}
	})
}
