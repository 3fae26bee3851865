package rooms

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gavel/shared/backoff"
	"gavel/shared/table"
)

// changeBudget bounds how long a call tries to get its change in among those of others.
const changeBudget = 10 * time.Second

const (
	firstPause   = 25 * time.Millisecond
	longestPause = 400 * time.Millisecond
)

// pause waits before another try.
func pause(ctx context.Context, tries int) error {
	if backoff.Wait(ctx, backoff.Pause(tries, firstPause, longestPause)) != nil {
		return fmt.Errorf("others keep changing the same room: %w", table.ErrBusy)
	}
	return nil
}

func isConflict(err error) bool { return errors.Is(err, table.ErrConflict) }
