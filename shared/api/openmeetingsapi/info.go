package openmeetingsapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// InfoClient asks the server about itself.
type InfoClient interface {
	Health(ctx context.Context) (openmeetings.Health, error)
	Version(ctx context.Context) (openmeetings.Version, error)
	ErrorText(ctx context.Context, key string, languageID int64) (string, error)
}

func registerInfo(a huma.API, client InfoClient) {
	RegisterHealth(a, client)
	RegisterVersion(a, client)
	RegisterGetErrorText(a, client)
}

// RegisterHealth adds openmeetings-health.
func RegisterHealth(a huma.API, client InfoClient) {
	register(a, api.Operation{
		ID: "openmeetings-health", Method: http.MethodGet, Path: "/openmeetings/health",
		Summary:     "Ask the server how it is",
		Description: "It looks every 15 seconds.",
	}, func(ctx context.Context, _ *struct{}) (*api.Output[openmeetings.Health], error) {
		return answer(client.Health(ctx))
	})
}

// RegisterVersion adds openmeetings-version.
func RegisterVersion(a huma.API, client InfoClient) {
	register(a, api.Operation{
		ID: "openmeetings-version", Method: http.MethodGet, Path: "/openmeetings/version",
		Summary:     "Ask the server what it runs",
		Description: "Entry links and most operations work from version 5.1 on; operations say where they need a later one.",
	}, func(ctx context.Context, _ *struct{}) (*api.Output[openmeetings.Version], error) {
		return answer(client.Version(ctx))
	})
}

type getErrorTextInput struct {
	Key      segment `path:"key" maxLength:"255" doc:"A key in the server's answers, see upstreamBody of a problem" example:"error.login.inuse"`
	Language int64   `query:"language" minimum:"1" maximum:"2147483647" default:"1" doc:"The server's id of the language, 1 for English"`
}

type errorTextBody struct {
	Text string `json:"text" example:"Login already in use"`
}

// RegisterGetErrorText adds openmeetings-get-error-text.
func RegisterGetErrorText(a huma.API, client InfoClient) {
	register(a, api.Operation{
		ID: "openmeetings-get-error-text", Method: http.MethodGet, Path: "/openmeetings/errors/{key}",
		Summary:     "Get the words for an error of the server",
		Description: "OpenMeetings' refusals are keys, such as error.login.inuse in the upstreamBody of a problem. A key that it does not know comes back as it is.",
	}, func(ctx context.Context, in *getErrorTextInput) (*api.Output[errorTextBody], error) {
		text, err := client.ErrorText(ctx, string(in.Key), in.Language)
		return answer(errorTextBody{text}, err)
	})
}
