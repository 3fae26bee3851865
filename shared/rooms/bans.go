package rooms

import (
	"context"
	"time"

	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/table"
)

// ban is that of a user by an admin, for the reason that the call gives.
func (s *Service) ban(ctx context.Context, admin, user string, life time.Duration) bans.Ban {
	now := s.now()
	return bans.Ban{User: user, Reason: audit.Reason(ctx), By: admin, At: now, Expires: bans.Until(now, life)}
}

// lookAtBans reads a room as one of its admins, also when it is over.
func (s *Service) lookAtBans(ctx context.Context, caller, id string, further ...table.Key) (view, error) {
	v, err := s.look(ctx, id, caller, further...)
	if err == nil && !v.member.Admin {
		return v, &Error{Code: Forbidden, Detail: "only an admin of the room may do this"}
	}
	return v, err
}

// Bans gives up to limit of those who are banned from a room's conference, as one of its admins, in an order that means
// nothing but stays.
func (s *Service) Bans(ctx context.Context, caller, id string, limit int, cursorText string) (bans.Page, error) {
	list := "bans#" + id
	at, err := parseCursor(list, cursorText)
	if err != nil {
		return bans.Page{}, err
	}
	if _, err := s.lookAtBans(ctx, caller, id); err != nil {
		return bans.Page{}, err
	}
	page, err := bans.New(s.store).All(ctx, bans.InRoom(id), limit, at.position)
	if page.Next != "" {
		page.Next = cursor{position: page.Next}.text(list)
	}
	return page, err
}

// LiftBan lets somebody who was removed back in, as one of the room's admins: with a link they still have, or one that
// they get when they are invited again. It says whether they were banned.
func (s *Service) LiftBan(ctx context.Context, caller, id, user string) (bool, error) {
	lifted := false
	err := s.change(ctx, func(ctx context.Context) ([]table.Change, error) {
		v, err := s.lookAtBans(ctx, caller, id, bans.Key(bans.InRoom(id), user))
		lifted = err == nil && v.others[0].Exists()
		if !lifted {
			return nil, err
		}
		changes := []table.Change{table.Delete(v.others[0].Key, v.others[0].Version)}
		return s.with(ctx, changes, to(v.record.event(audit.BanLifted, audit.Person(caller), id), user))
	})
	return lifted && err == nil, err
}
