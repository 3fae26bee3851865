// Command create-token is the Lambda function of jitsi-create-token.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jitsiapi"
	"gavel/shared/function"
	"gavel/shared/jitsi"
)

func main() {
	f := function.New()
	client := jitsi.Configured(f.Config, f.Secrets)
	f.Serve(func(a huma.API) { jitsiapi.RegisterCreateToken(a, client) })
}
