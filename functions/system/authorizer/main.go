// Command authorizer is the Lambda function of system-authorizer, which decides at the
// gateway who may pass.
package main

import (
	"gavel/shared/function"
)

func main() {
	function.New().Authorize()
}
