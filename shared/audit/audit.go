// Package audit keeps what was done: who did what to whom, why, and what came of it. An event is written in the same
// moment as the change it tells of, and never changed afterwards.
//
// What an event may hold are ids, roles, outcomes, counts and times. Names, addresses, phone numbers, tokens, texts of a
// chat and names of files may not be in one: events leave for whoever listens on the bus.
package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gavel/shared/ids"
	"gavel/shared/logs"
	"gavel/shared/table"
)

// Event tells of something that was done. Its JSON is what is kept, listed and published.
type Event struct {
	ID   string    `json:"id"`   // a UUID of version 7: sorts by time
	At   time.Time `json:"at"`   // in milliseconds
	Type string    `json:"type"` // <thing>.<what was done to it>
	// Actor is who did it.
	Actor Actor `json:"actor"`
	// Operation is the one that was called, or the job that did it; RequestID that of the call, which the log has too.
	Operation string `json:"operation,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Provider  string `json:"provider,omitempty"` // the meeting system it was about
	// Room is the id of a room, or a Name of what the meeting system calls one.
	Room string `json:"room,omitempty"`
	// Target is to whom, or what, it was done; Targets are they, where it was done to several at once.
	Target  string   `json:"target,omitempty"`
	Targets []string `json:"targets,omitempty"`
	Reason  string   `json:"reason,omitempty"` // as the caller gave it
	Outcome string   `json:"outcome"`
	// Details are further facts, by names that belong to the type.
	Details map[string]string `json:"details,omitempty"`
}

// The outcomes that do not come from a meeting system or from a problem's code.
const (
	Done    = "done"
	Failed  = "failed"  // the meeting system did not follow; it will be tried again
	GaveUp  = "gave_up" // nor did it for a day
	Unknown = "unknown" // nobody came back to tell
)

// Command is the type of what tells of a command to a meeting system.
const Command = "provider.command"

// BanSet and BanLifted are the types of what tells that somebody was banned from a tenant, and of the end of a ban by hand. Who is
// removed from a room is banned by that, which is an event of its own.
const (
	BanSet    = "ban.set"
	BanLifted = "ban.lifted"
)

// BanEnforced is the type of what tells that somebody came in who is banned, and was kicked again.
const BanEnforced = "ban.enforced"

// Actor is who did something.
type Actor struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// The kinds of Actor. The first two are those of a principal.
const (
	APIKey = "api-key" // by its name
	User   = "user"    // by the subject of the access token
	System = "system"  // Gavel itself
)

// Person is the actor that a user's id stands for.
func Person(id string) Actor { return Actor{Kind: User, Name: id} }

// Clock is the actor of what is done because its time has come.
func Clock() Actor { return Actor{Kind: System, Name: "clock"} }

// Webhook is the actor of what is done because a meeting system told of something.
func Webhook() Actor { return Actor{Kind: System, Name: "webhook"} }

// String gives the form in which actors are asked for, such as api-key:crm.
func (a Actor) String() string { return a.Kind + ":" + a.Name }

// ParseActor reads that form.
func ParseActor(text string) (Actor, bool) {
	kind, name, _ := strings.Cut(text, ":")
	known := kind == APIKey || kind == User || kind == System
	return Actor{Kind: kind, Name: name}, known && name != ""
}

// Call is what is known of the call that something is done for.
type Call struct {
	Operation string
	Reason    string
}

type callKey struct{}

// WithCall notes the call that everything done with the context belongs to.
func WithCall(ctx context.Context, c Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// WithReason notes why, for the call that the context belongs to.
func WithReason(ctx context.Context, reason string) context.Context {
	call, _ := ctx.Value(callKey{}).(Call)
	call.Reason = reason
	return WithCall(ctx, call)
}

// Reason gives why, as noted for the call that the context belongs to; empty where nobody said.
func Reason(ctx context.Context) string {
	call, _ := ctx.Value(callKey{}).(Call)
	return call.Reason
}

// Facts is an error that knows what of it may stand in an event.
type Facts interface {
	error
	Facts() map[string]string
}

// ID gives an id as events have it: as it is, unless it is an e-mail address or a phone number, which some issuers and
// meeting systems use for ids. Of those it gives the Digest.
func ID(text string) string {
	if strings.Contains(text, "@") || isPhone(text) {
		return Digest(text)
	}
	return text
}

// Digest stands in events for what may not be in them and is to be known again: always the same for the same text.
func Digest(text string) string { return digestPrefix + table.Digest(text) }

// Name puts the name of a conference together, of the meeting system's and what that tells its conferences apart by:
// jaas/<appId>/<room>. An id of a room of ours has no slash. A slash within a part is written ~1 and a tilde ~0, as in
// RFC 6901, so that no two lists of parts have one name; parts that are addresses or numbers are digests, see ID.
func Name(parts ...string) string {
	names := make([]string, len(parts))
	for i, part := range parts {
		names[i] = escape.Replace(ID(part))
	}
	return strings.Join(names, "/")
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// sealedRoom gives a room as events have it, of what somebody asks for.
func sealedRoom(room string) string {
	if id, ok := ids.Parse(room); ok {
		return id // of a room of ours, whose id is taken in letters of either case
	}
	if !strings.Contains(room, "/") {
		return ID(room)
	}
	parts := strings.Split(room, "/")
	for i, part := range parts {
		parts[i] = unescape.Replace(part)
	}
	return Name(parts...)
}

const (
	digestPrefix  = "sha256:"
	shortestPhone = 7 // digits
)

func isPhone(text string) bool {
	number, international := strings.CutPrefix(text, "+")
	digits := 0
	for _, r := range number {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case !strings.ContainsRune(" -./()", r):
			return false
		}
	}
	return international && digits >= shortestPhone
}

// The items, by partition and sort key. An event of a room lies in both places; any other in the actor's alone.
//
//	audit#actor#<actor>#<day>    at#<event>    what somebody did on a day, in UTC
//	audit#room#<room>            at#<event>    what was done to a room
//
// Actors and rooms stand in keys as digests, which have a length. The day is there so that an API key that is always
// busy does not always write to one partition.
const (
	// PublishedPrefix is that of the partitions in which each event lies once.
	PublishedPrefix = "audit#actor#"

	roomPrefix = "audit#room#"
	atPrefix   = "at#"
	dayForm    = "20060102"
)

func roomPartition(room string) string { return roomPrefix + table.Digest(room) }

func actorPartition(a Actor, day string) string {
	return PublishedPrefix + table.Digest(a.String()) + "#" + day
}

// MostItems is how many changes a Write has more for an event that it carries.
const MostItems = 2

// Trail makes the changes that keep events. The zero value keeps them for DefaultDays.
type Trail struct{ days int }

// DefaultDays is how long events are kept unless a setting says otherwise.
const DefaultDays = 400

// NewTrail makes a Trail that keeps events for so many days.
func NewTrail(days int) Trail { return Trail{days: days} }

// Days says how long events are kept.
func (t Trail) Days() int {
	if t.days <= 0 {
		return DefaultDays
	}
	return t.days
}

// Changes gives an event its id, its time, the call that the context belongs to and the form in which it is kept, and makes
// the changes that keep it, at most MostItems. They are to be written together with what the event tells of.
func (t Trail) Changes(ctx context.Context, at time.Time, e Event) ([]table.Change, error) {
	call, _ := ctx.Value(callKey{}).(Call)
	e.ID, e.At = ids.New(at), at.UTC().Truncate(time.Millisecond)
	e.Operation, e.Reason, e.RequestID = call.Operation, cmp.Or(e.Reason, call.Reason), logs.RequestID(ctx)
	return t.keep(e.sealed())
}

// sealed gives the event with every id in the form that events have.
func (e Event) sealed() Event {
	if e.Actor.Kind == User {
		e.Actor.Name = ID(e.Actor.Name)
	}
	e.Room, e.Target = ID(e.Room), ID(e.Target)
	targets := e.Targets
	e.Targets = nil
	for _, target := range targets {
		e.Targets = append(e.Targets, ID(target))
	}
	if e.Outcome == "" {
		e.Outcome = Done
	}
	return e
}

func (t Trail) keep(e Event) ([]table.Change, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode an event: %w", err)
	}
	partitions := []string{actorPartition(e.Actor, e.At.Format(dayForm))}
	if e.Room != "" {
		partitions = append(partitions, roomPartition(e.Room))
	}
	changes := make([]table.Change, len(partitions))
	for i, partition := range partitions {
		key := table.Key{Partition: partition, Sort: atPrefix + e.ID}
		changes[i] = table.Put(table.Item{Key: key, Data: data, Expires: e.At.AddDate(0, 0, t.Days())})
	}
	return changes, nil
}
