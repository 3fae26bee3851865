package rooms

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"gavel/shared/ids"
	"gavel/shared/table"
)

// Audit says which invariants do not hold of the state in the partitions, which are all that belong
// to the rooms in them.
func Audit(ctx context.Context, store table.Store, partitions []string, now time.Time) error {
	a := &inspection{ctx: ctx, store: store, now: now, items: map[table.Key]table.Item{}, parts: map[string][]table.Item{}}
	for _, partition := range partitions {
		a.load(partition, "")
	}
	for _, shard := range dueShards {
		a.load(dueShard(string(shard)), "0")
	}
	for key := range a.items {
		switch {
		case strings.HasPrefix(key.Partition, "room#") && key.Sort == roomSort:
			a.room(strings.TrimPrefix(key.Partition, "room#"))
		case strings.HasPrefix(key.Partition, "user#"):
			a.entry(key)
		case strings.HasPrefix(key.Partition, "due#"):
			a.task(key)
		}
	}
	return errors.Join(a.faults...)
}

type inspection struct {
	ctx    context.Context //nolint:containedctx // lives as long as one call
	store  table.Store
	now    time.Time
	items  map[table.Key]table.Item
	parts  map[string][]table.Item // by partition
	faults []error
}

func (a *inspection) fault(format string, args ...any) {
	a.faults = append(a.faults, fmt.Errorf(format, args...))
}

// load reads the items of a partition, of which due# is read with a prefix.
func (a *inspection) load(partition, prefix string) {
	prefixes := []string{prefix}
	switch {
	case strings.HasPrefix(partition, "room#"):
		prefixes = []string{roomSort, memberPrefix, filePrefix}
	case strings.HasPrefix(partition, "chat#"):
		prefixes = []string{tailSort, msgPrefix}
	case strings.HasPrefix(partition, "user#"):
		prefixes = []string{entryPrefix, openPrefix}
	case prefix == "":
		return // due# is read by itself
	}
	for _, prefix := range prefixes {
		items, err := a.store.Query(a.ctx, table.Range{Partition: partition, Prefix: prefix, Limit: 1 << 20})
		if err != nil {
			a.faults = append(a.faults, err)
		}
		for _, item := range items {
			a.items[item.Key] = item
		}
		a.parts[partition] = append(a.parts[partition], items...)
	}
}

// of gives the items of a partition that begin with a prefix.
func (a *inspection) of(partition, prefix string) []table.Item {
	var found []table.Item
	for _, item := range a.parts[partition] {
		if strings.HasPrefix(item.Sort, prefix) {
			found = append(found, item)
		}
	}
	return found
}

func read[T any](a *inspection, item table.Item) T {
	record, err := table.Decode[T](item)
	if err != nil {
		a.fault("%s %s: %w", item.Partition, item.Sort, err)
	}
	return record
}

func (a *inspection) has(key table.Key) bool { return a.items[key].Exists() }

func (a *inspection) room(id string) {
	r := read[roomRecord](a, a.items[roomKey(id)])
	finished := !r.End.IsZero() && r.Due == ""
	if finished && r.statusAt(a.now) != StatusEnded {
		a.fault("room %s: finished before its end", id)
	}
	if r.Due != "" && !a.has(dueKey(id, r.Due)) {
		a.fault("room %s: the task %s that it notes is not there", id, r.Due)
	}
	members := a.of(roomPartition(id), memberPrefix)
	admins := 0
	for _, item := range members {
		m := read[memberRecord](a, item)
		if m.Admin {
			admins++
		}
		if item.Key != memberKey(id, m.User) {
			a.fault("room %s: %s is in another one's place", id, m.User)
		}
		if !a.has(entryKey(m.User, id)) {
			a.fault("room %s: not on the list of %s", id, m.User)
		}
		if open := a.has(openKey(m.User, id)); open && finished || !open && r.statusAt(a.now) != StatusEnded {
			a.fault("room %s: on the open list of %s: %t, with the room finished %t", id, m.User, open, finished)
		}
	}
	if r.Participants != len(members) || r.Admins != admins || admins < 1 {
		a.fault("room %s: counts %d participants and %d admins, has %d and %d", id, r.Participants, r.Admins, len(members), admins)
	}
	a.chat(id)
	for _, item := range a.of(roomPartition(id), filePrefix) {
		file := read[fileRecord](a, item)
		if waits := a.has(orphanKey(id, file)); waits == file.Uploaded {
			a.fault("room %s: the file %s is to be removed: %t, was used: %t", id, file.FileID, waits, file.Uploaded)
		}
	}
}

func (a *inspection) chat(id string) {
	newest := time.Time{}
	seen := map[int64]bool{}
	for _, item := range a.of(chatPartition(id), msgPrefix) {
		m := read[messageRecord](a, item)
		if m.At.After(newest) {
			newest = m.At
		}
		if seen[m.At.UnixMilli()] {
			a.fault("room %s: two messages of %s", id, m.At)
		}
		seen[m.At.UnixMilli()] = true
		// The first 48 bits are the milliseconds (RFC 9562 section 5.7).
		if got, want := strings.ReplaceAll(strings.TrimPrefix(item.Sort, msgPrefix), "-", "")[:12], fmt.Sprintf("%012x", m.At.UnixMilli()); got != want {
			a.fault("room %s: a message's id has the time %s, and the message %s", id, got, want)
		}
		if m.Attachment == nil {
			continue
		}
		if file := read[fileRecord](a, a.items[fileKey(id, m.Attachment.FileID)]); !file.Uploaded || file.Attachment != *m.Attachment {
			a.fault("room %s: a message has the file %+v, the room %+v", id, *m.Attachment, file)
		}
	}
	if tail := read[tailRecord](a, a.items[tailKey(id)]); !tail.At.Equal(newest) {
		a.fault("room %s: its chat ends at %s by the tail, and at %s by the messages", id, tail.At, newest)
	}
}

// entry looks whether who has a room on a list is in it. What was begun of a room that never came
// to be is seen by nobody.
func (a *inspection) entry(key table.Key) {
	_, id, _ := strings.Cut(key.Sort, "#")
	if !a.has(roomKey(id)) {
		return
	}
	member := table.Key{Partition: roomPartition(id), Sort: memberPrefix + strings.TrimPrefix(key.Partition, "user#")}
	if !a.has(member) {
		a.fault("%s: on the list %s without being in the room", key.Partition, key.Sort)
	}
}

// task looks whether a task is one that somebody waits for.
func (a *inspection) task(key table.Key) {
	parts := strings.Split(key.Sort, "#")
	if len(parts) < 3 || dueKey(parts[2], key.Sort) != key {
		a.fault("task %s: not in the place of one", key.Sort)
		return
	}
	switch r := read[roomRecord](a, a.items[roomKey(parts[2])]); {
	case parts[1] == kindEnd && r.Due != key.Sort:
		a.fault("task %s: its room waits for %q", key.Sort, r.Due)
	case parts[1] == kindFile:
		file := read[fileRecord](a, a.items[fileKey(parts[2], parts[3])])
		if file.Uploaded || file.FileID != "" && orphanKey(parts[2], file) != key {
			a.fault("task %s: is about the file %+v", key.Sort, file)
		}
	case parts[1] == kindExpel:
		if task := read[expelTask](a, a.items[key]); task.Conference != r.Conference || task.GuestID == "" {
			a.fault("task %s: got %+v of a room that is bound to %q", key.Sort, task, r.Conference)
		}
	}
}

// SeedRooms puts started rooms, with the user as their only participant, straight into a store, and
// gives their ids in the order of their making.
func SeedRooms(ctx context.Context, store table.Store, user string, n int, at time.Time) ([]string, error) {
	made := make([]string, n)
	return made, inBulk(ctx, store, n, seatSize+1, func(i int) ([]table.Change, error) {
		at := at.Add(time.Duration(i) * time.Millisecond)
		id := ids.New(at)
		made[i] = id
		record := roomRecord{Name: "Seeded", Start: second(at), Participants: 1, Admins: 1, CreatedBy: user, CreatedAt: at}
		return append(seat(id, memberRecord{User: user, Admin: true, AddedAt: at}), create(roomKey(id), record)), nil
	})
}

// SeedEnding puts rooms that have begun and end at a time straight into a store, as many in each shard of tasks.
func SeedEnding(ctx context.Context, store table.Store, user string, n int, at, end time.Time) error {
	return inBulk(ctx, store, n, seatSize+2, func(i int) ([]table.Change, error) {
		id := ids.New(at)
		id = id[:len(id)-1] + dueShards[i%len(dueShards):][:1]
		record := roomRecord{Name: "Seeded", Start: second(at), End: second(end), Participants: 1, Admins: 1, CreatedBy: user, CreatedAt: at}
		changes := append(seat(id, memberRecord{User: user, Admin: true, AddedAt: at}), plan(id, &record, record.End, endTask{})...)
		return append(changes, create(roomKey(id), record)), nil
	})
}

// OpenRooms gives the rooms on a user's list of those that are not known to be over.
func OpenRooms(ctx context.Context, store table.Store, user string) (map[string]bool, error) {
	items, err := store.Query(ctx, table.Range{Partition: userPartition(user), Prefix: openPrefix, Limit: 1 << 20})
	ids := map[string]bool{}
	for _, item := range items {
		ids[strings.TrimPrefix(item.Sort, openPrefix)] = true
	}
	return ids, err
}

// LimitSweep has the sweeps of a service begin no more than so many tasks.
func LimitSweep(s *Service, tasks int) { s.mostTasks = tasks }

// Spoil makes a room unreadable, until mend is called.
func Spoil(ctx context.Context, store table.Store, room string) (mend func() error, err error) {
	items, err := store.Get(ctx, roomKey(room))
	if err != nil {
		return nil, err
	}
	replace := func(data []byte) error {
		now, err := store.Get(ctx, roomKey(room))
		if err != nil {
			return err
		}
		now[0].Data = data
		return store.Write(ctx, table.Put(now[0]))
	}
	return func() error { return replace(items[0].Data) }, replace([]byte(`{"name":7}`))
}

// SeedMessages puts messages straight into the chat of a room that has none yet.
func SeedMessages(ctx context.Context, store table.Store, room, user string, n int, at time.Time) error {
	err := inBulk(ctx, store, n, 1, func(i int) ([]table.Change, error) {
		at := at.Add(time.Duration(i-n) * time.Millisecond)
		return []table.Change{create(msgKey(room, ids.New(at)), messageRecord{From: user, Text: "seeded", At: at})}, nil
	})
	if err != nil {
		return err
	}
	return store.Write(ctx, create(tailKey(room), tailRecord{At: at.Add(-time.Millisecond)}))
}

// SeedParticipants puts participants straight into a room, and counts them.
func SeedParticipants(ctx context.Context, store table.Store, room string, users []string, at time.Time) error {
	err := inBulk(ctx, store, len(users), seatSize, func(i int) ([]table.Change, error) {
		return seat(room, memberRecord{User: users[i], AddedAt: at}), nil
	})
	if err != nil {
		return err
	}
	return Recount(ctx, store, room, len(users))
}

// Recount makes a room believe that it has so many participants more. Nobody is told of it.
func Recount(ctx context.Context, store table.Store, room string, more int) error {
	if spied, ok := store.(interface{ Unspied() table.Store }); ok {
		store = spied.Unspied()
	}
	items, err := store.Get(ctx, roomKey(room))
	if err != nil {
		return err
	}
	record, err := table.Decode[roomRecord](items[0])
	if err != nil {
		return err
	}
	record.Participants += more
	return store.Write(ctx, put(items[0], record))
}

// inBulk writes what is made for each number, as much as fits into a Write at a time, by several at
// once.
func inBulk(ctx context.Context, store table.Store, n, size int, changesOf func(i int) ([]table.Change, error)) error {
	const writers = 16
	batch := table.MaxWrite / size
	faults := [writers]error{}
	var writing sync.WaitGroup
	for writer := range writers {
		writing.Go(func() {
			for first := writer * batch; first < n && faults[writer] == nil; first += writers * batch {
				var changes []table.Change
				for i := first; i < min(first+batch, n); i++ {
					some, err := changesOf(i)
					changes, faults[writer] = append(changes, some...), errors.Join(faults[writer], err)
				}
				faults[writer] = errors.Join(faults[writer], store.Write(ctx, changes...))
			}
		})
	}
	writing.Wait()
	return errors.Join(faults[:]...)
}
