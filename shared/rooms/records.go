package rooms

import (
	"encoding/json"
	"fmt"
	"time"

	"gavel/shared/table"
)

// The items, by partition and sort key. People stand in keys as digests: keys become cursors, which
// travel in URLs, and the longest user id would be too long for a key.
//
//	room#<room>    room                     the room
//	               member#<user>            a participant
//	               file#<file>              a file
//	chat#<room>    tail                     the newest message's id
//	               msg#<message>            a message
//	user#<user>    room#<room>              a room the user is in
//	               open#<room>              the same, until the room is known to be over
//	               alias#<provider>         the user's id there, once a ban has used up the plain one
//	due#<shard>    <time>#<task>#<room>…    what is to be done at a time
//	sweep          next                     where the next sweep is to begin, when one did not get to its end
const (
	roomSort     = "room"
	tailSort     = "tail"
	memberPrefix = "member#"
	filePrefix   = "file#"
	msgPrefix    = "msg#"
	entryPrefix  = "room#"
	openPrefix   = "open#"
)

func roomPartition(room string) string { return "room#" + room }
func chatPartition(room string) string { return "chat#" + room }
func userPartition(user string) string { return "user#" + table.Digest(user) }

func roomKey(room string) table.Key { return table.Key{Partition: roomPartition(room), Sort: roomSort} }

func memberKey(room, user string) table.Key {
	return table.Key{Partition: roomPartition(room), Sort: memberPrefix + table.Digest(user)}
}

func fileKey(room, file string) table.Key {
	return table.Key{Partition: roomPartition(room), Sort: filePrefix + file}
}

func tailKey(room string) table.Key { return table.Key{Partition: chatPartition(room), Sort: tailSort} }

func msgKey(room, msg string) table.Key {
	return table.Key{Partition: chatPartition(room), Sort: msgPrefix + msg}
}

func entryKey(user, room string) table.Key {
	return table.Key{Partition: userPartition(user), Sort: entryPrefix + room}
}

func openKey(user, room string) table.Key {
	return table.Key{Partition: userPartition(user), Sort: openPrefix + room}
}

func aliasKey(user, provider string) table.Key {
	return table.Key{Partition: userPartition(user), Sort: "alias#" + provider}
}

type roomRecord struct {
	Name         string    `json:"name"`
	Start        time.Time `json:"start"`
	End          time.Time `json:"end,omitzero"`
	Provider     string    `json:"provider,omitempty"`
	Conference   string    `json:"conference,omitempty"` // what the provider calls it
	Participants int       `json:"participants"`
	Admins       int       `json:"admins"`
	CreatedBy    string    `json:"created_by"`
	CreatedAt    time.Time `json:"created_at"`
	// Due is the sort key of the task that will finish the room; empty when there is none.
	Due string `json:"due,omitempty"`
}

func (r *roomRecord) meeting(id string) Meeting {
	return Meeting{RoomID: id, Name: r.Name, Start: r.Start, End: r.End}
}

// opened says whether the room was ever open, so that somebody may be in its conference.
func (r *roomRecord) opened(now time.Time) bool {
	return r.Conference != "" && !now.Before(r.Start) && (r.End.IsZero() || !r.End.Before(r.Start))
}

type memberRecord struct {
	User     string    `json:"user"`
	Admin    bool      `json:"admin,omitempty"`
	Name     string    `json:"name,omitempty"`
	Archived bool      `json:"archived,omitempty"`
	AddedAt  time.Time `json:"added_at"`
}

func (m memberRecord) role() Role {
	if m.Admin {
		return Admin
	}
	return Member
}

type entryRecord struct{}

// aliasRecord counts the bans that the user's ids at a provider went into.
type aliasRecord struct {
	Bans int `json:"bans"`
}

// put makes the change that stores a record in place of the item as it was read.
func put(item table.Item, record any) table.Change {
	data, err := json.Marshal(record)
	if err != nil {
		panic(fmt.Sprintf("rooms: a %T cannot be encoded: %v", record, err)) // texts, numbers and times can
	}
	item.Data = data
	return table.Put(item)
}

// create makes the change that stores a record where there must be none yet.
func create(key table.Key, record any) table.Change { return put(table.Item{Key: key}, record) }
