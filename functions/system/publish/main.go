// Command publish is the Lambda function of system-publish, which the table's stream calls with what was written.
package main

import (
	"gavel/shared/events"
	"gavel/shared/function"
	"gavel/shared/jobs"
)

func main() {
	f := function.New("GAVEL_EVENT_BUS")
	function.Respond(f, "system-publish", jobs.Publish(events.Configured(f.Config)))
}
