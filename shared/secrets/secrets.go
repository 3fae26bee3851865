// Package secrets reads the secrets that rule the meeting systems and the API itself.
// A Source knows where they are kept (AWS Secrets Manager, a local file); a Cache keeps
// what was made of them until it is out of date.
package secrets

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"gavel/shared/cache"
)

// Raw is the content of a secret as it is kept. It prints as a placeholder wherever it ends up.
type Raw struct {
	// Version changes whenever the content does.
	Version string
	content []byte
}

// NewRaw makes a Raw; for the sources.
func NewRaw(version string, content []byte) Raw { return Raw{Version: version, content: content} }

// Bytes gives the content itself.
func (r Raw) Bytes() []byte { return r.content }

// String hides the content.
func (r Raw) String() string { return "[secret]" }

// GoString hides the content.
func (r Raw) GoString() string { return "[secret]" }

// LogValue hides the content.
func (r Raw) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalJSON hides the content.
func (r Raw) MarshalJSON() ([]byte, error) { return []byte(`"[secret]"`), nil }

// Source reads secrets by their name below the prefix, such as "jaas/<appId>".
type Source interface {
	// Read gives the current content. Its error is an *Error.
	Read(ctx context.Context, name string) (Raw, error)
	// FullName gives the name under which an operator finds the secret.
	FullName(name string) string
}

// Error says that a secret could not be used. Name and Reason may be shown to callers;
// the cause is for the log alone.
type Error struct {
	Name    string // full name of the secret
	Reason  string // what is wrong, without any of the content
	Passing bool   // the store failed, the secret may be all right
	Missing bool   // there is no secret of this name
	Lacking bool   // it could be read, and lacks what is needed here
	Cause   error
}

// Error gives the name and the reason.
func (e *Error) Error() string { return fmt.Sprintf("secret %s: %s", e.Name, e.Reason) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// How long secrets are kept; see cache.Options.
const (
	retry        = 10 * time.Second
	fetchTimeout = 5 * time.Second
)

// Cache keeps what was made of secrets.
type Cache[T any] struct {
	source Source
	parse  func(name string, raw Raw) (T, error)
	cache  *cache.Cache[versioned[T]]
	// failures are the reads that found nothing good, rotations those for strangers who were not let in.
	failures, rotations *looks
}

// Kept is the value made of one version of a secret.
type Kept[T any] = versioned[T]

type versioned[T any] struct {
	Value   T
	Version string
}

// NewCache makes a Cache that turns a secret's content into a T with parse.
// The error of parse is shown to callers and must hold nothing of the content.
// ttl is how long an edit of the secret may go unnoticed.
func NewCache[T any](source Source, ttl time.Duration, now func() time.Time, parse func(name string, raw Raw) (T, error)) *Cache[T] {
	c := &Cache[T]{source: source, parse: parse, failures: newLooks(now), rotations: newLooks(now)}
	c.cache = cache.New(cache.Options[versioned[T]]{
		Fetch: c.fetch, Passing: passing, TTL: ttl, Retry: retry, Timeout: fetchTimeout, Now: now,
	})
	return c
}

// fetch is one read, for all who wait for it. What an operator has to mend is logged once, until it is another thing or mended.
func (c *Cache[T]) fetch(ctx context.Context, name string, old *versioned[T]) (*versioned[T], error) {
	if err := c.failedForStranger(ctx, name); err != nil {
		return nil, err
	}
	fresh, err := c.read(ctx, name, old)
	if err == nil || !passing(err) {
		known := c.failures.note(name, err)
		if err == nil || known {
			return fresh, err
		}
	}
	slog.WarnContext(ctx, "secret not read", "secret", c.FullName(name), "error", err, "cause", errors.Unwrap(err), "held", old != nil)
	return fresh, err
}

func (c *Cache[T]) read(ctx context.Context, name string, old *versioned[T]) (*versioned[T], error) {
	raw, err := c.source.Read(ctx, name)
	if err != nil {
		return nil, err
	}
	if old != nil && old.Version == raw.Version {
		return old, nil
	}
	value, err := c.parse(name, raw)
	if err != nil {
		return nil, &Error{Name: c.FullName(name), Reason: err.Error()}
	}
	return &versioned[T]{Value: value, Version: raw.Version}, nil
}

// Get gives what was made of the secret. Its error is an *Error.
func (c *Cache[T]) Get(ctx context.Context, name string) (*Kept[T], error) {
	kept, err := c.cache.Get(ctx, name)
	return kept, c.wrap(name, err)
}

// Refresh gives what is made of the secret now, after used was rejected: used itself when
// the secret has not changed. Its error is an *Error.
func (c *Cache[T]) Refresh(ctx context.Context, name string, used *Kept[T]) (*Kept[T], error) {
	kept, err := c.cache.Refresh(ctx, name, used)
	return kept, c.wrap(name, err)
}

// Use calls do with what was made of the secret. When the error of do is one that rejected knows, the secret is fetched
// afresh, once, and if it is another one now (it was rotated) do is called again: whoever was not let in has done nothing.
// Its error is that of do, or an *Error.
func (c *Cache[T]) Use(ctx context.Context, name string, rejected func(error) bool, do func(T) error) error {
	used, err := c.Get(ctx, name)
	if err != nil {
		return err
	}
	err = do(used.Value)
	if err == nil || !rejected(err) {
		return err
	}
	fresh, freshErr := c.Refresh(ctx, name, used)
	if freshErr != nil || fresh == used {
		return err
	}
	slog.InfoContext(ctx, "credentials were rejected, using the rotated ones", "secret", c.FullName(name))
	return do(fresh.Value)
}

// FullName gives the name under which an operator finds the secret.
func (c *Cache[T]) FullName(name string) string { return c.source.FullName(name) }

// wrap turns the one error that is not of the source, the caller's own deadline, into an *Error.
func (c *Cache[T]) wrap(name string, err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &Error{Name: c.source.FullName(name), Reason: "not read in time", Passing: true, Cause: err}
}

func passing(err error) bool {
	var known *Error
	return !errors.As(err, &known) || known.Passing
}
