// Command list-events is the Lambda function of jaas-list-events.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/inbox"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	events := inbox.New(dynamo.Configured(f.Config), clock.Now, f.Config.EventDays)
	f.Serve(func(a huma.API) { jaasapi.RegisterListEvents(a, events) })
}
