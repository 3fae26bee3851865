package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
)

// The local bus, by partition and sort key. The file has no stream as DynamoDB has: with an event, or before it, its key is
// noted, and what was noted and came to be is published by the sweep. A process that ends anywhere in between loses nothing.
//
//	local#outbox    at#<event>    that an event may have been written, and where
//	local#bus       at#<event>    an event that was published
const (
	outboxPartition = "local#outbox"
	busPartition    = "local#bus"
	busPrefix       = "at#"

	publishBatch = table.MaxWrite / 2 // of each event a note goes and a publication comes
	// shown is how many published events can be seen, and busTime for how long.
	shown   = 1000
	busTime = 7 * 24 * time.Hour
	// forgotten is after how long a Write that was announced has failed for certain.
	forgotten = time.Minute
)

// outboxRecord says where an event would be.
type outboxRecord struct {
	Partition string    `json:"partition"`
	Since     time.Time `json:"since"`
}

// announced is a store that notes the events of each Write: with it, or before it where that would be too much for one.
type announced struct {
	table.Store
	now func() time.Time
}

func (a announced) Write(ctx context.Context, changes ...table.Change) error {
	var notes []table.Change
	for _, change := range changes {
		key := change.Item.Key
		if change.Kind != table.KindPut || !strings.HasPrefix(key.Partition, audit.PublishedPrefix) {
			continue
		}
		note, err := record(outboxPartition, key.Sort, outboxRecord{Partition: key.Partition, Since: a.now()})
		if err != nil {
			return err
		}
		notes = append(notes, note)
	}
	if len(changes)+len(notes) <= table.MaxWrite {
		return a.Store.Write(ctx, slices.Concat(changes, notes)...)
	}
	if err := a.Store.Write(ctx, notes...); err != nil {
		return err
	}
	return a.Store.Write(ctx, changes...)
}

// publish puts the events that were written on the local bus, each once.
func (s *Server) publish(ctx context.Context, now time.Time) error {
	after := ""
	for {
		notes, err := s.table.Query(ctx, table.Range{Partition: outboxPartition, Prefix: busPrefix, After: after, Limit: publishBatch})
		if err != nil || len(notes) == 0 {
			return err
		}
		switch err := s.publishAll(ctx, notes, now); {
		case errors.Is(err, table.ErrConflict):
			continue // somebody else has published one of them: what is there now?
		case err != nil:
			return err
		}
		after = notes[len(notes)-1].Sort
	}
}

// publishAll publishes what was noted, in one write.
func (s *Server) publishAll(ctx context.Context, notes []table.Item, now time.Time) error {
	since, keys := make([]time.Time, len(notes)), make([]table.Key, len(notes))
	for i, note := range notes {
		at, err := table.Decode[outboxRecord](note)
		if err != nil {
			return err
		}
		since[i], keys[i] = at.Since, table.Key{Partition: at.Partition, Sort: note.Sort}
	}
	events, err := s.table.Get(ctx, keys...)
	if err != nil {
		return err
	}
	var changes []table.Change
	for i, note := range notes {
		switch {
		case events[i].Exists():
			changes = append(changes, table.Delete(note.Key, note.Version), table.Put(table.Item{
				Key: table.Key{Partition: busPartition, Sort: note.Sort}, Data: events[i].Data, Expires: now.Add(busTime),
			}))
		case now.Sub(since[i]) >= forgotten: // and not on its way
			changes = append(changes, table.Delete(note.Key, note.Version))
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return s.table.Write(ctx, changes...)
}

func record(partition, sort string, value any) (table.Change, error) {
	data, err := json.Marshal(value)
	return table.Put(table.Item{Key: table.Key{Partition: partition, Sort: sort}, Data: data}), err
}

// published gives the events on the bus, the newest last.
func (s *Server) published(w http.ResponseWriter, r *http.Request) {
	items, err := s.table.Query(r.Context(), table.Range{Partition: busPartition, Prefix: busPrefix, Reverse: true, Limit: shown})
	events := make([]audit.Event, len(items))
	for i, item := range items {
		if err == nil {
			events[i], err = table.Decode[audit.Event](item)
		}
	}
	if err != nil {
		slog.WarnContext(r.Context(), "the events cannot be read", "error", err)
		http.Error(w, "the events cannot be read, the log says why", http.StatusInternalServerError)
		return
	}
	slices.Reverse(events)
	writeJSON(w, events)
}
