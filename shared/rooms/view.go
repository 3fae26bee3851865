package rooms

import (
	"context"

	"gavel/shared/table"
)

// view is what a call reads of a room: the room, the caller's place in it, and what else it needs.
type view struct {
	id     string
	room   table.Item
	record roomRecord
	caller table.Item
	member memberRecord
	others []table.Item // of the further keys, in their order
}

// look reads a room as the caller, who must be in it, in one request.
func (s *Service) look(ctx context.Context, id, caller string, further ...table.Key) (view, error) {
	keys := append([]table.Key{roomKey(id), memberKey(id, caller)}, further...)
	items, err := s.store.Get(ctx, keys...)
	if err != nil {
		return view{}, err
	}
	v := view{id: id, room: items[0], caller: items[1], others: items[2:]}
	if !v.room.Exists() || !v.caller.Exists() {
		return view{}, noRoom()
	}
	if v.record, err = table.Decode[roomRecord](v.room); err != nil {
		return view{}, err
	}
	v.member, err = table.Decode[memberRecord](v.caller)
	return v, err
}

// lookAsAdmin reads a room that goes on as the caller, who must be one of its admins.
func (s *Service) lookAsAdmin(ctx context.Context, id, caller string, further ...table.Key) (view, error) {
	v, err := s.look(ctx, id, caller, further...)
	if err != nil {
		return v, err
	}
	if !v.member.Admin {
		return v, &Error{Code: Forbidden, Detail: "only an admin of the room may do this"}
	}
	return v, s.goesOn(v.record)
}

// goesOn refuses changes of a room that is over.
func (s *Service) goesOn(r roomRecord) error {
	if r.statusAt(s.now()) == StatusEnded {
		return &Error{Code: Ended, Detail: "the room has ended, which is final", Start: r.Start, End: r.End}
	}
	return nil
}
