package openmeetings

import (
	"slices"
)

// The group service.
// See GroupWebService.java in openmeetings-webservice.

func errNoGroup(variable string) error {
	return nullPointer("org.apache.openmeetings.db.entity.user.Group.getId", variable)
}

func listGroups(c *call) (answer, error) {
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	groups := []any{}
	for _, g := range c.s.state.groups {
		if !g.deleted {
			groups = append(groups, fields{{"id", g.id}, {"name", g.name}})
		}
	}
	return many("groupDTO", groups), nil
}

func postGroup(c *call) (answer, error) {
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	if c.s.state.full(c.now) {
		return answer{}, errFull
	}
	return success(fmtID(c.s.state.addGroup(c.query["name"], false).id)), nil
}

// deleteGroup takes the group from its users, whereas rooms keep it as it was.
func deleteGroup(c *call) (answer, error) {
	id, err := c.allowID(rightAdmin)
	if err != nil {
		return answer{}, err
	}
	g := c.s.state.group(id)
	if g == nil {
		return answer{}, errNoGroup("g")
	}
	g.deleted = true
	for _, u := range c.s.state.users {
		u.groups = slices.DeleteFunc(u.groups, func(group int64) bool { return group == id })
	}
	return success("Deleted"), nil
}

// member reads group and user from the path. The user is nil when there is none.
func member(c *call) (groupID, userID int64, u *user, err error) {
	ids, err := c.ids()
	if err != nil {
		return 0, 0, nil, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return 0, 0, nil, err
	}
	return ids[0], ids[1], c.s.state.user(ids[1]), nil
}

func joinGroup(c *call) (answer, error) {
	groupID, userID, u, err := member(c)
	switch {
	case err != nil:
		return answer{}, err
	case u == nil:
		return answer{}, nullPointer("org.apache.openmeetings.db.entity.user.User.addGroup(org.apache.openmeetings.db.entity.user.Group)", "u")
	case c.s.state.group(groupID) == nil:
		return answer{}, errNoGroup("group")
	case !slices.Contains(u.groups, groupID):
		u.groups = append(u.groups, groupID)
	}
	return success(fmtID(userID)), nil
}

// leaveGroup answers the same whether or not there was anything to leave.
func leaveGroup(c *call) (answer, error) {
	groupID, userID, u, err := member(c)
	if err != nil {
		return answer{}, err
	}
	if u != nil {
		u.groups = slices.DeleteFunc(u.groups, func(group int64) bool { return group == groupID })
	}
	return success(fmtID(userID)), nil
}

func addRoomToGroup(c *call) (answer, error) {
	ids, err := c.ids()
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	r := c.s.state.room(ids[1])
	switch {
	case r == nil || slices.Contains(r.groups, ids[0]):
		return failure("Not added"), nil
	case c.s.state.group(ids[0]) == nil:
		return answer{}, errNoGroup("group")
	}
	r.groups = append(r.groups, ids[0])
	return success("Success"), nil
}
