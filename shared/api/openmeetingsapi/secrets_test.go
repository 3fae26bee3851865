package openmeetingsapi_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"gavel/local/apitest"
	"gavel/shared/problem"
	"gavel/shared/secrets"
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
				p := isProblem(t, got, http.StatusServiceUnavailable, problem.NotConfigured)
				if p.Secret != secretName || !strings.Contains(p.Detail, c.says) || !strings.Contains(p.Detail, secretName) {
					t.Errorf("%s: got secret %q and detail %q, want %s, and what is wrong: %s", op.id, p.Secret, p.Detail, secretName, c.says)
				}
				if strings.Contains(string(got.Body), "Hush") || strings.Contains(string(got.Body), login) {
					t.Errorf("%s: got %s, which holds a part of the secret", op.id, got.Body)
				}
			}
		})
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
