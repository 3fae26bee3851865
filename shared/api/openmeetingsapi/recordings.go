package openmeetingsapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// RecordingClient rules recordings.
type RecordingClient interface {
	Recordings(ctx context.Context, externalType string) ([]openmeetings.Recording, error)
	UserRecordings(ctx context.Context, externalType, externalID string) ([]openmeetings.Recording, error)
	RoomRecordings(ctx context.Context, room int64) ([]openmeetings.Recording, error)
	DeleteRecording(ctx context.Context, id int64) (openmeetings.Outcome, error)
}

func registerRecordings(a huma.API, client RecordingClient) {
	RegisterListRecordings(a, client)
	RegisterListRoomRecordings(a, client)
	RegisterDeleteRecording(a, client)
}

type listRecordingsInput struct {
	ExternalType segment `query:"externalType" required:"true" minLength:"1" maxLength:"255" doc:"Your system's name. OpenMeetings takes it in a path, where / \\ and ; cannot be." example:"myCMS"`
	ExternalID   string  `query:"externalId" maxLength:"255" doc:"Only what the person with this id in your system recorded"`
}

type recordingsBody struct {
	Recordings []openmeetings.Recording `json:"recordings" nullable:"false"`
}

// RegisterListRecordings adds openmeetings-list-recordings.
func RegisterListRecordings(a huma.API, client RecordingClient) {
	register(a, api.Operation{
		ID: "openmeetings-list-recordings", Method: http.MethodGet, Path: "/openmeetings/recordings",
		Summary:     "List the recordings of your system's people",
		Description: "One with the status PROCESSED can be played: make an entry link with its id as recordingId.",
	}, func(ctx context.Context, in *listRecordingsInput) (*api.Output[recordingsBody], error) {
		if in.ExternalID == "" {
			recordings, err := client.Recordings(ctx, string(in.ExternalType))
			return answer(recordingsBody{recordings}, err)
		}
		recordings, err := client.UserRecordings(ctx, string(in.ExternalType), in.ExternalID)
		return answer(recordingsBody{recordings}, err)
	})
}

// RegisterListRoomRecordings adds openmeetings-list-room-recordings.
func RegisterListRoomRecordings(a huma.API, client RecordingClient) {
	register(a, api.Operation{
		ID: "openmeetings-list-room-recordings", Method: http.MethodGet, Path: "/openmeetings/rooms/{roomId}/recordings",
		Summary:     "List the recordings of a room",
		Description: "One with the status PROCESSED can be played: make an entry link with its id as recordingId.",
	}, func(ctx context.Context, in *RoomPath) (*api.Output[recordingsBody], error) {
		recordings, err := client.RoomRecordings(ctx, in.RoomID)
		return answer(recordingsBody{recordings}, err)
	})
}

type recordingPath struct {
	RecordingID int64 `path:"recordingId" minimum:"1" doc:"The server's id of the recording" example:"11"`
}

// RegisterDeleteRecording adds openmeetings-delete-recording.
func RegisterDeleteRecording(a huma.API, client RecordingClient) {
	command(a, api.Operation{
		ID: "openmeetings-delete-recording", Method: http.MethodDelete, Path: "/openmeetings/recordings/{recordingId}",
		Summary:     "Delete a recording",
		Description: "OpenMeetings says deleted for recordings that do not exist, too.",
	}, func(ctx context.Context, in *recordingPath) (*api.Output[OutcomeBody], error) {
		return outcome(client.DeleteRecording(ctx, in.RecordingID))
	}, tellOutcome)
}
