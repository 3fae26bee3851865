package cache_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/cache"
)

// ask calls Get, or Refresh when there is a used value, in the background.
func ask(ctx context.Context, c *cache.Cache[string], used *string) <-chan answer {
	done := make(chan answer, 1)
	go func() {
		var a answer
		if used == nil {
			a.value, a.err = c.Get(ctx, "key")
		} else {
			a.value, a.err = c.Refresh(ctx, "key", used)
		}
		done <- a
	}()
	return done
}

type answer struct {
	value *string
	err   error
}

func TestGet_ManyCallersMakeOneFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, _ := setup()
		one := s.put("one")
		s.hold()
		var waiting []<-chan answer
		for range 50 {
			waiting = append(waiting, ask(t.Context(), c, nil))
		}
		<-s.arrived
		synctest.Wait() // until all the others wait too
		close(s.answer)
		for _, done := range waiting {
			if got := <-done; got.err != nil || got.value != one {
				t.Errorf("got %v, %v, want one", text(got.value), got.err)
			}
		}
		fetchedSoFar(t, s, 1)
	})
}

func TestRefresh_ManyCallersMakeOneFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, _ := setup()
		one := s.put("one")
		get(t, c, one)
		two := s.put("two")
		s.hold()
		var waiting []<-chan answer
		for range 50 {
			waiting = append(waiting, ask(t.Context(), c, one))
		}
		<-s.arrived
		synctest.Wait()
		close(s.answer)
		for _, done := range waiting {
			if got := <-done; got.err != nil || got.value != two {
				t.Errorf("got %v, %v, want two", text(got.value), got.err)
			}
		}
		fetchedSoFar(t, s, 2)
	})
}

func TestGet_ManyCallersShareAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, _ := setup()
		s.fail(errLasting)
		s.hold()
		first, second := ask(t.Context(), c, nil), ask(t.Context(), c, nil)
		<-s.arrived
		synctest.Wait()
		close(s.answer)
		for _, done := range []<-chan answer{first, second} {
			if got := <-done; !errors.Is(got.err, errLasting) || got.value != nil {
				t.Errorf("got %v, %v, want %v", text(got.value), got.err, errLasting)
			}
		}
		fetchedSoFar(t, s, 1)
	})
}

// The caller that starts a fetch may leave; those who joined it still get the answer, and it is kept.
func TestGet_ACallerThatLeavesSpoilsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, _ := setup()
		one := s.put("one")
		s.hold()
		ctx, leave := context.WithCancel(t.Context())
		starter := ask(ctx, c, nil)
		<-s.arrived
		joiner := ask(t.Context(), c, nil)
		synctest.Wait()

		leave()
		if got := <-starter; !errors.Is(got.err, context.Canceled) || got.value != nil {
			t.Errorf("the one who left: got %v, %v, want %v", text(got.value), got.err, context.Canceled)
		}
		close(s.answer)
		if got := <-joiner; got.err != nil || got.value != one {
			t.Errorf("the one who stayed: got %v, %v, want one", text(got.value), got.err)
		}
		get(t, c, one)
		fetchedSoFar(t, s, 1)
	})
}

// Nobody waits any more, and still the next caller finds the value.
func TestGet_AFetchEndsThoughAllHaveLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, _ := setup()
		one := s.put("one")
		s.hold()
		ctx, leave := context.WithCancel(t.Context())
		only := ask(ctx, c, nil)
		<-s.arrived
		leave()
		<-only
		close(s.answer)
		synctest.Wait()
		get(t, c, one)
		fetchedSoFar(t, s, 1)
	})
}

func TestGet_AFetchSeesTheCallersValues(t *testing.T) {
	t.Parallel()
	type key struct{}
	_, _, clock := setup()
	c := cache.New(cache.Options[string]{
		Fetch: func(ctx context.Context, _ string, _ *string) (*string, error) {
			value, _ := ctx.Value(key{}).(string)
			return &value, nil
		},
		TTL: ttl, Retry: retry, Timeout: timeout, Now: clock.Now,
	})
	got, err := c.Get(context.WithValue(t.Context(), key{}, "the request's id"), "key")
	if err != nil || *got != "the request's id" {
		t.Errorf("got %v, %v, want the value of the context", text(got), err)
	}
}

// Under the race detector this shows that the cache may be used by all at once.
func TestCache_ServesAllAtOnce(t *testing.T) {
	t.Parallel()
	c, s, clock := setup()
	s.put("one")
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			for range 200 {
				held, err := c.Get(t.Context(), "key")
				if err == nil && i%2 == 0 {
					_, err = c.Refresh(t.Context(), "key", held)
				}
				if err != nil {
					t.Errorf("got %v, want a value", err)
				}
				if i == 1 {
					s.put("next")
					clock.Step(ttl)
				}
			}
		})
	}
	running.Wait()
}

// A caller can find nothing, and be late for the fetch that another one has just ended.
func TestGet_ManyCallersMakeOneFetchThatTakesNoTime(t *testing.T) {
	t.Parallel()
	for range 500 {
		var fetches atomic.Int64
		c := cache.New(cache.Options[string]{
			Fetch:   func(context.Context, string, *string) (*string, error) { fetches.Add(1); return new("value"), nil },
			Passing: func(error) bool { return false }, TTL: time.Hour, Timeout: time.Minute, Now: time.Now,
		})
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() { _, _ = c.Get(t.Context(), "key") })
		}
		callers.Wait()
		if got := fetches.Load(); got != 1 {
			t.Fatalf("got %d fetches, want 1", got)
		}
	}
}
