// Command hang-up is the Lambda function of jaas-hang-up.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/jaasapi"
	"gavel/shared/function"
	"gavel/shared/jaas"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New()
	client := jaas.Configured(f.Config, f.Secrets)
	store := dynamo.Lazy(f.Config)
	f.KeepAnswers(store)
	f.KeepEvents(store)
	f.Serve(func(a huma.API) { jaasapi.RegisterHangUp(a, client) })
}
