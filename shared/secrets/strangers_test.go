package secrets_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"gavel/shared/secrets"
)

// counted counts the reads.
type counted struct {
	source

	mu    sync.Mutex
	reads int
}

func (c *counted) Read(ctx context.Context, name string) (secrets.Raw, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads++
	return c.source.Read(ctx, name)
}

// wants demands so many reads since it was asked last.
func (c *counted) wants(t *testing.T, when string, reads int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reads != reads {
		t.Errorf("%s: got %d reads, want %d", when, c.reads, reads)
	}
	c.reads = 0
}

func TestLookAgain_ReadsOnceInThePauseHoweverManyAsk(t *testing.T) {
	t.Parallel()
	s, clock := &counted{}, newClock()
	c := secrets.NewCache(s, ttl, clock.Now, parse)
	s.put("v1", "one")
	used, err := c.GetForStranger(t.Context(), "jaas/a")
	if err != nil {
		t.Fatal(err)
	}
	s.wants(t, "at first", 1)
	crowd := func(want *secrets.Kept[string]) {
		t.Helper()
		var asking sync.WaitGroup
		for range 1000 {
			asking.Go(func() {
				if got := c.LookAgain(t.Context(), "jaas/a", used); got != want {
					t.Errorf("got %v, want %v", got, want)
				}
			})
		}
		asking.Wait()
	}
	crowd(used)
	s.wants(t, "a thousand", 1)
	clock.Step(secrets.StrangersPause - 1)
	crowd(used)
	s.wants(t, "within the pause", 0)
	s.put("v2", "two") // rotated
	clock.Step(1)
	if got := c.LookAgain(t.Context(), "jaas/a", used); got.Value != "two" {
		t.Errorf("after the pause: got %v, want two", got)
	}
	crowd(used)
	if got, err := c.GetForStranger(t.Context(), "jaas/a"); err != nil || got.Value != "two" {
		t.Errorf("whoever comes then: got %v, %v, want two", got, err)
	}
	s.wants(t, "a rotation", 1)
}

// TestLookAgain_IsForEachSecret so that a crowd at one tenant does not keep another's rotation from being noticed.
func TestLookAgain_IsForEachSecret(t *testing.T) {
	t.Parallel()
	s := &counted{}
	c := secrets.NewCache(s, ttl, newClock().Now, parse)
	s.put("v1", "one")
	for _, name := range []string{"jaas/a", "jaas/b"} {
		used, err := c.GetForStranger(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		c.LookAgain(t.Context(), name, used)
	}
	s.wants(t, "two secrets", 4)
}

func TestLookAgain_GivesWhatWasUsedWhenItCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, err := range []*secrets.Error{{Name: "gavel/jaas/a", Reason: "gone"}, {Name: "gavel/jaas/a", Reason: "down", Passing: true}} {
		s := &counted{}
		c := secrets.NewCache(s, ttl, newClock().Now, parse)
		s.put("v1", "one")
		used, getErr := c.GetForStranger(t.Context(), "jaas/a")
		if getErr != nil {
			t.Fatal(getErr)
		}
		s.err = err
		if got := c.LookAgain(t.Context(), "jaas/a", used); got != used {
			t.Errorf("%v: got %v, want what was used", err, got)
		}
	}
}

func TestGetForStranger_LooksForWhatIsWrongOnceInThePause(t *testing.T) {
	t.Parallel()
	missing := &secrets.Error{Name: "gavel/jaas/a", Reason: "it does not exist"}
	for name, spoil := range map[string]func(*counted){
		"missing": func(s *counted) { s.err = missing }, "malformed": func(s *counted) { s.put("v1", "bad "+hush) },
	} {
		s, clock := &counted{}, newClock()
		c := secrets.NewCache(s, ttl, clock.Now, parse)
		spoil(s)
		_, first := c.GetForStranger(t.Context(), "jaas/a")
		for range 1000 {
			if _, err := c.GetForStranger(t.Context(), "jaas/a"); err == nil || err.Error() != first.Error() {
				t.Fatalf("%s: got %v, want %v", name, err, first)
			}
		}
		s.wants(t, name, 1)
		s.put("v2", "good")
		if _, err := c.GetForStranger(t.Context(), "jaas/a"); err == nil {
			t.Errorf("%s: got it when mended a moment ago, want the error until the pause is over", name)
		}
		clock.Step(secrets.StrangersPause)
		if kept, err := c.GetForStranger(t.Context(), "jaas/a"); err != nil || kept.Value != "good" {
			t.Errorf("%s: got %v, %v after the pause, want it", name, kept, err)
		}
	}
}

// TestGet_DoesNotWaitForThePauseOfStrangers since whoever asks has shown who they are.
func TestGet_DoesNotWaitForThePauseOfStrangers(t *testing.T) {
	t.Parallel()
	s := &counted{}
	c := secrets.NewCache(s, ttl, newClock().Now, parse)
	s.put("v1", "bad")
	if _, err := c.GetForStranger(t.Context(), "jaas/a"); err == nil {
		t.Fatal("got no error")
	}
	s.put("v2", "good")
	if kept, err := c.Get(t.Context(), "jaas/a"); err != nil || kept.Value != "good" {
		t.Errorf("got %v, %v, want it at once", kept, err)
	}
}

// TestGetForStranger_TriesAgainWhenTheStoreWasDown: that is nobody's guess at a name, and has bounds of its own.
func TestGetForStranger_TriesAgainWhenTheStoreWasDown(t *testing.T) {
	t.Parallel()
	s := &counted{}
	s.err = &secrets.Error{Name: "gavel/jaas/a", Reason: "down", Passing: true}
	c := secrets.NewCache(s, ttl, newClock().Now, parse)
	if _, err := c.GetForStranger(t.Context(), "jaas/a"); err == nil {
		t.Fatal("got no error")
	}
	s.put("v1", "good")
	if kept, err := c.GetForStranger(t.Context(), "jaas/a"); err != nil || kept.Value != "good" {
		t.Errorf("got %v, %v, want it", kept, err)
	}
}

// TestGetForStranger_ManyNames are what a stranger can make up; each is asked for, and what is remembered of them has an end.
func TestGetForStranger_ManyNames(t *testing.T) {
	t.Parallel()
	s := &counted{}
	s.err = &secrets.Error{Name: "x", Reason: "it does not exist"}
	c := secrets.NewCache(s, ttl, newClock().Now, parse)
	for i := range 5000 {
		if _, err := c.GetForStranger(t.Context(), fmt.Sprint("jaas/", i)); err == nil {
			t.Fatal("got no error")
		}
	}
	s.wants(t, "each", 5000)
}
