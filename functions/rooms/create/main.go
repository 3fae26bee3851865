// Command create is the Lambda function of rooms-create.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/roomsapi"
	"gavel/shared/audit"
	"gavel/shared/bindings"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/rooms"
	"gavel/shared/schedule"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE", "GAVEL_SCHEDULE_GROUP", "GAVEL_SCHEDULE_TARGET_ARN", "GAVEL_SCHEDULE_ROLE_ARN")
	store := dynamo.Configured(f.Config)
	service := rooms.New(rooms.Options{
		Store:     store,
		Providers: bindings.Configured(f.Config, f.Secrets, store),
		Alarm:     schedule.Configured(f.Config),
		Trail:     audit.Configured(f.Config),
		Now:       clock.Now,
	})
	f.KeepAnswers(func() table.Store { return store })
	f.Serve(func(a huma.API) { roomsapi.RegisterCreate(a, service) })
}
