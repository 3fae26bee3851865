package secrets_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gavel/shared/secrets"
)

func TestCache_NamesWhatIsWrongWithTheContent(t *testing.T) {
	t.Parallel()
	s := &source{}
	s.put("v1", "bad "+hush)
	c := secrets.NewCache(s, ttl, newClock().Now, parse)
	kept, err := c.Get(t.Context(), "jaas/a")
	got := known(t, err, "gavel/jaas/a")
	if got.Reason != "it has no keyId" || got.Passing || got.Cause != nil {
		t.Errorf("got %q, passing %t, cause %v, want the parser's words for good", got.Reason, got.Passing, got.Cause)
	}
	if kept != nil {
		t.Errorf("got %v beside the error, want nothing", kept)
	}
	s.put("v2", "good")
	if kept, err = c.Get(t.Context(), "jaas/a"); err != nil || kept.Value != "good" {
		t.Errorf("when mended: got %v, %v, want it at once", kept, err)
	}
}

func TestCache_DropsTheOldValueForOneThatIsWrong(t *testing.T) {
	t.Parallel()
	s, clock := &source{}, newClock()
	c := secrets.NewCache(s, ttl, clock.Now, parse)
	s.put("v1", "good")
	used, err := c.Get(t.Context(), "jaas/a")
	if err != nil {
		t.Fatal(err)
	}
	s.put("v2", "bad")
	clock.Step(ttl)
	for _, ask := range []func() (*secrets.Kept[string], error){
		func() (*secrets.Kept[string], error) { return c.Get(t.Context(), "jaas/a") },
		func() (*secrets.Kept[string], error) { return c.Refresh(t.Context(), "jaas/a", used) },
	} {
		if kept, err := ask(); kept != nil || known(t, err, "gavel/jaas/a").Passing {
			t.Errorf("got %v, %v, want an error for good", kept, err)
		}
	}
}

func TestCache_GivesTheSourcesError(t *testing.T) {
	t.Parallel()
	cause := errors.New("the cause")
	for _, want := range []*secrets.Error{
		{Name: "gavel/jaas/a", Reason: "it does not exist"},
		{Name: "gavel/jaas/a", Reason: "the store is down", Passing: true, Cause: cause},
	} {
		c := secrets.NewCache(&source{err: want}, ttl, newClock().Now, parse)
		_, err := c.Get(t.Context(), "jaas/a")
		if got := known(t, err, "gavel/jaas/a"); got != want || errors.Is(err, cause) != (want.Cause != nil) {
			t.Errorf("got %v, want %v itself", err, want)
		}
	}
}

func TestCache_ServesTheOldValueWhileTheStoreIsDown(t *testing.T) {
	t.Parallel()
	s, clock := &source{}, newClock()
	c := secrets.NewCache(s, ttl, clock.Now, parse)
	s.put("v1", "one")
	used, err := c.Get(t.Context(), "jaas/a")
	if err != nil {
		t.Fatal(err)
	}
	s.err = &secrets.Error{Name: "gavel/jaas/a", Reason: "down", Passing: true}
	clock.Step(time.Hour)
	if kept, err := c.Get(t.Context(), "jaas/a"); err != nil || kept != used {
		t.Errorf("Get: got %v, %v, want the old one", kept, err)
	}
	if kept, err := c.Refresh(t.Context(), "jaas/a", used); err != nil || kept != used {
		t.Errorf("Refresh: got %v, %v, want the old one", kept, err)
	}
	s.put("v2", "two")
	clock.Step(10 * time.Second)
	if kept, err := c.Get(t.Context(), "jaas/a"); err != nil || kept.Value != "two" || kept.Version != "v2" {
		t.Errorf("when it is up again: got %v, %v, want two", kept, err)
	}
}

func TestCache_KeepsWhatWasMadeOfTheSameVersion(t *testing.T) {
	t.Parallel()
	s, clock, parsed := &source{}, newClock(), 0
	c := secrets.NewCache(s, ttl, clock.Now, func(name string, raw secrets.Raw) (string, error) {
		parsed++
		return parse(name, raw)
	})
	s.put("v1", "one")
	first, err := c.Get(t.Context(), "jaas/a")
	if err != nil {
		t.Fatal(err)
	}
	clock.Step(ttl)
	if kept, err := c.Get(t.Context(), "jaas/a"); err != nil || kept != first {
		t.Errorf("Get: got %v, %v, want the same pointer", kept, err)
	}
	if kept, err := c.Refresh(t.Context(), "jaas/a", first); err != nil || kept != first {
		t.Errorf("Refresh: got %v, %v, want the same pointer", kept, err)
	}
	if parsed != 1 {
		t.Errorf("got %d parsings, want 1", parsed)
	}
	s.put("v2", "one") // rotated, though to the same content
	if kept, err := c.Refresh(t.Context(), "jaas/a", first); err != nil || kept == first || kept.Version != "v2" {
		t.Errorf("Refresh after a rotation: got %v, %v, want v2", kept, err)
	}
}

func TestCache_TellsTheCallersDeadlineFromTheSourcesFailure(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	c := secrets.NewCache(&slowSource{release: release}, ttl, newClock().Now, parse)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Get(ctx, "jaas/a")
	got := known(t, err, "gavel/jaas/a")
	if got.Reason != "not read in time" || !got.Passing || !errors.Is(err, context.Canceled) {
		t.Errorf("got %q, passing %t, cause %v, want a passing one caused by %v", got.Reason, got.Passing, got.Cause, context.Canceled)
	}
}

type slowSource struct {
	source
	release chan struct{}
}

func (s *slowSource) Read(ctx context.Context, name string) (secrets.Raw, error) {
	<-s.release
	return s.source.Read(ctx, name)
}

// The file as the local server uses it: an edit is seen after the time, or at once when a provider rejects the old key.
func TestCache_SeesAnEditOfTheFile(t *testing.T) {
	t.Parallel()
	path, clock := secretsFile(t, `{"jaas/a": "one"}`), newClock()
	c := secrets.NewCache(secrets.NewFile(path, "gavel"), ttl, clock.Now, parse)
	value := func() string {
		t.Helper()
		kept, err := c.Get(t.Context(), "jaas/a")
		if err != nil {
			t.Fatal(err)
		}
		return kept.Value
	}
	if got := value(); got != `"one"` {
		t.Errorf("got %s, want one", got)
	}
	write(t, path, `{"jaas/a": "two"}`)
	clock.Step(ttl - 1)
	if got := value(); got != `"one"` {
		t.Errorf("before the time: got %s, want one", got)
	}
	clock.Step(1)
	if got := value(); got != `"two"` {
		t.Errorf("after the time: got %s, want two", got)
	}
	used, _ := c.Get(t.Context(), "jaas/a")
	write(t, path, `{"jaas/a": "three"}`)
	if kept, err := c.Refresh(t.Context(), "jaas/a", used); err != nil || kept.Value != `"three"` {
		t.Errorf("Refresh: got %v, %v, want three", kept, err)
	}
	if got, want := c.FullName("jaas/a"), "gavel/jaas/a"; got != want {
		t.Errorf("FullName: got %q, want %q", got, want)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	clock.Step(ttl)
	if _, err := c.Get(t.Context(), "jaas/a"); err == nil {
		t.Error("without the file: got a value, want an error")
	}
}

//nolint:paralleltest // it looks at the one default logger
func TestCache_LogsAFailureWithoutContent(t *testing.T) {
	var log bytes.Buffer
	former := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(former) })

	broken := secretsFile(t, `{"jaas/a": "`+hush)
	for _, src := range []secrets.Source{
		secrets.NewFile(broken, "gavel"),
		&source{err: &secrets.Error{Name: "gavel/jaas/a", Reason: "down", Cause: errors.New("the cause"), Passing: true}},
	} {
		if _, err := secrets.NewCache(src, ttl, newClock().Now, parse).Get(t.Context(), "jaas/a"); err == nil {
			t.Fatal("got a value, want an error")
		}
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("got %q, want two lines", lines)
	}
	hidden(t, "the log", log.String())
	if strings.Contains(log.String(), filepath.Dir(broken)) {
		t.Errorf("got %s, want no path", &log)
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &line); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"level": "WARN", "secret": "gavel/jaas/a", "error": "secret gavel/jaas/a: down", "cause": "the cause", "held": false,
	} {
		if line[key] != want {
			t.Errorf("%s: got %v, want %v", key, line[key], want)
		}
	}
}
