package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"gavel/shared/jobs"
	"gavel/shared/logs"
	"gavel/shared/rooms"
)

const roomID = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"

var errState = errors.New("the state cannot be read")

// worker does what is due, or fails, and records for which rooms.
type worker struct {
	swept rooms.Swept
	err   error
	rooms []string
}

func (w *worker) FinishRoom(_ context.Context, id string) (rooms.Swept, error) {
	w.rooms = append(w.rooms, id)
	return w.swept, w.err
}

func (w *worker) Sweep(context.Context) (rooms.Swept, error) {
	w.rooms = append(w.rooms, "all")
	return w.swept, w.err
}

var (
	_ jobs.Finisher = (*rooms.Service)(nil)
	_ jobs.Sweeper  = (*rooms.Service)(nil)
)

func TestEndRoom_FinishesTheRoomOfTheEvent(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"room_id":"` + roomID + `"}`, `{"room_id":"01937C4E-7A10-7CC3-98C5-1F0A2B3C4D5E","more":1}`} {
		var event jobs.RoomEnd
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			t.Fatal(err)
		}
		w := &worker{}
		if err := jobs.EndRoom(w)(t.Context(), event); err != nil || !slices.Equal(w.rooms, []string{roomID}) {
			t.Errorf("%s: got %v for the rooms %v, want none for %s", text, err, w.rooms, roomID)
		}
	}
}

// Nobody mends an event by sending it again, so the error says what is wrong with it.
func TestEndRoom_EventWithoutARoom(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "room", roomID + "0"} {
		w := &worker{}
		err := jobs.EndRoom(w)(t.Context(), jobs.RoomEnd{RoomID: id})
		if rule, is := errors.AsType[*rooms.Error](err); !is || rule.Code != rooms.Invalid || len(w.rooms) != 0 {
			t.Errorf("%q: got %v for the rooms %v, want %s and nothing done", id, err, w.rooms, rooms.Invalid)
		}
	}
}

// An error has EventBridge send the event again; what a provider failed to do is none.
func TestJobs_PassFaultsOn(t *testing.T) {
	t.Parallel()
	for _, want := range []error{nil, errState} {
		w := &worker{err: want, swept: rooms.Swept{Failed: 1}}
		if err := jobs.EndRoom(w)(t.Context(), jobs.RoomEnd{RoomID: roomID}); !errors.Is(err, want) {
			t.Errorf("end of a room: got %v, want %v", err, want)
		}
		if err := jobs.Cleanup(w)(t.Context(), nil); !errors.Is(err, want) {
			t.Errorf("cleanup: got %v, want %v", err, want)
		}
	}
}

func TestCleanup_WhateverTheEventSays(t *testing.T) {
	t.Parallel()
	w := &worker{}
	for _, event := range []json.RawMessage{nil, json.RawMessage(`null`), json.RawMessage(`{"source":"aws.scheduler"}`), json.RawMessage(`[1]`)} {
		if err := jobs.Cleanup(w)(t.Context(), event); err != nil {
			t.Errorf("%s: got %v, want no error", event, err)
		}
	}
	if got := len(w.rooms); got != 4 {
		t.Errorf("got %d sweeps, want 4", got)
	}
}

// counts are those of a line.
type counts struct {
	RoomsFinished, GuestsExpelled, TasksFailed, MeetingsRescheduled, FilesRemoved, TasksGivenUp, TasksLeft, OldestDueSeconds int
}

//nolint:paralleltest // it looks at the one default logger
func TestJobs_LogWhatWasDone(t *testing.T) {
	log, former := &bytes.Buffer{}, slog.Default()
	slog.SetDefault(logs.New(log, "info"))
	t.Cleanup(func() { slog.SetDefault(former) })

	w := &worker{err: errState, swept: rooms.Swept{
		Finished: 2, Expelled: 3, Failed: 4, Rescheduled: 5, Removed: 6, GivenUp: 7, Left: 8, Oldest: 9999 * time.Millisecond,
	}}
	for name, run := range map[string]func(context.Context) error{
		roomID: func(ctx context.Context) error { return jobs.EndRoom(w)(ctx, jobs.RoomEnd{RoomID: roomID}) },
		"":     func(ctx context.Context) error { return jobs.Cleanup(w)(ctx, nil) },
	} {
		log.Reset()
		ctx, line := logs.WithLine(t.Context())
		if err := run(ctx); !errors.Is(err, errState) {
			t.Errorf("got %v, want %v", err, errState)
		}
		line.Write(ctx)
		var got struct {
			Room string
			counts
			AWS struct {
				CloudWatchMetrics []struct{ Metrics []struct{ Name string } }
			} `json:"_aws"`
		}
		if err := json.Unmarshal(log.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if want := (counts{2, 3, 4, 5, 6, 7, 8, 9}); got.Room != name || got.counts != want {
			t.Errorf("got %s, want the room %q and %+v", log, name, want)
		}
		if len(got.AWS.CloudWatchMetrics) != 1 || len(got.AWS.CloudWatchMetrics[0].Metrics) != 8 {
			t.Errorf("got %s, want eight metrics", log)
		}
	}
}
