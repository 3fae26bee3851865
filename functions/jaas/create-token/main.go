// Command create-token is the Lambda function of jaas-create-token.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/bans"
	"gavel/shared/function"
	"gavel/shared/jaas"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New()
	client := jaas.Configured(f.Config, f.Secrets)
	open := dynamo.Lazy(f.Config)
	f.KeepAnswers(open)
	f.KeepEvents(open)
	f.Serve(func(a huma.API) { jaasapi.RegisterCreateToken(a, client, bans.Configured(f.Config, open)) })
}
