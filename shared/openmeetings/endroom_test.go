package openmeetings_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
)

// meeting scripts a room in which so many clients are found, one count after the other.
func (f *fixture) meeting(counts ...string) {
	f.upstream.on("GET /room/close/7", says(`"Closed"`))
	f.upstream.on("GET /room/kick/7", says(`"Kicked"`))
	var answers []http.HandlerFunc
	for _, n := range counts {
		answers = append(answers, says(n))
	}
	f.upstream.on("GET /room/count/7", standin.InTurn(answers...))
}

func (u *upstream) paths() []string {
	var paths []string
	for _, r := range u.commands() {
		paths = append(paths, r.path)
	}
	return paths
}

func TestEndRoom_ClosesFirstAndTakesOutUntilNobodyIsInside(t *testing.T) {
	t.Parallel()
	const shut, kick, count = "/room/close/7", "/room/kick/7", "/room/count/7"
	for name, tc := range map[string]struct {
		counts  []string
		outcome openmeetings.Outcome
		inside  int64
		want    []string
		least   time.Duration // what it takes, and no more than twice as long
	}{
		"empty":      {[]string{`0`}, openmeetings.Ended, 0, []string{shut, kick, count}, 0},
		"slow leave": {[]string{`2`, `1`, `0`}, openmeetings.Ended, 0, []string{shut, kick, count, kick, count, kick, count}, 450 * time.Millisecond},
		"stay": {
			[]string{`5`, `4`, `4`, `4`, `3`, `0`},
			openmeetings.Occupied, 3,
			[]string{shut, kick, count, kick, count, kick, count, kick, count, kick, count},
			1650 * time.Millisecond,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.meeting(tc.counts...)
				began := time.Now()
				outcome, inside, err := f.client.EndRoom(t.Context(), 7)
				if err != nil || outcome != tc.outcome || inside != tc.inside {
					t.Errorf("got %s with %d inside, %v; want %s with %d", outcome, inside, err, tc.outcome, tc.inside)
				}
				if got := f.upstream.paths(); !slices.Equal(got, tc.want) {
					t.Errorf("got %q, want %q", got, tc.want)
				}
				if took := time.Since(began); took < tc.least || took > 2*tc.least {
					t.Errorf("got an answer after %s, want it after %s to %s", took, tc.least, 2*tc.least)
				}
			})
		})
	}
}

func TestEndRoom_OfARoomThatDoesNotExist(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.meeting(`0`)
	f.upstream.on("GET /room/close/7", fails("null"))
	outcome, _, err := f.client.EndRoom(t.Context(), 7)
	if !errors.Is(err, openmeetings.ErrNotFound) || outcome != "" || len(f.upstream.commands()) != 1 {
		t.Errorf("got %q, %v after %d commands, want ErrNotFound after 1", outcome, err, len(f.upstream.commands()))
	}
}

// The caller learns how far it came when its own time is over, too: the room is closed by then.
func TestEndRoom_EndsWithTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		f.meeting(`4`)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		outcome, inside, err := f.client.EndRoom(ctx, 7)
		if err != nil || outcome != openmeetings.Occupied || inside != 4 || time.Since(began) != 100*time.Millisecond {
			t.Errorf("got %s with %d inside, %v after %s; want it occupied with 4 after 100ms", outcome, inside, err, time.Since(began))
		}
	})
}

func TestEndRoom_StopsAtAFailureOfALaterRound(t *testing.T) {
	t.Parallel()
	for name, route := range map[string]string{"kick": "GET /room/kick/7", "count": "GET /room/count/7"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.meeting(`4`)
				f.upstream.on(route, standin.InTurn(says(`4`), status(500)))
				outcome, inside, err := f.client.EndRoom(t.Context(), 7)
				if failure := upstreamError(t, err); failure.Kind != httpclient.Refused || outcome != "" || inside != 0 {
					t.Errorf("got %q with %d inside and %+v, want an error alone", outcome, inside, failure)
				}
				if got := f.upstream.times(route); got != 2 {
					t.Errorf("got %s %d times, want 2", route, got)
				}
			})
		})
	}
}

// Whatever fails then, the room is closed.
func TestEndRoom_SaysThatItBegan(t *testing.T) {
	t.Parallel()
	for _, route := range []string{"GET /room/kick/7", "GET /room/count/7"} {
		for name, answer := range map[string]http.HandlerFunc{"busy": status(503), "refused": status(400), "lacks a right": fails("error.notallowed"), "no": refuses("no")} {
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.meeting(`0`)
				f.upstream.on(route, answer)
				_, _, err := f.client.EndRoom(t.Context(), 7)
				if failure := upstreamError(t, err); !failure.MayHaveHappened {
					t.Errorf("%s at %s: got %+v, want that it may have happened", name, route, failure)
				}
			})
		}
	}
	f := setup(t)
	f.upstream.on("GET /room/close/7", status(400))
	_, _, err := f.client.EndRoom(t.Context(), 7)
	if failure := upstreamError(t, err); failure.MayHaveHappened {
		t.Errorf("refused at once: got %+v, want that nothing happened", failure)
	}
}

// The session can be over between any two of the steps.
func TestEndRoom_GoesOnInANewSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		f.meeting(`1`, `0`)
		kicked := says(`"Kicked"`)
		f.upstream.on("GET /room/kick/7", func(w http.ResponseWriter, r *http.Request) {
			f.upstream.forget()
			kicked(w, r)
		})
		if outcome, _, err := f.client.EndRoom(t.Context(), 7); err != nil || outcome != openmeetings.Ended {
			t.Errorf("got %q, %v; want it ended", outcome, err)
		}
		if got := f.upstream.logins(); got != 3 {
			t.Errorf("got %d logins, want 3: at first, and after each kick", got)
		}
	})
}
