package apitest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"gavel/shared/auth"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

// Stranger is a caller who may not call the operations of a group.
type Stranger struct {
	Caller auth.Resolver
	Status int
	Code   problem.Code
}

// Strangers gives callers who may not, by why: others are scopes of other groups, alike those that look like the group's own.
func Strangers(others, alike []string) map[string]Stranger {
	nobody := func(err error) auth.Resolver {
		return func(context.Context) (auth.Principal, error) { return auth.Principal{}, err }
	}
	return map[string]Stranger{
		"nobody":                   {nobody(auth.ErrNoCredentials), http.StatusUnauthorized, problem.Unauthenticated},
		"somebody else":            {nobody(auth.ErrBadCredentials), http.StatusUnauthorized, problem.Unauthenticated},
		"no scope":                 {Machine(), http.StatusForbidden, problem.Forbidden},
		"another group's scope":    {Machine(others...), http.StatusForbidden, problem.Forbidden},
		"a scope that looks alike": {Machine(alike...), http.StatusForbidden, problem.Forbidden},
		"a person without it":      {Person("rooms"), http.StatusForbidden, problem.Forbidden},
	}
}

// Person is somebody with an access token with some scopes.
func Person(scopes ...string) auth.Resolver {
	return func(context.Context) (auth.Principal, error) {
		return auth.Principal{Kind: auth.User, Name: "auth0|quandt", Scopes: scopes}, nil
	}
}

// TurnsAway checks that each of the answers to a stranger refuses them, whatever was asked: who may not is told nothing of
// what the request should be.
func (c Problems) TurnsAway(t testing.TB, operation string, s Stranger, answers ...Answer) {
	t.Helper()
	for _, got := range answers {
		c.Is(t, got, s.Status, s.Code)
		if challenge := got.Header.Get("WWW-Authenticate"); (challenge != "") != (s.Status == http.StatusUnauthorized) {
			t.Errorf("%s: got WWW-Authenticate %q with HTTP %d", operation, challenge, got.Status)
		}
	}
}

// LacksSecret checks that an answer names a secret that cannot be used, and says why.
func (c Problems) LacksSecret(t testing.TB, operation string, got Answer, secret, why string) {
	t.Helper()
	p := c.Is(t, got, http.StatusServiceUnavailable, problem.NotConfigured)
	if p.Secret != secret || !strings.Contains(p.Detail, why) || !strings.Contains(p.Detail, secret) {
		t.Errorf("%s: got secret %q and detail %q, want %s, and what is wrong: %s", operation, p.Secret, p.Detail, secret, why)
	}
	if strings.Contains(string(got.Body), "Hush") {
		t.Errorf("%s: got %s, which holds a part of the secret", operation, got.Body)
	}
}

// innards stands in what Secrets Manager's failures say of the network.
const innards = "10.0.0.7"

// Unanswered is a source whose secret of a full name cannot be read for the moment.
func Unanswered(secret string) secrets.Source {
	return Failing{Err: &secrets.Error{
		Name: secret, Reason: "Secrets Manager did not answer", Passing: true, Cause: errors.New("dial tcp " + innards + ":443: i/o timeout"),
	}}
}

// Unavailable checks that an answer names a secret that cannot be read for the moment, and does not tell the cause.
func (c Problems) Unavailable(t testing.TB, operation string, got Answer, secret string) {
	t.Helper()
	if p := c.Is(t, got, http.StatusServiceUnavailable, problem.Unavailable); p.Secret != secret {
		t.Errorf("%s: got secret %q, want %q", operation, p.Secret, secret)
	}
	if strings.Contains(string(got.Body), innards) {
		t.Errorf("%s: got %s, which tells the cause", operation, got.Body)
	}
}
