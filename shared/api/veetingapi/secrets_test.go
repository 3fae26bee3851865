package veetingapi_test

import (
	"net/http"
	"testing"

	"gavel/local/apitest"
)

// needing gives the operations that need the secret: all but the list of events.
func needing() []operation { return operations()[:7] }

func TestSecret_ThatCannotBeUsedIsNamedAndNothingIsSent(t *testing.T) {
	t.Parallel()
	of := func(url, key, level string) any {
		return map[string]any{"veeting": map[string]string{"baseUrl": url, "apiKey": key, "level": level}}
	}
	const url = "https://meet.example.org"
	for _, c := range []struct {
		name    string
		secrets any
		says    string // in the detail
	}{
		{"no such secret", map[string]any{}, "secrets file"},
		{"another secret only", map[string]any{"jitsi": "x"}, "secrets file"},
		{"text", map[string]any{"veeting": "Hush-text"}, "JSON object"},
		{"a list", map[string]any{"veeting": []string{"Hush-text"}}, "JSON object"},
		{"null", map[string]any{"veeting": nil}, "baseUrl is missing"},
		{"no address", of("", apiKey, "instance"), "baseUrl is missing"},
		{"no key", of(url, " ", "instance"), "apiKey is missing"},
		{"no level", of(url, apiKey, ""), "level must be"},
		{"no URL", of("meet.test", apiKey, "instance"), "baseUrl is not"},
		{"a password in the URL", of("https://u:Hush-url@meet.test", apiKey, "instance"), "baseUrl must be"},
		{"in the open", of("http://meet.example.org", apiKey, "instance"), "https"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{secrets: apitest.SecretsFile(t, c.secrets)})
			g.untouched(t)
			for _, op := range needing() {
				problems.LacksSecret(t, op.id, g.ask(t, op), secretName, c.says)
			}
		})
	}
}

func TestSecretsCannotBeRead_IsAPassingFailure(t *testing.T) {
	t.Parallel()
	g := setup(t, options{secrets: apitest.Unanswered(secretName)})
	g.untouched(t)
	for _, op := range needing() {
		problems.Unavailable(t, op.id, g.ask(t, op), secretName)
	}
}

// TestListEvents_NeedsNoSecret because it does not ask Veeting.
func TestListEvents_NeedsNoSecret(t *testing.T) {
	t.Parallel()
	g := setup(t, options{secrets: apitest.SecretsFile(t, map[string]any{})})
	if got := g.ask(t, operationOf("list-events")); got.Status != http.StatusOK {
		t.Errorf("got HTTP %d, want 200: %s", got.Status, got.Body)
	}
}
