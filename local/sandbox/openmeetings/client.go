package openmeetings

import "slices"

// client is one connected tab. The same person can have several.
type client struct {
	id               string
	room, user       int64
	browser          string // the browser session it belongs to
	moderator, super bool
}

// inRoom returns who is in a room, first come first.
func (s *state) inRoom(id int64) []*client {
	all := []*client{}
	for _, c := range s.clients {
		if c.room == id {
			all = append(all, c)
		}
	}
	return all
}

// enter puts somebody new into a room that is open and not full. Whoever comes with a moderator's hash or owns the
// event is a super moderator; the first one in a room that is not moderated becomes its moderator.
// See AuthLevelUtil.java in openmeetings-db.
func (s *state) enter(r *room, b *browser) *client {
	super := b.moderator || r.appointment && s.ownsEventOf(b.user, r)
	c := &client{
		id: newUUID(), room: r.id, user: b.user, browser: b.id, super: super,
		moderator: super || !r.moderated && len(s.inRoom(r.id)) == 0,
	}
	s.clients = append(s.clients, c)
	return c
}

// leave removes clients and returns how many there were.
func (s *state) leave(which func(*client) bool) int {
	before := len(s.clients)
	s.clients = slices.DeleteFunc(s.clients, which)
	return before - len(s.clients)
}

// kickAll says Kicked whoever is inside, also nobody, also of a room that is not there.
func kickAll(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	c.s.state.leave(func(inside *client) bool { return inside.room == id })
	return success("Kicked"), nil
}

func kickExternal(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	u := c.s.state.externalUser(c.values[1], c.values[2])
	if u == nil || c.s.state.leave(func(inside *client) bool { return inside.room == id && inside.user == u.id }) == 0 {
		return success("Not kicked"), nil
	}
	return success("Kicked"), nil
}

func countClients(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	return success(fmtID(int64(len(c.s.state.inRoom(id))))), nil
}

func roomUsers(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	users := []any{}
	for _, inside := range c.s.state.inRoom(id) {
		users = append(users, c.s.state.userA(row(c.s.state.users, inside.user)))
	}
	return many("userDTO", users), nil
}
