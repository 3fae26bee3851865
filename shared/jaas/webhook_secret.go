package jaas

import (
	"errors"
	"log/slog"
	"strings"
)

const webhookSecretPrefix = "whsec_"

// WebhookSecret is the key with which JaaS signs what it sends to one endpoint. It prints as a placeholder.
// The zero value is no secret.
type WebhookSecret struct{ text string }

// ErrWebhookSecret says that a text has not the form of a webhook's secret.
var ErrWebhookSecret = errors.New("expected the webhook's secret as the console reveals it: " + webhookSecretPrefix +
	" and what follows, without blanks in it")

// ParseWebhookSecret takes the secret as the console shows it, with blanks and quotes around it forgiven. The prefix
// is a part of the key, so a secret without it is refused instead of failing with every event.
func ParseWebhookSecret(text string) (WebhookSecret, error) {
	text = strings.Trim(text, " \t\r\n\"'")
	rest, found := strings.CutPrefix(text, webhookSecretPrefix)
	if !found || rest == "" || strings.ContainsFunc(rest, notPrintable) {
		return WebhookSecret{}, ErrWebhookSecret
	}
	return WebhookSecret{text}, nil
}

// notPrintable tells what is no printable ASCII character, or a blank.
func notPrintable(r rune) bool { return r <= ' ' || r > '~' }

// String hides the secret.
func (s WebhookSecret) String() string { return "[secret]" }

// GoString hides the secret.
func (s WebhookSecret) GoString() string { return "[secret]" }

// LogValue hides the secret.
func (s WebhookSecret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalJSON hides the secret.
func (s WebhookSecret) MarshalJSON() ([]byte, error) { return []byte(`"[secret]"`), nil }
