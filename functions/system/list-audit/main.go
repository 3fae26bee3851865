// Command list-audit is the Lambda function of system-list-audit.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/systemapi"
	"gavel/shared/audit"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	log := audit.NewLog(dynamo.Configured(f.Config), audit.Configured(f.Config), clock.Now)
	f.Serve(func(a huma.API) { systemapi.RegisterListAudit(a, log) })
}
