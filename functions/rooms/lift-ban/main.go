// Command lift-ban is the Lambda function of rooms-lift-ban.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/roomsapi"
	"gavel/shared/audit"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/rooms"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	service := rooms.New(rooms.Options{Store: dynamo.Configured(f.Config), Trail: audit.Configured(f.Config), Now: clock.Now})
	f.Serve(func(a huma.API) { roomsapi.RegisterLiftBan(a, service) })
}
