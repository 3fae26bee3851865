// Command webhook is the Lambda function of veeting-webhook.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/veetingapi"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/inbox"
	"gavel/shared/table/dynamo"
	"gavel/shared/veeting"
)

func main() {
	f := function.New("GAVEL_TABLE")
	client := veeting.Configured(f.Config, f.Secrets)
	events := inbox.New(dynamo.Configured(f.Config), clock.Now, f.Config.EventDays)
	f.Serve(func(a huma.API) { veetingapi.RegisterWebhook(a, client, events) })
}
