// Command webhook is the Lambda function of jaas-webhook.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/inbox"
	"gavel/shared/jaas"
	"gavel/shared/roster"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	client := jaas.Configured(f.Config, f.Secrets)
	store := dynamo.Configured(f.Config)
	events, guests := inbox.New(store, clock.Now, f.Config.EventDays), roster.New(store, clock.Now, f.Config.EventDays)
	f.Serve(func(a huma.API) { jaasapi.RegisterWebhook(a, client, events, guests) })
}
