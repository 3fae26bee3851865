// Command create-reservation is the Lambda function of jitsi-create-reservation.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jitsiapi"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/jitsi"
	"gavel/shared/rooms"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	client := jitsi.Configured(f.Config, f.Secrets)
	service := rooms.New(rooms.Options{Store: dynamo.Configured(f.Config), Now: clock.Now})
	f.Serve(func(a huma.API) { jitsiapi.RegisterCreateReservation(a, client, service) })
}
