package openmeetings

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// The services are those of RecordingWebService, https://github.com/apache/openmeetings.

// Recording is a recording of a meeting (RecordingDTO). It can be played when its status is PROCESSED, by an entry with
// its id.
type Recording struct {
	ID           Whole     `json:"id" example:"11"`
	Name         Text      `json:"name"`
	Hash         Text      `json:"hash,omitempty"`
	RoomID       Whole     `json:"roomId,omitempty"`
	Status       Text      `json:"status" doc:"NONE, RECORDING, CONVERTING, PROCESSED or ERROR"`
	Interview    Flag      `json:"interview"`
	Start        time.Time `json:"start,omitzero"`
	End          time.Time `json:"end,omitzero"`
	Width        Whole     `json:"width,omitempty"`
	Height       Whole     `json:"height,omitempty"`
	OwnerID      Whole     `json:"ownerId,omitempty" doc:"The server's id of the user who recorded it"`
	ExternalType Text      `json:"externalType,omitempty"`
}

// UnmarshalJSON reads the times in the server's form.
func (r *Recording) UnmarshalJSON(data []byte) error {
	type plain Recording
	shadow := struct {
		*plain
		Start moment `json:"start"`
		End   moment `json:"end"`
	}{plain: (*plain)(r)}
	if err := json.Unmarshal(data, &shadow); err != nil {
		return err
	}
	r.Start, r.End = time.Time(shadow.Start), time.Time(shadow.End)
	return nil
}

// Recordings gives the recordings of an external type (GET /record/{externaltype}). It returns ErrSegment, too.
func (c *Client) Recordings(ctx context.Context, externalType string) ([]Recording, error) {
	if err := checkSegments(externalType); err != nil {
		return nil, err
	}
	return list[Recording](ctx, c, read("record", "record", externalType), "recordingDTO")
}

// UserRecordings gives those of the recordings of an external type that an external user made. There is a service for
// that, which fails (its query has a parameter that nobody sets), so users and recordings are looked through here.
func (c *Client) UserRecordings(ctx context.Context, externalType, externalID string) ([]Recording, error) {
	recordings, err := c.Recordings(ctx, externalType)
	if err != nil || len(recordings) == 0 {
		return recordings, err
	}
	users, err := c.Users(ctx)
	if err != nil {
		return nil, err
	}
	owners := map[Whole]bool{}
	for _, u := range users {
		if string(u.ExternalType) == externalType && string(u.ExternalID) == externalID {
			owners[u.ID] = true
		}
	}
	own := []Recording{}
	for _, r := range recordings {
		if owners[r.OwnerID] {
			own = append(own, r)
		}
	}
	return own, nil
}

// RoomRecordings gives the recordings of a room (GET /record/room/{roomid}).
func (c *Client) RoomRecordings(ctx context.Context, room int64) ([]Recording, error) {
	return list[Recording](ctx, c, read("record/room", "record", "room", room), "recordingDTO")
}

// DeleteRecording deletes a recording (DELETE /record/{id}). It is Deleted for one that does not exist, too.
func (c *Client) DeleteRecording(ctx context.Context, id int64) (Outcome, error) {
	return c.outcome(ctx, Deleted, change("record delete", http.MethodDelete, "record", id))
}
