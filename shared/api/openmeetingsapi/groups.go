package openmeetingsapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// GroupClient rules groups.
type GroupClient interface {
	Groups(ctx context.Context) ([]openmeetings.Group, error)
	CreateGroup(ctx context.Context, name string) (int64, error)
	DeleteGroup(ctx context.Context, id int64) (openmeetings.Outcome, error)
	AddGroupUser(ctx context.Context, group, user int64) (openmeetings.Outcome, error)
	RemoveGroupUser(ctx context.Context, group, user int64) (openmeetings.Outcome, error)
	AddGroupRoom(ctx context.Context, group, room int64) (openmeetings.Outcome, error)
	GroupUsers(ctx context.Context, group int64, q openmeetings.GroupUsersQuery) (openmeetings.GroupUsers, error)
}

func registerGroups(a huma.API, client GroupClient) {
	RegisterListGroups(a, client)
	RegisterCreateGroup(a, client)
	RegisterDeleteGroup(a, client)
	RegisterAddGroupUser(a, client)
	RegisterRemoveGroupUser(a, client)
	RegisterAddGroupRoom(a, client)
	RegisterListGroupUsers(a, client)
}

// GroupPath is the path of what happens to one group.
type GroupPath struct {
	GroupID int64 `path:"groupId" minimum:"1" doc:"The server's id of the group" example:"1"`
}

type groupsBody struct {
	Groups []openmeetings.Group `json:"groups" nullable:"false"`
}

// RegisterListGroups adds openmeetings-list-groups.
func RegisterListGroups(a huma.API, client GroupClient) {
	register(a, api.Operation{
		ID: "openmeetings-list-groups", Method: http.MethodGet, Path: "/openmeetings/groups",
		Summary:     "List all groups",
		Description: "OpenMeetings gives all at once.",
	}, func(ctx context.Context, _ *struct{}) (*api.Output[groupsBody], error) {
		groups, err := client.Groups(ctx)
		return answer(groupsBody{groups}, err)
	})
}

type createGroupInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"255" example:"Sales"`
	}
}

type newGroupBody struct {
	GroupID int64 `json:"groupId" doc:"The server's id of the group" example:"3"`
}

// RegisterCreateGroup adds openmeetings-create-group.
func RegisterCreateGroup(a huma.API, client GroupClient) {
	command(a, api.Operation{
		ID: "openmeetings-create-group", Method: http.MethodPost, Path: "/openmeetings/groups", Status: http.StatusCreated, Once: true,
		Summary:     "Make a group",
		Description: "OpenMeetings takes the same name twice.",
	}, func(ctx context.Context, in *createGroupInput) (*api.Output[newGroupBody], error) {
		id, err := client.CreateGroup(ctx, in.Body.Name)
		return answer(newGroupBody{id}, err)
	}, tellGroup)
}

// RegisterDeleteGroup adds openmeetings-delete-group.
func RegisterDeleteGroup(a huma.API, client GroupClient) {
	command(a, api.Operation{
		ID: "openmeetings-delete-group", Method: http.MethodDelete, Path: "/openmeetings/groups/{groupId}", Errors: notFound,
		Summary:     "Delete a group",
		Description: "The server's account needs the right ADMIN.",
	}, func(ctx context.Context, in *GroupPath) (*api.Output[OutcomeBody], error) {
		return outcome(client.DeleteGroup(ctx, in.GroupID))
	}, tellOutcome)
}

type groupUserInput struct {
	GroupPath
	UserPath
}

type addGroupUserInput struct {
	GroupPath
	UserPath
	api.NoBody
}

// RegisterAddGroupUser adds openmeetings-add-group-user.
func RegisterAddGroupUser(a huma.API, client GroupClient) {
	command(a, api.Operation{
		ID: "openmeetings-add-group-user", Method: http.MethodPost, Path: "/openmeetings/groups/{groupId}/users/{userId}", Errors: notFound,
		Summary:     "Put a user into a group",
		Description: "The outcome is added, also for a user who is in it already.",
	}, func(ctx context.Context, in *addGroupUserInput) (*api.Output[OutcomeBody], error) {
		return outcome(client.AddGroupUser(ctx, in.GroupID, in.UserID))
	}, tellOutcome)
}

// RegisterRemoveGroupUser adds openmeetings-remove-group-user.
func RegisterRemoveGroupUser(a huma.API, client GroupClient) {
	command(a, api.Operation{
		ID: "openmeetings-remove-group-user", Method: http.MethodDelete, Path: "/openmeetings/groups/{groupId}/users/{userId}", Errors: notFound,
		Summary:     "Take a user out of a group",
		Description: "The outcome is removed, also for a user who is not in it.",
	}, func(ctx context.Context, in *groupUserInput) (*api.Output[OutcomeBody], error) {
		return outcome(client.RemoveGroupUser(ctx, in.GroupID, in.UserID))
	}, tellOutcome)
}

type addGroupRoomInput struct {
	GroupPath
	RoomPath
	api.NoBody
}

// RegisterAddGroupRoom adds openmeetings-add-group-room.
func RegisterAddGroupRoom(a huma.API, client GroupClient) {
	command(a, api.Operation{
		ID: "openmeetings-add-group-room", Method: http.MethodPost, Path: "/openmeetings/groups/{groupId}/rooms/{roomId}", Errors: notFound,
		Summary:     "Give a group a room",
		Description: "The outcome is unchanged when the group has the room already, or there is no such room: OpenMeetings does not tell these apart.",
	}, func(ctx context.Context, in *addGroupRoomInput) (*api.Output[OutcomeBody], error) {
		return outcome(client.AddGroupRoom(ctx, in.GroupID, in.RoomID))
	}, tellOutcome)
}

type listGroupUsersInput struct {
	GroupPath
	Start   int64  `query:"start" minimum:"0" maximum:"2147483647" default:"0" doc:"How many to pass over"`
	Max     int64  `query:"max" minimum:"1" maximum:"1000" default:"100" doc:"How many to give"`
	OrderBy string `query:"orderBy" pattern:"^[A-Za-z0-9]*$" maxLength:"64" default:"id" doc:"A field of the server's"`
	Order   string `query:"order" enum:"asc,desc" default:"asc"`
}

type groupUsersBody struct {
	Total int64               `json:"total" doc:"How many there are in all"`
	Users []openmeetings.User `json:"users" nullable:"false"`
}

// RegisterListGroupUsers adds openmeetings-list-group-users.
func RegisterListGroupUsers(a huma.API, client GroupClient) {
	register(a, api.Operation{
		ID: "openmeetings-list-group-users", Method: http.MethodGet, Path: "/openmeetings/groups/{groupId}/users", Errors: notFound,
		Summary:     "List the users of a group in parts",
		Description: "Beginning after as many as start says.",
	}, func(ctx context.Context, in *listGroupUsersInput) (*api.Output[groupUsersBody], error) {
		found, err := client.GroupUsers(ctx, in.GroupID, openmeetings.GroupUsersQuery{
			Start: in.Start, Max: in.Max, OrderBy: in.OrderBy, Ascending: in.Order == "asc",
		})
		return answer(groupUsersBody{int64(found.Total), found.Users}, err)
	})
}
