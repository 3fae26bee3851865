package rooms

import "time"

// Status says where in its life a room is. It follows from the clock.
type Status string

// The statuses of a room.
const (
	StatusBooked  Status = "booked"
	StatusStarted Status = "started"
	StatusEnded   Status = "ended"
)

// Role is what a participant may do.
type Role string

// The roles.
const (
	Admin  Role = "admin"
	Member Role = "participant"
)

// Room is a room as one participant sees it.
type Room struct {
	ID     string
	Name   string
	Status Status // at the time of the answer
	Start  time.Time
	End    time.Time // zero for a room that stays open until it is ended
	// Provider is the meeting system the room is bound to; empty for none.
	Provider     string
	Participants int
	Admins       int
	CreatedBy    string
	CreatedAt    time.Time

	Role     Role // the participant's own
	Archived bool // the participant's own flag
}

// MaxParticipants is how many participants a room can have, admins included.
const MaxParticipants = 10_000

// statusAt gives the status at a time. A room that is ended before its start never starts.
func (r *roomRecord) statusAt(now time.Time) Status {
	switch {
	case !r.End.IsZero() && !now.Before(r.End):
		return StatusEnded
	case now.Before(r.Start):
		return StatusBooked
	}
	return StatusStarted
}

func (s *Service) room(id string, r roomRecord, m memberRecord) Room {
	return Room{
		ID: id, Name: r.Name, Status: r.statusAt(s.now()), Start: r.Start, End: r.End, Provider: r.Provider,
		Participants: r.Participants, Admins: r.Admins, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt,
		Role: m.role(), Archived: m.Archived,
	}
}
