package jitsi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gavel/local/testkey"
	"gavel/shared/jitsi"
	"gavel/shared/secrets"
)

func parseSecret(t *testing.T, content any) (jitsi.Secret, error) {
	t.Helper()
	encoded, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return jitsi.ParseSecret(secrets.NewRaw("1", encoded))
}

func TestParseSecret_RefusesOneKeyForBoth(t *testing.T) {
	t.Parallel()
	key := testkey.PEM(t)
	_, err := parseSecret(t, map[string]any{
		"baseUrl": "https://meet.example.org", "issuer": "gavel", "keyId": "a", "privateKey": key,
		"system": map[string]string{"baseUrl": "https://prosody.example.org", "keyId": "b", "privateKey": key},
	})
	if err == nil {
		t.Error("got no error")
	}
}

func TestSecret_TellsItsPublicHalves(t *testing.T) {
	t.Parallel()
	secret, err := parseSecret(t, map[string]any{
		"baseUrl": "https://meet.example.org/", "issuer": "gavel", "keyId": "login", "privateKey": testkey.PEM(t),
		"system":         map[string]string{"baseUrl": "https://prosody.example.org/", "keyId": "system", "privateKey": testkey.PEM(t)},
		"callbackTokens": []string{"0123456789abcdef"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := secret.BaseURL()+" "+secret.SystemURL()+" "+secret.Callback(), "https://meet.example.org https://prosody.example.org Bearer 0123456789abcdef"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	keys := secret.Keys()
	if len(keys) != 2 || keys[0].Use != jitsi.LoginKey || keys[1].Use != jitsi.SystemKey || keys[0].ID != "login" || keys[1].ID != "system" {
		t.Fatalf("got %+v, want the key for logins and the one for commands", keys)
	}
	// echo -n login | sha256sum
	if got, want := keys[0].File, "428821350e9691491f616b754cd8315fb86d797ab35d843479e732ef90665324.pem"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if keys[0].Public.Equal(keys[1].Public) || len(keys[0].PEM) == 0 {
		t.Errorf("got %+v, want two public halves", keys)
	}
}

func TestSecret_WithASharedSecretHasNoKeys(t *testing.T) {
	t.Parallel()
	secret, err := parseSecret(t, map[string]any{"baseUrl": "https://meet.example.org", "issuer": "gavel", "secret": "shared"})
	if err != nil {
		t.Fatal(err)
	}
	if len(secret.Keys()) != 0 || secret.SystemURL() != "" || secret.Callback() != "" {
		t.Errorf("got %d keys, system %q, callback %q, want none", len(secret.Keys()), secret.SystemURL(), secret.Callback())
	}
}

func TestSecret_TellsWhetherItCanBeGuessed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		algorithm string
		length    int
		want      bool
	}{{"HS256", 31, true}, {"HS256", 32, false}, {"HS384", 47, true}, {"HS384", 48, false}, {"HS512", 63, true}, {"HS512", 64, false}} {
		secret, err := parseSecret(t, map[string]any{
			"baseUrl": "https://meet.example.org", "issuer": "gavel", "algorithm": c.algorithm, "secret": strings.Repeat("s", c.length),
		})
		if err != nil || secret.Guessable() != c.want {
			t.Errorf("%+v: got %t and %v", c, secret.Guessable(), err)
		}
	}
	secret, err := parseSecret(t, map[string]any{"baseUrl": "https://meet.example.org", "issuer": "gavel", "keyId": "a", "privateKey": testkey.PEM(t)})
	if err != nil || secret.Guessable() {
		t.Errorf("of a private key: got %t and %v", secret.Guessable(), err)
	}
}
