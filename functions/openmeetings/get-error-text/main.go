// Command get-error-text is the Lambda function of openmeetings-get-error-text.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/openmeetingsapi"
	"gavel/shared/function"
	"gavel/shared/openmeetings"
)

func main() {
	f := function.New()
	client := openmeetings.Configured(f.Config, f.Secrets)
	f.Serve(func(a huma.API) { openmeetingsapi.RegisterGetErrorText(a, client) })
}
