package rooms_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"gavel/shared/clock"
	"gavel/shared/ids"
	"gavel/shared/table"
)

// crowd is what grows.
type crowd struct {
	what  string
	sizes sizes
	// grow makes so many.
	grow  func(ctx context.Context, e *engine, s *stage, t *tenant, size int) (scene, error)
	list  func(scene) lister
	calls []crowdCall
}

// lister asks for a page of what there is many of; more is the query that goes on from another page.
type lister func(limit int, more string) request

// scene is a room, or somebody's rooms.
type scene struct {
	user, room string
	middle     string // query that goes on from the middle of what is many
}

// crowdCall is an operation to call in a scene. Those that add to what there is many of come last.
type crowdCall struct {
	name    string
	kind    kind
	request func(scene) request
}

// kind says what an operation does to a scene.
type kind int

const (
	reads kind = iota // nothing, and all of its time is the engine's and ours
	works             // it may change something, but what there is many of stays as it is
	adds              // to what there is many of
)

func crowds(p plan) []crowd {
	return []crowd{
		{"rooms of a user", p.rooms, manyRooms, func(sc scene) lister {
			return func(limit int, more string) request { return listRooms(sc.user, limit, more) }
		}, []crowdCall{
			{"get", reads, func(sc scene) request { return getRoom(sc.user, sc.room) }},
			{"list", reads, func(sc scene) request { return listRooms(sc.user, few, "") }},
			{"list, from the middle", reads, func(sc scene) request { return listRooms(sc.user, few, sc.middle) }},
			{"list, all are started", reads, func(sc scene) request { return listRooms(sc.user, few, "&status=started") }},
			{"list, none has ended", reads, func(sc scene) request { return listRooms(sc.user, few, "&status=ended") }},
			{"create", adds, func(sc scene) request { return createRoom(sc.user) }},
		}},
		{"participants of a room", p.participants, manyParticipants, func(sc scene) lister {
			return func(limit int, more string) request { return listParticipants(sc.user, sc.room, limit, more) }
		}, []crowdCall{
			{"get", reads, func(sc scene) request { return getRoom(sc.user, sc.room) }},
			{"join", works, func(sc scene) request { return join(sc.user, sc.room) }},
			{"send-chat", works, func(sc scene) request { return sendChat(sc.user, sc.room) }},
			{"list-participants", reads, func(sc scene) request { return listParticipants(sc.user, sc.room, few, "") }},
			{"list-participants, from the middle", reads, func(sc scene) request { return listParticipants(sc.user, sc.room, few, sc.middle) }},
			{"add-participant", adds, func(sc scene) request { return addParticipants(sc.user, sc.room, "late-"+rand.Text()) }},
		}},
		{"messages of a room", p.messages, manyMessages, func(sc scene) lister {
			return func(limit int, more string) request { return listChat(sc.user, sc.room, limit, more) }
		}, []crowdCall{
			{"list-chat", reads, func(sc scene) request { return listChat(sc.user, sc.room, few, "") }},
			{"list-chat, from the middle", reads, func(sc scene) request { return listChat(sc.user, sc.room, few, sc.middle) }},
			{"send-chat", adds, func(sc scene) request { return sendChat(sc.user, sc.room) }},
		}},
	}
}

// scenes makes one of each size.
func (c crowd) scenes(ctx context.Context, e *engine, s *stage, t *tenant) ([]scene, error) {
	scenes := make([]scene, len(c.sizes))
	for i, size := range c.sizes {
		sc, err := c.grow(ctx, e, s, t, size)
		if err == nil {
			sc.middle, err = middle(ctx, s, size, c.list(sc))
		}
		if err != nil {
			return nil, fmt.Errorf("%d %s: %w", size, c.what, err)
		}
		scenes[i] = sc
	}
	return scenes, nil
}

// newScene makes somebody with a room and a message in it, and gives what was asked of the store for either.
func newScene(ctx context.Context, e *engine, t *tenant) (sc scene, room, message script, err error) {
	sc.user = "auth0|" + ids.New(clock.Now())
	rec := &recorder{Store: e.store}
	s := newStage(rec, t)
	made, err := s.ask(ctx, createRoom(sc.user))
	if err != nil {
		return scene{}, script{}, script{}, err
	}
	sc.room, room = made.ID, script{calls: rec.calls, id: made.ID}
	rec.calls = nil
	made, err = s.ask(ctx, sendChat(sc.user, sc.room))
	return sc, room, script{calls: rec.calls, id: made.ID}, err
}

// multiply stores the items that a script created so many times more, under ids of earlier and earlier times. What does
// not carry the id is there once.
func multiply(ctx context.Context, e *engine, of script, count int) error {
	patterns, newest := created(of), time.Now().Add(-time.Hour)
	items := make([]table.Item, 0, count*len(patterns))
	for i := range count {
		id := ids.New(newest.Add(-time.Duration(i) * time.Second))
		for _, item := range patterns {
			items = append(items, renamed(item, of.id, id))
		}
	}
	return e.raw.fill(ctx, items)
}

func manyRooms(ctx context.Context, e *engine, _ *stage, t *tenant, size int) (scene, error) {
	sc, room, _, err := newScene(ctx, e, t)
	if err != nil {
		return sc, err
	}
	return sc, multiply(ctx, e, room, size-1)
}

func manyParticipants(ctx context.Context, e *engine, s *stage, t *tenant, size int) (scene, error) {
	sc, _, _, err := newScene(ctx, e, t)
	if err != nil {
		return sc, err
	}
	users := make([]string, size-1)
	for i := range users {
		users[i] = "guest-" + strconv.Itoa(i)
	}
	for some := range slices.Chunk(users, longest) {
		if _, err := s.serve(ctx, addParticipants(sc.user, sc.room, some...)); err != nil {
			return sc, err
		}
	}
	return sc, nil
}

func manyMessages(ctx context.Context, e *engine, _ *stage, t *tenant, size int) (scene, error) {
	sc, _, message, err := newScene(ctx, e, t)
	if err != nil {
		return sc, err
	}
	return sc, multiply(ctx, e, message, size-1)
}

// longest is the longest page, and the most people that can be added at once.
const longest = 100

// middle reads a list page by page until half of it is read, and gives the query that goes on from there.
func middle(ctx context.Context, s *stage, size int, list lister) (string, error) {
	more := ""
	for left := size / 2; left > 0; {
		limit := min(left, longest)
		a, err := s.ask(ctx, list(limit, more))
		if err != nil {
			return "", err
		}
		more = "&cursor=" + url.QueryEscape(a.Next+a.Older) // of which a list has one
		left -= limit
	}
	return more, nil
}
