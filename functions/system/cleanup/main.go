// Command cleanup is the Lambda function of system-cleanup, which EventBridge calls every minute.
package main

import (
	"gavel/shared/audit"
	"gavel/shared/bindings"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/jobs"
	"gavel/shared/objects"
	"gavel/shared/rooms"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE", "GAVEL_FILES_BUCKET")
	store := dynamo.Configured(f.Config)
	function.Run(f, "system-cleanup", jobs.Cleanup(rooms.New(rooms.Options{
		Store:     store,
		Providers: bindings.Configured(f.Config, f.Secrets, store),
		Files:     objects.Configured(f.Config),
		Trail:     audit.Configured(f.Config),
		Now:       clock.Now,
	})))
}
