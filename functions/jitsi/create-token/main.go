// Command create-token is the Lambda function of jitsi-create-token.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jitsiapi"
	"gavel/shared/bans"
	"gavel/shared/function"
	"gavel/shared/jitsi"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New()
	client := jitsi.Configured(f.Config, f.Secrets)
	store := dynamo.Lazy(f.Config)
	f.KeepAnswers(store)
	f.KeepEvents(store)
	f.Serve(func(a huma.API) { jitsiapi.RegisterCreateToken(a, client, bans.Configured(f.Config, store)) })
}
