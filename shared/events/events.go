// Package events publishes what was done to an EventBridge bus, where whoever wants to know of it sets a rule.
package events

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"

	"gavel/shared/awsenv"
	"gavel/shared/awsretry"
	"gavel/shared/config"
)

// Source is what events come from, for the rules of the bus.
const Source = "gavel"

// Options say which bus, where it is and as whom to publish.
type Options struct {
	Bus         string // name or ARN
	Region      string
	Endpoint    string // empty for the region's own
	Credentials aws.CredentialsProvider
	HTTP        aws.HTTPClient // nil for the SDK's own
}

// Bus is where events are published. It is safe for concurrent use.
type Bus struct {
	client *eventbridge.Client
	name   string
}

// New makes a Bus. The client is built from its options and not by the SDK's config package, which would cost the function
// several milliseconds of start.
func New(opt Options) *Bus {
	sdk := eventbridge.Options{Region: opt.Region, Credentials: opt.Credentials, HTTPClient: opt.HTTP, Retryer: awsretry.New()}
	if opt.Endpoint != "" {
		sdk.BaseEndpoint = aws.String(opt.Endpoint)
	}
	return &Bus{client: eventbridge.New(sdk), name: opt.Bus}
}

// Configured makes the Bus that the settings ask for, with the credentials Lambda puts into the environment.
func Configured(c config.Config) *Bus {
	return New(Options{Bus: c.EventBus, Region: c.AWSRegion, Endpoint: c.EventsEndpoint, Credentials: awsenv.Credentials()})
}

// Event is what is published.
type Event struct {
	Type   string    // the detail type, for rules
	At     time.Time // when it happened
	Detail string    // JSON
}

// Bounds of one request: EventBridge takes 10 events and 256 KB, of which some room is left
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html).
const (
	mostEvents = 10
	mostBytes  = 200 << 10
)

// Publish publishes events in their order, a few at a time, and stops where some were not taken. It gives how many of the
// first ones were published for certain. Of those behind them some may have been, too: with an error, publish them again.
func (b *Bus) Publish(ctx context.Context, events []Event) (published int, err error) {
	for published < len(events) {
		batch := events[published : published+fitting(events[published:])]
		taken, err := b.put(ctx, batch)
		published += taken
		if err != nil {
			return published, err
		}
	}
	return published, nil
}

// fitting gives how many of the first events go into one request: one at least.
func fitting(events []Event) int {
	size := 0
	for i, e := range events {
		if size += len(Source) + len(e.Type) + len(e.Detail); i == mostEvents || i > 0 && size > mostBytes {
			return i
		}
	}
	return len(events)
}

// put makes one request, and gives how many of the first events were taken.
func (b *Bus) put(ctx context.Context, events []Event) (int, error) {
	entries := make([]types.PutEventsRequestEntry, len(events))
	for i, e := range events {
		entries[i] = types.PutEventsRequestEntry{
			EventBusName: aws.String(b.name), Source: aws.String(Source),
			DetailType: aws.String(e.Type), Detail: aws.String(e.Detail), Time: aws.Time(e.At),
		}
	}
	out, err := b.client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
	if err != nil {
		return 0, b.failed(err)
	}
	if len(out.Entries) != len(entries) {
		return 0, fmt.Errorf("publish events: an answer for %d of %d", len(out.Entries), len(entries))
	}
	for i, entry := range out.Entries {
		if entry.ErrorCode != nil || aws.ToString(entry.EventId) == "" {
			return i, b.failed(refusal(entry))
		}
	}
	return len(events), nil
}

// refusal is the answer for one event that was not taken, whose codes are as those of whole requests
// (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html). Its message is left out, as
// nobody knows what it quotes.
func refusal(entry types.PutEventsResultEntry) error {
	code := &smithy.GenericAPIError{Code: aws.ToString(entry.ErrorCode), Message: "one was not taken"}
	return &smithy.OperationError{ServiceID: "events", OperationName: "PutEvents", Err: code}
}

func (b *Bus) failed(err error) error {
	if unusable := awsenv.Unusable(err, fmt.Sprintf("the event bus %s (GAVEL_EVENT_BUS)", b.name), err); unusable != nil {
		err = unusable
	}
	return fmt.Errorf("publish events: %w", err)
}
