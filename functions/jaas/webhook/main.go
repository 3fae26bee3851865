// Command webhook is the Lambda function of jaas-webhook.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/inbox"
	"gavel/shared/jaas"
	"gavel/shared/roster"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	client := jaas.Configured(f.Config, f.Secrets)
	store := dynamo.Configured(f.Config)
	f.KeepEvents(func() table.Store { return store })
	f.Serve(func(a huma.API) {
		jaasapi.RegisterWebhook(a, jaasapi.WebhookServices{
			From: client, Events: inbox.New(store, clock.Now, f.Config.EventDays),
			Roster: roster.New(store, clock.Now, f.Config.EventDays), Bans: bans.New(store),
		})
	})
}
