// Command kick-participant is the Lambda function of jaas-kick-participant.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/function"
)

func main() {
	f := function.New()
	client := jaasapi.NewClient(f.Config, f.Secrets)
	f.Serve(func(a huma.API) { jaasapi.RegisterKickParticipant(a, client) })
}
