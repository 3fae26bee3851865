// Command clear-whiteboard is the Lambda function of openmeetings-clear-whiteboard.
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
	store := dynamo.Lazy(f.Config)
	f.KeepAnswers(store)
	f.KeepEvents(store)
	f.Serve(func(a huma.API) { openmeetingsapi.RegisterClearWhiteboard(a, client) })
}
