// Package awsretry says how AWS is asked again by functions that somebody waits for.
package awsretry

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"gavel/shared/backoff"
)

// The SDK's own pauses are made for callers with more time: up to 2 s before the second try.
const (
	mostAttempts = 4
	firstPause   = 200 * time.Millisecond
	longestPause = 800 * time.Millisecond
)

// New makes the SDK's standard retryer with four attempts and pauses of up to 800 ms.
func New() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = mostAttempts
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return backoff.Pause(attempt, firstPause, longestPause), nil
		})
	})
}
