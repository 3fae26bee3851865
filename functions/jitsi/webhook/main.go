// Command webhook is the Lambda function of jitsi-webhook.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jitsiapi"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/inbox"
	"gavel/shared/jitsi"
	"gavel/shared/roster"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	client := jitsi.Configured(f.Config, f.Secrets)
	store := dynamo.Configured(f.Config)
	f.KeepEvents(func() table.Store { return store })
	f.Serve(func(a huma.API) {
		jitsiapi.RegisterWebhook(a, jitsiapi.WebhookServices{
			Client: client, Events: inbox.New(store, clock.Now, f.Config.EventDays),
			Roster: roster.New(store, clock.Now, f.Config.EventDays), Bans: bans.New(store),
		})
	})
}
