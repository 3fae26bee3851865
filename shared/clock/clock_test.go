package clock_test

import (
	"strings"
	"testing"
	"time"

	"gavel/shared/clock"
)

func TestNow_HasNoMonotonicReading(t *testing.T) {
	t.Parallel()
	before := time.Now().Round(0)
	got := clock.Now()
	after := time.Now().Round(0)
	// A time shows its monotonic reading as m=±<seconds>.
	if strings.Contains(got.String(), "m=") {
		t.Errorf("got %s, want no monotonic reading", got)
	}
	if got.Before(before) || got.After(after) {
		t.Errorf("got %s, want a time from %s to %s", got, before, after)
	}
}
