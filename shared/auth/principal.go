// Package auth tells who calls and what they may do. Machines send an API key, people and
// services a bearer token of the configured OpenID Connect issuer.
package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
)

// Kind tells machines from people.
type Kind string

// The kinds of principal.
const (
	APIKey Kind = "api-key"
	User   Kind = "user"
)

// Principal is who calls: the name of an API key, or the subject of a bearer token.
type Principal struct {
	Kind   Kind
	Name   string
	Scopes []string
}

// Has says whether the principal was given a scope.
func (p Principal) Has(scope string) bool { return slices.Contains(p.Scopes, scope) }

// LogValue names a machine, and hides a person behind a digest that tells two people apart:
// some issuers use the e-mail address as the subject.
func (p Principal) LogValue() slog.Value {
	if p.Kind == User {
		sum := sha256.Sum256([]byte(p.Name))
		return slog.StringValue("user:" + hex.EncodeToString(sum[:6]))
	}
	return slog.StringValue(string(p.Kind) + ":" + p.Name)
}

// Resolver tells who sent the request it was made for.
type Resolver func(context.Context) (Principal, error)

type resolverKey struct{}

// WithResolver has the caller's credentials checked by the operations that ask who calls, and by
// no other.
func WithResolver(ctx context.Context, resolve Resolver) context.Context {
	return context.WithValue(ctx, resolverKey{}, resolve)
}

// WithPrincipal notes who calls, for a caller whose credentials were checked before.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return WithResolver(ctx, func(context.Context) (Principal, error) { return p, nil })
}

// Resolve tells who calls. It returns ErrNoCredentials when nobody can be known, and otherwise
// the errors of Authenticate.
func Resolve(ctx context.Context) (Principal, error) {
	resolve, ok := ctx.Value(resolverKey{}).(Resolver)
	if !ok {
		return Principal{}, ErrNoCredentials
	}
	return resolve(ctx)
}
