// Package docs holds the API's description where programs can get at it.
package docs

import _ "embed" // for the document

// OpenAPI is the OpenAPI 3.1 document of all operations, written by `make openapi`. A test holds
// it and the operations together.
//
//go:embed openapi.json
var OpenAPI []byte
