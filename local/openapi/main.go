// Command openapi writes the OpenAPI document of all operations to docs/openapi.json, or to the
// file that is named.
package main

import (
	"fmt"
	"os"

	"gavel/shared/api/catalog"
)

func main() {
	path := "docs/openapi.json"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	if err := write(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(path string) error {
	document, err := catalog.OpenAPI()
	if err != nil {
		return err
	}
	return os.WriteFile(path, document, 0o644)
}
