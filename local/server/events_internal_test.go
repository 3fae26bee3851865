package server

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

// A Write that has no room for the notes is made after them, and what it tells is published all the same: of 130 events, in
// two batches and a rest, each once.
func TestPublish_WhatFillsAWholeWriteAndManyAtOnce(t *testing.T) {
	t.Parallel()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	now := time.Now()
	told := announced{store, func() time.Time { return now }}
	write := func(n, beside int) {
		var changes []table.Change
		for range n {
			of, err := audit.Trail{}.Changes(t.Context(), now, audit.Event{Type: "room.created", Actor: audit.Person("ada")})
			if err != nil {
				t.Fatal(err)
			}
			changes = append(changes, of...)
		}
		for i := range beside {
			changes = append(changes, table.Put(table.Item{Key: table.Key{Partition: fmt.Sprint("p", n), Sort: fmt.Sprint(i)}, Data: []byte("{}")}))
		}
		if err := told.Write(t.Context(), changes...); err != nil {
			t.Fatal(err)
		}
	}
	write(1, table.MaxWrite-1)
	for range 3 {
		write(43, 0)
	}
	s := &Server{table: store}
	count := func(partition string) (n int) {
		for after := ""; ; {
			items, err := store.Query(t.Context(), table.Range{Partition: partition, Prefix: busPrefix, After: after, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			if n += len(items); len(items) < 100 {
				return n
			}
			after = items[len(items)-1].Sort
		}
	}
	if got := count(outboxPartition); got != 130 {
		t.Fatalf("got %d events noted, want 130", got)
	}
	for range 2 {
		if err := s.publish(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if noted, published := count(outboxPartition), count(busPartition); noted != 0 || published != 130 {
			t.Errorf("got %d noted and %d published, want 0 and 130", noted, published)
		}
	}
}
