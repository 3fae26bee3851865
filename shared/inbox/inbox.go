// Package inbox keeps the events that providers send, each once however often it comes.
package inbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"gavel/shared/table"
)

// Event is what a provider told.
type Event struct {
	Source string // what it is about, with the provider: events are listed by it
	Name   string // of the kind of event
	// ID is the sender's own for the event; empty where it gives none.
	ID string
	// Data is the event itself. Two events of a source with the same ID are one; without IDs, two with the same name and data.
	Data       map[string]json.RawMessage
	ReceivedAt time.Time // when it came first; set by Keep
}

// Inbox keeps events.
type Inbox struct {
	store table.Store
	now   func() time.Time
	days  int
}

// New makes an Inbox that keeps each event for so many days after it came. now is the clock by which store's items expire.
func New(store table.Store, now func() time.Time, days int) *Inbox {
	return &Inbox{store: store, now: now, days: days}
}

// The items, by partition and sort key:
//
//	events#<source>    id#<digest>             that an event is known, and where it is
//	                   at#<time>#<digest>      an event
const (
	idPrefix = "id#"
	atPrefix = "at#"
)

type knownRecord struct {
	At string `json:"at"`
}

type eventRecord struct {
	Name       string                     `json:"name"`
	ID         string                     `json:"id,omitempty"`
	Data       map[string]json.RawMessage `json:"data"`
	ReceivedAt time.Time                  `json:"received_at"`
}

func partition(source string) string { return "events#" + source }

// Keep keeps an event, and says whether it is a fresh one: also one that came before and has expired is. It is there when Keep
// returns. An error wraps table.ErrBusy or is a fault.
func (b *Inbox) Keep(ctx context.Context, e Event) (fresh bool, err error) {
	digest, err := e.digest()
	if err != nil {
		return false, err
	}
	at := b.now().UTC().Truncate(time.Millisecond)
	record, err := encode(eventRecord{Name: e.Name, ID: e.ID, Data: e.Data, ReceivedAt: at})
	if err != nil {
		return false, err
	}
	sort := fmt.Sprintf("%s%015d#%s", atPrefix, at.UnixMilli(), digest)
	known, err := encode(knownRecord{At: sort})
	if err != nil {
		return false, err
	}
	err = b.store.Write(ctx,
		table.Put(b.newItem(e.Source, idPrefix+digest, known, at)),
		table.Put(b.newItem(e.Source, sort, record, at)),
	)
	if errors.Is(err, table.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}

// newItem makes an item, as all of this package are made. Both of an event expire in the same second, so that it is either
// there and known, or neither.
func (b *Inbox) newItem(source, sort string, data []byte, at time.Time) table.Item {
	key := table.Key{Partition: partition(source), Sort: sort}
	return table.Item{Key: key, Data: data, Expires: at.AddDate(0, 0, b.days)}
}

// digest tells events of a source apart.
func (e Event) digest() (string, error) {
	told := []byte("\x00" + e.ID) // which begins no name
	if e.ID == "" {
		content, err := encode(e.Data) // with its names in order
		if err != nil {
			return "", err
		}
		told = append([]byte(e.Name+"\n"), content...)
	}
	sum := sha256.Sum256(told)
	return hex.EncodeToString(sum[:16]), nil
}

// encode leaves < and > as they are: six bytes in place of one could make an event too large for the table.
func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode an event: %w", err)
	}
	return bytes.TrimSpace(text.Bytes()), nil
}

// Page is a part of the events of a source. Next is for the part after it; empty at the end.
type Page struct {
	Events []Event
	Next   string
}

// ErrCursor says that a cursor is none of List's.
var ErrCursor = errors.New("expected the cursor of the page before")

// cursorForm is that of the sort keys of events.
var cursorForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^" + atPrefix + "[0-9]{15}#[0-9a-f]{32}$") })

// mostBytes is how much a page may hold, so that it gets through a function: 6 MB, of which the answer's own encoding takes a
// part. One event alone is always given.
const mostBytes = 3 << 20

// List gives up to limit events of a source in the order in which they came, after a cursor or from the beginning; fewer where
// they are large.
func (b *Inbox) List(ctx context.Context, source string, limit int, cursor string) (Page, error) {
	if cursor != "" && !cursorForm().MatchString(cursor) {
		return Page{}, ErrCursor
	}
	items, err := b.store.Query(ctx, table.Range{Partition: partition(source), Prefix: atPrefix, After: cursor, Limit: limit})
	if err != nil {
		return Page{}, err
	}
	page, size := Page{}, 0
	for i, item := range items {
		if size += len(item.Data); size > mostBytes && i > 0 {
			page.Next = items[i-1].Sort
			return page, nil
		}
		record, err := table.Decode[eventRecord](item)
		if err != nil {
			return Page{}, err
		}
		page.Events = append(page.Events, Event{
			Source: source, Name: record.Name, ID: record.ID, Data: record.Data, ReceivedAt: record.ReceivedAt,
		})
	}
	if len(items) == limit {
		page.Next = items[limit-1].Sort
	}
	return page, nil
}
