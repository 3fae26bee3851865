// Command ban-user is the Lambda function of jaas-ban-user.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/jaas"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New()
	client := jaas.Configured(f.Config, f.Secrets)
	open := dynamo.Lazy(f.Config)
	f.KeepAnswers(open)
	f.KeepEvents(open)
	services := jaasapi.BanServices{Client: client}
	if f.Config.Table != "" {
		store := dynamo.Configured(f.Config)
		services.Bans = bans.NewKeeper(store, audit.Configured(f.Config), clock.Now)
		services.Inside = roster.New(store, clock.Now, f.Config.EventDays)
		services.Aliases = rooms.New(rooms.Options{Store: store, Now: clock.Now})
	}
	f.Serve(func(a huma.API) { jaasapi.RegisterBanUser(a, services) })
}
