package openmeetingsapi

import (
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// The types below are checked where they stand, so that a fault is reported with its place and together with all others.
// They are exported where the library would pass over the fields of an embedded struct that is not.

// segment is a text that OpenMeetings takes in a path.
type segment string

// Resolve checks the text. An empty one is the schema's to refuse.
func (s *segment) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if *s == "" {
		return nil
	}
	return api.FaultAt(at, openmeetings.CheckSegment(string(*s)))
}

// RoomPath is the path of what happens in one room.
type RoomPath struct {
	RoomID int64 `path:"roomId" minimum:"1" doc:"The server's id of the room" example:"2"`
}

// ExternalQuery names a thing by its ids in the calling system.
type ExternalQuery struct {
	ExternalType segment `query:"externalType" required:"true" minLength:"1" maxLength:"255" doc:"The calling system's name. OpenMeetings takes it in a path, where / \\ and ; cannot be." example:"myCMS"`
	ExternalID   segment `query:"externalId" required:"true" minLength:"1" maxLength:"255" doc:"The id in the calling system; see externalType" example:"uniqueId1"`
}

// together says that two values are given both or not at all.
func together(at *huma.PathBuffer, one, other string, hasOne, hasOther bool) []error {
	if hasOne == hasOther {
		return nil
	}
	absent, present := other, one
	if hasOther {
		absent, present = one, other
	}
	return []error{&huma.ErrorDetail{Location: at.With(absent), Message: "expected it together with " + present}}
}

func fault(at *huma.PathBuffer, field, message string) []error {
	return api.FaultAt(huma.NewPathBuffer([]byte(at.With(field)), len(at.With(field))), errors.New(message))
}
