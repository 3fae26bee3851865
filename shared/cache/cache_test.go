package cache_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/cache"
)

func TestGet_ErrorsAreNotKept(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{errPassing, errLasting} {
		c, s, _ := setup()
		s.fail(failure)
		for range 2 {
			if got, err := c.Get(t.Context(), "key"); !errors.Is(err, failure) || got != nil {
				t.Errorf("got %v, %v, want %v", text(got), err, failure)
			}
		}
		fetchedSoFar(t, s, 2)
		get(t, c, s.put("one"))
	}
}

func TestGet_KeepsTheValueForItsTime(t *testing.T) {
	t.Parallel()
	c, s, clock := setup()
	one := s.put("one")
	get(t, c, one)
	s.put("two")
	clock.Step(ttl - 1)
	get(t, c, one)
	fetchedSoFar(t, s, 1)
}

func TestGet_FetchesAgainAfterTheTime(t *testing.T) {
	t.Parallel()
	c, s, clock := setup()
	get(t, c, s.put("one"))
	two := s.put("two")
	clock.Step(ttl)
	get(t, c, two)
	clock.Step(ttl - 1)
	get(t, c, two)
	fetchedSoFar(t, s, 2)
}

func TestGet_TellsFetchWhatIsHeld(t *testing.T) {
	t.Parallel()
	c, s, clock := setup()
	one := s.put("one")
	get(t, c, one)
	clock.Step(ttl)
	two := s.put("two")
	get(t, c, two)
	s.fail(errLasting)
	clock.Step(ttl)
	_, _ = c.Get(t.Context(), "key")
	_, _ = c.Get(t.Context(), "key")
	want := []*string{nil, one, two, nil}
	if fmt.Sprint(s.olds) != fmt.Sprint(want) {
		t.Errorf("got held values %v, want %v", s.olds, want)
	}
}

func TestGet_KeepsAnUnchangedValueForAnotherTime(t *testing.T) {
	t.Parallel()
	c, s, clock := setup()
	one := s.put("one") // which fetch gives again
	for i := range 3 {
		get(t, c, one)
		fetchedSoFar(t, s, i+1)
		clock.Step(ttl)
	}
}

func TestGet_GoesOnWithTheOldValueWhileTheStoreIsDown(t *testing.T) {
	t.Parallel()
	c, s, clock := setup()
	one := s.put("one")
	get(t, c, one)
	s.fail(errPassing)

	clock.Step(ttl)
	get(t, c, one)
	fetchedSoFar(t, s, 2)
	clock.Step(retry - 1)
	get(t, c, one)
	fetchedSoFar(t, s, 2) // it is not asked more often than that

	clock.Step(1)
	get(t, c, one)
	fetchedSoFar(t, s, 3)

	clock.Step(24 * time.Hour) // however long it takes
	get(t, c, one)
	fetchedSoFar(t, s, 4)

	two := s.put("two")
	clock.Step(retry)
	get(t, c, two)
	clock.Step(ttl - 1)
	get(t, c, two)
	fetchedSoFar(t, s, 5)
}

func TestGet_DropsTheOldValueForAFailureThatLasts(t *testing.T) {
	t.Parallel()
	c, s, clock := setup()
	get(t, c, s.put("one"))
	s.fail(errLasting)
	clock.Step(ttl)
	if got, err := c.Get(t.Context(), "key"); !errors.Is(err, errLasting) || got != nil {
		t.Errorf("got %v, %v, want %v", text(got), err, errLasting)
	}
	// It is gone for good, also when the next failure would pass.
	s.fail(errPassing)
	if got, err := c.Get(t.Context(), "key"); !errors.Is(err, errPassing) || got != nil {
		t.Errorf("got %v, %v, want %v", text(got), err, errPassing)
	}
}

func TestGet_KeysAreApart(t *testing.T) {
	t.Parallel()
	_, _, clock := setup()
	fetched := map[string]int{}
	c := cache.New(cache.Options[string]{
		Fetch: func(_ context.Context, key string, old *string) (*string, error) {
			fetched[key]++
			if old != nil {
				t.Errorf("%s: got held value %q, want none", key, *old)
			}
			if key == "bad" {
				return nil, errLasting
			}
			return &key, nil
		},
		Passing: func(error) bool { return false }, TTL: ttl, Retry: retry, Timeout: timeout, Now: clock.Now,
	})
	for _, key := range []string{"a", "b", "bad", "a", "b"} {
		if got, err := c.Get(t.Context(), key); err == nil && *got != key || err != nil && key != "bad" {
			t.Errorf("%s: got %v, %v", key, text(got), err)
		}
	}
	if fetched["a"] != 1 || fetched["b"] != 1 || fetched["bad"] != 1 {
		t.Errorf("got fetches %v, want 1 each", fetched)
	}
}

// A held value is given also to a caller who has no time left.
func TestGet_NeedsNoTimeForWhatIsHeld(t *testing.T) {
	t.Parallel()
	c, s, _ := setup()
	one := s.put("one")
	get(t, c, one)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := c.Get(ctx, "key"); err != nil || got != one {
		t.Errorf("got %v, %v, want one", text(got), err)
	}
}

func TestRefresh_FetchesWhatIsNewer(t *testing.T) {
	t.Parallel()
	c, s, clock := setup()
	one := s.put("one")
	get(t, c, one)
	two := s.put("two")
	if got, err := c.Refresh(t.Context(), "key", one); err != nil || got != two {
		t.Errorf("got %v, %v, want two", text(got), err)
	}
	fetchedSoFar(t, s, 2)
	clock.Step(ttl - 1)
	get(t, c, two)
	fetchedSoFar(t, s, 2)
}

func TestRefresh_TakesWhatAnotherHasRefreshed(t *testing.T) {
	t.Parallel()
	c, s, _ := setup()
	one := s.put("one")
	get(t, c, one)
	two := s.put("two")
	for range 3 {
		if got, err := c.Refresh(t.Context(), "key", one); err != nil || got != two {
			t.Errorf("got %v, %v, want two", text(got), err)
		}
	}
	fetchedSoFar(t, s, 2)
}

func TestRefresh_GivesTheSameWhenNothingChanged(t *testing.T) {
	t.Parallel()
	c, s, _ := setup()
	one := s.put("one")
	get(t, c, one)
	if got, err := c.Refresh(t.Context(), "key", one); err != nil || got != one {
		t.Errorf("got %v, %v, want one itself", text(got), err)
	}
	fetchedSoFar(t, s, 2)
}

func TestRefresh_GivesTheSameWhenTheStoreIsDown(t *testing.T) {
	t.Parallel()
	c, s, clock := setup()
	one := s.put("one")
	get(t, c, one)
	s.fail(errPassing)
	if got, err := c.Refresh(t.Context(), "key", one); err != nil || got != one {
		t.Errorf("got %v, %v, want one itself", text(got), err)
	}
	clock.Step(retry - 1)
	get(t, c, one)
	fetchedSoFar(t, s, 2)
}

func TestRefresh_FailsWhenTheValueIsGone(t *testing.T) {
	t.Parallel()
	c, s, _ := setup()
	one := s.put("one")
	get(t, c, one)
	s.fail(errLasting)
	if got, err := c.Refresh(t.Context(), "key", one); !errors.Is(err, errLasting) || got != nil {
		t.Errorf("got %v, %v, want %v", text(got), err, errLasting)
	}
}

func TestRefresh_FetchesWhenNothingIsHeld(t *testing.T) {
	t.Parallel()
	c, s, _ := setup()
	one, gone := s.put("one"), "gone"
	if got, err := c.Refresh(t.Context(), "key", &gone); err != nil || got != one {
		t.Errorf("got %v, %v, want one", text(got), err)
	}
}

// A fetch that never ends is given up, and what it was for goes on with the old value.
func TestGet_GivesUpAFetchThatTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, clock := setup()
		one := s.put("one")
		get(t, c, one)
		s.hold()
		go func() { <-s.arrived }() // and no answer
		clock.Step(ttl)
		start := time.Now()
		get(t, c, one)
		if took := time.Since(start); took != timeout {
			t.Errorf("got the old value after %s, want %s", took, timeout)
		}
	})
}
