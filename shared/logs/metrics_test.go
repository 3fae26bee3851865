package logs_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"gavel/shared/logs"
)

//nolint:paralleltest // it looks at the one default logger
func TestAddMetrics_InTheEmbeddedFormat(t *testing.T) {
	log := defaultLog(t)
	ctx, line := logs.WithLine(t.Context())
	logs.AddMetrics(ctx, logs.Metric{Name: "tasksLeft", Unit: logs.Count}, logs.Metric{Name: "oldestDueSeconds", Unit: logs.Seconds, Value: 61})
	before := time.Now()
	line.Write(ctx, slog.String("operation", "system-cleanup"))

	lines := read(t, log)
	if len(lines) != 1 {
		t.Fatalf("got %d lines, want 1", len(lines))
	}
	got := lines[0]
	if got["operation"] != "system-cleanup" || got["tasksLeft"] != 0.0 || got["oldestDueSeconds"] != 61.0 {
		t.Errorf("got %v, want the dimension and the values at its top", got)
	}
	meta, ok := got["_aws"].(map[string]any)
	if !ok {
		t.Fatalf("got %v, want _aws in it", got)
	}
	at, ok := meta["Timestamp"].(float64)
	if !ok || at != float64(int64(at)) || before.Sub(time.UnixMilli(int64(at))).Abs() > time.Minute {
		t.Errorf("got the timestamp %v, want now in milliseconds", meta["Timestamp"])
	}
	want := "[map[Dimensions:[[operation]] Metrics:[map[Name:tasksLeft Unit:Count] map[Name:oldestDueSeconds Unit:Seconds]] Namespace:Gavel]]"
	if got := fmt.Sprint(meta["CloudWatchMetrics"]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestProviderFailed_IsAWarningAndCounts(t *testing.T) {
	t.Setenv("GAVEL_METRICS_NAMESPACE", "Gavel/staging")
	log := defaultLog(t)
	logs.ProviderFailed(logs.WithRequestID(t.Context(), "r1"), "provider failed", "jaas", slog.String("kind", "timeout"))
	lines := read(t, log)
	if len(lines) != 1 {
		t.Fatalf("got %d lines, want 1", len(lines))
	}
	got := lines[0]
	if got["level"] != "WARN" || got["msg"] != "provider failed" || got["provider"] != "jaas" || got["kind"] != "timeout" ||
		got["requestId"] != "r1" || got["providerFailures"] != 1.0 {
		t.Errorf("got %v, want the facts, and the dimension and the value at its top", got)
	}
	meta, _ := got["_aws"].(map[string]any)
	want := "[map[Dimensions:[[provider]] Metrics:[map[Name:providerFailures Unit:Count]] Namespace:Gavel/staging]]"
	if got := fmt.Sprint(meta["CloudWatchMetrics"]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
