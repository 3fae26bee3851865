package main

import (
	"testing"
	"time"
)

func TestSamples(t *testing.T) {
	t.Parallel()
	hundred := make(samples, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100 - i)
	}
	for _, tt := range []struct {
		name             string
		samples          samples
		min, median, p99 time.Duration
	}{
		{"none", nil, 0, 0, 0},
		{"one", samples{7}, 7, 7, 7},
		{"odd count, unsorted", samples{9, 1, 5}, 1, 5, 9},
		{"even count", samples{8, 2, 4, 100}, 2, 6, 100},
		{"one to a hundred", hundred, 1, 50, 99},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.samples.min(); got != tt.min {
				t.Errorf("min: got %d, want %d", got, tt.min)
			}
			if got := tt.samples.median(); got != tt.median {
				t.Errorf("median: got %d, want %d", got, tt.median)
			}
			if got := tt.samples.percentile(99); got != tt.p99 {
				t.Errorf("p99: got %d, want %d", got, tt.p99)
			}
		})
	}
}

func TestSamples_MedianLeavesOrderAlone(t *testing.T) {
	t.Parallel()
	s := samples{3, 1, 2}
	s.median()
	if s[0] != 3 || s[1] != 1 || s[2] != 2 {
		t.Errorf("got %v, want the order of measuring", s)
	}
}
