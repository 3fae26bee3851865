// Command update-meeting is the Lambda function of veeting-update-meeting.
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
	f.KeepEvents(dynamo.Lazy(f.Config))
	f.Serve(func(a huma.API) { veetingapi.RegisterUpdateMeeting(a, client) })
}
