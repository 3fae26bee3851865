package roomsapi

import (
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/rooms"
)

// The types below are checked where they stand, so that a fault is reported with its place and
// together with all others. An empty value is the schema's to refuse.

// roomID is the id of a room, brought to lower case.
type roomID string

// Schema describes the form; it is Resolve that checks it (see api.New).
func (*roomID) Schema(huma.Registry) *huma.Schema { return uuidSchema() }

// Resolve checks the id.
func (id *roomID) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	return parseID((*string)(id), at)
}

// fileID is the id of a file, brought to lower case.
type fileID string

// Schema describes the form; it is Resolve that checks it (see api.New).
func (*fileID) Schema(huma.Registry) *huma.Schema { return uuidSchema() }

// Resolve checks the id.
func (id *fileID) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	return parseID((*string)(id), at)
}

func uuidSchema() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "uuid"} }

func parseID(id *string, at *huma.PathBuffer) []error {
	if *id == "" {
		return nil
	}
	parsed, err := rooms.ParseID(*id)
	*id = parsed
	return faultAt(at, err)
}

// userID is the id of a participant.
type userID string

// Resolve checks the id.
func (id *userID) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if *id == "" {
		return nil
	}
	return faultAt(at, rooms.CheckUserID(string(*id)))
}

// lineOfText is the name of something or somebody.
type lineOfText string

// Resolve checks that the text is for one line.
func (t *lineOfText) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if *t == "" {
		return nil
	}
	return faultAt(at, rooms.CheckName(string(*t)))
}

func faultAt(at *huma.PathBuffer, err error) []error {
	if err == nil {
		return nil
	}
	if rule, ok := errors.AsType[*rooms.Error](err); ok {
		err = errors.New(rule.Detail)
	}
	return api.FaultAt(at, err)
}

// invitee is one of a list of participants, in which nothing else would refuse an empty id.
type invitee string

// Resolve checks the id.
func (id *invitee) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	return faultAt(at, rooms.CheckUserID(string(*id)))
}

func userIDs(ids []invitee) []string {
	return all(ids, func(id invitee) string { return string(id) })
}

// deref gives the value, or the zero value where there is none.
func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// RoomBody is a room as one participant sees it. It is exported because the library describes no
// embedded struct that is not.
type RoomBody struct {
	ID           string       `json:"id" doc:"The room's id" example:"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"`
	Name         string       `json:"name" example:"Stand-up"`
	Status       rooms.Status `json:"status" enum:"booked,started,ended" doc:"True at the time of the answer"`
	StartTime    time.Time    `json:"start_time" doc:"When the room starts or started, in whole seconds"`
	EndTime      *time.Time   `json:"end_time,omitempty" doc:"When the room ends or ended; absent for one that stays open until it is ended"`
	Provider     string       `json:"provider,omitempty" doc:"The meeting system the room is bound to; absent for none" example:"jaas"`
	Participants int          `json:"participant_count" doc:"Admins included"`
	Admins       int          `json:"admin_count"`
	Role         rooms.Role   `json:"role" enum:"admin,participant" doc:"The caller's own"`
	Archived     bool         `json:"archive_room" doc:"The caller's own flag; hiding archived rooms is up to the client"`
	CreatedBy    string       `json:"created_by" doc:"A user id"`
	CreatedAt    time.Time    `json:"created_at"`
}

func room(r rooms.Room) RoomBody {
	body := RoomBody{
		ID: r.ID, Name: r.Name, Status: r.Status, StartTime: r.Start, Provider: r.Provider,
		Participants: r.Participants, Admins: r.Admins, Role: r.Role, Archived: r.Archived,
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt,
	}
	if !r.End.IsZero() {
		body.EndTime = &r.End
	}
	return body
}

type participantBody struct {
	ID       string `json:"participant_id" doc:"The user id: the subject of the person's access tokens" example:"u-17"`
	Admin    bool   `json:"admin"`
	Username string `json:"username" doc:"As they call themselves in this room; empty until they say" example:"Ada"`
	Archived bool   `json:"archive_room" doc:"Their own flag"`
}

func participant(p rooms.Participant) participantBody {
	return participantBody{ID: p.ID, Admin: p.Admin, Username: p.Name, Archived: p.Archived}
}
