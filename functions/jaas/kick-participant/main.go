// Command kick-participant is the Lambda function of jaas-kick-participant.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/jaas"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	client := jaas.Configured(f.Config, f.Secrets)
	store := dynamo.Configured(f.Config)
	f.KeepAnswers(func() table.Store { return store })
	f.KeepEvents(func() table.Store { return store })
	f.Serve(func(a huma.API) {
		jaasapi.RegisterKickParticipant(a, client, roster.New(store, clock.Now, f.Config.EventDays), rooms.New(rooms.Options{Store: store, Now: clock.Now}))
	})
}
