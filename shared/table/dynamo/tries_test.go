package dynamo

import (
	"testing"
	"time"
)

func TestPause(t *testing.T) {
	t.Parallel()
	for tries := range 2000 {
		limit := longestPause
		if tries < 5 {
			limit = firstPause << max(tries-1, 0)
		}
		if got := pause(tries); got < 0 || got >= limit {
			t.Errorf("after %d tries: got %v, want from 0 to %v", tries, got, limit)
		}
	}
	if got, want := pause(1<<30), 400*time.Millisecond; got >= want {
		t.Errorf("after very many tries: got %v, want less than %v", got, want)
	}
}
