package openmeetings

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// The services are those of GroupWebService, https://github.com/apache/openmeetings.

// Group is a group of users (GroupDTO).
type Group struct {
	ID   Whole `json:"id" doc:"The server's id of the group" example:"1"`
	Name Text  `json:"name"`
	Tag  Text  `json:"tag,omitempty"`
}

// Groups gives all groups (GET /group).
func (c *Client) Groups(ctx context.Context) ([]Group, error) {
	return list[Group](ctx, c, read("group", "group"), "groupDTO")
}

// CreateGroup makes a group and gives its id (POST /group?name=).
func (c *Client) CreateGroup(ctx context.Context, name string) (int64, error) {
	cl := change("group create", http.MethodPost, "group")
	cl.query = url.Values{"name": {name}}
	return c.number(ctx, cl)
}

// DeleteGroup deletes a group (DELETE /group/{id}), for which the account needs the right ADMIN.
func (c *Client) DeleteGroup(ctx context.Context, id int64) (Outcome, error) {
	done, err := c.outcome(ctx, Deleted, change("group delete", http.MethodDelete, "group", id))
	return done, missing(err)
}

// AddGroupUser puts a user into a group (POST /group/{id}/users/{userId}); it is Added for one who is there already, too.
func (c *Client) AddGroupUser(ctx context.Context, group, user int64) (Outcome, error) {
	done, err := c.outcome(ctx, Added, change("group/users add", http.MethodPost, "group", group, "users", user))
	return done, missing(err)
}

// RemoveGroupUser takes a user out of a group (DELETE /group/{id}/users/{userId}); it is Removed for one who is not there,
// too.
func (c *Client) RemoveGroupUser(ctx context.Context, group, user int64) (Outcome, error) {
	done, err := c.outcome(ctx, Removed, change("group/users remove", http.MethodDelete, "group", group, "users", user))
	return done, missing(err)
}

// AddGroupRoom gives a group a room (POST /group/{id}/rooms/add/{roomId}, since 5.0.0). It is Unchanged when the group has
// the room already or there is no such room; the server does not tell these apart.
func (c *Client) AddGroupRoom(ctx context.Context, group, room int64) (Outcome, error) {
	done, err := c.outcome(ctx, Added, change("group/rooms add", http.MethodPost, "group", group, "rooms", "add", room))
	if says(err, "Not added") {
		return Unchanged, nil
	}
	return done, missing(err)
}

// GroupUsersQuery is a part of a group's users: Max of them from Start on, which counts from 0, by the field OrderBy of
// the server's, downwards unless Ascending.
type GroupUsersQuery struct {
	Start, Max int64
	OrderBy    string
	Ascending  bool
}

// GroupUsers are a part of a group's users, and how many there are in all.
type GroupUsers struct {
	Total Whole      `json:"records"`
	Users List[User] `json:"result"`
}

// GroupUsers gives a part of the users of a group (GET /group/users/{id}).
func (c *Client) GroupUsers(ctx context.Context, group int64, q GroupUsersQuery) (GroupUsers, error) {
	cl := read("group/users", "group", "users", group).aboutPeople()
	cl.query = url.Values{
		"start": {strconv.FormatInt(q.Start, 10)}, "max": {strconv.FormatInt(q.Max, 10)},
		"orderby": {q.OrderBy}, "asc": {strconv.FormatBool(q.Ascending)},
	}
	found, err := one(get[GroupUsers](ctx, c, cl, "userSearchResult"))
	if err != nil && q.OrderBy == "id" { // another field can be why the server says no
		err = missing(err)
	}
	if err != nil {
		return GroupUsers{}, err
	}
	found.Users = found.Users.orEmpty()
	return found, nil
}
