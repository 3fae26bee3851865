package veeting

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"gavel/shared/httpclient"
)

// Meeting is what a meeting is scheduled with.
type Meeting struct {
	Topic      string
	Start, End time.Time // to the millisecond
	// Minutes is the duration; 0 to take it from the times.
	Minutes      int
	Type         string // such as standard
	Recurring    bool
	Recorded     bool
	DialIn       bool
	Participants []json.RawMessage // of a form that Veeting does not publish
	Recurrence   json.RawMessage   // likewise; nil for none
	PermissionID *string
}

// scheduled is the body of the requests, in the tutorial's order.
type scheduled struct {
	ID           string            `json:"id,omitempty"`
	Topic        string            `json:"topic"`
	StartTime    moment            `json:"startTime"`
	EndTime      moment            `json:"endTime"`
	Duration     int               `json:"duration"`
	Type         string            `json:"type"`
	IsRecurring  bool              `json:"isRecurring"`
	IsRecorded   bool              `json:"isRecorded"`
	IsDialin     bool              `json:"isDialin"`
	Invited      []json.RawMessage `json:"invitedParticipants"`
	Recurring    json.RawMessage   `json:"recurring"`
	PermissionID *string           `json:"meetingPermissionId"`
}

// Minutes gives the duration between two times in whole minutes, begun ones included.
func Minutes(start, end time.Time) int {
	return int((end.Sub(start) + time.Minute - 1) / time.Minute)
}

func (m Meeting) scheduled(id string) scheduled {
	s := scheduled{
		ID: id, Topic: m.Topic, StartTime: moment(m.Start), EndTime: moment(m.End), Duration: m.Minutes, Type: m.Type,
		IsRecurring: m.Recurring, IsRecorded: m.Recorded, IsDialin: m.DialIn,
		Invited: m.Participants, Recurring: m.Recurrence, PermissionID: m.PermissionID,
	}
	if s.Duration == 0 {
		s.Duration = Minutes(m.Start, m.End)
	}
	if s.Type == "" {
		s.Type = "standard"
	}
	if s.Invited == nil {
		s.Invited = []json.RawMessage{}
	}
	if s.Recurring == nil {
		s.Recurring = json.RawMessage("{}")
	}
	return s
}

// Schedule makes a meeting (POST /meeting). It is sent once.
func (c *Client) Schedule(ctx context.Context, user User, m Meeting) (Object, error) {
	return c.meeting(ctx, change("meeting schedule", http.MethodPost, "/meeting", &user, m.scheduled("")))
}

// Update replaces what a meeting is scheduled with (PUT /meeting/{id}/false). What the last segment means is not public;
// the tutorial always has false.
func (c *Client) Update(ctx context.Context, user User, id string, m Meeting) (Object, error) {
	return c.meeting(ctx, change("meeting update", http.MethodPut, "/meeting/"+httpclient.EscapeSegment(id)+"/false", &user, m.scheduled(id)))
}

// Close ends a meeting before its time and puts out who is inside (POST /meeting/close).
func (c *Client) Close(ctx context.Context, user User, id string) (Object, error) {
	return c.meeting(ctx, change("meeting close", http.MethodPost, "/meeting/close", &user, struct {
		MeetingID string `json:"meetingId"`
	}{id}))
}

// Delete deletes a meeting (DELETE /meeting/{id}).
func (c *Client) Delete(ctx context.Context, user User, id string) (Object, error) {
	return c.meeting(ctx, change("meeting delete", http.MethodDelete, "/meeting/"+httpclient.EscapeSegment(id), &user, nil))
}

// meeting makes a call that gives a meeting, or nothing: of most the tutorial does not show the answer.
func (c *Client) meeting(ctx context.Context, cl call) (Object, error) {
	var data json.RawMessage
	if err := c.do(ctx, cl, &data); err != nil {
		return nil, err
	}
	var found Object
	if json.Unmarshal(data, &found) != nil {
		return Object{}, nil //nolint:nilerr // an answer of another form says nothing more than yes
	}
	return Plain(found), nil
}

// Plain gives a meeting with the names and types that this API has: participantMeetingId for the id that participants
// see, which Veeting calls meetingId here and not in requests, and numbers where Veeting writes numbers as text.
func Plain(meeting Object) Object {
	plain := make(Object, len(meeting))
	for name, value := range meeting {
		switch name {
		case "meetingId":
			name = "participantMeetingId"
		case "duration", "icalSequence":
			value = asNumber(value)
		}
		plain[name] = value
	}
	return plain
}

// asNumber makes a number of one that is text; anything else stays.
func asNumber(value json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return value
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return value
	}
	return strconv.AppendInt(nil, number, 10) // JSON has no 007
}

// Text gives a field that is text, and "" for one that is not there or is of another type.
func (o Object) Text(name string) string {
	var text string
	_ = json.Unmarshal(o[name], &text)
	return text
}
