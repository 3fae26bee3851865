// Command health is the Lambda function of system-health.
package main

import (
	"gavel/shared/api/systemapi"
	"gavel/shared/function"
)

func main() {
	function.New().Serve(systemapi.RegisterHealth)
}
