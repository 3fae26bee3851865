package jitsiapi_test

import (
	"net/http"
	"strings"
	"testing"

	"gavel/local/apitest"
	"gavel/shared/problem"
)

func TestCaller_WhoMayNotIsRefusedAndNothingIsSent(t *testing.T) {
	t.Parallel()
	for name, stranger := range apitest.Strangers([]string{"jaas", "openmeetings"}, []string{"jitsi:", "Jitsi", "jitsi:rooms", "jits", "*", ""}) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{caller: stranger.Caller})
			g.untouched(t)
			for _, op := range operations() {
				if op.scope == "" {
					continue
				}
				problems.TurnsAway(t, op.id, stranger, g.ask(t, op), g.with(t, op, `{"`+rejected))
			}
		})
	}
}

func TestCaller_PersonWithTheScopeMay(t *testing.T) {
	t.Parallel()
	for _, op := range operations()[:5] {
		g := setup(t, options{only: op.id, caller: apitest.Person("rooms", "jitsi")})
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
				problems.LacksSecret(t, op.id, g.ask(t, op), secretName, c.says)
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
	g := setup(t, options{secrets: apitest.Unanswered(secretName)})
	g.untouched(t)
	for _, op := range operations() {
		problems.Unavailable(t, op.id, g.ask(t, op), secretName)
	}
}
