package jaas

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"gavel/shared/secrets"
)

// ErrSender says that a webhook is not from JaaS, or that nobody can tell because there is no secret of the tenant's. Why is
// wrapped.
var ErrSender = errors.New("not known to come from JaaS")

// ErrAuthorization says that the Authorization header is not the one that the console was given.
var ErrAuthorization = errors.New("the Authorization header is not that of the webhook")

// Delivery is what arrived at a tenant's webhook.
type Delivery struct {
	// Signature is the whole value of SignatureHeader.
	Signature string
	// Authorization is that of the header of this name; it counts where the tenant's secret has webhookAuthorization.
	Authorization string
	Body          []byte // as it came
}

// LogValue tells the size alone.
func (d Delivery) LogValue() slog.Value { return slog.IntValue(len(d.Body)) }

// Receive verifies what arrived at a tenant's webhook and reads it. What is not good by the secret at hand is held against a
// fresh one, once in secrets.StrangersPause. It returns ErrSender, ErrEvent, or a *secrets.Error where nobody's event can be
// told from anybody's: but not of a tenant that there is no secret for, as strangers may name any.
func (c *Client) Receive(ctx context.Context, appID AppID, d Delivery) (Event, error) {
	used, err := c.tenant.GetForStranger(ctx, secretName(appID))
	if err != nil {
		return Event{}, unlessKnown(err)
	}
	if err := used.Value.sent(d, c.now()); err != nil {
		// The secret or the header may have been changed a moment ago.
		if !mayBeRotated(err) {
			return Event{}, fmt.Errorf("%w: %w", ErrSender, err)
		}
		fresh := c.tenant.LookAgain(ctx, secretName(appID), used)
		if fresh != used {
			err = fresh.Value.sent(d, c.now())
		}
		if len(fresh.Value.webhooks) == 0 {
			return Event{}, &secrets.Error{Name: c.tenant.FullName(secretName(appID)), Reason: "webhookSecret is missing", Lacking: true}
		}
		if err != nil {
			return Event{}, fmt.Errorf("%w: %w", ErrSender, err)
		}
	}
	event, err := ParseEvent(d.Body)
	if err == nil && event.AppID != appID {
		return Event{}, faulty("appId")
	}
	return event, err
}

// sent says whether JaaS sent it. The reason why not is that of VerifyWebhook, or ErrAuthorization.
func (t *tenant) sent(d Delivery, now time.Time) error {
	if err := VerifyWebhook(d.Signature, d.Body, t.webhooks, now); err != nil {
		return err
	}
	if len(t.authorizations) > 0 && !anyEqual(t.authorizations, d.Authorization) {
		return ErrAuthorization
	}
	return nil
}

// mayBeRotated says whether another secret may have another opinion. None has of a header that is no signature, or of a time.
func mayBeRotated(err error) bool {
	return errors.Is(err, ErrSignature) || errors.Is(err, ErrAuthorization)
}

// anyEqual compares with all of them in constant time, also texts of different lengths.
func anyEqual(wants []string, got string) bool {
	given, found := sha256.Sum256([]byte(got)), 0
	for _, want := range wants {
		sum := sha256.Sum256([]byte(want))
		found |= subtle.ConstantTimeCompare(sum[:], given[:])
	}
	return found == 1
}

// parseAuthorization takes the value of the header as the console has it. Servers drop blanks around it.
func parseAuthorization(text string) (string, error) {
	text = strings.Trim(text, " \t\r\n")
	if text == "" || strings.ContainsFunc(text, unicode.IsControl) {
		return "", errors.New("expected the whole value of the header, without control characters")
	}
	return text, nil
}

// unlessKnown turns a secret that is not there into ErrSender. One that is there and cannot be used is the operator's to mend.
func unlessKnown(err error) error {
	var failure *secrets.Error
	if errors.As(err, &failure) && !failure.Missing {
		return err
	}
	return fmt.Errorf("%w: %w", ErrSender, err)
}
