package openmeetings

import "encoding/json"

// RoomType says who may speak in a room.
type RoomType string

// The types of rooms.
const (
	Conference   RoomType = "CONFERENCE"   // everyone may have audio and video
	Presentation RoomType = "PRESENTATION" // a large audience, rights on request
	Interview    RoomType = "INTERVIEW"    // two video pods and a recording
)

// Room is a room as the server has it (RoomDTO).
type Room struct {
	ID                 Whole          `json:"id" doc:"The server's id of the room" example:"2"`
	Name               Text           `json:"name"`
	Comment            Text           `json:"comment,omitempty"`
	Tag                Text           `json:"tag,omitempty"`
	Type               RoomType       `json:"type" enum:"CONFERENCE,PRESENTATION,INTERVIEW"`
	Capacity           Whole          `json:"capacity" doc:"Entry is refused when so many are inside"`
	Appointment        Flag           `json:"appointment" doc:"Whether the room belongs to an appointment"`
	Public             Flag           `json:"isPublic" doc:"Whether it is listed publicly"`
	Demo               Flag           `json:"demo" doc:"Whether it closes by itself after demoTime"`
	DemoTime           Whole          `json:"demoTime,omitempty" doc:"In seconds"`
	Closed             Flag           `json:"closed"`
	ExternalID         Text           `json:"externalId,omitempty" doc:"The room's id in the calling system"`
	ExternalType       Text           `json:"externalType,omitempty" doc:"The calling system's name"`
	RedirectURL        Text           `json:"redirectUrl,omitempty" doc:"Where people are sent after the end"`
	Moderated          Flag           `json:"moderated" doc:"Whether the first one inside does not become moderator"`
	WaitModerator      Flag           `json:"waitModerator" doc:"Whether the others wait for a moderator"`
	AllowUserQuestions Flag           `json:"allowUserQuestions"`
	AllowRecording     Flag           `json:"allowRecording"`
	WaitRecording      Flag           `json:"waitRecording" doc:"Whether moderators are reminded to record"`
	AudioOnly          Flag           `json:"audioOnly"`
	ConfNo             Text           `json:"confno,omitempty" doc:"SIP number"`
	HiddenElements     List[Text]     `json:"hiddenElements,omitempty" nullable:"false"`
	Files              List[RoomFile] `json:"files,omitempty" nullable:"false" doc:"What lies on the whiteboards from the beginning"`
}

// RoomFile is a file that lies on a whiteboard of a room from the beginning.
type RoomFile struct {
	ID         Whole `json:"id,omitempty"`
	FileID     Whole `json:"fileId"`
	Whiteboard Whole `json:"wbIdx"`
}

// UnmarshalJSON takes public for isPublic: the calendar writes rooms by their getters' names.
func (r *Room) UnmarshalJSON(data []byte) error {
	type plain Room
	both := struct {
		*plain
		ByGetter *Flag `json:"public"`
	}{plain: (*plain)(r)}
	if err := json.Unmarshal(data, &both); err != nil {
		return err
	}
	if both.ByGetter != nil {
		r.Public = *both.ByGetter
	}
	return nil
}

// sent gives the room as the services take it. They keep an empty name for one that was set, as they do with the texts
// that Room leaves out itself.
func (r Room) sent() any {
	type plain Room
	return struct {
		plain
		Name Text `json:"name,omitempty"`
	}{plain(r), r.Name}
}

// RoomFields are what of a room can be set. A nil field stays as it is, or is the server's default in a new room.
type RoomFields struct {
	Name               *string     `json:"name,omitempty" maxLength:"255" example:"Stand-up"`
	Comment            *string     `json:"comment,omitempty" maxLength:"4000"`
	Tag                *string     `json:"tag,omitempty" maxLength:"10"`
	Type               *RoomType   `json:"type,omitempty" enum:"CONFERENCE,PRESENTATION,INTERVIEW" doc:"Needed in a new room"`
	Capacity           *int64      `json:"capacity,omitempty" minimum:"1" maximum:"2147483647" doc:"Entry is refused when so many are inside; 4 in a new room"`
	Appointment        *bool       `json:"appointment,omitempty" doc:"Whether the room belongs to an appointment"`
	Public             *bool       `json:"isPublic,omitempty" doc:"Whether it is listed publicly"`
	Demo               *bool       `json:"demo,omitempty" doc:"Whether it closes by itself after demoTime"`
	DemoTime           *int64      `json:"demoTime,omitempty" minimum:"0" maximum:"2147483647" doc:"In seconds"`
	ExternalID         *string     `json:"externalId,omitempty" maxLength:"255" doc:"The room's id in the calling system"`
	ExternalType       *string     `json:"externalType,omitempty" maxLength:"255" doc:"The calling system's name"`
	RedirectURL        *string     `json:"redirectUrl,omitempty" maxLength:"2048" doc:"Where people are sent after the end"`
	Moderated          *bool       `json:"moderated,omitempty" doc:"Whether the first one inside does not become moderator"`
	WaitModerator      *bool       `json:"waitModerator,omitempty" doc:"Whether the others wait for a moderator"`
	AllowUserQuestions *bool       `json:"allowUserQuestions,omitempty"`
	AllowRecording     *bool       `json:"allowRecording,omitempty"`
	WaitRecording      *bool       `json:"waitRecording,omitempty" doc:"Whether moderators are reminded to record"`
	AudioOnly          *bool       `json:"audioOnly,omitempty"`
	ConfNo             *string     `json:"confno,omitempty" maxLength:"255" doc:"SIP number; kept only where the room has SIP"`
	HiddenElements     *[]string   `json:"hiddenElements,omitempty" nullable:"false" enum:"TOP_BAR,CHAT,ACTIVITIES,FILES,ACTION_MENU,POLL_MENU,SCREEN_SHARING,WHITEBOARD,MICROPHONE_STATUS,USER_COUNT"`
	Files              *[]RoomFile `json:"files,omitempty" nullable:"false" maxItems:"100" doc:"What lies on the whiteboards from the beginning; files that do not exist are left out"`
}

// apply sets the fields that are not nil. Both structs have the same names in JSON.
func (f RoomFields) apply(to *Room) error {
	changes, err := json.Marshal(f)
	if err != nil {
		return err
	}
	type plain Room
	return json.Unmarshal(changes, (*plain)(to))
}
