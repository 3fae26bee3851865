package jaas

import (
	"crypto/rsa"
	"net/http"
	"strconv"
	"time"

	"gavel/shared/secrets"
)

// SecretName gives the name of a tenant's secret below the prefix.
func SecretName(appID AppID) string { return secretName(appID) }

// Secret is the secret of a tenant, read as a Client reads it. What rules the tenant stays inside.
type Secret struct{ tenant *tenant }

// ParseSecret reads the secret of a tenant. Its errors say what to mend and hold nothing of the content.
func ParseSecret(appID AppID, raw secrets.Raw) (Secret, error) {
	parsed, err := parseTenant(secretName(appID), raw)
	if err != nil {
		return Secret{}, err
	}
	return Secret{parsed}, nil
}

// KeyID gives the whole kid, "<AppID>/<id>".
func (s Secret) KeyID() string { return s.tenant.kid }

// PublicKey gives the public half of the key, which the console must have under KeyID.
func (s Secret) PublicKey() *rsa.PublicKey { return &s.tenant.key.PublicKey }

// HasWebhook says whether events can be told from anybody's requests.
func (s Secret) HasWebhook() bool { return len(s.tenant.webhooks) > 0 }

// Rotating says whether events are taken that are signed with, or carry, another secret than the one in use.
func (s Secret) Rotating() bool {
	return len(s.tenant.webhooks) > 1 || len(s.tenant.authorizations) > 1
}

// SignEvent gives the headers with which JaaS would send the body at a time
// (https://developer.8x8.com/jaas/docs/webhooks-signatures), for checks of a receiver. Without a webhook's secret they are
// those of nobody.
func (s Secret) SignEvent(body []byte, at time.Time) http.Header {
	var inUse WebhookSecret
	if s.HasWebhook() {
		inUse = s.tenant.webhooks[0]
	}
	t := strconv.FormatInt(at.Unix(), 10)
	header := http.Header{SignatureHeader: {"t=" + t + ",v1=" + inUse.sign(t, body)}}
	if len(s.tenant.authorizations) > 0 {
		header.Set("Authorization", s.tenant.authorizations[0])
	}
	return header
}
