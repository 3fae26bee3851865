// Command list-participants is the Lambda function of jaas-list-participants.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/roster"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	guests := roster.New(dynamo.Configured(f.Config), clock.Now, f.Config.EventDays)
	f.Serve(func(a huma.API) { jaasapi.RegisterListParticipants(a, guests) })
}
