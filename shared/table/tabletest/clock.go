package tabletest

import (
	"sync"
	"time"
)

// start is where clocks stand when a test begins: in the middle of a second.
var start = time.Date(2100, time.January, 1, 12, 0, 0, int(time.Second/2), time.UTC)

// clock stands still until it is stepped.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: start} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}
