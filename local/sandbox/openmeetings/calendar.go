package openmeetings

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What the calendar service shows.
// See CalendarWebService.java in openmeetings-webservice.

func (s *state) appointmentsB(found []*appointment) answer {
	all := []any{}
	for _, a := range found {
		all = append(all, s.appointmentB(a))
	}
	return plain("appointmentDTO", all)
}

// dateIn reads a date out of the path.
func (c *call) dateIn(n int) (time.Time, error) {
	at, ok := parseDate(c.values[n])
	if !ok {
		return at, page(http.StatusNotFound, "the path holds no date where one belongs")
	}
	return at, nil
}

func appointments(c *call) (answer, error) {
	return c.appointmentsBetween(0, rightRoom, func() int64 { return c.user.id })
}

func appointmentsOf(c *call) (answer, error) {
	id, err := c.id(0)
	if err != nil {
		return answer{}, err
	}
	return c.appointmentsBetween(1, rightSOAP, func() int64 { return id })
}

// appointmentsBetween lists what a user owns, and then what the user is a guest of.
func (c *call) appointmentsBetween(first int, right string, of func() int64) (answer, error) {
	start, err := c.dateIn(first)
	if err != nil {
		return answer{}, err
	}
	end, err := c.dateIn(first + 1)
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(right); err != nil {
		return answer{}, err
	}
	own, joined := []*appointment{}, []*appointment{}
	for _, a := range c.s.state.appointments {
		switch {
		case a.deleted || a.end.Before(start) || a.start.After(end):
			continue
		case a.owner == of():
			own = append(own, a)
		case slices.ContainsFunc(a.guests, func(g guest) bool { return g.user == of() }):
			seen := *a
			seen.connectedEvent = true
			joined = append(joined, &seen)
		}
	}
	return c.s.state.appointmentsB(append(own, joined...)), nil
}

// first answers the first event made that fits, which need not be the earliest.
func (s *state) first(which func(*appointment) bool) answer {
	for _, a := range s.appointments {
		if !a.deleted && which(a) {
			return plain("appointmentDTO", s.appointmentB(a))
		}
	}
	return nothing()
}

func nextAppointment(c *call) (answer, error) {
	if err := c.allow(rightRoom); err != nil {
		return answer{}, err
	}
	return c.nextOf(c.user.id), nil
}

func nextAppointmentOf(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	return c.nextOf(id), nil
}

func (c *call) nextOf(userID int64) answer {
	return c.s.state.first(func(a *appointment) bool { return a.owner == userID && a.start.After(c.now) })
}

func appointmentOfRoom(c *call) (answer, error) {
	id, err := c.allowID(rightRoom)
	if err != nil {
		return answer{}, err
	}
	return c.s.state.first(func(a *appointment) bool { return a.owner == c.user.id && a.room == id }), nil
}

// appointmentsByTitle takes a pattern of SQL's LIKE.
func appointmentsByTitle(c *call) (answer, error) {
	if err := c.allow(rightRoom); err != nil {
		return answer{}, err
	}
	quoted := strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(c.values[0]))
	pattern, err := regexp.Compile("(?s)^" + quoted + "$")
	if err != nil {
		return answer{}, exception("Bad pattern")
	}
	found := []*appointment{}
	for _, a := range c.s.state.appointments {
		if !a.deleted && a.owner == c.user.id && pattern.MatchString(a.title) {
			found = append(found, a)
		}
	}
	return c.s.state.appointmentsB(found), nil
}
