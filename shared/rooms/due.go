package rooms

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gavel/shared/table"
)

// Due tasks lie in shards, so that those of a busy minute do not all go to one partition. A room's
// shard is the last digit of its id, which is random.
const dueShards = "0123456789abcdef"

// The kinds of tasks.
const (
	kindEnd   = "end"
	kindExpel = "expel"
	kindMove  = "move"
	kindFile  = "file"
)

// grace is how long the call that makes a task due at once has for doing it itself.
const grace = 30 * time.Second

// attempts is what every task knows of the tries at it.
type attempts struct {
	Tries int `json:"tries,omitempty"` // that failed
	// Held is until when the task is somebody's who asks a provider for it.
	Held time.Time `json:"held,omitzero"`
}

// task is a task of any kind.
type task interface{ tried() *attempts }

func (a *attempts) tried() *attempts { return a }

// endTask finishes a room whose end has come.
type endTask struct {
	Closed bool `json:"closed,omitempty"` // the conference, by the call that ended the room
	Early  bool `json:"early,omitempty"`  // ended by a call at once, so that no calendar knows of the end
	attempts
}

// expelTask takes somebody out of a conference who is no longer in the room.
type expelTask struct {
	Provider   string    `json:"provider"`
	Conference string    `json:"conference"`
	GuestID    string    `json:"guest_id"`
	Former     []string  `json:"former,omitempty"` // ids that they may be inside with as well
	User       string    `json:"user,omitempty"`   // whom the provider knows as that
	Since      time.Time `json:"since"`
	attempts
}

// guests are the ids to expel, the one that they go by first.
func (t *expelTask) guests() []string { return append([]string{t.GuestID}, t.Former...) }

// moveTask tells a provider's calendar what a room is booked for now.
type moveTask struct {
	Since time.Time `json:"since"`
	attempts
}

// fileTask removes a file that nobody has used.
type fileTask struct{ attempts }

func dueShard(shard string) string { return "due#" + shard }

func dueKey(room, sort string) table.Key {
	return table.Key{Partition: dueShard(room[len(room)-1:]), Sort: sort}
}

// dueSort makes a sort key that sorts by time, in seconds since 1970 and twelve digits.
func dueSort(at time.Time, task string) string { return fmt.Sprintf("%012d#%s", at.Unix(), task) }

func endOf(room string) string { return kindEnd + "#" + room }

func expelFrom(room, guestID string) string {
	return kindExpel + "#" + room + "#" + table.Digest(guestID)
}

// dueTime gives the time of a sort key.
func dueTime(sort string) time.Time {
	digits, _, _ := strings.Cut(sort, "#")
	seconds, _ := strconv.ParseInt(digits, 10, 64)
	return time.Unix(seconds, 0).UTC()
}

// plan makes the change that has a room finished at a time, and notes the task in its record.
func plan(room string, r *roomRecord, at time.Time, task endTask) []table.Change {
	r.Due = dueSort(at, endOf(room))
	return []table.Change{put(table.Item{Key: dueKey(room, r.Due)}, task)}
}

// replan does the same in place of the task there may be.
func replan(room string, r *roomRecord, at time.Time, task endTask) []table.Change {
	before := r.Due
	changes := plan(room, r, at, task)
	if before == r.Due {
		return nil // planned for that time already
	}
	if before != "" {
		changes = append(changes, table.Delete(dueKey(room, before), table.Any))
	}
	return changes
}
