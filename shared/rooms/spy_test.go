package rooms_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"

	"gavel/shared/audit"
	"gavel/shared/table"
)

// spy is an engine that counts the calls, knows which partitions were written, and springs a trap
// that a test has set.
type spy struct {
	table.Store

	mu         sync.Mutex
	calls      tally
	partitions map[string]bool
	queried    string // the partition
	trap       *trap
	events     int // that were written
	untold     []string
}

// tally is how much was asked of an engine.
type tally struct {
	Get, Query, Write int // calls
	Keys, Changes     int // in all of them
	Items             int // that queries gave
}

// All is how many calls there were.
func (c tally) All() int { return c.Get + c.Query + c.Write }

// kind tells the calls of an engine apart.
type kind string

const (
	anyCall   kind = ""
	getCall   kind = "get"
	queryCall kind = "query"
	writeCall kind = "write"
)

// trap is sprung once, by the n-th call of a kind from when it was set on.
type trap struct {
	kind   kind
	n      int
	before func() error // its error is the call's, which then does not happen
	after  func() error // its error is the call's, which has happened
}

var _ table.Store = (*spy)(nil)

func newSpy(store table.Store) *spy { return &spy{Store: store, partitions: map[string]bool{}} }

// set sets a trap in place of the one there may be.
func (s *spy) set(t trap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trap = &t
}

// disarm takes the trap away and says whether there was still one.
func (s *spy) disarm() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.trap != nil
	s.trap = nil
	return was
}

// count gives what a function asks of the engine.
func (s *spy) count(f func()) tally {
	s.mu.Lock()
	s.calls = tally{}
	s.mu.Unlock()
	f()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// written gives the partitions that were ever written, or tried to be.
func (s *spy) written() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]string, 0, len(s.partitions))
	for partition := range s.partitions {
		all = append(all, partition)
	}
	return all
}

// asked gives the partition of the last query.
func (s *spy) asked() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queried
}

// forget forgets which partitions were written, once what is in them was looked at.
func (s *spy) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.partitions)
}

// pass counts a call, and gives what the trap does if this call springs it. The trap works while
// the spy is not locked: what it does may call the engine as well.
func (s *spy) pass(k kind, note func()) trap {
	s.mu.Lock()
	defer s.mu.Unlock()
	note()
	if s.trap == nil || s.trap.kind != anyCall && s.trap.kind != k {
		return trap{}
	}
	if s.trap.n--; s.trap.n > 0 {
		return trap{}
	}
	sprung := *s.trap
	s.trap = nil
	return sprung
}

func (s *spy) through(t trap, call func() error) error {
	if t.before != nil {
		if err := t.before(); err != nil {
			return err
		}
	}
	err := call()
	if t.after != nil && err == nil {
		return t.after()
	}
	return err
}

func (s *spy) Get(ctx context.Context, keys ...table.Key) (items []table.Item, err error) {
	t := s.pass(getCall, func() {
		s.calls.Get += min(len(keys), 1) // for none there is nothing to ask
		s.calls.Keys += len(keys)
	})
	err = s.through(t, func() error {
		items, err = s.Store.Get(ctx, keys...)
		return err
	})
	return items, err
}

func (s *spy) Query(ctx context.Context, r table.Range) (items []table.Item, err error) {
	t := s.pass(queryCall, func() {
		s.calls.Query++
		s.queried = r.Partition
	})
	err = s.through(t, func() error {
		items, err = s.Store.Query(ctx, r)
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.Items += len(items)
	return items, err
}

func (s *spy) Write(ctx context.Context, changes ...table.Change) error {
	t := s.pass(writeCall, func() {
		s.calls.Write++
		s.calls.Changes += len(changes)
		for _, change := range changes {
			s.partitions[change.Item.Partition] = true
		}
	})
	if err := s.through(t, func() error { return s.Store.Write(ctx, changes...) }); err != nil {
		return fmt.Errorf("spied: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told(changes)
	return nil
}

// seeding gives the engine for state that no operation made, of which nobody has to be told. What is written is audited as any other.
func (s *spy) seeding() table.Store { return seeder{s} }

type seeder struct{ *spy }

func (s seeder) Write(ctx context.Context, changes ...table.Change) error {
	s.mu.Lock()
	for _, change := range changes {
		s.partitions[change.Item.Partition] = true
	}
	s.mu.Unlock()
	return s.Store.Write(ctx, changes...) //nolint:wrapcheck // the seed's own
}

// Unspied gives the engine itself.
func (s *spy) Unspied() table.Store { return s.Store }

// told looks whether a Write that changes a room tells of it, and whether each event in it lies in both of its places.
func (s *spy) told(changes []table.Change) {
	byActor, byRoom := map[string]string{}, map[string]string{}
	room := ""
	for _, change := range changes {
		key := change.Item.Key
		switch {
		case change.Kind == table.KindPut && strings.HasPrefix(key.Partition, audit.PublishedPrefix):
			byActor[key.Sort] = string(change.Item.Data)
		case change.Kind == table.KindPut && strings.HasPrefix(key.Partition, "audit#room#"):
			byRoom[key.Sort] = string(change.Item.Data)
		case change.Kind == table.KindPut && strings.HasPrefix(key.Partition, "room#") && key.Sort == "room":
			room = key.Partition
		}
	}
	s.events += len(byActor)
	if room != "" && len(byActor) == 0 || !maps.Equal(byActor, byRoom) {
		s.untold = append(s.untold, fmt.Sprintf("a Write to %q with the events %v and %v", room, byActor, byRoom))
	}
}
