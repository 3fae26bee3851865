// Package backoff spreads the tries of callers that fail at the same moment.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Pause gives how long to wait after so many tries, 1 or more: half to all of a limit that begins at
// first and doubles up to longest. The rest is jitter, because what collided once would collide again
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
func Pause(tries int, first, longest time.Duration) time.Duration {
	doublings := min(max(tries-1, 0), 20) // more would overflow
	half := min(first<<doublings, longest) / 2
	return half + rand.N(half) //nolint:gosec // spreads tries, guards nothing
}

// Wait waits so long, or returns the context's error as soon as that ends.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
