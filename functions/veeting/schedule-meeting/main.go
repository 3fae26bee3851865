// Command schedule-meeting is the Lambda function of veeting-schedule-meeting.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/veetingapi"
	"gavel/shared/function"
	"gavel/shared/table/dynamo"
	"gavel/shared/veeting"
)

func main() {
	f := function.New()
	client := veeting.Configured(f.Config, f.Secrets)
	store := dynamo.Lazy(f.Config)
	f.KeepAnswers(store)
	f.KeepEvents(store)
	f.Serve(func(a huma.API) { veetingapi.RegisterScheduleMeeting(a, client) })
}
