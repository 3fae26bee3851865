package rooms

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/table"
)

// removal is what a participant's removal asks for at the provider. The task is written together
// with the removal itself, so that it is not forgotten if this process ends in between; and so is
// the ban, by which whoever comes back with an old link is known.
type removal struct {
	key     table.Key
	task    expelTask // without a provider when there is nothing to do
	changes []table.Change
}

func (s *Service) removal(ctx context.Context, id string, r roomRecord, before table.Item, ban bans.Ban) (removal, error) {
	if !r.opened(s.now()) {
		return removal{}, nil // nobody can have been admitted yet
	}
	alias, used, err := s.alias(ctx, ban.User, r.Provider)
	if err != nil {
		return removal{}, err
	}
	due, guests := s.now().Add(grace), guestIDs(ban.User, used)
	rm := removal{
		key: dueKey(id, dueSort(due, expelFrom(id, guests[0]))),
		task: expelTask{
			Provider: r.Provider, Conference: r.Conference, GuestID: guests[0], Former: guests[1:], User: ban.User, Since: s.now().UTC(),
		},
	}
	keys := make([]table.Key, len(guests))
	for i, guest := range guests {
		keys[i] = bans.IDKey(bans.In(r.Provider, r.Conference), guest)
	}
	known, err := s.store.Get(ctx, keys...)
	if err != nil {
		return removal{}, err
	}
	if rm.changes, err = bans.Changes(bans.InRoom(id), ban, before, known...); err != nil {
		return removal{}, err
	}
	rm.changes = append(rm.changes, create(rm.key, rm.task), put(alias, aliasRecord{Bans: used.Bans + 1}))
	return rm, nil
}

// GuestIDs gives the ids that a user may be in meetings with at a provider: the one they go by in those of rooms now, and those
// from before a removal, no more than the latest ten of them, and last their own one, which an app may have given them elsewhere.
func (s *Service) GuestIDs(ctx context.Context, user, provider string) ([]string, error) {
	_, used, err := s.alias(ctx, user, provider)
	if err != nil {
		return nil, err
	}
	ids := guestIDs(user, used)
	if !slices.Contains(ids, user) {
		ids = append(ids, user)
	}
	return ids, nil
}

// mostAliases is how many ids beside a user's own one are looked after: links with older ones have ended long since.
const mostAliases = 10

func guestIDs(user string, a aliasRecord) []string {
	var ids []string
	for n := a.Bans; n > max(a.Bans-mostAliases, 0); n-- {
		ids = append(ids, guestID(user, aliasRecord{Bans: n}))
	}
	return append(ids, guestID(user, aliasRecord{}))
}

// Retirement is the change by which a user goes by another id in the meetings of rooms at a provider from then on, which keeps to
// a ban of the one they had. It is to be written with what lifts the ban.
func (s *Service) Retirement(ctx context.Context, user, provider string) ([]table.Change, error) {
	item, used, err := s.alias(ctx, user, provider)
	if err != nil {
		return nil, err
	}
	return []table.Change{put(item, aliasRecord{Bans: used.Bans + 1})}, nil
}

func (s *Service) alias(ctx context.Context, user, provider string) (table.Item, aliasRecord, error) {
	items, err := s.store.Get(ctx, aliasKey(user, provider))
	if err != nil {
		return table.Item{}, aliasRecord{}, err
	}
	record, err := table.Decode[aliasRecord](items[0])
	return items[0], record, err
}

// guestID gives the id that a user goes by at a provider: their own one, until it was banned. Bans
// cannot be lifted there, and they reach every room, while a removal is from one: so who was
// removed from one room joins others, and the same one when invited again, under another id. No two users ever go by the same
// one: whose own id could be another user's after a ban never goes by just that.
func guestID(user string, a aliasRecord) string {
	if a.Bans == 0 && !isAlias(user) {
		return user
	}
	return user + aliasMark + strconv.Itoa(a.Bans)
}

// aliasMark stands between a user's own id and the number of bans.
const aliasMark = "~"

// isAlias tells an id that has the form of one that somebody goes by after a ban.
func isAlias(id string) bool {
	at := strings.LastIndex(id, aliasMark)
	if at < 0 {
		return false
	}
	_, err := strconv.ParseUint(id[at+len(aliasMark):], 10, 64)
	return err == nil
}

// carryOut does at the provider what a removal asks for, and takes the task back when it is done.
func (s *Service) carryOut(ctx context.Context, caller, id, user string, rm removal) Effect {
	if rm.task.Provider == "" {
		return Effect{}
	}
	effect := s.expel(ctx, rm.task.Provider, rm.task.Conference, rm.task.guests())
	expelled := to(effect.event(eventExpelled, audit.Person(caller), id), user)
	if effect.Err != nil {
		s.record(ctx, expelled)
		return effect
	}
	// If this fails the guest is expelled twice, which does no harm.
	s.record(ctx, expelled, table.Delete(rm.key, table.Any))
	return effect
}
