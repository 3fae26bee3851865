// Command get-reservation is the Lambda function of jitsi-get-reservation.
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
	f.Serve(func(a huma.API) { jitsiapi.RegisterGetReservation(a, client, service) })
}
