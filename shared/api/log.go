package api

import (
	"log/slog"
	"net/http"
	"time"

	"gavel/shared/logs"
)

// logged writes one line when a request has been answered. Whatever may be personal or secret is
// not in it: no body, no query, no path, no header.
func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ctx, line := logs.WithLine(r.Context())
		status := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(status, r.WithContext(ctx))
		line.Write(ctx,
			slog.String("method", r.Method),
			slog.Int("status", status.status),
			slog.Float64("durationMs", milliseconds(time.Since(start))),
		)
	})
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// statusWriter remembers the status that was written.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status on its way.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets net/http find what the wrapped writer can do besides.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
