package logs

import (
	"context"
	"log/slog"
	"slices"
	"sync"
)

// Line is the one line that is written of a request when it has been answered. Whoever works on
// the request adds what it knows.
type Line struct {
	mu      sync.Mutex
	attrs   []slog.Attr
	metrics []Metric
}

type lineKey struct{}

// WithLine begins the line of a request.
func WithLine(ctx context.Context) (context.Context, *Line) {
	line := &Line{}
	return context.WithValue(ctx, lineKey{}, line), line
}

// Add notes facts for the line of the request the context belongs to, in place of those that have
// the same name. Nothing personal or secret may be among them. Without a line, nothing is noted.
func Add(ctx context.Context, attrs ...slog.Attr) {
	line, ok := ctx.Value(lineKey{}).(*Line)
	if !ok {
		return
	}
	line.mu.Lock()
	defer line.mu.Unlock()
	for _, attr := range attrs {
		line.attrs = slices.DeleteFunc(line.attrs, func(a slog.Attr) bool { return a.Key == attr.Key })
		line.attrs = append(line.attrs, attr)
	}
}

// Write writes the line, with more facts behind those that were noted.
func (l *Line) Write(ctx context.Context, attrs ...slog.Attr) {
	l.mu.Lock()
	all := slices.Concat(l.attrs, attrs, inFormat("operation", l.metrics))
	l.mu.Unlock()
	slog.LogAttrs(ctx, slog.LevelInfo, "request", all...)
}
