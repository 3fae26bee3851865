package jobs

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"

	"gavel/shared/audit"
	"gavel/shared/events"
	"gavel/shared/logs"
)

// Bus publishes events in their order, and gives how many of the first ones were published.
type Bus interface {
	Publish(ctx context.Context, all []events.Event) (published int, err error)
}

var _ Bus = (*events.Bus)(nil)

// StreamEvent is a part of the table's stream, as far as it is looked at
// (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
type StreamEvent struct {
	Records []StreamRecord `json:"Records"`
}

// StreamRecord is an item that was written.
type StreamRecord struct {
	EventName string `json:"eventName"`
	Change    struct {
		SequenceNumber string     `json:"SequenceNumber"`
		Keys           attributes `json:"Keys"`
		NewImage       attributes `json:"NewImage"`
	} `json:"dynamodb"`

	unreadable bool
}

// UnmarshalJSON reads a record. One of another form is noted to be that, and does not spoil the others that came with it.
func (r *StreamRecord) UnmarshalJSON(text []byte) error {
	type plain StreamRecord
	if err := json.Unmarshal(text, (*plain)(r)); err != nil {
		r.unreadable = true
	}
	return nil
}

// attributes are those of an item that are texts.
type attributes map[string]struct {
	Text string `json:"S"`
}

// StreamAnswer tells Lambda from which record on to deliver once more.
type StreamAnswer struct {
	Failures []ItemFailure `json:"batchItemFailures"`
}

// ItemFailure names a record by its sequence number.
type ItemFailure struct {
	Identifier string `json:"itemIdentifier"`
}

// Publish publishes the events that were written to the table. It stops at the first that was not taken, and has Lambda
// deliver everything from there on once more: each event is published once or more often, with the same id. A record that is
// no event would be none the next time either, and hold up all that are behind it until it is given up: it is passed over, as
// an event that was lost.
func Publish(bus Bus) func(context.Context, StreamEvent) (StreamAnswer, error) {
	var amiss logs.Once
	return func(ctx context.Context, stream StreamEvent) (StreamAnswer, error) {
		all, places, none := readStream(stream.Records)
		published, err := bus.Publish(ctx, all)
		logs.Add(ctx, slog.Int("eventsPublished", published))
		if err == nil {
			passOver(ctx, none)
			return StreamAnswer{Failures: []ItemFailure{}}, nil
		}
		failed := places[published]
		passOver(ctx, before(failed, none))
		if !amiss.Unusable(ctx, err) {
			slog.ErrorContext(ctx, "events were not published, they come again", "records", len(stream.Records)-failed, "error", err)
		}
		return StreamAnswer{Failures: []ItemFailure{{stream.Records[failed].Change.SequenceNumber}}}, nil
	}
}

// noEvent is a record that should hold an event, and its place.
type noEvent struct {
	place    int
	sequence string
}

// readStream gives the events in the records with their places, and the records that hold none.
func readStream(records []StreamRecord) (all []events.Event, places []int, none []noEvent) {
	for i, record := range records {
		if !record.unreadable && (record.EventName != "INSERT" || !strings.HasPrefix(record.Change.Keys["pk"].Text, audit.PublishedPrefix)) {
			continue // the mapping's filter lets none of these through
		}
		detail := record.Change.NewImage["d"].Text
		var e audit.Event
		if err := json.Unmarshal([]byte(detail), &e); err != nil || e.Type == "" || e.At.IsZero() || record.unreadable {
			none = append(none, noEvent{i, record.Change.SequenceNumber})
			continue
		}
		all, places = append(all, events.Event{Type: e.Type, At: e.At, Detail: detail}), append(places, i)
	}
	return all, places, none
}

// before gives those that do not come again with the records from a place on.
func before(place int, none []noEvent) []noEvent {
	return slices.DeleteFunc(none, func(n noEvent) bool { return n.place >= place })
}

// passOver says which records were, by the number that the stream gives them: what they hold may be personal.
func passOver(ctx context.Context, none []noEvent) {
	for _, n := range none {
		slog.ErrorContext(ctx, "a record is no event, it is not published", "record", n.sequence)
	}
	if len(none) > 0 {
		logs.AddMetrics(ctx, logs.Metric{Name: "eventsLost", Unit: logs.Count, Value: len(none)})
	}
}
