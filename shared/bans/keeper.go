package bans

import (
	"context"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
)

// Keeper makes bans and lifts them, each in one Write with the event that tells of it: neither is there without the other.
type Keeper struct {
	*List

	trail audit.Trail
	now   func() time.Time
}

// NewKeeper makes a Keeper, whose events are those of a Trail.
func NewKeeper(store table.Store, trail audit.Trail, now func() time.Time) *Keeper {
	return &Keeper{List: New(store), trail: trail, now: now}
}

// Ban keeps a ban of a user who is known to the provider by the ids, at least one and up to 50, in place of one that there is.
// told begins its event: by whom, at which provider and where. An error wraps table.ErrBusy or is a fault.
func (k *Keeper) Ban(ctx context.Context, s Scope, b Ban, told audit.Event, ids ...string) error {
	keys := []table.Key{Key(s, b.User)}
	for _, id := range ids {
		keys = append(keys, IDKey(s, id))
	}
	return table.Settle(ctx, k.store, func(ctx context.Context) ([]table.Change, error) {
		items, err := k.store.Get(ctx, keys...)
		if err != nil {
			return nil, err
		}
		changes, err := Changes(s, b, items[0], items[1:]...)
		if err != nil {
			return nil, err
		}
		e := told
		e.Type, e.Target, e.Reason = audit.BanSet, b.User, b.Reason
		return k.with(ctx, changes, e)
	})
}

// Lift ends a ban, and says whether there was one. told begins its event as in Ban. With it goes, in the same Write, what also
// makes of what it reads, up to 50 changes; nil for nothing. An error wraps table.ErrBusy or is a fault, or is that of also.
func (k *Keeper) Lift(ctx context.Context, s Scope, user string, told audit.Event, also func(context.Context) ([]table.Change, error)) (bool, error) {
	found := false
	err := table.Settle(ctx, k.store, func(ctx context.Context) ([]table.Change, error) {
		items, err := k.store.Get(ctx, Key(s, user))
		if found = err == nil && items[0].Exists(); !found {
			return nil, err
		}
		changes := []table.Change{table.Delete(items[0].Key, items[0].Version)}
		if also != nil {
			more, err := also(ctx)
			if err != nil {
				return nil, err
			}
			changes = append(changes, more...)
		}
		e := told
		e.Type, e.Target = audit.BanLifted, user
		return k.with(ctx, changes, e)
	})
	return found && err == nil, err
}

func (k *Keeper) with(ctx context.Context, changes []table.Change, e audit.Event) ([]table.Change, error) {
	kept, err := k.trail.Changes(ctx, k.now(), e)
	return append(changes, kept...), err
}
