// Package cache keeps things that are fetched from elsewhere and change rarely:
// secrets, key sets. One fetch per key runs at a time, a value that cannot be
// refreshed for a passing reason is served stale, and a caller that was shown
// that a value is out of date can ask for a fresh one.
package cache

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Options say where values come from and how long they are good for.
type Options[T any] struct {
	// Fetch gets the value of a key. old is the value held now, nil when there is none;
	// returning old says that nothing changed, so what was derived from it stays valid.
	Fetch func(ctx context.Context, key string, old *T) (*T, error)
	// Passing tells a failure that will go away by itself; only such a failure serves the old value.
	Passing func(error) bool
	// TTL is how long a value is used without asking again.
	TTL time.Duration
	// Retry is how long to go on with the old value after a passing failure before asking again.
	Retry time.Duration
	// Timeout bounds one fetch.
	Timeout time.Duration
	// Now is the clock; see clock.Now for why it must not carry a monotonic reading.
	Now func() time.Time
}

// Cache holds one value per key. Make it with New; it is safe for concurrent use.
type Cache[T any] struct {
	opt    Options[T]
	flight singleflight.Group

	mu      sync.Mutex
	entries map[string]entry[T]
}

type entry[T any] struct {
	value *T
	until time.Time
}

// New makes an empty cache.
func New[T any](opt Options[T]) *Cache[T] {
	return &Cache[T]{opt: opt, entries: map[string]entry[T]{}}
}

// Get gives the value of key, fetching it when there is none or its time is over.
// It returns the fetch's error when there is no old value or the failure is not a passing one.
func (c *Cache[T]) Get(ctx context.Context, key string) (*T, error) {
	held, ok := c.held(key)
	if ok && c.opt.Now().Before(held.until) {
		return held.value, nil
	}
	return c.fetch(ctx, key, held.value)
}

// Refresh gives a value newer than used, which the caller found to be out of date.
// When another caller has refreshed it already, that value is given without a fetch.
// The value returned is used itself when nothing newer is to be had.
func (c *Cache[T]) Refresh(ctx context.Context, key string, used *T) (*T, error) {
	if held, ok := c.held(key); ok && held.value != used {
		return held.value, nil
	}
	return c.fetch(ctx, key, used)
}

func (c *Cache[T]) held(key string) (entry[T], bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held, ok := c.entries[key]
	return held, ok
}

// fetch joins or starts the one fetch of key. The fetch does not end with the caller that
// happened to start it: others may be waiting for the same answer. seen is the value that will not do.
func (c *Cache[T]) fetch(ctx context.Context, key string, seen *T) (*T, error) {
	done := c.flight.DoChan(key, func() (any, error) {
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.opt.Timeout)
		defer cancel()
		return c.fetchOnce(detached, key, seen)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-done:
		value, _ := result.Val.(*T)
		return value, result.Err
	}
}

func (c *Cache[T]) fetchOnce(ctx context.Context, key string, seen *T) (*T, error) {
	held, ok := c.held(key)
	if ok && held.value != seen && c.opt.Now().Before(held.until) {
		return held.value, nil // another fetch ended just before this one began
	}
	value, err := c.opt.Fetch(ctx, key, held.value)
	until := c.opt.Now().Add(c.opt.TTL)
	if err != nil {
		if held.value == nil || !c.opt.Passing(err) {
			c.drop(key)
			return nil, err
		}
		value, until = held.value, c.opt.Now().Add(c.opt.Retry)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[key] = entry[T]{value: value, until: until}
	return value, nil
}

func (c *Cache[T]) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, key)
}
