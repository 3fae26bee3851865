// Package logs makes the structured log: JSON lines that carry the ids of the request and of the trace they
// belong to.
package logs

import (
	"context"
	"io"
	"log/slog"
	"strings"

	"gavel/shared/trace"
)

type requestIDKey struct{}

// WithRequestID marks everything logged with the context as part of one request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID gives the id of the request the context belongs to, "" for none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// New makes a logger that writes JSON lines. level is a name slog knows (debug, info, warn,
// error); anything else is info.
//
// The time of a line is its "timestamp": Lambda takes every line without one for INFO, whatever its "level" says, where it
// filters by level itself (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
func New(w io.Writer, level string) *slog.Logger {
	var parsed slog.Level
	if parsed.UnmarshalText([]byte(level)) != nil {
		parsed = slog.LevelInfo
	}
	return slog.New(handler{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: parsed, ReplaceAttr: asLambdaNames})})
}

// asLambdaNames gives the time of a line the name under which Lambda looks for it.
func asLambdaNames(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 && attr.Key == slog.TimeKey {
		attr.Key = "timestamp"
	}
	return attr
}

// unsolicited is how net/http begins to tell of an answer that is longer than it said, or that nobody asked for. It goes on
// with what it has received (persistConn.readLoopPeekFailLocked in https://go.dev/src/net/http/transport.go).
const unsolicited = "Unsolicited response received on idle HTTP channel"

// handler adds the ids of request and trace to each line.
type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, record slog.Record) error {
	if strings.HasPrefix(record.Message, unsolicited) {
		record.Message = unsolicited
	}
	if id := RequestID(ctx); id != "" {
		record.AddAttrs(slog.String("requestId", id))
	}
	if id := trace.ID(ctx); id != "" {
		record.AddAttrs(slog.String("traceId", id))
	}
	return h.Handler.Handle(ctx, record)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
