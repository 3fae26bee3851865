package rooms

import (
	"context"
	"strings"

	"gavel/shared/table"
)

// Bounds of a page. A list that leaves rooms out looks at no more than mostExamined of them in one
// call, however few it finds, and goes on in the next.
const (
	MaxPage      = 100
	examineBatch = table.MaxKeys / 2 // a room and the caller's place in it are two keys
	mostExamined = 2 * examineBatch
)

// ListQuery says which of the caller's rooms to list.
type ListQuery struct {
	Status Status // empty for all
	Limit  int    // 1 to MaxPage
	Cursor string // empty to begin
}

// RoomPage is a part of a list of rooms.
type RoomPage struct {
	Rooms []Room
	Next  string // cursor of what follows; empty at the end
}

// List gives the rooms the caller is in, those made last first. With a status it can give fewer
// than asked for, or none, although more follow.
func (s *Service) List(ctx context.Context, caller string, q ListQuery) (RoomPage, error) {
	list := "rooms#" + caller + "#" + string(q.Status)
	at, err := parseCursor(list, q.Cursor)
	if err != nil {
		return RoomPage{}, err
	}
	page := RoomPage{}
	size := min(q.Limit, examineBatch)
	for examined := 0; examined < mostExamined; examined += size {
		if examined > 0 {
			size = q.next(len(page.Rooms))
		}
		batch, more, err := s.entries(ctx, caller, q.Status, at.position, size)
		if err != nil {
			return RoomPage{}, err
		}
		rooms, err := s.read(ctx, caller, batch)
		if err != nil {
			return RoomPage{}, err
		}
		if left := page.take(q, rooms); left > 0 {
			more, at.position = true, page.Rooms[len(page.Rooms)-1].ID
		} else if more {
			at.position = batch[len(batch)-1]
		}
		page.Next = ""
		if !more {
			break
		}
		page.Next = at.text(list)
		if len(page.Rooms) == q.Limit {
			break
		}
	}
	return page, nil
}

// take adds the rooms that are asked for until the page is full, and gives how many it did not
// look at.
func (p *RoomPage) take(q ListQuery, rooms []Room) (left int) {
	for i, room := range rooms {
		if len(p.Rooms) == q.Limit {
			return len(rooms) - i
		}
		if q.Status == "" || room.Status == q.Status {
			p.Rooms = append(p.Rooms, room)
		}
	}
	return 0
}

// next gives how many rooms to look at after the first ones, when so many were found: those that are
// missing, unless some will be left out.
func (q ListQuery) next(found int) int {
	if q.Status == "" {
		return min(q.Limit-found, examineBatch)
	}
	return examineBatch
}

// entries gives the ids of the rooms that follow a position, and whether there are more. Whoever asks
// for booked or started rooms is spared those that are known to be over.
func (s *Service) entries(ctx context.Context, caller string, status Status, position string, size int) ([]string, bool, error) {
	prefix := entryPrefix
	if status == StatusBooked || status == StatusStarted {
		prefix = openPrefix
	}
	r := table.Range{Partition: userPartition(caller), Prefix: prefix, Reverse: true, Limit: size + 1}
	if position != "" {
		r.After = prefix + position
	}
	items, err := s.store.Query(ctx, r)
	if err != nil {
		return nil, false, err
	}
	more := len(items) > size
	ids := make([]string, min(len(items), size))
	for i := range ids {
		ids[i] = strings.TrimPrefix(items[i].Sort, prefix)
	}
	return ids, more, nil
}

// read gives the rooms with the ids. Those that the caller has just been removed from, or that are
// only being made, are left out.
func (s *Service) read(ctx context.Context, caller string, ids []string) ([]Room, error) {
	keys := make([]table.Key, 0, 2*len(ids))
	for _, id := range ids {
		keys = append(keys, roomKey(id), memberKey(id, caller))
	}
	items, err := s.store.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	rooms := make([]Room, 0, len(ids))
	for i, id := range ids {
		if !items[2*i].Exists() || !items[2*i+1].Exists() {
			continue
		}
		record, err := table.Decode[roomRecord](items[2*i])
		if err != nil {
			return nil, err
		}
		member, err := table.Decode[memberRecord](items[2*i+1])
		if err != nil {
			return nil, err
		}
		rooms = append(rooms, s.room(id, record, member))
	}
	return rooms, nil
}

// Get gives a room the caller is in.
func (s *Service) Get(ctx context.Context, caller, id string) (Room, error) {
	v, err := s.look(ctx, id, caller)
	if err != nil {
		return Room{}, err
	}
	return s.room(id, v.record, v.member), nil
}

// ParticipantPage is a part of the list of a room's participants.
type ParticipantPage struct {
	Participants []Participant
	Next         string // cursor of what follows; empty at the end
}

// ListParticipants gives the participants of a room the caller is in, in no particular order but
// always the same one; limit is 1 to MaxPage.
func (s *Service) ListParticipants(ctx context.Context, caller, id string, limit int, cursorText string) (ParticipantPage, error) {
	list := "participants#" + id
	at, err := parseCursor(list, cursorText)
	if err != nil {
		return ParticipantPage{}, err
	}
	if _, err := s.look(ctx, id, caller); err != nil {
		return ParticipantPage{}, err
	}
	r := table.Range{Partition: roomPartition(id), Prefix: memberPrefix, Limit: limit + 1}
	if at.position != "" {
		r.After = memberPrefix + at.position
	}
	items, err := s.store.Query(ctx, r)
	if err != nil {
		return ParticipantPage{}, err
	}
	var page ParticipantPage
	if len(items) > limit {
		items = items[:limit]
		page.Next = cursor{position: strings.TrimPrefix(items[limit-1].Sort, memberPrefix)}.text(list)
	}
	for _, item := range items {
		member, err := table.Decode[memberRecord](item)
		if err != nil {
			return ParticipantPage{}, err
		}
		page.Participants = append(page.Participants, member.participant())
	}
	return page, nil
}
