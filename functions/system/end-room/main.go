// Command end-room is the Lambda function of system-end-room, which EventBridge Scheduler calls when
// the end of a room has come.
package main

import (
	"gavel/shared/audit"
	"gavel/shared/bindings"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/jobs"
	"gavel/shared/rooms"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE")
	store := dynamo.Configured(f.Config)
	function.Run(f, "system-end-room", jobs.EndRoom(rooms.New(rooms.Options{
		Store:     store,
		Providers: bindings.Configured(f.Config, f.Secrets, store),
		Trail:     audit.Configured(f.Config),
		Now:       clock.Now,
	})))
}
