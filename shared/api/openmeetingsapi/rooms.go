package openmeetingsapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// RoomClient rules rooms.
type RoomClient interface {
	RoomKeeper
	RoomEnder
	RoomLooker
	Inviter
	WhiteboardCleaner
}

func registerRooms(a huma.API, client RoomClient) {
	RegisterCreateRoom(a, client)
	RegisterListRooms(a, client)
	RegisterFindRoom(a, client)
	RegisterGetRoom(a, client)
	RegisterUpdateRoom(a, client)
	RegisterDeleteRoom(a, client)
	RegisterCloseRoom(a, client)
	RegisterOpenRoom(a, client)
	RegisterKick(a, client)
	RegisterEndRoom(a, client)
	RegisterListRoomUsers(a, client)
	RegisterCountRoomUsers(a, client)
	RegisterCreateInvitation(a, client)
	RegisterClearWhiteboard(a, client)
}

// RoomKeeper makes, finds, changes and deletes rooms.
type RoomKeeper interface {
	CreateRoom(ctx context.Context, fields openmeetings.RoomFields) (openmeetings.Room, error)
	Room(ctx context.Context, id int64) (openmeetings.Room, error)
	Rooms(ctx context.Context, kind openmeetings.RoomType) ([]openmeetings.Room, error)
	FindRoom(ctx context.Context, kind openmeetings.RoomType, externalType, externalID string) (openmeetings.Room, error)
	UpdateRoom(ctx context.Context, id int64, fields openmeetings.RoomFields) (openmeetings.Room, error)
	DeleteRoom(ctx context.Context, id int64) (openmeetings.Outcome, error)
}

type roomOutput = api.Output[openmeetings.Room]

type createRoomInput struct{ Body newRoom }

// newRoom is what a new room is made of.
type newRoom struct{ openmeetings.RoomFields }

// Resolve checks what the schema cannot say.
func (r *newRoom) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	faults := together(at, "externalId", "externalType", isSet(r.ExternalID), isSet(r.ExternalType))
	if r.Type == nil {
		faults = append(faults, fault(at, "type", "expected required property type to be present")...)
	}
	return faults
}

func isSet(text *string) bool { return text != nil && *text != "" }

// RegisterCreateRoom adds openmeetings-create-room.
func RegisterCreateRoom(a huma.API, client RoomKeeper) {
	command(a, api.Operation{
		ID: "openmeetings-create-room", Method: http.MethodPost, Path: "/openmeetings/rooms", Status: http.StatusCreated, Once: true,
		Summary:     "Make a room",
		Description: "What is left out becomes the server's default: four people, not public, not moderated. Two rooms can have the same externalId: look for it first.",
	}, func(ctx context.Context, in *createRoomInput) (*roomOutput, error) {
		return answer(client.CreateRoom(ctx, in.Body.RoomFields))
	}, tellRoom)
}

type listRoomsInput struct {
	Type openmeetings.RoomType `query:"type" required:"true" enum:"CONFERENCE,PRESENTATION,INTERVIEW"`
}

type roomsBody struct {
	Rooms []openmeetings.Room `json:"rooms" nullable:"false"`
}

// RegisterListRooms adds openmeetings-list-rooms.
func RegisterListRooms(a huma.API, client RoomKeeper) {
	register(a, api.Operation{
		ID: "openmeetings-list-rooms", Method: http.MethodGet, Path: "/openmeetings/rooms",
		Summary:     "List the public rooms of a type",
		Description: "OpenMeetings lists public rooms alone, and without their externalType and files. Its account needs the right ROOM.",
	}, func(ctx context.Context, in *listRoomsInput) (*api.Output[roomsBody], error) {
		rooms, err := client.Rooms(ctx, in.Type)
		return answer(roomsBody{rooms}, err)
	})
}

type findRoomInput struct {
	Type openmeetings.RoomType `query:"type" required:"true" enum:"CONFERENCE,PRESENTATION,INTERVIEW" doc:"Must be that of the room"`
	ExternalQuery
}

// RegisterFindRoom adds openmeetings-find-room.
func RegisterFindRoom(a huma.API, client RoomKeeper) {
	register(a, api.Operation{
		ID: "openmeetings-find-room", Method: http.MethodGet, Path: "/openmeetings/external-rooms", Errors: notFound,
		Summary:     "Find a room by its ids in your system",
		Description: "Servers before 6.0.0 find nothing.",
	}, func(ctx context.Context, in *findRoomInput) (*roomOutput, error) {
		return answer(client.FindRoom(ctx, in.Type, string(in.ExternalType), string(in.ExternalID)))
	})
}

// RegisterGetRoom adds openmeetings-get-room.
func RegisterGetRoom(a huma.API, client RoomKeeper) {
	register(a, api.Operation{
		ID: "openmeetings-get-room", Method: http.MethodGet, Path: "/openmeetings/rooms/{roomId}", Errors: notFound,
		Summary:     "Get a room",
		Description: "As the server has it, with the external ids and files that its lists leave out.",
	}, func(ctx context.Context, in *RoomPath) (*roomOutput, error) {
		return answer(client.Room(ctx, in.RoomID))
	})
}

type updateRoomInput struct {
	RoomPath
	Body openmeetings.RoomFields
}

// RegisterUpdateRoom adds openmeetings-update-room.
func RegisterUpdateRoom(a huma.API, client RoomKeeper) {
	command(a, api.Operation{
		ID: "openmeetings-update-room", Method: http.MethodPut, Path: "/openmeetings/rooms/{roomId}", Errors: notFound,
		Summary:     "Change a room",
		Description: "What is left out stays as it is: OpenMeetings replaces rooms as a whole, so the room is fetched first. Of two changes at the same time one is lost. To close a room use its own operation, which tells the people inside.",
	}, func(ctx context.Context, in *updateRoomInput) (*roomOutput, error) {
		return answer(client.UpdateRoom(ctx, in.RoomID, in.Body))
	}, nil)
}

type roomCommandInput struct {
	RoomPath
	api.NoBody
}

// RegisterDeleteRoom adds openmeetings-delete-room.
func RegisterDeleteRoom(a huma.API, client RoomKeeper) {
	command(a, api.Operation{
		ID: "openmeetings-delete-room", Method: http.MethodDelete, Path: "/openmeetings/rooms/{roomId}",
		Summary:     "Delete a room",
		Description: "Whoever is inside stays inside: end the room first. The outcome is not_found when there is no such room.",
	}, func(ctx context.Context, in *RoomPath) (*api.Output[OutcomeBody], error) {
		return outcome(client.DeleteRoom(ctx, in.RoomID))
	}, tellOutcome)
}

// RoomEnder closes, opens and empties rooms.
type RoomEnder interface {
	CloseRoom(ctx context.Context, id int64) (openmeetings.Outcome, error)
	OpenRoom(ctx context.Context, id int64) (openmeetings.Outcome, error)
	KickAll(ctx context.Context, id int64) (openmeetings.Outcome, error)
	KickUser(ctx context.Context, id int64, externalType, externalID string) (openmeetings.Outcome, error)
	EndRoom(ctx context.Context, id int64) (outcome openmeetings.Outcome, inside int64, err error)
}

// RegisterCloseRoom adds openmeetings-close-room.
func RegisterCloseRoom(a huma.API, client RoomEnder) {
	command(a, api.Operation{
		ID: "openmeetings-close-room", Method: http.MethodPost, Path: "/openmeetings/rooms/{roomId}/close", Errors: notFound,
		Summary:     "Close a room",
		Description: "Browsers inside leave after five seconds, and nobody can enter until the room is opened. The server does not say whether the browsers heard it.",
	}, func(ctx context.Context, in *roomCommandInput) (*api.Output[OutcomeBody], error) {
		return outcome(client.CloseRoom(ctx, in.RoomID))
	}, tellOutcome)
}

// RegisterOpenRoom adds openmeetings-open-room.
func RegisterOpenRoom(a huma.API, client RoomEnder) {
	command(a, api.Operation{
		ID: "openmeetings-open-room", Method: http.MethodPost, Path: "/openmeetings/rooms/{roomId}/open", Errors: notFound,
		Summary:     "Open a closed room",
		Description: "Takes closing it back. Nobody who was inside is brought back.",
	}, func(ctx context.Context, in *roomCommandInput) (*api.Output[OutcomeBody], error) {
		return outcome(client.OpenRoom(ctx, in.RoomID))
	}, tellOutcome)
}

type kickInput struct {
	RoomPath
	Body *kickBody `required:"false"`
}

type kickBody struct {
	ExternalType segment `json:"externalType,omitempty" maxLength:"255" doc:"Your system's name, with externalId; without both everybody is removed" example:"myCMS"`
	ExternalID   segment `json:"externalId,omitempty" maxLength:"255" doc:"The person's id in your system. OpenMeetings takes it in a path, where / \\ and ; cannot be." example:"uniqueId1"`
}

// Resolve checks that one person is named as a whole.
func (b *kickBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	return together(at, "externalType", "externalId", b.ExternalType != "", b.ExternalID != "")
}

// RegisterKick adds openmeetings-kick.
func RegisterKick(a huma.API, client RoomEnder) {
	command(a, api.Operation{
		ID: "openmeetings-kick", Method: http.MethodPost, Path: "/openmeetings/rooms/{roomId}/kick",
		Summary:     "Remove everybody, or one person",
		Description: "Takes everybody out of the room, or one external user: then the outcome is not_found when they are not inside. They can enter again with a link that is still good; close the room first to prevent it.",
	}, func(ctx context.Context, in *kickInput) (*api.Output[OutcomeBody], error) {
		if in.Body == nil || in.Body.ExternalID == "" {
			return outcome(client.KickAll(ctx, in.RoomID))
		}
		return outcome(client.KickUser(ctx, in.RoomID, string(in.Body.ExternalType), string(in.Body.ExternalID)))
	}, tellOutcome)
}

type endRoomBody struct {
	Outcome openmeetings.Outcome `json:"outcome" enum:"ended,occupied" doc:"occupied when somebody is still inside; they leave when their browser notices"`
	Inside  int64                `json:"inside" doc:"How many clients are still inside"`
}

// RegisterEndRoom adds openmeetings-end-room.
func RegisterEndRoom(a huma.API, client RoomEnder) {
	command(a, api.Operation{
		ID: "openmeetings-end-room", Method: http.MethodPost, Path: "/openmeetings/rooms/{roomId}/end", Errors: notFound,
		Summary:     "End a meeting for good",
		Description: "Closes the room, removes everybody and looks whether they are gone. It can be repeated.",
	}, func(ctx context.Context, in *roomCommandInput) (*api.Output[endRoomBody], error) {
		done, inside, err := client.EndRoom(ctx, in.RoomID)
		return answer(endRoomBody{done, inside}, err)
	}, tellEnd)
}

// RoomLooker says who is in a room.
type RoomLooker interface {
	RoomUsers(ctx context.Context, id int64) ([]openmeetings.User, error)
	CountRoom(ctx context.Context, id int64) (int64, error)
}

type usersBody struct {
	Users []openmeetings.User `json:"users" nullable:"false"`
}

// RegisterListRoomUsers adds openmeetings-list-room-users.
func RegisterListRoomUsers(a huma.API, client RoomLooker) {
	register(a, api.Operation{
		ID: "openmeetings-list-room-users", Method: http.MethodGet, Path: "/openmeetings/rooms/{roomId}/users",
		Summary:     "List who is in a room",
		Description: "One entry for each client: somebody with two tabs is there twice. Of a room that does not exist the list is empty.",
	}, func(ctx context.Context, in *RoomPath) (*api.Output[usersBody], error) {
		users, err := client.RoomUsers(ctx, in.RoomID)
		return answer(usersBody{users}, err)
	})
}

type countBody struct {
	Count int64 `json:"count" doc:"Clients inside"`
}

// RegisterCountRoomUsers adds openmeetings-count-room-users.
func RegisterCountRoomUsers(a huma.API, client RoomLooker) {
	register(a, api.Operation{
		ID: "openmeetings-count-room-users", Method: http.MethodGet, Path: "/openmeetings/rooms/{roomId}/count",
		Summary:     "Count who is in a room",
		Description: "It is 0 for a room that does not exist.",
	}, func(ctx context.Context, in *RoomPath) (*api.Output[countBody], error) {
		count, err := client.CountRoom(ctx, in.RoomID)
		return answer(countBody{count}, err)
	})
}

// WhiteboardCleaner empties whiteboards.
type WhiteboardCleaner interface {
	ClearWhiteboard(ctx context.Context, room int64, whiteboard, slide *int64) (openmeetings.Outcome, error)
}

type clearWhiteboardInput struct {
	RoomPath
	Body *clearWhiteboardBody `required:"false"`
}

type clearWhiteboardBody struct {
	Whiteboard *int64 `json:"whiteboardId,omitempty" minimum:"0" doc:"The whiteboard to empty; without it all go, and there is a fresh one" example:"1"`
	Slide      *int64 `json:"slide,omitempty" minimum:"0" doc:"The slide of the whiteboard, counted from 0; without it all of the whiteboard is emptied"`
}

// Resolve checks that a slide is one of a whiteboard.
func (b *clearWhiteboardBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if b.Slide != nil && b.Whiteboard == nil {
		return fault(at, "whiteboardId", "expected it together with slide")
	}
	return nil
}

// RegisterClearWhiteboard adds openmeetings-clear-whiteboard.
func RegisterClearWhiteboard(a huma.API, client WhiteboardCleaner) {
	command(a, api.Operation{
		ID: "openmeetings-clear-whiteboard", Method: http.MethodPost, Path: "/openmeetings/rooms/{roomId}/clear-whiteboard", Errors: notFound, Once: true,
		Summary:     "Empty the whiteboards of a room",
		Description: "Empties all of them, or one, or one slide.",
	}, func(ctx context.Context, in *clearWhiteboardInput) (*api.Output[OutcomeBody], error) {
		if in.Body == nil {
			in.Body = &clearWhiteboardBody{}
		}
		return outcome(client.ClearWhiteboard(ctx, in.RoomID, in.Body.Whiteboard, in.Body.Slide))
	}, tellOutcome)
}
