package openmeetings

import "slices"

// checkGuests refuses guests of other events and users who are not there.
func (s *state) checkGuests(guests []guestInput, old []guest) error {
	for _, g := range guests {
		switch {
		case g.id != nil && !slices.ContainsFunc(old, func(o guest) bool { return o.id == *g.id }):
			return exception("Weird guest from different appointment is passed")
		case g.id == nil && g.user == nil:
			return nullPointer("org.apache.openmeetings.db.dto.user.UserDTO.getId", "org.apache.openmeetings.db.dto.calendar.MeetingMemberDTO.getUser()")
		case g.id == nil && g.user.id != nil && s.user(*g.user.id) == nil:
			return nullPointer("org.apache.openmeetings.db.entity.user.User.getId", "user")
		}
	}
	return nil
}

// guests are those of the old event that are named by id, and new ones. Whoever is not named is out.
func (c *call) guests(in []guestInput, old []guest) []guest {
	all := []guest{}
	for _, g := range in {
		if g.id == nil {
			all = append(all, guest{id: c.s.state.nextID(), user: c.guestUser(*g.user)})
			continue
		}
		all = append(all, old[slices.IndexFunc(old, func(o guest) bool { return o.id == *g.id })])
	}
	return all
}

// guestUser finds whom a new guest is: a user, an external one, or a contact of the caller's, who is made on demand.
func (c *call) guestUser(dto userInput) int64 {
	s := c.s.state
	if dto.id != nil {
		return *dto.id
	}
	if dto.kind == typeExternal && dto.external() {
		if u := s.externalUser(*dto.externalType, *dto.externalID); u != nil {
			return u.id
		}
	}
	return s.contact(c.user, value(dto.email), dto.firstname, dto.lastname, c.now).id
}
