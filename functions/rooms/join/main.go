// Command join is the Lambda function of rooms-join.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/roomsapi"
	"gavel/shared/audit"
	"gavel/shared/bindings"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/rooms"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	store := dynamo.Configured(f.Config)
	service := rooms.New(rooms.Options{
		Store:     store,
		Providers: bindings.Configured(f.Config, f.Secrets, store),
		Trail:     audit.Configured(f.Config),
		Now:       clock.Now,
	})
	f.KeepAnswers(func() table.Store { return store })
	f.Serve(func(a huma.API) { roomsapi.RegisterJoin(a, service) })
}
