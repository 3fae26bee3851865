package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gavel/shared/audit"
	"gavel/shared/config"
	"gavel/shared/events"
	"gavel/shared/jobs"
	"gavel/shared/logs"
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

// unreadable are texts in the place of the second record's, none of which is an event.
func unreadable(t *testing.T) map[string]jobs.StreamEvent {
	t.Helper()
	const personal = `"ada@example.org"`
	all := map[string]jobs.StreamEvent{}
	for name, change := range map[string]func(record map[string]any){
		"no image":     func(r map[string]any) { delete(r["dynamodb"].(map[string]any), "NewImage") },
		"no record":    func(r map[string]any) { r["dynamodb"] = personal },
		"number of it": func(r map[string]any) { r["dynamodb"].(map[string]any)["SequenceNumber"] = 7 },
		"image":        func(r map[string]any) { r["dynamodb"].(map[string]any)["NewImage"] = personal },
		"attribute":    func(r map[string]any) { image(r)["d"] = personal },
		"binary":       func(r map[string]any) { image(r)["d"] = map[string]any{"B": "e30="} },
		"number":       func(r map[string]any) { image(r)["d"] = map[string]any{"S": 7} },
		"empty":        func(r map[string]any) { image(r)["d"] = map[string]any{"S": ""} },
		"half":         func(r map[string]any) { image(r)["d"] = map[string]any{"S": `{"type":"room.created","x":` + personal} },
		"a text":       func(r map[string]any) { image(r)["d"] = map[string]any{"S": personal} },
		"null":         func(r map[string]any) { image(r)["d"] = map[string]any{"S": "null"} },
		"of no type": func(r map[string]any) {
			image(r)["d"] = map[string]any{"S": `{"at":"2026-11-22T09:00:00Z","target":` + personal + `}`}
		},
		"of no time": func(r map[string]any) {
			image(r)["d"] = map[string]any{"S": `{"type":"room.created","target":` + personal + `}`}
		},
		"of wrong type": func(r map[string]any) {
			image(r)["d"] = map[string]any{"S": `{"type":["x"],"target":` + personal + `}`}
		},
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "events", "system", "publish.json"))
		if err != nil {
			t.Fatal(err)
		}
		var whole map[string]any
		if err := json.Unmarshal(text, &whole); err != nil {
			t.Fatal(err)
		}
		records := whole["Records"].([]any)
		change(records[0].(map[string]any))
		if text, err = json.Marshal(whole); err != nil {
			t.Fatal(err)
		}
		var stream jobs.StreamEvent
		if err := json.Unmarshal(text, &stream); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = stream
	}
	return all
}

func image(record map[string]any) map[string]any {
	return record["dynamodb"].(map[string]any)["NewImage"].(map[string]any)
}

// What is no event holds up nothing behind it. It is told by its number, and counted as lost.
//
//nolint:paralleltest // it looks at the one default logger
func TestPublish_PassesOverWhatIsNoEvent(t *testing.T) {
	log, former := &bytes.Buffer{}, slog.Default()
	slog.SetDefault(logs.New(log, "info"))
	t.Cleanup(func() { slog.SetDefault(former) })
	for name, stream := range unreadable(t) {
		log.Reset()
		b := &bus{takes: 10}
		ctx, line := logs.WithLine(t.Context())
		answer, err := jobs.Publish(b)(ctx, stream)
		line.Write(ctx)
		if err != nil || len(answer.Failures) != 0 || len(b.got) != 1 {
			t.Errorf("%s: got %v, %v and %d published, want the other one published", name, answer, err, len(b.got))
		}
		want := `"level":"ERROR","msg":"a record is no event, it is not published","record":"` + stream.Records[0].Change.SequenceNumber + `"`
		if got := log.String(); strings.Count(got, want) != 1 || !strings.Contains(got, `"eventsLost":1`) || strings.Contains(got, "ada@") {
			t.Errorf("%s: got %s, want one line with %s, and the metric", name, got, want)
		}
	}
}

// Those that come again with what was not taken are told of when they are passed over for good.
//
//nolint:paralleltest // it looks at the one default logger
func TestPublish_TellsOfNoEventOnce(t *testing.T) {
	log, former := &bytes.Buffer{}, slog.Default()
	slog.SetDefault(logs.New(log, "info"))
	t.Cleanup(func() { slog.SetDefault(former) })
	bad := unreadable(t)["empty"].Records
	stream := jobs.StreamEvent{Records: slices.Concat(bad, bad)} // none, event, none, event
	job := jobs.Publish(&bus{takes: 1})
	answer, err := job(t.Context(), stream)
	if want := []string{bad[1].Change.SequenceNumber}; err != nil || !slices.Equal(failures(answer), want) {
		t.Errorf("got %v, %v, want %v", answer, err, want)
	}
	if got := strings.Count(log.String(), "is no event"); got != 2 { // both lie before what failed
		t.Errorf("got it told %d times, want 2: %s", got, log)
	}
	log.Reset()
	answer, err = jobs.Publish(&bus{})(t.Context(), jobs.StreamEvent{Records: stream.Records[1:]})
	if want := []string{bad[1].Change.SequenceNumber}; err != nil || !slices.Equal(failures(answer), want) || strings.Contains(log.String(), "is no event") {
		t.Errorf("got %v, %v and %s, want all to come again", answer, err, log)
	}
}

// A bus that is not there is told of once, and each batch comes again.
//
//nolint:paralleltest // it looks at the one default logger
func TestPublish_TellsOfAMissingBusOnce(t *testing.T) {
	log, former := &bytes.Buffer{}, slog.Default()
	slog.SetDefault(logs.New(log, "info"))
	t.Cleanup(func() { slog.SetDefault(former) })
	job := jobs.Publish(missing{})
	for range 3 {
		stream := sample(t)
		answer, err := job(t.Context(), stream)
		if want := []string{stream.Records[0].Change.SequenceNumber}; err != nil || !slices.Equal(failures(answer), want) {
			t.Errorf("got %v, %v, want %v", answer, err, want)
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "the event bus gavel (GAVEL_EVENT_BUS) is not there") {
		t.Errorf("got %s, want one line that names it", got)
	}
}

// missing is a bus that is not there.
type missing struct{}

func (missing) Publish(context.Context, []events.Event) (int, error) {
	return 0, fmt.Errorf("publish events: %w", &config.Unusable{What: "the event bus gavel (GAVEL_EVENT_BUS) is not there"})
}
