// Command list-bans is the Lambda function of rooms-list-bans.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/roomsapi"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/rooms"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	service := rooms.New(rooms.Options{Store: dynamo.Configured(f.Config), Now: clock.Now})
	f.Serve(func(a huma.API) { roomsapi.RegisterListBans(a, service) })
}
