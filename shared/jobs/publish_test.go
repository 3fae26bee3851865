package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gavel/shared/audit"
	"gavel/shared/events"
	"gavel/shared/jobs"
)

// bus takes so many events and no more.
type bus struct {
	takes int
	got   []events.Event
}

func (b *bus) Publish(_ context.Context, all []events.Event) (int, error) {
	taken := min(len(all), b.takes)
	b.got = append(b.got, all[:taken]...)
	if taken < len(all) {
		return taken, errors.New("no more")
	}
	return taken, nil
}

// ids gives those of the events.
func (b *bus) ids(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, published := range b.got {
		var e audit.Event
		if err := json.Unmarshal([]byte(published.Detail), &e); err != nil || e.Type != published.Type || !e.At.Equal(published.At) {
			t.Errorf("got %+v, %v, want type and time of the detail", published, err)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

// sample gives the event of system-publish, which has two events.
func sample(t *testing.T) jobs.StreamEvent {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "events", "system", "publish.json"))
	if err != nil {
		t.Fatal(err)
	}
	var stream jobs.StreamEvent
	if err := json.Unmarshal(text, &stream); err != nil || len(stream.Records) != 2 {
		t.Fatalf("got %+v, %v, want two records", stream, err)
	}
	return stream
}

func failures(a jobs.StreamAnswer) []string {
	var ids []string
	for _, failure := range a.Failures {
		ids = append(ids, failure.Identifier)
	}
	return ids
}

// What comes again is published again, with the same ids.
func TestPublish_EachDelivery(t *testing.T) {
	t.Parallel()
	b := &bus{takes: 10}
	job := jobs.Publish(b)
	for range 2 {
		answer, err := job(t.Context(), sample(t))
		if text, _ := json.Marshal(answer); err != nil || string(text) != `{"batchItemFailures":[]}` {
			t.Errorf("got %s, %v, want no failures", text, err)
		}
	}
	if got := b.ids(t); len(got) != 4 || !slices.Equal(got[:2], got[2:]) || got[0] == got[1] {
		t.Errorf("got the ids %v, want two, and the same again", got)
	}
}

func TestPublish_WhatIsNotTakenComesAgain(t *testing.T) {
	t.Parallel()
	stream := sample(t)
	for takes := range 2 {
		answer, err := jobs.Publish(&bus{takes: takes})(t.Context(), stream)
		if want := []string{stream.Records[takes].Change.SequenceNumber}; err != nil || !slices.Equal(failures(answer), want) {
			t.Errorf("got %v, %v, want %v", answer, err, want)
		}
	}
}

func TestPublish_PassesOverWhatIsNone(t *testing.T) {
	t.Parallel()
	stream := sample(t)
	removed, other := stream.Records[0], sample(t).Records[0]
	removed.EventName = "REMOVE"
	key := other.Change.Keys["pk"]
	key.Text = "room#1"
	other.Change.Keys["pk"] = key
	stream.Records = append([]jobs.StreamRecord{removed, other}, stream.Records...)
	b := &bus{takes: 1}
	answer, err := jobs.Publish(b)(t.Context(), stream)
	if want := []string{stream.Records[3].Change.SequenceNumber}; err != nil || len(b.got) != 1 || !slices.Equal(failures(answer), want) {
		t.Errorf("got %v, %v and %d published, want %v and 1", answer, err, len(b.got), want)
	}
}

func TestPublish_StopsAtWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "{", `"x"`, "{}"} {
		stream := sample(t)
		data := stream.Records[1].Change.NewImage["d"]
		data.Text = content
		stream.Records[1].Change.NewImage["d"] = data
		b := &bus{takes: 10}
		answer, err := jobs.Publish(b)(t.Context(), stream)
		if want := []string{stream.Records[1].Change.SequenceNumber}; err != nil || len(b.got) != 1 || !slices.Equal(failures(answer), want) {
			t.Errorf("%q: got %v, %v and %d published, want %v and 1", content, answer, err, len(b.got), want)
		}
	}
}
