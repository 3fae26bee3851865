package schedule

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"gavel/shared/backoff"
)

// notice is how far ahead a schedule must be, so that it is not in the past when it arrives.
const notice = 5 * time.Second

// expression gives the time for a one-time schedule, in UTC. It knows whole seconds; a room's end
// must not be announced before it has come.
func expression(at, now time.Time) string {
	if soonest := now.Add(notice); at.Before(soonest) {
		at = soonest
	}
	whole := at.UTC().Truncate(time.Second)
	if whole.Before(at) {
		whole = whole.Add(time.Second)
	}
	return whole.Format("at(2006-01-02T15:04:05)")
}

// The SDK's own pauses are made for callers with more time: up to 2 s before the second try.
const (
	mostAttempts = 4
	firstPause   = 200 * time.Millisecond
	longestPause = 800 * time.Millisecond
)

func newRetryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = mostAttempts
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return backoff.Pause(attempt, firstPause, longestPause), nil
		})
	})
}
