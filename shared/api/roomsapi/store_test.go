package roomsapi_test

import (
	"context"
	"fmt"
	"sync/atomic"

	"gavel/shared/table"
)

// moody is a store that can be too busy to read or to write.
type moody struct {
	table.Store

	noReads, noWrites atomic.Bool
}

var _ table.Store = (*moody)(nil)

// errBusy comes as engines give it, with a cause and words around it.
var errBusy = fmt.Errorf("engine: %w: throughput exceeded", table.ErrBusy)

func (m *moody) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	if m.noReads.Load() {
		return nil, errBusy
	}
	return m.Store.Get(ctx, keys...)
}

func (m *moody) Query(ctx context.Context, r table.Range) ([]table.Item, error) {
	if m.noReads.Load() {
		return nil, errBusy
	}
	return m.Store.Query(ctx, r)
}

func (m *moody) Write(ctx context.Context, changes ...table.Change) error {
	if m.noWrites.Load() {
		return errBusy
	}
	return m.Store.Write(ctx, changes...)
}
