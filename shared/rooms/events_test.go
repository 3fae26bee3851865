package rooms_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/audit"
	"gavel/shared/httpclient"
	"gavel/shared/logs"
	"gavel/shared/rooms"
)

// events gives those of a room, the oldest first.
func (w *world) events(t *testing.T, room string) []audit.Event {
	t.Helper()
	log := audit.NewLog(w.store.Store, audit.Trail{}, w.now)
	var all []audit.Event
	for cursor := ""; ; {
		page, err := log.Room(t.Context(), room, audit.MaxPage, cursor)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Events...)
		if cursor = page.Next; cursor == "" {
			slices.Reverse(all)
			return all
		}
	}
}

// types gives what happened in a room, with the actor, the target and the outcome.
func (w *world) types(t *testing.T, room string) []string {
	t.Helper()
	var all []string
	for _, e := range w.events(t, room) {
		all = append(all, strings.TrimSpace(e.Type+" by "+e.Actor.Name+" "+e.Target)+" "+e.Outcome)
	}
	return all
}

// told is a call and the events it writes, beside the sweep's.
type told struct {
	name string
	call func(ctx context.Context, w *world, room string) error
	want []string
}

// cydHidden is what events have in place of an e-mail address.
var cydHidden = audit.ID(cyd)

func tellings() []told {
	return []told{
		{"add", func(ctx context.Context, w *world, room string) error {
			_, err := w.AddParticipants(ctx, ada, room, []string{bob, "dan"})
			return err
		}, []string{"participant.added by auth0|ada done"}},
		{"grant", func(ctx context.Context, w *world, room string) error {
			_, err := w.GrantAdmin(ctx, ada, room, cyd)
			return err
		}, []string{"admin.granted by auth0|ada " + cydHidden + " done"}},
		{"revoke", func(ctx context.Context, w *world, room string) error {
			_, err := w.RevokeAdmin(ctx, ada, room, cyd)
			return err
		}, []string{"admin.revoked by auth0|ada " + cydHidden + " done"}},
		{"profile", func(ctx context.Context, w *world, room string) error {
			_, err := w.UpdateProfile(ctx, bob, room, rooms.Profile{Name: new("Robert"), Archived: new(true)})
			return err
		}, []string{"participant.profile_updated by bob bob done"}},
		{"join", func(ctx context.Context, w *world, room string) error {
			_, _, err := w.Join(ctx, bob, room)
			return err
		}, []string{"participant.admitted by bob bob done"}},
		{"chat", func(ctx context.Context, w *world, room string) error {
			_, err := w.SendChat(ctx, bob, room, "Robert says hush", "")
			return err
		}, []string{"chat.sent by bob done"}},
		{"file", func(ctx context.Context, w *world, room string) error {
			_, _, err := w.UploadURL(ctx, bob, room, rooms.Attachment{Name: "Robert.pdf", Size: 7, ContentType: "text/plain"})
			return err
		}, []string{"file.announced by bob done"}},
		{"remove", func(ctx context.Context, w *world, room string) error {
			_, err := w.RemoveParticipant(ctx, ada, room, cyd, 0)
			return err
		}, []string{"participant.removed by auth0|ada " + cydHidden + " done", "participant.expelled by auth0|ada " + cydHidden + " done"}},
		{"update", func(ctx context.Context, w *world, room string) error {
			_, _, err := w.Update(ctx, ada, room, rooms.Update{Name: new("Robert's"), End: new(w.now().Add(time.Hour))})
			return err
		}, []string{"room.updated by auth0|ada done"}},
		{"end later", func(ctx context.Context, w *world, room string) error {
			_, _, err := w.End(ctx, ada, room, time.Minute)
			return err
		}, []string{"room.end_set by auth0|ada done"}},
		{"end", func(ctx context.Context, w *world, room string) error {
			_, _, err := w.End(ctx, ada, room, 0)
			return err
		}, []string{"room.ended by auth0|ada done", "conference.closed by auth0|ada done"}},
	}
}

// Each operation writes its event, what was done at the provider another, and what changes nothing writes none.
func TestEvents_OfEachOperation(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, cyd)
		want := []string{"room.created by auth0|ada done"}
		ctx := audit.WithCall(logs.WithRequestID(t.Context(), "r-1"), audit.Call{Operation: "rooms-test", Reason: "it was time"})
		for _, told := range tellings() {
			w.step(time.Millisecond)
			if err := told.call(ctx, w, room.ID); err != nil {
				t.Fatalf("%s: %v", told.name, err)
			}
			want = append(want, told.want...)
			same(t, told.name, w.types(t, room.ID), want)
		}
		w.step(time.Hour)
		w.sweep(t)
		same(t, "the sweep", w.types(t, room.ID), append(want, "room.finished by clock done"))
		all := w.events(t, room.ID)
		for _, e := range all[1 : len(all)-1] {
			if e.Operation != "rooms-test" || e.RequestID != "r-1" || e.Reason != "it was time" || e.Provider != hallName || e.Room != room.ID {
				t.Errorf("got %+v, want the call, the provider and the room", e)
			}
		}
		same(t, "added", all[1].Targets, []string{bob, "dan"})
		if got, want := all[len(all)-2].Details, map[string]string{"destroy": "destroyed"}; !maps.Equal(got, want) {
			t.Errorf("got the details %v, want %v", got, want)
		}
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		for _, personal := range []string{"Robert", "hush", "Stand-up", "@", ".pdf"} {
			if strings.Contains(string(text), personal) {
				t.Errorf("got %q in %s, want nothing personal", personal, text)
			}
		}
	})
}

// A provider that fails to let somebody in, or to make the conference of a new room, is told of, and of no more than that.
func TestEvents_OfWhatAProviderFailedToMake(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		w.hall.fail(&httpclient.Error{Kind: httpclient.Timeout, Body: "hush", MayHaveHappened: true})
		if _, _, err := w.Join(t.Context(), bob, room.ID); err == nil {
			t.Error("got somebody let in, want the failure")
		}
		all := w.events(t, room.ID)
		if e := all[len(all)-1]; e.Type != "participant.admitted" || e.Target != bob || e.Outcome != audit.Failed || e.Details["problem"] != "timeout" {
			t.Errorf("got %+v, want the failure told", e)
		}
		if _, err := w.Create(t.Context(), "eve", rooms.Booking{Name: "hush", Provider: hallName}); err == nil {
			t.Error("got a room, want the failure")
		}
		page, err := audit.NewLog(w.store.Store, audit.Trail{}, w.now).Actor(t.Context(), audit.Person("eve"), 10, "")
		if err != nil || len(page.Events) != 1 {
			t.Fatalf("got %+v, %v, want one event", page, err)
		}
		want := map[string]string{"problem": "timeout"}
		if e := page.Events[0]; e.Type != "conference.booked" || e.Room == "" || e.Outcome != audit.Failed || !maps.Equal(e.Details, want) {
			t.Errorf("got %+v, want the failure told", e)
		}
		w.hall.works()
	})
}

func TestEvents_WhatChangesNothingTellsNothing(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		before := w.types(t, room.ID)
		_, known := w.AddParticipants(t.Context(), ada, room.ID, []string{bob})
		_, none := w.RevokeAdmin(t.Context(), ada, room.ID, bob)
		_, _, as := w.Update(t.Context(), ada, room.ID, rooms.Update{Name: new("Stand-up")})
		if err := errors.Join(known, none, as); err != nil {
			t.Fatal(err)
		}
		_, forbidden := w.GrantAdmin(t.Context(), bob, room.ID, bob)
		refused(t, "grant", forbidden, rooms.Forbidden)
		_, last := w.RemoveParticipant(t.Context(), ada, room.ID, ada, 0)
		refused(t, "remove", last, rooms.LastAdmin)
		same(t, "events", w.types(t, room.ID), before)
	})
}

// A Write that does not happen leaves neither the change nor its event, and one that does leaves both.
func TestEvents_WithTheChangeOrNotAtAll(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, cyd)
		for _, told := range tellings() {
			if told.name == "join" {
				continue // which changes nothing
			}
			w.step(time.Millisecond)
			before := w.types(t, room.ID)
			w.store.set(trap{kind: writeCall, n: 1, before: func() error { return errCut }})
			if err := told.call(t.Context(), w, room.ID); !errors.Is(err, errCut) {
				t.Errorf("%s, cut off before: got %v, want %v", told.name, err, errCut)
			}
			same(t, told.name+", cut off before", w.types(t, room.ID), before)
			w.store.set(trap{kind: writeCall, n: 1, after: func() error { return errCut }})
			if err := told.call(t.Context(), w, room.ID); !errors.Is(err, errCut) {
				t.Errorf("%s, cut off after: got %v, want %v", told.name, err, errCut)
			}
			same(t, told.name+", cut off after", w.types(t, room.ID), append(before, told.want[0]))
		}
	})
}

// A link that was made is handed out although its event cannot be written.
func TestEvents_LinkWithoutItsEvent(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		before := w.types(t, room.ID)
		w.store.set(trap{kind: writeCall, n: 1, before: func() error { return errCut }})
		if _, link, err := w.Join(t.Context(), bob, room.ID); err != nil || link.URL == "" {
			t.Errorf("got %+v, %v, want the link", link, err)
		}
		same(t, "events", w.types(t, room.ID), before)
	})
}

// failure is an error of a provider that knows what may be told of it.
type failure struct{ error }

func (failure) Facts() map[string]string { return map[string]string{"problem": "busy"} }

func TestEvents_OfAProviderThatFails(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		w.hall.fail(fmt.Errorf("hall: %w", failure{errors.New("bob@example.org is locked in")}))
		if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, bob, 0); err != nil {
			t.Fatal(err)
		}
		w.step(time.Minute)
		w.sweep(t)
		w.hall.works()
		w.step(time.Hour)
		w.sweep(t)
		same(t, "events", w.types(t, room.ID), []string{
			"room.created by auth0|ada done", "participant.removed by auth0|ada bob done",
			"participant.expelled by auth0|ada bob failed", "participant.expelled by clock bob failed", "participant.expelled by clock bob done",
		})
		all := w.events(t, room.ID)
		if got, want := all[2].Details, map[string]string{"problem": "busy"}; !maps.Equal(got, want) {
			t.Errorf("got the details %v, want %v", got, want)
		}
		if got, want := all[4].Details, map[string]string{"ban": "banned", "kick": "kicked"}; !maps.Equal(got, want) {
			t.Errorf("got the details %v, want %v", got, want)
		}
	})
}

func TestEvents_GivingUp(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.over(t, bob)
		other := w.open(t)
		w.hall.fail(errHall)
		if _, _, err := w.End(t.Context(), ada, other.ID, 0); err != nil {
			t.Fatal(err)
		}
		w.step(25 * time.Hour)
		w.sweep(t)
		got := w.types(t, other.ID)
		same(t, "events", got, []string{
			"room.created by auth0|ada done", "room.ended by auth0|ada done", "conference.closed by auth0|ada failed",
			"conference.closed by clock gave_up", "room.finished by clock done",
		})
		same(t, "the one that was closed", w.types(t, room.ID)[2:], []string{"conference.closed by auth0|ada done", "room.finished by clock done"})
	})
}

// Under concurrency there are as many events as changes that were made.
func TestConcurrent_AsManyEventsAsChanges(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		n := w.size(many, 8)
		users := crowd("user", n)
		room := w.create(t, rooms.Booking{Name: "busy", Participants: users})
		succeeded := make([]int, n)
		together(n, func(i int) {
			ctx := t.Context()
			for _, call := range []func() error{
				func() error { _, err := w.SendChat(ctx, users[i], room.ID, "hello", ""); return err },
				func() error { _, err := w.RemoveParticipant(ctx, ada, room.ID, users[i/2], 0); return err }, // by two at once
				func() error {
					_, err := w.UpdateProfile(ctx, users[i], room.ID, rooms.Profile{Archived: new(true)})
					return err
				},
			} {
				if patiently(call) == nil {
					succeeded[i]++
				}
			}
		})
		want := 1 // its creation
		for _, n := range succeeded {
			want += n
		}
		all := w.events(t, room.ID)
		ids := map[string]bool{}
		for _, e := range all {
			ids[e.ID] = true
		}
		if len(all) != want || len(ids) != want || w.store.events != want {
			t.Errorf("got %d events, %d ids and %d written, want %d", len(all), len(ids), w.store.events, want)
		}
	})
}
