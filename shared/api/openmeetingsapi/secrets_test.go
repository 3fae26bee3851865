package openmeetingsapi_test

import (
	"strings"
	"testing"

	"gavel/local/apitest"
)

func TestSecret_ThatCannotBeUsedIsNamedAndNothingIsSent(t *testing.T) {
	t.Parallel()
	of := func(at, user, pass string) any {
		return map[string]any{"openmeetings": map[string]string{"baseUrl": at, "user": user, "password": pass}}
	}
	for _, c := range []struct {
		name    string
		secrets any
		says    string // in the detail
	}{
		{"no such secret", map[string]any{}, "secrets file"},
		{"another secret only", map[string]any{"jitsi": "x"}, "secrets file"},
		{"text", map[string]any{"openmeetings": "Hush-text"}, "JSON object"},
		{"a list", map[string]any{"openmeetings": []string{"Hush-text"}}, "JSON object"},
		{"null", map[string]any{"openmeetings": nil}, "baseUrl is missing"},
		{"a number for the password", map[string]any{"openmeetings": map[string]any{"baseUrl": "https://om.test", "user": "u", "password": 81}}, "JSON object"},
		{"no address", of("", login, password), "baseUrl is missing"},
		{"no user", of("https://om.test/openmeetings", " ", password), "user is missing"},
		{"no password", of("https://om.test/openmeetings", login, ""), "password is missing"},
		{"no URL", of("om.test", login, password), "baseUrl is not"},
		{"the address of the services", of("https://om.test/openmeetings/services/", login, password), "without /services"},
		{"a password in the URL", of("https://u:Hush-url@om.test/openmeetings", login, password), "baseUrl must be"},
		{"in the open", of("http://om.example.org/openmeetings", login, password), "https"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{secrets: apitest.SecretsFile(t, c.secrets)})
			g.untouched(t)
			for _, op := range operations() {
				got := g.ask(t, op)
				problems.LacksSecret(t, op.id, got, secretName, c.says)
				if strings.Contains(string(got.Body), login) {
					t.Errorf("%s: got %s, which holds the account's name", op.id, got.Body)
				}
			}
		})
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
