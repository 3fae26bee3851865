package rooms

import (
	"context"

	"gavel/shared/audit"
	"gavel/shared/table"
)

// Participant is somebody in a room.
type Participant struct {
	ID       string
	Name     string // as they call themselves; may be empty
	Admin    bool
	Archived bool // their own flag
}

func (m memberRecord) participant() Participant {
	return Participant{ID: m.User, Name: m.Name, Admin: m.Admin, Archived: m.Archived}
}

// GrantAdmin makes a participant an admin, as one. Granting it twice is not an error.
func (s *Service) GrantAdmin(ctx context.Context, caller, id, user string) (Participant, error) {
	return s.setAdmin(ctx, caller, id, user, true)
}

// RevokeAdmin makes an admin a mere participant, as an admin; the last one stays. Revoking it from
// somebody who is none is not an error.
func (s *Service) RevokeAdmin(ctx context.Context, caller, id, user string) (Participant, error) {
	return s.setAdmin(ctx, caller, id, user, false)
}

func (s *Service) setAdmin(ctx context.Context, caller, id, user string, admin bool) (Participant, error) {
	var member memberRecord
	err := s.change(ctx, func(ctx context.Context) ([]table.Change, error) {
		v, item, m, err := s.target(ctx, id, caller, user)
		member = m
		if err != nil || member.Admin == admin {
			return nil, err
		}
		kind := eventRevoked
		if admin {
			v.record.Admins++
			kind = eventGranted
		} else if err := v.record.lose(member); err != nil {
			return nil, err
		}
		member.Admin = admin
		changed := in(to(v.record.event(kind, audit.Person(caller), id), user), details{"admins": count(v.record.Admins)})
		return s.with(ctx, []table.Change{put(item, member), put(v.room, v.record)}, changed)
	})
	return member.participant(), err
}
