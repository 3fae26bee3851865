package veeting

import "net/http"

// ownMeeting is a meeting in the sandbox's own list.
type ownMeeting struct {
	ID        string `json:"id"`
	MeetingID string `json:"meetingId"`
	Topic     string `json:"topic"`
	StartTime string `json:"startTime"`
	EndTime   string `json:"endTime"`
	Closed    bool   `json:"closed"`
	Deleted   bool   `json:"deleted"`
}

type ownAccount struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Organizers []ownOrganizer `json:"organizers"`
}

type ownOrganizer struct {
	ID    string `json:"id"`
	Email string `json:"email"`
}

// serveOwn serves the sandbox's own API, described at [Server]. It is not part of the service and therefore not
// recorded.
func (s *Server) serveOwn(w http.ResponseWriter, r *http.Request, segments []string) {
	a, err := s.answerOwn(r, segments)
	if err != nil {
		a = refused(err)
	}
	a.write(w)
}

func (s *Server) answerOwn(r *http.Request, segments []string) (answer, error) {
	var view func() any
	switch {
	case matchPath(segments, "meetings") != nil:
		view = s.state.ownMeetings
	case matchPath(segments, "accounts") != nil:
		view = s.state.ownAccounts
	default:
		return answer{}, errNoSuchPath
	}
	if r.Method != http.MethodGet {
		return answer{}, &refusal{
			status: http.StatusMethodNotAllowed, code: codeOther, message: "the method must be GET",
			allow: []string{http.MethodGet},
		}
	}
	body, err := encode(view())
	return answer{status: http.StatusOK, body: body}, err
}

func (s *state) ownMeetings() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []ownMeeting{}
	for _, m := range s.meetings {
		all = append(all, ownMeeting{
			ID: m.id, MeetingID: m.participantID, Topic: m.topic, StartTime: formatTime(m.start), EndTime: formatTime(m.end),
			Closed: !m.closedAt.IsZero(), Deleted: m.deleted,
		})
	}
	return map[string]any{"meetings": all}
}

func (s *state) ownAccounts() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []ownAccount{}
	for _, a := range s.accounts {
		all = append(all, ownAccount{ID: a.id, Name: a.admin.email, Organizers: []ownOrganizer{{a.admin.id, a.admin.email}}})
	}
	return map[string]any{"accounts": all}
}
