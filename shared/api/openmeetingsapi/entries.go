package openmeetingsapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// EntryClient makes entry links.
type EntryClient interface {
	CreateEntry(ctx context.Context, p openmeetings.Person, o openmeetings.EntryOptions, languageID int64) (openmeetings.Entry, error)
}

type createEntryInput struct {
	Body struct {
		User       personBody  `json:"user"`
		Options    optionsBody `json:"options"`
		LanguageID int64       `json:"languageId,omitempty" minimum:"1" maximum:"2147483647" doc:"The server's id of the language, 1 for English, 2 for German, …; the person's own when absent" example:"1"`
	}
}

type personBody struct {
	ExternalID   string `json:"externalId" minLength:"1" maxLength:"255" doc:"The person's id in your system. With / \\ or ; in it the person can enter and cannot be kicked alone: OpenMeetings takes the id in a path then." example:"uniqueId1"`
	ExternalType string `json:"externalType" minLength:"1" maxLength:"255" doc:"Your system's name; OpenMeetings makes a group of it" example:"myCMS"`
	FirstName    string `json:"firstname,omitempty" maxLength:"255" example:"John"`
	LastName     string `json:"lastname,omitempty" maxLength:"255" example:"Doe"`
	Login        string `json:"login,omitempty" maxLength:"255" doc:"Kept from the first entry on, as is the e-mail address" example:"john.doe"`
	Email        string `json:"email,omitempty" maxLength:"255" example:"john.doe@example.org"`
	PictureURL   string `json:"profilePictureUrl,omitempty" maxLength:"2048"`
}

type optionsBody struct {
	RoomID             int64  `json:"roomId,omitempty" minimum:"1" doc:"The server's id of the room to enter. OpenMeetings looks whether it exists when the link is opened." example:"2"`
	ExternalRoomID     string `json:"externalRoomId,omitempty" maxLength:"255" doc:"The room's id in your system, with externalType; wins over roomId"`
	ExternalType       string `json:"externalType,omitempty" maxLength:"255" doc:"Your system's name, for externalRoomId"`
	RecordingID        int64  `json:"recordingId,omitempty" minimum:"1" doc:"The recording to play; wins over a room"`
	Moderator          bool   `json:"moderator,omitempty" doc:"Whether the person moderates"`
	Reusable           bool   `json:"allowSameURLMultipleTimes,omitempty" doc:"Whether the link can be used more than once. A link for one use is used by whoever opens it first, be it a preview."`
	ShowAudioVideoTest bool   `json:"showAudioVideoTest,omitempty" doc:"Passed on; current servers do not look at it"`
	AllowRecording     bool   `json:"allowRecording,omitempty" doc:"Passed on; current servers look at the room's own allowRecording"`
}

// Resolve checks that there is somewhere to go.
func (o *optionsBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	faults := together(at, "externalRoomId", "externalType", o.ExternalRoomID != "", o.ExternalType != "")
	if o.RoomID == 0 && o.RecordingID == 0 && o.ExternalRoomID == "" && o.ExternalType == "" {
		faults = append(faults, fault(at, "roomId", "expected roomId, externalRoomId with externalType, or recordingId")...)
	}
	return faults
}

type entryBody struct {
	URL       string    `json:"url" doc:"Lets the person in"`
	Hash      string    `json:"hash" doc:"What of the URL does so"`
	ExpiresAt time.Time `json:"expiresAt,omitzero" doc:"When a link ends that was not used, with the server's default settings; absent for one that can be used more than once"`
}

// RegisterCreateEntry adds openmeetings-create-entry.
func RegisterCreateEntry(a huma.API, client EntryClient) {
	command(a, api.Operation{
		ID: "openmeetings-create-entry", Method: http.MethodPost, Path: "/openmeetings/entries", Status: http.StatusCreated,
		Summary:     "Make an entry link",
		Description: "Makes a link that lets one person into a room, or to a recording, as moderator or not. Each link has a session of its own at the server. Make it when the person clicks, and send them there with a redirect.",
	}, func(ctx context.Context, in *createEntryInput) (*api.Output[entryBody], error) {
		u, o := in.Body.User, in.Body.Options
		entry, err := client.CreateEntry(ctx, openmeetings.Person(u), openmeetings.EntryOptions(o), in.Body.LanguageID)
		return answer(entryBody{URL: entry.URL, Hash: entry.Hash, ExpiresAt: entry.Expires}, err)
	}, tellEntry)
}
