package rooms_test

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"gavel/shared/clock"
	"gavel/shared/ids"
	"gavel/shared/table"
)

// call is one that was made of a store: one of the three.
type call struct {
	keys    []table.Key
	span    *table.Range
	changes []table.Change
}

var _ table.Store = (*recorder)(nil)

// recorder is a store that keeps what was asked of it, and what it gave. It is for one caller at a time.
type recorder struct {
	table.Store
	calls []call
	found []table.Item
}

func (r *recorder) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	items, err := r.Store.Get(ctx, keys...)
	r.calls = append(r.calls, call{keys: keys})
	for _, item := range items {
		if item.Exists() {
			r.found = append(r.found, item)
		}
	}
	return items, err
}

func (r *recorder) Query(ctx context.Context, span table.Range) ([]table.Item, error) {
	items, err := r.Store.Query(ctx, span)
	r.calls, r.found = append(r.calls, call{span: &span}), append(r.found, items...)
	return items, err
}

func (r *recorder) Write(ctx context.Context, changes ...table.Change) error {
	r.calls = append(r.calls, call{changes: changes})
	return r.Store.Write(ctx, changes...)
}

// make makes the same call of an engine.
func (c call) make(ctx context.Context, r raw) error {
	switch {
	case c.keys != nil:
		return r.get(ctx, c.keys)
	case c.span != nil:
		return r.query(ctx, *c.span)
	default:
		return r.write(ctx, c.changes)
	}
}

// as gives the call with another id in place of the one of what it created. Reads have none.
func (c call) as(id, other string) call {
	changes := make([]table.Change, len(c.changes))
	for i, change := range c.changes {
		change.Item = renamed(change.Item, id, other)
		changes[i] = change
	}
	return call{keys: c.keys, span: c.span, changes: changes}
}

// retold gives the call with new ids for the events that it writes, each of which can be written once.
func (c call) retold() (call, error) {
	c.changes = slices.Clone(c.changes)
	fresh := map[string]string{}
	for i, change := range c.changes {
		if !strings.HasPrefix(change.Item.Partition, "audit#") {
			continue
		}
		id := strings.TrimPrefix(change.Item.Sort, "at#")
		if fresh[id] == "" {
			fresh[id] = ids.New(clock.Now())
		}
		c.changes[i].Item = renamed(change.Item, id, fresh[id])
	}
	return c, nil
}

func renamed(item table.Item, id, other string) table.Item {
	item.Partition = strings.ReplaceAll(item.Partition, id, other)
	item.Sort = strings.ReplaceAll(item.Sort, id, other)
	item.Data = bytes.ReplaceAll(item.Data, []byte(id), []byte(other))
	return item
}

// script is what an operation asked of its store.
type script struct {
	calls []call
	id    string // of what it created
}

// created gives the items that carry the id of what was created.
func created(of script) []table.Item {
	var items []table.Item
	for _, c := range of.calls {
		for _, change := range c.changes {
			if strings.Contains(change.Item.Partition+" "+change.Item.Sort, of.id) {
				items = append(items, change.Item)
			}
		}
	}
	return items
}
