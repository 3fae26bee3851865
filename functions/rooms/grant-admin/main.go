// Command grant-admin is the Lambda function of rooms-grant-admin.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/roomsapi"
	"gavel/shared/audit"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/rooms"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	store := dynamo.Configured(f.Config)
	service := rooms.New(rooms.Options{Store: store, Trail: audit.Configured(f.Config), Now: clock.Now})
	f.KeepAnswers(func() table.Store { return store })
	f.Serve(func(a huma.API) { roomsapi.RegisterGrantAdmin(a, service) })
}
