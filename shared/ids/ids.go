// Package ids makes ids that sort by the time they were made at.
package ids

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"

	"github.com/gofrs/uuid/v5"
)

// length is that of an id in its one form: 32 hex digits in lower case and four hyphens.
const length = 36

// New makes an id of a time, to the millisecond: a UUID of version 7 (https://www.rfc-editor.org/rfc/rfc9562.html#section-5.7).
// Of those that one process makes of the same time each is greater than those before, and whoever has seen one has 2^48
// guesses at the next.
func New(at time.Time) string {
	high, low := process.next()
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|high)
	binary.BigEndian.PutUint64(id[8:], low)
	id.SetVersion(uuid.V7)
	id.SetVariant(uuid.VariantRFC9562)
	return id.String()
}

// Parse reads an id in letters of either case, and gives it in lower case.
func Parse(text string) (id string, ok bool) {
	parsed, err := uuid.FromString(text)
	return parsed.String(), err == nil && len(text) == length
}

// The bits of an id that hold neither its time nor its form.
const (
	highBits = 12
	lowBits  = 62
)

// counter counts in steps of random width, as section 6.2 of the RFC has it as method 2, but never begins anew at another
// time: one that does not go back is in order for every time. It is good for 2^26 ids, and after them one is out of order.
type counter struct {
	mu        sync.Mutex
	begun     bool
	high, low uint64
}

var process counter

func (c *counter) next() (high, low uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun {
		c.begun, c.high, c.low = true, random(highBits-1), random(lowBits)
	}
	c.low += 1 + random(48)
	c.high += c.low >> lowBits
	c.high &= 1<<highBits - 1
	c.low &= 1<<lowBits - 1
	return c.high, c.low
}

func random(bits int) uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	return binary.BigEndian.Uint64(b[:]) >> (64 - bits)
}
