package rooms

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/table"
)

// Added says who was added to a room, and who was in it already.
type Added struct {
	New   []string
	Known []string
}

// AddParticipants invites people into a room as one of its admins; at most MaxInvites of them. Who
// was removed from it is welcome again: their ban there is lifted. It works in batches, so that after
// a failure some may be in: repeating it is harmless.
func (s *Service) AddParticipants(ctx context.Context, caller, id string, users []string) (Added, error) {
	users = distinct(users)
	var added Added
	for batch := range slices.Chunk(users, joinBatch) {
		some, err := s.addBatch(ctx, caller, id, batch)
		if err != nil {
			return added, err
		}
		added.New, added.Known = append(added.New, some.New...), append(added.Known, some.Known...)
	}
	return added, nil
}

func (s *Service) addBatch(ctx context.Context, caller, id string, users []string) (Added, error) {
	keys := make([]table.Key, 2*len(users))
	for i, user := range users {
		keys[i], keys[len(users)+i] = memberKey(id, user), bans.Key(bans.InRoom(id), user)
	}
	var added Added
	err := s.change(ctx, func(ctx context.Context) (changes []table.Change, err error) {
		v, err := s.lookAsAdmin(ctx, id, caller, keys...)
		if err != nil {
			return nil, err
		}
		added = Added{}
		var lifted []table.Change
		for i, user := range users {
			if v.others[i].Exists() {
				added.Known = append(added.Known, user)
				continue
			}
			added.New = append(added.New, user)
			if ban := v.others[len(users)+i]; ban.Exists() {
				lifted = append(lifted, table.Delete(ban.Key, ban.Version))
			}
		}
		if len(added.New) == 0 {
			return nil, nil
		}
		v.record.Participants += len(added.New)
		if v.record.Participants > MaxParticipants {
			return nil, &Error{Code: Full, Detail: fmt.Sprintf("a room has at most %d participants", MaxParticipants)}
		}
		invited := in(v.record.event(eventAdded, audit.Person(caller), id), details{"participants": count(v.record.Participants)})
		invited.Targets = added.New
		if len(lifted) > 0 {
			invited.Details["bans_lifted"] = count(len(lifted))
		}
		return s.with(ctx, append(append(seats(id, added.New, s.now().UTC()), put(v.room, v.record)), lifted...), invited)
	})
	return added, err
}

// RemoveParticipant takes somebody out of a room as one of its admins, and out of its conference if
// the room has started: what came of that is in the Effect. They are banned from the conference for
// so long, or with zero until the ban is lifted. The last admin cannot be removed.
func (s *Service) RemoveParticipant(ctx context.Context, caller, id, user string, life time.Duration) (Effect, error) {
	var removal removal
	err := s.change(ctx, func(ctx context.Context) (changes []table.Change, err error) {
		v, target, member, err := s.target(ctx, id, caller, user, bans.Key(bans.InRoom(id), user))
		if err != nil {
			return nil, err
		}
		if err := v.record.lose(member); err != nil {
			return nil, err
		}
		v.record.Participants--
		changes = []table.Change{
			table.Delete(target.Key, target.Version),
			table.Delete(entryKey(user, id), table.Any),
			table.Delete(openKey(user, id), table.Any),
			put(v.room, v.record),
		}
		if removal, err = s.removal(ctx, id, v.record, v.others[1], s.ban(ctx, caller, user, life)); err != nil {
			return nil, err
		}
		removed := in(to(v.record.event(eventRemoved, audit.Person(caller), id), user), details{
			"role": string(member.role()), "participants": count(v.record.Participants),
		})
		return s.with(ctx, append(changes, removal.changes...), removed)
	})
	if err != nil {
		return Effect{}, err
	}
	return s.carryOut(ctx, caller, id, user, removal), nil
}

// target reads the room as an admin together with one of its participants, and what else is needed behind them.
func (s *Service) target(
	ctx context.Context, id, caller, user string, further ...table.Key,
) (view, table.Item, memberRecord, error) {
	v, err := s.lookAsAdmin(ctx, id, caller, append([]table.Key{memberKey(id, user)}, further...)...)
	if err != nil {
		return v, table.Item{}, memberRecord{}, err
	}
	item := v.others[0]
	if !item.Exists() {
		return v, item, memberRecord{}, &Error{Code: NotFound, Detail: "there is no such participant in the room"}
	}
	member, err := table.Decode[memberRecord](item)
	return v, item, member, err
}

// lose counts an admin less, if the member is one.
func (r *roomRecord) lose(m memberRecord) error {
	if !m.Admin {
		return nil
	}
	if r.Admins <= 1 {
		return &Error{Code: LastAdmin, Detail: "the room's last admin stays; grant somebody else first"}
	}
	r.Admins--
	return nil
}
