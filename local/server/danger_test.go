package server_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"gavel/shared/clock"
	"gavel/shared/rooms"
	"gavel/shared/table/embedded"
)

// TestHelperLivesDangerously is no test: TestSuddenDeath runs it in a process of its own, to kill that. It works on rooms
// from many goroutines for as long as it lives, and says on its standard output what it was told is done.
func TestHelperLivesDangerously(t *testing.T) { //nolint:paralleltest // it ends with its process
	path := os.Getenv("GAVEL_TEST_DANGER")
	if path == "" {
		t.Skip("a helper of TestSuddenDeath")
	}
	say("opens")
	store, err := embedded.Open(path)
	if err != nil {
		say("cannot open: %v", err)
		return
	}
	say("open")
	service := rooms.New(rooms.Options{
		Store: store, Now: clock.Now,
		Providers: map[string]rooms.Provider{"test": meetings{func(conference string) { say("closed %s", conference) }}},
	})
	var living sync.WaitGroup
	for range 6 {
		living.Go(func() {
			r := &restless{service: service}
			r.live(t.Context())
		})
	}
	living.Wait()
}

// say writes a line at once and as a whole.
func say(format string, args ...any) { _, _ = fmt.Fprintf(os.Stdout, format+"\n", args...) }

// restless does one thing after another in a room until that has ended, and then in another.
type restless struct {
	service *rooms.Service
	room    string
}

// live does what may well be refused, until something fails.
func (r *restless) live(ctx context.Context) {
	for {
		err := r.choose(ctx)
		rule, refused := errors.AsType[*rooms.Error](err)
		switch {
		case refused && (rule.Code == rooms.Ended || mathrand.N(10) == 0):
			r.room = "" // to go elsewhere
		case err != nil && !refused:
			say("failed: %v", err)
			return
		}
	}
}

func somebody() string { return crowd()[mathrand.N(len(crowd()))] }

func (r *restless) choose(ctx context.Context) error {
	if r.room == "" {
		return r.settle(ctx)
	}
	who := somebody()
	switch n := mathrand.N(100); {
	case n < 45:
		return r.chat(ctx, who)
	case n < 60:
		_, err := r.service.AddParticipants(ctx, who, r.room, []string{somebody(), somebody()})
		return err
	case n < 70:
		_, err := r.service.RemoveParticipant(ctx, who, r.room, somebody(), 0)
		return err
	case n < 80:
		_, err := r.service.GrantAdmin(ctx, who, r.room, somebody())
		return err
	case n < 88:
		_, err := r.service.RevokeAdmin(ctx, who, r.room, somebody())
		return err
	case n < 94:
		name := rand.Text()
		_, err := r.service.UpdateProfile(ctx, who, r.room, rooms.Profile{Name: &name})
		return err
	case n < 97:
		_, err := r.service.Sweep(ctx)
		return err
	}
	return r.end(ctx, who)
}

// settle goes into one of somebody's open rooms, or makes one.
func (r *restless) settle(ctx context.Context) error {
	who := somebody()
	page, err := r.service.List(ctx, who, rooms.ListQuery{Status: rooms.StatusStarted, Limit: 5})
	if err != nil {
		return err
	}
	if len(page.Rooms) > 1 {
		r.room = page.Rooms[mathrand.N(len(page.Rooms))].ID
		return nil
	}
	booking := rooms.Booking{Name: "Stand-up", Provider: "test", Participants: []string{somebody(), somebody(), somebody()}}
	if mathrand.N(4) == 0 {
		booking.End = clock.Now().Add(3 * time.Second)
	}
	room, err := r.service.Create(ctx, who, booking)
	r.room = room.ID
	return err
}

func (r *restless) chat(ctx context.Context, who string) error {
	message, err := r.service.SendChat(ctx, who, r.room, rand.Text(), "")
	if err == nil {
		say("said %s %s", r.room, message.ID)
	}
	return err
}

func (r *restless) end(ctx context.Context, who string) error {
	left := time.Duration(mathrand.N(2)) * time.Second
	room, _, err := r.service.End(ctx, who, r.room, left)
	if err == nil && left == 0 {
		say("ended %s", room.ID)
	}
	return err
}
