// Package idempotency keeps what requests were answered with under a key that the caller made up, so that a request
// which is sent again is answered again and not carried out again.
//
// Who begins a request claims its key, which one of many can at a time, and in the end keeps the answer there or gives
// the key free. A claim that neither happened to, as its process died, holds for the Lease.
package idempotency

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gavel/shared/table"
)

const (
	// Lifetime is how long an answer is kept.
	Lifetime = 24 * time.Hour
	// Lease is how long a claim keeps others away. It is longer than a function runs (29 s), also by a clock that goes
	// half a minute wrong.
	Lease = time.Minute
	// MaxBody is the most bytes of an answer's body that are kept.
	MaxBody = 200 << 10
)

// The reasons for which a request is neither to be carried out nor to be answered again.
var (
	// ErrMismatch says that the key belongs to another request.
	ErrMismatch = errors.New("idempotency: the key is that of another request")
	// ErrInFlight says that the request is being carried out.
	ErrInFlight = errors.New("idempotency: the request is under way")
	// ErrUnknown says that the request was begun and its answer is not known, and that it must not be begun again.
	ErrUnknown = errors.New("idempotency: what came of the request is not known")
)

// errTaken says that a claim was not settled within its Lease and somebody else has the key now.
var errTaken = errors.New("idempotency: the claim was over, and the key is somebody else's")

// Request is what is asked for under a key.
type Request struct {
	Caller    string // with the kind of caller
	Operation string
	Key       string // of the caller's choice, for the operation
	// Content is all that makes it another request, in parts.
	Content []string
	// Once says that what may have happened must not happen again.
	Once bool
}

// Answer is what a request was answered with.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
}

// Keeper keeps answers. It is safe for concurrent use.
type Keeper struct {
	store func() table.Store
	now   func() time.Time
}

// New makes a Keeper. The store is asked for when the first key comes.
func New(store func() table.Store, now func() time.Time) *Keeper {
	return &Keeper{store: store, now: now}
}

// Claim is the right to carry out a request.
type Claim struct {
	keeper      *Keeper
	key         table.Key
	id          string
	fingerprint string
}

// Begin gives a Claim on the request, or the Answer that it was given before. Otherwise it returns ErrMismatch,
// ErrInFlight, ErrUnknown, or an error of the store: then nothing may be carried out.
func (k *Keeper) Begin(ctx context.Context, r Request) (*Claim, *Answer, error) {
	claim := &Claim{keeper: k, key: keyOf(r), id: newID(), fingerprint: fingerprint(r)}
	found := table.Item{Key: claim.key} // nothing, to begin with
	for range maxTries {
		err := k.claim(ctx, claim, found)
		if err == nil {
			return claim, nil, nil
		}
		if !errors.Is(err, table.ErrConflict) {
			claim.takeBack(ctx)
			return nil, nil, err
		}
		if found, err = k.get(ctx, claim.key); err != nil {
			return nil, nil, err
		}
		answer, err := k.judge(found, claim.fingerprint, r.Once)
		if answer != nil || err != nil {
			return nil, answer, err
		}
	}
	return nil, nil, ErrInFlight // others keep coming first
}

// maxTries bounds how often a claim that is over is run for.
const maxTries = 5

// claim writes a claim in place of what was found.
func (k *Keeper) claim(ctx context.Context, c *Claim, found table.Item) error {
	return k.put(ctx, found, record{Fingerprint: c.fingerprint, Claim: c.id, Until: k.now().Add(Lease).UTC()})
}

// judge says what an item means for a request. It gives neither answer nor error when there is none, or one whose time is
// over, so that the request can be begun.
func (k *Keeper) judge(found table.Item, fingerprint string, once bool) (*Answer, error) {
	if !found.Exists() {
		return nil, nil
	}
	r, err := table.Decode[record](found)
	switch {
	case err != nil:
		return nil, err
	case found.Expired(k.now()):
		return nil, nil
	case r.Fingerprint != fingerprint:
		return nil, ErrMismatch
	case r.Answer != nil:
		return r.Answer.unpack()
	case k.now().Before(r.Until):
		return nil, ErrInFlight
	case once:
		return nil, ErrUnknown
	}
	return nil, nil
}

// Keep keeps the answer, which Begin gives from now on. One that is too large is not kept: then Begin returns
// ErrUnknown for what must not happen twice, and lets all else be carried out again.
func (c *Claim) Keep(ctx context.Context, a Answer) error {
	found, err := c.mine(ctx)
	if err != nil {
		return err
	}
	kept := record{Fingerprint: c.fingerprint}
	if kept.Answer, err = pack(a); err != nil {
		return err
	}
	return c.keeper.put(ctx, found, kept)
}

// Release gives the key free: nothing has happened.
func (c *Claim) Release(ctx context.Context) error {
	found, err := c.mine(ctx)
	if err != nil {
		return err
	}
	return c.keeper.store().Write(ctx, table.Delete(c.key, found.Version))
}

// takeBackTime is how long a claim that may have been written is looked for, to be removed.
const takeBackTime = 2 * time.Second

// takeBack removes the claim if it was written although the store failed to say so. It may fail as well, or come too
// early: then the key is taken for the Lease, and for what must not happen twice until it expires.
func (c *Claim) takeBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeBackTime)
	defer cancel()
	_ = c.Release(ctx)
}

// mine gives the item, which must still hold the claim.
func (c *Claim) mine(ctx context.Context) (table.Item, error) {
	found, err := c.keeper.get(ctx, c.key)
	if err != nil {
		return table.Item{}, err
	}
	r, err := table.Decode[record](found)
	if err != nil {
		return table.Item{}, err
	}
	if r.Claim != c.id {
		return table.Item{}, errTaken
	}
	return found, nil
}

func (k *Keeper) get(ctx context.Context, key table.Key) (table.Item, error) {
	items, err := k.store().Get(ctx, key)
	if err != nil {
		return table.Item{}, err
	}
	return items[0], nil
}

// put writes a record in place of the item, for a Lifetime.
func (k *Keeper) put(ctx context.Context, item table.Item, r record) error {
	data, err := encode(r)
	if err != nil {
		return fmt.Errorf("idempotency: encode a record: %w", err)
	}
	return k.store().Write(ctx, table.Put(table.Item{
		Key: item.Key, Version: item.Version, Data: data, Expires: k.now().Add(Lifetime),
	}))
}
