package jaas

import (
	"context"
	"errors"
	"fmt"

	"gavel/shared/secrets"
)

// ErrSender says that a webhook is not from JaaS, or that nobody can tell because the tenant has no
// secret for it. Why is wrapped.
var ErrSender = errors.New("not known to come from JaaS")

// Receive verifies what arrived at a tenant's webhook and reads it: header is the value of
// SignatureHeader, body the bytes as they came. It returns ErrSender, ErrEvent, or a *secrets.Error
// that passes.
func (c *Client) Receive(ctx context.Context, appID AppID, header string, body []byte) (Event, error) {
	kept, err := c.tenant.Get(ctx, secretName(appID))
	if err != nil {
		return Event{}, unlessPassing(err)
	}
	if err := VerifyWebhook(header, body, []WebhookSecret{kept.Value.webhook}, c.now()); err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrSender, err)
	}
	event, err := ParseEvent(body)
	if err == nil && event.AppID != appID {
		err = faulty("appId")
	}
	return event, err
}

// unlessPassing turns a secret that is missing or malformed into ErrSender: what is wrong with it is
// no stranger's business.
func unlessPassing(err error) error {
	var failure *secrets.Error
	if errors.As(err, &failure) && failure.Passing {
		return err
	}
	return fmt.Errorf("%w: %w", ErrSender, err)
}
