package delivery

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

func newQueue(try func(ctx context.Context, key, e string) error) *Queue[string] {
	return New(Options[string]{Try: try, Provider: "test", Name: func(e string) slog.Attr { return slog.String("event", e) }})
}

func TestQueue_HoldsOnlySoMuch(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	tried := 0
	q := newQueue(func(context.Context, string, string) error {
		if tried++; tried == 1 {
			close(entered)
			<-release
		}
		return nil
	})
	q.Add("a", "")
	<-entered
	for range MaxEvents + 5 {
		q.Add("a", "")
	}
	close(release)
	if err := q.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := 1 + MaxEvents; tried != want {
		t.Errorf("delivered %d events, want %d", tried, want)
	}
	q.Add("a", "")
	if err := q.Flush(t.Context()); err != nil || tried != 2+MaxEvents {
		t.Errorf("delivered %d events, %v; want room for one more", tried, err)
	}
	q.Close()
	if q.Add("a", ""); !errors.Is(q.ctx.Err(), context.Canceled) || len(q.waiting) != 0 {
		t.Errorf("got %d keys waiting after the end, want none", len(q.waiting))
	}
}

func TestQueue_TriesAgainUnlessItIsFinal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var tries []string
		q := newQueue(func(_ context.Context, key, e string) error {
			tries = append(tries, key+" "+e+" "+time.Since(began).String())
			switch e {
			case "failing":
				return errors.New("no answer")
			case "refused":
				return Final(errors.New("not wanted"))
			}
			return nil
		})
		q.Add("a", "failing")
		q.Add("a", "refused")
		q.Add("a", "taken")
		if err := q.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{"a failing 0s", "a failing 250ms", "a failing 750ms", "a refused 750ms", "a taken 750ms"}
		if !reflect.DeepEqual(tries, want) {
			t.Errorf("got %q, want %q", tries, want)
		}
	})
}

func TestFinal_IsTheErrorItMarks(t *testing.T) {
	t.Parallel()
	cause := errors.New("not wanted")
	if got := Final(cause); !errors.Is(got, cause) || got.Error() != cause.Error() {
		t.Errorf("got %v, want %v", got, cause)
	}
}
