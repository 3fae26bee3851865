package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
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

// Publish publishes the events that were written to the table. It stops at the first that was not taken, or cannot be read,
// and has Lambda deliver everything from there on once more: each event is published once or more often, with the same id.
func Publish(bus Bus) func(context.Context, StreamEvent) (StreamAnswer, error) {
	return func(ctx context.Context, stream StreamEvent) (StreamAnswer, error) {
		all, places, unread, fault := readStream(stream.Records)
		published, err := bus.Publish(ctx, all)
		logs.Add(ctx, slog.Int("eventsPublished", published))
		failed := unread
		if err != nil {
			failed, fault = places[published], err
		}
		if fault == nil {
			return StreamAnswer{Failures: []ItemFailure{}}, nil
		}
		slog.ErrorContext(ctx, "events were not published, they come again", "records", len(stream.Records)-failed, "error", fault)
		return StreamAnswer{Failures: []ItemFailure{{stream.Records[failed].Change.SequenceNumber}}}, nil
	}
}

// readStream gives the events in the records up to one that cannot be read, with their places among the records, and the
// place of that one with its fault.
func readStream(records []StreamRecord) (all []events.Event, places []int, unread int, fault error) {
	for i, record := range records {
		if record.EventName != "INSERT" || !strings.HasPrefix(record.Change.Keys["pk"].Text, audit.PublishedPrefix) {
			continue // the mapping's filter lets none of these through
		}
		detail := record.Change.NewImage["d"].Text
		var e audit.Event
		if err := json.Unmarshal([]byte(detail), &e); err != nil || e.Type == "" {
			return all, places, i, fmt.Errorf("the record %s is no event", record.Change.SequenceNumber)
		}
		all, places = append(all, events.Event{Type: e.Type, At: e.At, Detail: detail}), append(places, i)
	}
	return all, places, len(records), nil
}
