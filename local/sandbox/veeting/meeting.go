package veeting

import "time"

const meetingType = "standard"

// meeting is a meeting that was scheduled.
type meeting struct {
	plan
	id            string // of 24 hex digits
	participantID string // what answers call meetingId
	icsToken      string
	account       *account
	sequence      int
	closedAt      time.Time // zero while it is not
	deleted       bool
}

// plan is what a request says of a meeting.
type plan struct {
	topic              string
	start, end         time.Time
	minutes            int64
	isRecorded, dialin bool
}

// readPlan reads the eleven fields that the tutorial calls the minimal data set.
func readPlan(in *input) plan {
	p := plan{
		topic: in.text("topic"), start: in.moment("startTime"), end: in.moment("endTime"), minutes: in.number("duration"),
		isRecorded: in.flag("isRecorded"), dialin: in.flag("isDialin"),
	}
	in.word("type", meetingType)
	if in.flag("isRecurring") {
		in.fail("isRecurring", "must be false: what recurring holds otherwise is not public")
	}
	in.literal("recurring", "{}")
	in.literal("invitedParticipants", "[]")
	in.literal("meetingPermissionId", "null")
	switch {
	case !p.end.After(p.start):
		in.fail("endTime", "must be after startTime")
	case p.minutes != begunMinutes(p.start, p.end):
		in.fail("duration", "must be the minutes from startTime to endTime")
	}
	return p
}

func (m *meeting) ended(now time.Time) bool { return !now.Before(m.end) }

func (c *call) schedule() (any, error) {
	in := readObject(c.body)
	p := readPlan(in)
	if err := in.done(); err != nil {
		return nil, err
	}
	s := c.s.state
	if len(s.meetings) >= maxMeetings {
		return nil, errFull
	}
	participantID, err := s.unusedParticipantID()
	if err != nil {
		return nil, err
	}
	m := &meeting{plan: p, id: s.ids.next(c.now), participantID: participantID, icsToken: newICSToken(), account: c.account}
	s.meetings = append(s.meetings, m)
	s.tell(hookScheduled, m, c.now)
	return s.view(m, c.now), nil
}

// update takes the literal false at the end of the path, which the tutorial does not explain.
func (c *call) update() (any, error) {
	if c.values[1] != "false" {
		return nil, invalid("the path must end in /false; nothing else is public")
	}
	m, err := c.open(c.values[0])
	if err != nil {
		return nil, err
	}
	in := readObject(c.body)
	if in.text("id") != c.values[0] {
		in.fail("id", "must be the id in the path")
	}
	p := readPlan(in)
	if err := in.done(); err != nil {
		return nil, err
	}
	m.plan = p
	m.sequence++
	c.s.state.tell(hookUpdated, m, c.now)
	return c.s.state.view(m, c.now), nil
}

// close takes the internal id under the name that answers have for the other one.
func (c *call) close() (any, error) {
	in := readObject(c.body)
	id := in.text("meetingId")
	if err := in.done(); err != nil {
		return nil, err
	}
	m, err := c.open(id)
	if err != nil {
		return nil, err
	}
	m.closedAt = c.now
	c.s.state.tell(hookClosed, m, c.now)
	return nil, nil // data is null
}

func (c *call) delete() (any, error) {
	m, err := c.meeting(c.values[0])
	if err != nil {
		return nil, err
	}
	m.deleted = true
	c.s.state.tell(hookDeleted, m, c.now)
	return nil, nil // data is null
}

// open returns a meeting of the caller's account that is neither closed nor deleted.
func (c *call) open(id string) (*meeting, error) {
	m, err := c.meeting(id)
	if err == nil && !m.closedAt.IsZero() {
		return nil, refuse(codeOther, "the meeting is closed")
	}
	return m, err
}

// meeting returns a meeting of the caller's account that is not deleted.
func (c *call) meeting(id string) (*meeting, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	m := c.s.state.meeting(id)
	switch {
	case m == nil:
		return nil, refuse(codeOther, "there is no such meeting")
	case m.account != c.account:
		return nil, notAllowed("the meeting is another account's")
	case m.deleted:
		return nil, refuse(codeOther, "the meeting is deleted")
	}
	return m, nil
}
