package bindings

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"gavel/shared/problem"
	"gavel/shared/rooms"
	"gavel/shared/veeting"
)

// Veeting has rooms meet on an instance of Veeting.
type Veeting struct {
	Client VeetingClient
	// Organizer schedules the meetings: an organizer's e-mail address or internal id; empty with an account-level key.
	Organizer string
	// Now is the clock; see clock.Now for why it must not carry a monotonic reading.
	Now func() time.Time
}

// VeetingClient is what Veeting needs of a client.
type VeetingClient interface {
	Schedule(ctx context.Context, user veeting.User, m veeting.Meeting) (veeting.Object, error)
	Update(ctx context.Context, user veeting.User, id string, m veeting.Meeting) (veeting.Object, error)
	Close(ctx context.Context, user veeting.User, id string) (veeting.Object, error)
	JoinURL(ctx context.Context, participantMeetingID, name string) (string, error)
}

var (
	_ VeetingClient   = (*veeting.Client)(nil)
	_ rooms.Scheduler = (*Veeting)(nil)
)

// longestMeeting is what a room is scheduled for that stays open until it is ended: Veeting knows no such meetings.
const longestMeeting = 24 * time.Hour

func (v *Veeting) user() veeting.User {
	if strings.Contains(v.Organizer, "@") {
		return veeting.User{Email: v.Organizer}
	}
	return veeting.User{ID: v.Organizer}
}

func scheduled(m rooms.Meeting) veeting.Meeting {
	end := m.End
	if end.IsZero() {
		end = m.Start.Add(longestMeeting)
	}
	return veeting.Meeting{Topic: m.Name, Start: m.Start, End: end}
}

// Bind schedules a meeting. The conference's name has both of its ids.
func (v *Veeting) Bind(ctx context.Context, m rooms.Meeting) (string, error) {
	made, err := v.Client.Schedule(ctx, v.user(), scheduled(m))
	if err != nil {
		return "", v.explain(err)
	}
	id, participantID := made.Text("id"), made.Text("participantMeetingId")
	if veeting.CheckMeetingID(id) != nil || participantID == "" {
		return "", problem.New(http.StatusBadGateway, problem.UpstreamError, "Veeting scheduled a meeting and did not say which")
	}
	return id + "/" + participantID, nil
}

// explain says which setting is behind an error.
func (v *Veeting) explain(err error) error {
	if errors.Is(err, veeting.ErrNoUser) || errors.Is(err, veeting.ErrUser) {
		return problem.New(http.StatusServiceUnavailable, problem.NotConfigured,
			"GAVEL_ROOMS_VEETING_USER must name the organizer of rooms with an instance-level key, and be empty with an account-level one")
	}
	return err
}

func meetingIDs(conference string) (id, participantID string, err error) {
	id, participantID, found := strings.Cut(conference, "/")
	if !found {
		return "", "", errors.New("a stored room names no Veeting meeting")
	}
	return id, participantID, nil
}

// Admit gives the meeting's address. It is the same for everybody: who moderates is Veeting's to say.
func (v *Veeting) Admit(ctx context.Context, conference string, g rooms.Guest) (rooms.Admission, error) {
	_, participantID, err := meetingIDs(conference)
	if err != nil {
		return rooms.Admission{}, err
	}
	link, err := v.Client.JoinURL(ctx, participantID, g.Name)
	return rooms.Admission{URL: link, Expires: v.Now().Add(g.Lifetime).Truncate(time.Second)}, err
}

// Expel does nothing but say so: Veeting documents no way to remove anybody.
func (v *Veeting) Expel(context.Context, string, []string) ([]rooms.Action, error) {
	return []rooms.Action{{Name: "kick", Outcome: "not_supported"}}, nil
}

// Close ends the meeting before its time.
func (v *Veeting) Close(ctx context.Context, conference string) (rooms.Action, error) {
	action := rooms.Action{Name: "close"}
	id, _, err := meetingIDs(conference)
	if err != nil {
		return action, err
	}
	if _, err := v.Client.Close(ctx, v.user(), id); err != nil {
		return action, v.explain(err)
	}
	action.Outcome = "closed"
	return action, nil
}

// Reschedule tells Veeting the room's name and times.
func (v *Veeting) Reschedule(ctx context.Context, conference string, m rooms.Meeting) error {
	id, _, err := meetingIDs(conference)
	if err != nil {
		return err
	}
	_, err = v.Client.Update(ctx, v.user(), id, scheduled(m))
	return v.explain(err)
}
