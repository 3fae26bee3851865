package secrets

import (
	"context"
	"sync"
	"time"
)

// StrangersPause is how soon a secret is read once more for those who have shown nothing yet. It is also how long at most they
// wait for what was put in place or rotated while others had it read in vain.
const StrangersPause = 5 * time.Second

// mostLooks bounds what is remembered of strangers, who may name secrets as they like.
const mostLooks = 1000

// look is the last time that a stranger had a secret read, and what was wrong with it then.
type look struct {
	at  time.Time
	err error
}

// looks are those at each secret.
type looks struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string]look
}

func newLooks(now func() time.Time) *looks { return &looks{now: now, all: map[string]look{}} }

// recent gives the last look, if it was not long ago.
func (l *looks) recent(name string) (look, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.find(name)
}

func (l *looks) find(name string) (look, bool) {
	last, ok := l.all[name]
	return last, ok && l.now().Sub(last.at) < StrangersPause
}

// note keeps what came of a look, and says whether it was the same error the last time, however long ago.
func (l *looks) note(name string, err error) (known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.all[name].err
	l.set(name, err)
	return err != nil && last != nil && last.Error() == err.Error()
}

// take says whether a secret may be looked at, and takes the turn.
func (l *looks) take(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.find(name); ok {
		return false
	}
	l.set(name, nil)
	return true
}

func (l *looks) set(name string, err error) {
	if len(l.all) >= mostLooks {
		clear(l.all)
	}
	l.all[name] = look{l.now(), err}
}

type strangerKey struct{}

// GetForStranger is Get for somebody who has shown nothing yet, such as the sender of a webhook. A secret that is not
// there, may not be read or is not of its form is not read for them again before StrangersPause is over: until then its error is the same.
func (c *Cache[T]) GetForStranger(ctx context.Context, name string) (*Kept[T], error) {
	return c.Get(context.WithValue(ctx, strangerKey{}, true), name)
}

// LookAgain gives what is made of the secret now, after used did not let a stranger in and may have been rotated a moment ago. It
// is used itself when the secret has not changed, cannot be read, or was looked at in vain less than StrangersPause ago.
func (c *Cache[T]) LookAgain(ctx context.Context, name string, used *Kept[T]) *Kept[T] {
	if !c.rotations.take(name) {
		return used
	}
	if fresh, err := c.Refresh(ctx, name, used); err == nil {
		return fresh
	}
	return used
}

// failedForStranger gives the error that a secret had a moment ago, for those who have to wait.
func (c *Cache[T]) failedForStranger(ctx context.Context, name string) error {
	if last, ok := c.failures.recent(name); ok && ctx.Value(strangerKey{}) != nil {
		return last.err
	}
	return nil
}
