package rooms

import (
	"context"
	"strings"

	"gavel/shared/audit"
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
		before := v.member
		changes, changed := []table.Change(nil), []string(nil)
		if p.Name != nil {
			if err := s.goesOn(v.record); err != nil {
				return nil, err
			}
			v.member.Name = *p.Name
			changes, changed = append(changes, table.Check(v.room)), append(changed, "username")
		}
		if p.Archived != nil {
			v.member.Archived = *p.Archived
			changed = append(changed, "archive_room")
		}
		if member = v.member; member == before {
			return nil, nil
		}
		updated := to(v.record.event(eventProfile, audit.Person(caller), id), caller)
		return s.with(ctx, append(changes, put(v.caller, member)), in(updated, details{"changed": strings.Join(changed, ",")}))
	})
	return member.participant(), err
}
