package rooms

import (
	"context"

	"gavel/shared/table"
)

// Profile is what to change of one's own place in a room; nil leaves a value as it is.
type Profile struct {
	Name     *string
	Archived *bool
}

// UpdateProfile changes the caller's own profile in a room. Once the room has ended only the
// archive flag can be set: it is the user's, changes nothing of the room, and is for ended rooms
// above all.
func (s *Service) UpdateProfile(ctx context.Context, caller, id string, p Profile) (Participant, error) {
	var member memberRecord
	err := s.change(ctx, func(ctx context.Context) ([]table.Change, error) {
		v, err := s.look(ctx, id, caller)
		if err != nil {
			return nil, err
		}
		changes := []table.Change(nil)
		if p.Name != nil {
			if err := s.goesOn(v.record); err != nil {
				return nil, err
			}
			v.member.Name = *p.Name
			changes = append(changes, table.Check(v.room))
		}
		if p.Archived != nil {
			v.member.Archived = *p.Archived
		}
		member = v.member
		return append(changes, put(v.caller, member)), nil
	})
	return member.participant(), err
}
