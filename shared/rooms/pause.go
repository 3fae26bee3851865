package rooms

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"gavel/shared/table"
)

// changeBudget bounds how long a call tries to get its change in among those of others.
const changeBudget = 10 * time.Second

const (
	shortestPause = 4 * time.Millisecond
	longestPause  = 250 * time.Millisecond
)

// pause waits before another try, the longer the more there were, and never as long as others do.
func pause(ctx context.Context, attempt int) error {
	limit := min(shortestPause<<min(attempt, 10), longestPause)
	timer := time.NewTimer(rand.N(limit)) //nolint:gosec // spreads tries, guards nothing
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("others keep changing the same room: %w", table.ErrBusy)
	}
}

func isConflict(err error) bool { return errors.Is(err, table.ErrConflict) }
