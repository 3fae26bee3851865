package jaas_test

import (
	"encoding/json"
	"testing"
	"time"

	"gavel/local/testkey"
	"gavel/shared/jaas"
	"gavel/shared/secrets"
)

const secretAppID = jaas.AppID("vpaas-magic-cookie-0123456789abcdef0123456789abcdef")

func parseSecret(t *testing.T, fields map[string]string) (jaas.Secret, error) {
	t.Helper()
	content, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return jaas.ParseSecret(secretAppID, secrets.NewRaw("1", content))
}

func TestParseSecret_RefusesWhatAClientRefuses(t *testing.T) {
	t.Parallel()
	_, err := parseSecret(t, map[string]string{"keyId": "vpaas-magic-cookie-ffffffffffffffffffffffffffffffff/4f4910", "privateKey": testkey.PEM(t)})
	if err == nil || err.Error() != "keyId belongs to another AppID" {
		t.Errorf("got %v, want the reason", err)
	}
}

func TestSecret_SignsAsTheReceiverVerifies(t *testing.T) {
	t.Parallel()
	secret, err := parseSecret(t, map[string]string{
		"keyId": "4f4910", "privateKey": testkey.PEM(t), "webhookSecret": "whsec_abcdefghij", "webhookAuthorization": "Basic abc",
	})
	if err != nil {
		t.Fatal(err)
	}
	webhook, err := jaas.ParseWebhookSecret("whsec_abcdefghij")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_760_000_000, 0)
	header := secret.SignEvent([]byte("body"), now)
	if err := jaas.VerifyWebhook(header.Get(jaas.SignatureHeader), []byte("body"), []jaas.WebhookSecret{webhook}, now); err != nil {
		t.Errorf("got %v, want a good signature", err)
	}
	if got, want := header.Get("Authorization"), "Basic abc"; got != want {
		t.Errorf("got Authorization %q, want %q", got, want)
	}
	if got, want := secret.KeyID(), string(secretAppID)+"/4f4910"; got != want || !secret.HasWebhook() {
		t.Errorf("got key id %q, want %q; webhook %t", got, want, secret.HasWebhook())
	}
	if got, want := jaas.SecretName(secretAppID), "jaas/"+string(secretAppID); got != want {
		t.Errorf("got name %q, want %q", got, want)
	}
}

func TestSecret_WithoutAWebhookSignsNothingThatIsTaken(t *testing.T) {
	t.Parallel()
	secret, err := parseSecret(t, map[string]string{"keyId": "4f4910", "privateKey": testkey.PEM(t)})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_760_000_000, 0)
	header := secret.SignEvent([]byte("body"), now)
	if err := jaas.VerifyWebhook(header.Get(jaas.SignatureHeader), []byte("body"), []jaas.WebhookSecret{{}}, now); err == nil || secret.HasWebhook() {
		t.Errorf("got %v, want a refusal; webhook %t", err, secret.HasWebhook())
	}
}
