// Command lift-ban is the Lambda function of jaas-lift-ban.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/rooms"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	store := dynamo.Configured(f.Config)
	f.KeepEvents(func() table.Store { return store })
	f.Serve(func(a huma.API) {
		jaasapi.RegisterLiftBan(a, bans.NewKeeper(store, audit.Configured(f.Config), clock.Now), rooms.New(rooms.Options{Store: store, Now: clock.Now}))
	})
}
