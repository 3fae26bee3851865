package table

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gavel/shared/backoff"
)

// settleBudget bounds how long a call tries to get its change in among those of others.
const settleBudget = 10 * time.Second

const (
	firstPause   = 25 * time.Millisecond
	longestPause = 400 * time.Millisecond
)

// Settle writes what decide makes of the state that it reads, and has it decide again when that state has changed meanwhile,
// after pauses that grow. It writes nothing where there is no change to be made. Its errors are those of decide and of the
// Write, and ErrBusy when others keep changing the same for ten seconds, or until the context ends.
func Settle(ctx context.Context, s Store, decide func(context.Context) ([]Change, error)) error {
	ctx, cancel := context.WithTimeout(ctx, settleBudget)
	defer cancel()
	for tries := 1; ; tries++ {
		changes, err := decide(ctx)
		if err != nil || len(changes) == 0 {
			return err
		}
		if err = s.Write(ctx, changes...); !errors.Is(err, ErrConflict) {
			return err
		}
		if backoff.Wait(ctx, backoff.Pause(tries, firstPause, longestPause)) != nil {
			return fmt.Errorf("others keep changing the same: %w", ErrBusy)
		}
	}
}
