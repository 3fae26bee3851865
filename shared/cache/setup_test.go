package cache_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/cache"
)

const (
	ttl     = time.Minute
	retry   = 10 * time.Second
	timeout = 30 * time.Second // of a fetch; only a test about it uses it up
)

var (
	errPassing = errors.New("the store is down")
	errLasting = errors.New("there is no such value")
)

// store is where the values come from. It answers at once, or when the test lets it.
type store struct {
	mu      sync.Mutex
	value   *string
	err     error
	fetched int
	olds    []*string

	arrived, answer chan struct{} // nil to answer at once
}

func (s *store) put(value string) *string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value, s.err = &value, nil
	return s.value
}

func (s *store) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// hold makes the store say when a fetch has arrived, and answer when told.
func (s *store) hold() {
	s.arrived, s.answer = make(chan struct{}), make(chan struct{})
}

func (s *store) fetch(ctx context.Context, _ string, old *string) (*string, error) {
	s.mu.Lock()
	s.fetched++
	s.olds = append(s.olds, old)
	s.mu.Unlock()
	if s.arrived != nil {
		s.arrived <- struct{}{}
		select {
		case <-s.answer:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	return s.value, nil
}

func (s *store) fetches() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched
}

func setup() (*cache.Cache[string], *store, *standin.Clock) {
	s, c := &store{}, standin.NewClock(time.Date(2026, time.August, 3, 12, 0, 0, 0, time.UTC))
	return cache.New(cache.Options[string]{
		Fetch:   s.fetch,
		Passing: func(err error) bool { return !errors.Is(err, errLasting) },
		TTL:     ttl, Retry: retry, Timeout: timeout, Now: c.Now,
	}), s, c
}

// get gets the value, which must be want.
func get(t *testing.T, c *cache.Cache[string], want *string) {
	t.Helper()
	got, err := c.Get(t.Context(), "key")
	if err != nil || got != want {
		t.Fatalf("Get: got %v, %v, want %q", text(got), err, *want)
	}
}

// fetchedSoFar checks how often the store was asked.
func fetchedSoFar(t *testing.T, s *store, want int) {
	t.Helper()
	if got := s.fetches(); got != want {
		t.Fatalf("got %d fetches, want %d", got, want)
	}
}

func text(value *string) string {
	if value == nil {
		return "nothing"
	}
	return *value
}
