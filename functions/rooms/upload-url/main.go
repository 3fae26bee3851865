// Command upload-url is the Lambda function of rooms-upload-url.
package main

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api/roomsapi"
	"gavel/shared/audit"
	"gavel/shared/clock"
	"gavel/shared/function"
	"gavel/shared/objects"
	"gavel/shared/rooms"
	"gavel/shared/table/dynamo"
)

func main() {
	f := function.New("GAVEL_TABLE", "GAVEL_FILES_BUCKET")
	service := rooms.New(rooms.Options{
		Store: dynamo.Configured(f.Config),
		Files: objects.Configured(f.Config),
		Trail: audit.Configured(f.Config),
		Now:   clock.Now,
	})
	f.Serve(func(a huma.API) { roomsapi.RegisterUploadURL(a, service) })
}
