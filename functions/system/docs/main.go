// Command docs is the Lambda function of system-docs.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/docs"
	"gavel/shared/api/systemapi"
	"gavel/shared/apipage"
	"gavel/shared/function"
)

func main() {
	function.New().Serve(func(a huma.API) { systemapi.RegisterDocs(a, apipage.NewLazy(docs.OpenAPI)) })
}
