package veeting_test

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

	"gavel/local/sandbox/veeting"
	"gavel/local/standin"
)

// wire is a receiver inside a synctest bubble, whose hooks change.
type wire struct {
	standin.Wire

	t     *testing.T
	hooks []veeting.Webhook // one for each look-up, the empty one being a failure; then the usual one
}

// course sums the tries up: what was tried when.
func (w *wire) course() []string {
	return w.Course(func(t standin.Try) string { return strings.TrimPrefix(t.Path, "/") })
}

func (w *wire) hook(_ context.Context, hook string) (veeting.Webhook, error) {
	if len(w.hooks) == 0 {
		return veeting.Webhook{URL: "http://receiver.test/" + hook}, nil
	}
	next := w.hooks[0]
	w.hooks = w.hooks[1:]
	if next == (veeting.Webhook{}) {
		return next, errors.New("the key cannot be read")
	}
	return next, nil
}

// schedule makes two events: the end of a meeting in the past is noticed by the second request.
func (w *wire) schedule() *veeting.Server {
	w.t.Helper()
	w.Began = time.Now()
	s := veeting.New(veeting.Options{
		Keys: keys(veeting.Key{Value: accountKey, Level: "account"}), Now: func() time.Time { return start },
		Webhook: w.hook, Transport: &w.Wire,
	})
	req := httptest.NewRequest(http.MethodPost, meetings, strings.NewReader(meeting.String()))
	req.Header = headers("X-API-KEY", accountKey)
	got := httptest.NewRecorder()
	s.ServeHTTP(got, req)
	if !strings.HasPrefix(got.Body.String(), `{"responseCode":0,`) {
		w.t.Fatalf("schedule: got %s, want success", got.Body)
	}
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/sandbox/meetings", nil))
	return s
}

func TestWebhooks_AreTriedThreeTimesInOrder(t *testing.T) {
	t.Parallel()
	const scheduled, closed = "onMeetingScheduled ", "onMeetingClosed "
	lost := []string{scheduled + "0s", scheduled + "250ms", scheduled + "750ms", closed + "750ms"}
	for _, tc := range []struct {
		name    string
		answers []int
		hooks   []veeting.Webhook
		want    []string
	}{
		{"taken", []int{204, 299}, nil, []string{scheduled + "0s", closed + "0s"}},
		{"failing once", []int{500}, nil, []string{scheduled + "0s", scheduled + "250ms", closed + "250ms"}},
		{"failing twice", []int{0, 429}, nil, lost},
		{"refused for good", []int{401, 401, 401}, nil, lost},
		{"a redirect", []int{302, 308, 307}, nil, lost},
		{"no answer of use", []int{199, 300, 304}, nil, lost},
		{"a hook that cannot be read at first", nil, make([]veeting.Webhook, 2), []string{scheduled + "750ms", closed + "750ms"}},
		{"a hook that changes", []int{500}, []veeting.Webhook{{URL: "http://a.test/old"}, {URL: "http://a.test/new"}}, []string{"old 0s", "new 250ms", closed + "250ms"}},
		{"a hook with a wrong method", nil, []veeting.Webhook{{URL: "http://a.test/", Method: "GET"}, {URL: "http://a.test/", Method: "put"}}, []string{scheduled + "750ms", closed + "750ms"}},
		{"a hook with a broken URL", nil, []veeting.Webhook{{URL: "http://%zz"}}, []string{scheduled + "250ms", closed + "250ms"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &wire{t: t, Wire: standin.Wire{Answers: tc.answers}, hooks: tc.hooks}
				if err := w.schedule().Flush(t.Context()); err != nil {
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

func TestWebhooks_GiveASilentReceiverTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{t: t, Wire: standin.Wire{Hang: true}}
		if err := w.schedule().Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"onMeetingScheduled 0s", "onMeetingScheduled 10.25s", "onMeetingScheduled 20.75s",
			"onMeetingClosed 30.75s", "onMeetingClosed 41s", "onMeetingClosed 51.5s",
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
		s := w.schedule()
		synctest.Wait()
		s.Close()
		if got := len(w.Tries); got != 1 || time.Since(w.Began) != 0 {
			t.Errorf("got %q after %v, want one try at once", w.course(), time.Since(w.Began))
		}
	})
}
