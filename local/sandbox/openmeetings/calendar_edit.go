package openmeetings

import "time"

// What the calendar service changes. The mails of the real server are not sent.
// See CalendarMapper.java in openmeetings-db.

func postAppointment(c *call) (answer, error) {
	dto, err := parse(c.form, "appointment", convertedDTO, readAppointment)
	if err != nil {
		return answer{}, err
	}
	c.identify()
	if err := c.require(c.has(rightRoom), rightRoom); err != nil {
		return answer{}, err
	}
	if dto == nil {
		return answer{}, nullPointer("org.apache.openmeetings.db.dto.calendar.AppointmentDTO.getOwner", "appointment")
	}
	if err := c.checkOwner(*dto); err != nil {
		return answer{}, err
	}
	return c.saveAppointment(*dto)
}

// checkOwner lets those without SOAP write into their own calendar only.
func (c *call) checkOwner(dto appointmentInput) error {
	switch {
	case c.has(rightSOAP) || dto.owner == nil:
		return nil
	case dto.owner.id == nil:
		return nullPointer("java.lang.Long.equals(Object)", "org.apache.openmeetings.db.dto.user.UserDTO.getId()")
	}
	return c.require(*dto.owner.id == c.user.id, rightSOAP)
}

// saveAppointment makes or replaces an event. Nothing is changed unless all of it is in order.
func (c *call) saveAppointment(dto appointmentInput) (answer, error) {
	s := c.s.state
	owner := c.user
	if dto.owner != nil {
		owner = s.user(deref(dto.owner.id))
	}
	old := &appointment{}
	if dto.id != nil {
		old = s.appointment(*dto.id)
	}
	switch {
	case owner == nil:
		return answer{}, nullPointer("org.apache.openmeetings.db.entity.user.User.getTimeZoneId", "user")
	case old == nil:
		return answer{}, nullPointer("org.apache.openmeetings.db.entity.calendar.Appointment.setId(java.lang.Long)", "a")
	case dto.room == nil:
		return answer{}, nullPointer("org.apache.openmeetings.db.dto.room.RoomDTO.getId", "dto")
	case dto.id == nil && s.full(c.now):
		return answer{}, errFull
	}
	if err := s.checkGuests(dto.guests, old.guests); err != nil {
		return answer{}, err
	}
	r, err := s.roomOfEvent(*dto.room, dto.title, c.now)
	if err != nil {
		return answer{}, err
	}
	a := dto.appointment
	a.owner, a.room, a.guests = owner.id, r.id, c.guests(dto.guests, old.guests)
	if c.s.version == Profile91 {
		a.description = sanitize(a.description)
	}
	s.putAppointment(&a, dto.id, old, c)
	return plain("appointmentDTO", s.appointmentB(&a)), nil
}

// putAppointment keeps of an old event no more than when it was made.
func (s *state) putAppointment(a *appointment, id *int64, old *appointment, c *call) {
	if a.inserted.IsZero() {
		a.inserted = old.inserted
	}
	if id != nil {
		a.id, a.updated = *id, c.now
		s.appointments[a.id-1] = a
		return
	}
	a.id, a.icalID, a.inserted = int64(len(s.appointments))+1, newUUID(), c.now
	s.appointments = append(s.appointments, a)
}

// roomOfEvent makes an own room, replaces one, or finds the ordinary room that is meant.
func (s *state) roomOfEvent(in roomInput, title string, now time.Time) (*room, error) {
	if in.id == nil {
		in.name, in.capacity = title, ownCapacity
		return s.saveRoom(in, now)
	}
	if in.appointment {
		in.isPublic = false
		return s.saveRoom(in, now)
	}
	if r := s.room(*in.id); r != nil {
		return r, nil
	}
	return nil, errNoRoom("setId(java.lang.Long)")
}

// deleteAppointment is for SOAP, for ADMIN, and for owners. An event's own room goes with it.
func deleteAppointment(c *call) (answer, error) {
	id, err := c.id(0)
	if err != nil {
		return answer{}, err
	}
	c.identify()
	a := c.s.state.appointment(id)
	above := c.has(rightSOAP) || c.has(rightAdmin)
	switch {
	case a == nil && above:
		return answer{}, exception("Bad id")
	case a == nil && c.has(rightRoom):
		return answer{}, nullPointer("org.apache.openmeetings.db.entity.calendar.Appointment.isOwner(java.lang.Long)", "a")
	}
	if err := c.require(above || c.has(rightRoom) && a.owner == c.user.id, rightSOAP); err != nil {
		return answer{}, err
	}
	a.deleted, a.guests = true, nil
	if r := row(c.s.state.rooms, a.room); r.appointment {
		r.deleted = true
	}
	return success("Deleted"), nil
}
