// Command openapi is the Lambda function of system-openapi.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/docs"
	"gavel/shared/api/systemapi"
	"gavel/shared/function"
)

func main() {
	function.New().Serve(func(a huma.API) { systemapi.RegisterOpenAPI(a, docs.OpenAPI) })
}
