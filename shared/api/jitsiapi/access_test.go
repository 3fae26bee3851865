package jitsiapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"gavel/local/apitest"
	"gavel/shared/auth"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

func TestCaller_WhoMayNotIsRefusedAndNothingIsSent(t *testing.T) {
	t.Parallel()
	person := func(context.Context) (auth.Principal, error) {
		return auth.Principal{Kind: auth.User, Name: "quandt", Scopes: []string{"rooms"}}, nil
	}
	for name, tt := range map[string]struct {
		caller auth.Resolver
		status int
		code   problem.Code
	}{
		"nobody": {
			func(context.Context) (auth.Principal, error) { return auth.Principal{}, auth.ErrNoCredentials },
			http.StatusUnauthorized, problem.Unauthenticated,
		},
		"somebody else": {
			func(context.Context) (auth.Principal, error) { return auth.Principal{}, auth.ErrBadCredentials },
			http.StatusUnauthorized, problem.Unauthenticated,
		},
		"no scope":                 {apitest.Machine(), http.StatusForbidden, problem.Forbidden},
		"another group's scope":    {apitest.Machine("jaas", "openmeetings"), http.StatusForbidden, problem.Forbidden},
		"a scope that looks alike": {apitest.Machine("jitsi:", "Jitsi", "jitsi:rooms", "jits", "*", ""), http.StatusForbidden, problem.Forbidden},
		"a person without it":      {person, http.StatusForbidden, problem.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{caller: tt.caller})
			g.untouched(t)
			for _, op := range operations() {
				if op.scope == "" {
					continue
				}
				got := g.ask(t, op)
				isProblem(t, got, tt.status, tt.code)
				// Who may not is told nothing of what the request should be.
				isProblem(t, g.with(t, op, `{"`+rejected), tt.status, tt.code)
				if challenge := got.Header.Get("WWW-Authenticate"); (challenge != "") != (tt.status == http.StatusUnauthorized) {
					t.Errorf("%s: got WWW-Authenticate %q with HTTP %d", op.id, challenge, got.Status)
				}
			}
		})
	}
}

func TestCaller_PersonWithTheScopeMay(t *testing.T) {
	t.Parallel()
	for _, op := range operations()[:5] {
		g := setup(t, options{only: op.id, caller: func(context.Context) (auth.Principal, error) {
			return auth.Principal{Kind: auth.User, Name: "auth0|quandt", Scopes: []string{"rooms", "jitsi"}}, nil
		}})
		if got := g.ask(t, op); got.Status != op.status {
			t.Errorf("%s: got HTTP %d with %s, want %d", op.id, got.Status, got.Body, op.status)
		}
	}
}

// TestSecret_ThatCannotBeUsedIsNamedAndNothingIsSent whichever operation needs it.
func TestSecret_ThatCannotBeUsedIsNamedAndNothingIsSent(t *testing.T) {
	t.Parallel()
	of := func(changes map[string]any) any {
		return map[string]any{"jitsi": secretOf("https://prosody.example.org:5281", changes)}
	}
	for _, c := range []struct {
		name    string
		secrets any
		says    string // in the detail
	}{
		{"no such secret", map[string]any{}, "secrets file"},
		{"another secret only", map[string]any{"veeting": "x"}, "secrets file"},
		{"text", map[string]any{"jitsi": "Hush-text"}, "JSON object"},
		{"no address", of(map[string]any{"baseUrl": nil}), "baseUrl is missing"},
		{"a password in the URL", of(map[string]any{"baseUrl": "https://u:Hush-url@meet.test"}), "baseUrl must be"},
		{"no issuer", of(map[string]any{"issuer": " "}), "issuer is missing"},
		{"no key", of(map[string]any{"privateKey": nil}), "secret is missing"},
		{"a broken key", of(map[string]any{"privateKey": "Hush-key"}), "privateKey"},
		{"both kinds of keys", of(map[string]any{"secret": hushSecret}), "not both"},
		{"a short token", of(map[string]any{"callbackTokens": []string{"Hush"}}), "callbackTokens"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{secrets: apitest.SecretsFile(t, c.secrets)})
			g.untouched(t)
			for _, op := range operations() {
				p := isProblem(t, g.ask(t, op), http.StatusServiceUnavailable, problem.NotConfigured)
				if p.Secret != secretName || !strings.Contains(p.Detail, c.says) || !strings.Contains(p.Detail, secretName) {
					t.Errorf("%s: got secret %q and detail %q, want %s, and what is wrong: %s", op.id, p.Secret, p.Detail, secretName, c.says)
				}
			}
		})
	}
}

// TestSystem_ThatIsMissingIsNamed to whoever needs it; tokens can be minted without.
func TestSystem_ThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	g := setup(t, options{secret: map[string]any{"system": nil}})
	g.untouched(t)
	for _, op := range operations()[:5] {
		got := g.ask(t, op)
		if op.id == "jitsi-create-token" {
			if got.Status != http.StatusCreated {
				t.Errorf("%s: got HTTP %d with %s, want 201", op.id, got.Status, got.Body)
			}
			continue
		}
		p := isProblem(t, got, http.StatusServiceUnavailable, problem.NotConfigured)
		if p.Secret != secretName || !strings.Contains(p.Detail, "system is missing") {
			t.Errorf("%s: got %+v, want system of %s named", op.id, p, secretName)
		}
	}
}

func TestCallbackTokens_ThatAreMissingAreNamed(t *testing.T) {
	t.Parallel()
	for name, tokens := range map[string]any{"none": nil, "an empty list": []string{}} {
		g := setup(t, options{secret: map[string]any{"callbackTokens": tokens}})
		for _, op := range operations()[6:10] {
			for _, header := range []string{bearer, "", "Bearer ", "Bearer"} {
				op.header.Set("Authorization", header)
				p := isProblem(t, g.ask(t, op), http.StatusServiceUnavailable, problem.NotConfigured)
				if p.Secret != secretName || !strings.Contains(p.Detail, "callbackTokens is missing") {
					t.Errorf("%s, %s: got %+v, want callbackTokens of %s named", name, op.id, p, secretName)
				}
			}
		}
	}
}

func TestSecretsCannotBeRead_IsAPassingFailure(t *testing.T) {
	t.Parallel()
	g := setup(t, options{secrets: apitest.Failing{Err: &secrets.Error{
		Name: secretName, Reason: "Secrets Manager did not answer", Passing: true,
		Cause: errors.New("dial tcp 10.0.0.7:443: i/o timeout"),
	}}})
	g.untouched(t)
	for _, op := range operations() {
		got := g.ask(t, op)
		if p := isProblem(t, got, http.StatusServiceUnavailable, problem.Unavailable); p.Secret != secretName {
			t.Errorf("%s: got secret %q, want %q", op.id, p.Secret, secretName)
		}
		if strings.Contains(string(got.Body), "10.0.0.7") {
			t.Errorf("%s: got %s, which tells the cause", op.id, got.Body)
		}
	}
}
