// Package bans keeps who may not come into a tenant's conferences, or into one of them: nobody gives them a token, and
// whoever comes in all the same, with one that was given before, is to be kicked.
//
// Meeting systems know little of bans. JaaS has them without a reason, an end, a list or a way to lift them
// (https://developer.8x8.com/jaas/docs/rest-api-reference), and Jitsi has none.
package bans

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gavel/shared/problem"
	"gavel/shared/table"
)

// Scope is where a ban holds, or is listed: a tenant, a conference or a room.
type Scope string

// In gives the scope of a tenant or a conference, as the provider of that name calls it.
func In(provider, place string) Scope { return Scope(provider + "#" + place) }

// InRoom gives the scope in which a room's bans are listed.
func InRoom(id string) Scope { return In("room", id) }

// Ban says who may not come in.
type Ban struct {
	// User is the app's own id of whom it is about.
	User string
	// Reason is why, in the words of whoever banned them; empty where they gave none.
	Reason string
	// By is who banned them: an audit.Actor in its text form, or a user's id.
	By string
	At time.Time
	// Expires is when it ends by itself, in whole seconds; zero for never.
	Expires time.Time
	// Listed is where it is listed; of one that was read.
	Listed Scope
}

// Room gives the id of the room that it is listed by; empty for a tenant's.
func (b *Ban) Room() string {
	id, ofRoom := strings.CutPrefix(string(b.Listed), string(InRoom("")))
	if !ofRoom {
		return ""
	}
	return id
}

// Refusal is the answer to who asks to come in all the same. It says until when, and neither why nor who.
func (b *Ban) Refusal() *problem.Problem {
	detail := "the user is banned"
	if !b.Expires.IsZero() {
		detail += " until " + b.Expires.Format(time.RFC3339)
	}
	return problem.New(http.StatusForbidden, problem.Banned, detail)
}

// Until gives the end of a ban that holds for so long, in whole seconds, rounded up; for ever with zero.
func Until(now time.Time, life time.Duration) time.Time {
	if life == 0 {
		return time.Time{}
	}
	return now.Add(life + time.Second - 1).UTC().Truncate(time.Second)
}

// The items, by partition and sort key:
//
//	bans#<scope>         ban#<user>    a ban, in the scope that it is listed in
//	bans#<scope>#<id>    user          whose id that is at the provider: of somebody who is, or was, banned in the scope
//
// A room's bans are listed by the room, and hold in its conference; of others both is one. People stand in keys as digests,
// which have a length. Only the first item says that somebody is banned, so that lifting a ban is one write, however many ids
// they have. The second one is looked for with each token and each join, and so is in a partition of its own.
const (
	partition = "bans#"
	banPrefix = "ban#"
	userSort  = "user"
)

// Key is where the ban of a user is kept, in the scope that it is listed in.
func Key(s Scope, user string) table.Key {
	return table.Key{Partition: partition + string(s), Sort: banPrefix + table.Digest(user)}
}

// IDKey is where it is kept whose id that is at the provider, in the scope that the ban holds in.
func IDKey(s Scope, id string) table.Key {
	return table.Key{Partition: partition + string(s) + "#" + table.Digest(id), Sort: userSort}
}

type banRecord struct {
	User   string    `json:"user"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// idRecord says whose ban it is, and where that is listed.
type idRecord struct {
	User   string `json:"user"`
	Listed Scope  `json:"listed"`
}

// Changes write a ban that is listed in a scope, in place of what was read at its Key and at the IDKey of each of the ids
// that the user has at the provider.
func Changes(listed Scope, b Ban, ban table.Item, ids ...table.Item) ([]table.Change, error) {
	change, err := put(ban, b, banRecord{User: b.User, Reason: b.Reason, By: b.By, At: b.At.UTC()})
	if err != nil {
		return nil, err
	}
	changes := []table.Change{change}
	for _, id := range ids {
		if change, err = put(id, b, idRecord{User: b.User, Listed: listed}); err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// put stores a part of a ban for as long as it holds.
func put(item table.Item, b Ban, record any) (table.Change, error) {
	data, err := json.Marshal(record)
	if err != nil {
		return table.Change{}, fmt.Errorf("encode a ban: %w", err)
	}
	item.Data, item.Expires = data, b.Expires
	return table.Put(item), nil
}

// Finder gives the ban that somebody falls under by one of their ids; nil for none.
type Finder interface {
	Find(ctx context.Context, ids []string, scopes ...Scope) (*Ban, error)
}

var _ Finder = (*List)(nil)

// Refuse gives the Refusal of the ban that Find finds, or its error; nil for somebody who may come in.
func Refuse(ctx context.Context, f Finder, ids []string, scopes ...Scope) error {
	ban, err := f.Find(ctx, ids, scopes...)
	if err != nil || ban == nil {
		return err
	}
	return ban.Refusal()
}

// List looks for bans.
type List struct{ store table.Store }

// New makes a List.
func New(store table.Store) *List { return &List{store: store} }

// Find gives the ban that somebody falls under by one of their ids, a user's own or the provider's, in the first of the
// scopes that has one; nil where there is none. Of somebody who never was banned there it makes one request. An error wraps
// table.ErrBusy or is a fault.
func (l *List) Find(ctx context.Context, ids []string, scopes ...Scope) (*Ban, error) {
	var keys []table.Key
	for _, s := range scopes {
		for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
			keys = append(keys, IDKey(s, id))
		}
	}
	items, err := l.store.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var found []table.Key
	for _, item := range items {
		if !item.Exists() {
			continue
		}
		record, err := table.Decode[idRecord](item)
		if err != nil {
			return nil, err
		}
		if key := Key(record.Listed, record.User); !slices.Contains(found, key) {
			found = append(found, key)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	if items, err = l.store.Get(ctx, found...); err != nil {
		return nil, err
	}
	for _, item := range items {
		if item.Exists() {
			ban, err := decode(item)
			return &ban, err
		}
	}
	return nil, nil
}

func decode(item table.Item) (Ban, error) {
	record, err := table.Decode[banRecord](item)
	return Ban{
		User: record.User, Reason: record.Reason, By: record.By, At: record.At, Expires: item.Expires.UTC(),
		Listed: Scope(strings.TrimPrefix(item.Partition, partition)),
	}, err
}

// Page is a part of the bans of a scope. Next is for the part after it; empty at the end.
type Page struct {
	Bans []Ban
	Next string
}

// ErrCursor says that a cursor is none of All's.
var ErrCursor = errors.New("expected the cursor of the page before")

// cursorForm is that of a digest.
var cursorForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^[A-Za-z0-9_-]{32}$") })

// All gives up to limit bans of a scope, after a cursor or from the beginning, in an order that means nothing but stays.
// Besides ErrCursor an error wraps table.ErrBusy or is a fault.
func (l *List) All(ctx context.Context, s Scope, limit int, cursor string) (Page, error) {
	in := table.Range{Partition: partition + string(s), Prefix: banPrefix, Limit: limit + 1}
	if cursor != "" {
		if !cursorForm().MatchString(cursor) {
			return Page{}, ErrCursor
		}
		in.After = banPrefix + cursor
	}
	items, err := l.store.Query(ctx, in)
	if err != nil {
		return Page{}, err
	}
	page := Page{}
	if len(items) > limit {
		items = items[:limit]
		page.Next = items[limit-1].Sort[len(banPrefix):]
	}
	for _, item := range items {
		ban, err := decode(item)
		if err != nil {
			return Page{}, err
		}
		page.Bans = append(page.Bans, ban)
	}
	return page, nil
}
