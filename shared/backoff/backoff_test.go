package backoff_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/backoff"
)

func TestPause_StaysBelowALimitThatDoubles(t *testing.T) {
	t.Parallel()
	const first, longest = 10 * time.Millisecond, 65 * time.Millisecond
	for tries, limit := range map[int]time.Duration{
		-1: first, 0: first, 1: first, 2: 2 * first, 3: 4 * first, 4: longest, 5: longest, 1000: longest,
	} {
		var largest time.Duration
		smallest := limit
		for range 2000 {
			pause := backoff.Pause(tries, first, longest)
			largest, smallest = max(largest, pause), min(smallest, pause)
		}
		if largest >= limit || largest < limit*9/10 || smallest < limit/2 || smallest > limit*6/10 {
			t.Errorf("after %d tries: many lie from %s to %s, want from half to all of %s", tries, smallest, largest, limit)
		}
	}
}

func TestWait_TakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := backoff.Wait(t.Context(), time.Minute); err != nil || time.Since(start) != time.Minute {
			t.Errorf("got %v after %s, want nil after a minute", err, time.Since(start))
		}
	})
}

func TestWait_EndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := backoff.Wait(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("got %v after %s, want the context's error after a second", err, time.Since(start))
		}
	})
}
