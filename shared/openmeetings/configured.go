package openmeetings

import (
	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

// MaxAnswer is how many bytes an answer may have. The server gives lists as a whole, and a function's own answer has at
// most 6 MB (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const MaxAnswer = 5 << 20

// Configured makes the Client that the settings ask for.
func Configured(c config.Config, source secrets.Source) *Client {
	return New(Options{
		Secrets: source,
		HTTP: httpclient.New(httpclient.Options{
			Provider: Provider, Budget: c.UpstreamTimeout, MaxAnswer: MaxAnswer, Now: clock.Now,
		}),
		Now: clock.Now,
	})
}
