package logs_test

import (
	"errors"
	"fmt"
	"testing"

	"gavel/shared/config"
	"gavel/shared/logs"
)

//nolint:paralleltest // it looks at the one default logger
func TestOnce_OneLineForEachThingToMend(t *testing.T) {
	log := defaultLog(t)
	var once logs.Once
	for range 3 {
		for _, what := range []string{"the table is not there", "the bucket is not there"} {
			err := fmt.Errorf("do it: %w", &config.Unusable{What: what, Cause: errors.New("HTTP 404")})
			if !once.Unusable(t.Context(), err) {
				t.Errorf("got no for %v, want yes", err)
			}
		}
		if once.Unusable(t.Context(), errors.New("the table is busy")) || once.Unusable(t.Context(), nil) {
			t.Error("got yes for another error, want no")
		}
	}
	lines := read(t, log)
	if len(lines) != 2 {
		t.Fatalf("got %v, want a line for each", lines)
	}
	if got := lines[0]; got["level"] != "ERROR" || got["msg"] != "not configured" || got["error"] != "the table is not there: HTTP 404" {
		t.Errorf("got %v, want it named with its cause", got)
	}
}
