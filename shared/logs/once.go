package logs

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"gavel/shared/config"
)

// mostOnce bounds what is remembered of lines that were written once.
const mostOnce = 1000

// Once writes lines that would say the same with every call until an operator mends something: each once in the life of a
// process. The zero value has written none.
type Once struct {
	mu      sync.Mutex
	written map[string]bool
}

// Error writes an error line that begins with "not configured", unless it has written one for the same subject before.
func (o *Once) Error(ctx context.Context, subject string, args ...any) {
	if o.first(subject) {
		slog.ErrorContext(ctx, "not configured", args...)
	}
}

// Warn does so with a warning, of what strangers could have it say: errors ring an alarm.
func (o *Once) Warn(ctx context.Context, subject string, args ...any) {
	if o.first(subject) {
		slog.WarnContext(ctx, "not configured", args...)
	}
}

func (o *Once) first(subject string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	seen := o.written[subject]
	if len(o.written) >= mostOnce || o.written == nil {
		o.written = map[string]bool{}
	}
	o.written[subject] = true
	return !seen
}

// Unusable writes such a line of an error that is a *config.Unusable, and says whether it is one.
func (o *Once) Unusable(ctx context.Context, err error) bool {
	unusable, ok := errors.AsType[*config.Unusable](err)
	if ok {
		o.Error(ctx, unusable.What, "error", unusable)
	}
	return ok
}
