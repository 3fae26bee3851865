// Command delete-user is the Lambda function of openmeetings-delete-user.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/openmeetingsapi"
	"gavel/shared/function"
	"gavel/shared/openmeetings"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New()
	client := openmeetings.Configured(f.Config, f.Secrets)
	f.KeepEvents(dynamo.Lazy(f.Config))
	f.Serve(func(a huma.API) { openmeetingsapi.RegisterDeleteUser(a, client) })
}
