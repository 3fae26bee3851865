// Command list-events is the Lambda function of jitsi-list-events.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jitsiapi"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/inbox"
	"gavel/shared/jitsi"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	client := jitsi.Configured(f.Config, f.Secrets)
	events := inbox.New(dynamo.Configured(f.Config), clock.Now, f.Config.EventDays)
	f.Serve(func(a huma.API) { jitsiapi.RegisterListEvents(a, client, events) })
}
