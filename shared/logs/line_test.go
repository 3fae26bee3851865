package logs_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"gavel/shared/logs"
)

// defaultLog makes the default logger write into the log that is returned, for as long as the test runs.
func defaultLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	log, former := &bytes.Buffer{}, slog.Default()
	slog.SetDefault(logs.New(log, "info"))
	t.Cleanup(func() { slog.SetDefault(former) })
	return log
}

//nolint:paralleltest // it looks at the one default logger
func TestLine_HoldsWhatWasNoted(t *testing.T) {
	log := defaultLog(t)
	outer := logs.WithRequestID(t.Context(), "r1")
	ctx, line := logs.WithLine(outer)
	logs.Add(ctx, slog.String("operation", "jaas-ban-user"), slog.String("code", "first"))
	logs.Add(ctx, slog.String("code", "second"))
	logs.Add(outer, slog.String("lost", "there is no line yet"))
	line.Write(ctx, slog.Int("status", 200))

	lines := read(t, log)
	if len(lines) != 1 {
		t.Fatalf("got %d lines, want 1", len(lines))
	}
	delete(lines[0], "timestamp")
	want := map[string]any{
		"level": "INFO", "msg": "request", "requestId": "r1", "operation": "jaas-ban-user", "code": "second", "status": 200.0,
	}
	if got := lines[0]; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := bytes.Count(log.Bytes(), []byte(`"code"`)); n > 1 {
		t.Errorf("got code %d times, want it once", n)
	}
}

//nolint:paralleltest // it looks at the one default logger
func TestLine_InnermostTakesTheFacts(t *testing.T) {
	log := defaultLog(t)
	outer, outerLine := logs.WithLine(t.Context())
	inner, innerLine := logs.WithLine(outer)
	logs.Add(inner, slog.String("who", "inner"))
	innerLine.Write(inner)
	outerLine.Write(outer)
	if lines := read(t, log); len(lines) != 2 || lines[0]["who"] != "inner" || lines[1]["who"] != nil {
		t.Errorf("got %v, want the fact in the first alone", lines)
	}
}

//nolint:paralleltest // it looks at the one default logger
func TestLine_ManyNoteAtOnce(t *testing.T) {
	log := defaultLog(t)
	ctx, line := logs.WithLine(t.Context())
	var running sync.WaitGroup
	for i := range 16 {
		running.Go(func() { logs.Add(ctx, slog.Int(fmt.Sprint("fact", i), i)) })
	}
	running.Wait()
	line.Write(ctx)
	for i := range 16 {
		if got := read(t, log)[0][fmt.Sprint("fact", i)]; got != float64(i) {
			t.Errorf("fact %d: got %v, want it", i, got)
		}
	}
}
