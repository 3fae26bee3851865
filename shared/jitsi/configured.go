package jitsi

import (
	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

// Configured makes the Client that the settings ask for.
func Configured(c config.Config, source secrets.Source) *Client {
	return New(Options{
		Secrets: source,
		HTTP:    httpclient.New(httpclient.Options{Provider: Provider, Budget: c.UpstreamTimeout, Now: clock.Now}),
		Now:     clock.Now,
	})
}
