// Package table is the durable state: one table of items, behind a port narrow enough for every
// engine to keep its promises. The engines are in packages below this one; what the items mean,
// and every rule about them, is in the packages above.
package table

import (
	"context"
	"errors"
	"time"
)

// Key names an item: those of one partition lie together, ordered by Sort (as bytes).
type Key struct {
	Partition string // 1 to 2048 bytes
	Sort      string // 1 to 1024 bytes
}

// Version tells the states of an item apart. An engine makes a new one in each Write; it means
// nothing but that two states with the same Version are the same.
type Version string

// The versions that no stored item has.
const (
	// Absent is the version of an item that is not there.
	Absent Version = ""
	// Any in a Delete stands for whatever is there, and for nothing.
	Any Version = "*"
)

// Item is what is kept under a key.
type Item struct {
	Key
	// Version is that of the stored item when it was read, Absent for one that is not there.
	Version Version
	// Data is JSON, at most MaxData bytes.
	Data []byte
	// Expires is the time from which on the item is as if it were not there; zero for never. It is
	// stored in whole seconds, rounded up, and lies between 1970 and 9999.
	Expires time.Time
}

// Exists says whether the item was there when it was read.
func (i Item) Exists() bool { return i.Version != Absent }

// Bounds of one call.
const (
	MaxData  = 256 << 10 // bytes of an Item's Data
	MaxKeys  = 100       // keys of a Get
	MaxWrite = 100       // changes of a Write
)

// Store is the port. All reads see every Write that was over before they began.
//
// An item whose time has come is not there, to all calls and at once, whenever the engine removes
// it. The engine looks at the time by its own clock, once or more often during a call.
type Store interface {
	// Get gives the items of the keys, in their order. One that is not there has the version
	// Absent and no data. It takes at most MaxKeys keys, each once or more often.
	Get(ctx context.Context, keys ...Key) ([]Item, error)

	// Query gives the items of a range, in its order: fewer than its Limit only if there are no more.
	Query(ctx context.Context, r Range) ([]Item, error)

	// Write makes all changes or none, at one moment. It returns ErrConflict when an item does not
	// have the version that a change expects. It takes at most MaxWrite changes, each to another key.
	Write(ctx context.Context, changes ...Change) error
}

// Range is a part of a partition.
type Range struct {
	Partition string
	Prefix    string // of Sort; not empty
	// After is the Sort behind which to begin, in the range's order; empty for its beginning. It
	// begins with Prefix; an item with that Sort need not be there.
	After   string
	Reverse bool // from the largest Sort to the smallest
	Limit   int  // how many items at most; more than 0
}

// Errors of a Store. Others are faults that a caller can do nothing about.
var (
	// ErrConflict says that an item is no longer as the caller saw it. Nothing was written.
	ErrConflict = errors.New("table: an item has another version")
	// ErrBusy says that the engine did not come to it in time: it is throttled, or others kept
	// writing the same items. Whether a Write happened is not known.
	ErrBusy = errors.New("table: busy")
)

// Change is one part of a Write, made by Put, Delete or Check.
type Change struct {
	Kind Kind
	Item Item
}

// Kind says what a Change does.
type Kind int

// The kinds of Change.
const (
	KindPut Kind = iota
	KindDelete
	KindCheck
)

// Put stores the item's data in place of the version the item has; with the version Absent there
// must be none yet. The item's Expires takes the place of the time that it had.
func Put(item Item) Change { return Change{Kind: KindPut, Item: item} }

// Delete removes an item of the given version. With Any it removes whatever is there.
func Delete(key Key, version Version) Change {
	return Change{Kind: KindDelete, Item: Item{Key: key, Version: version}}
}

// Check demands that an item still has the version it was read with, Absent included.
func Check(item Item) Change {
	return Change{Kind: KindCheck, Item: Item{Key: item.Key, Version: item.Version}}
}
