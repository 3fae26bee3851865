package logs

import (
	"context"
	"log/slog"
	"sync"
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
	o.mu.Lock()
	seen := o.written[subject]
	if len(o.written) >= mostOnce || o.written == nil {
		o.written = map[string]bool{}
	}
	o.written[subject] = true
	o.mu.Unlock()
	if !seen {
		slog.ErrorContext(ctx, "not configured", args...)
	}
}
