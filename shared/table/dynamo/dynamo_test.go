package dynamo_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/shared/table"
	"gavel/shared/table/dynamo"
	"gavel/shared/table/tabletest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	tabletest.Run(t, func(t *testing.T, now func() time.Time) table.Store {
		t.Helper()
		opt := onTable(t)
		opt.Now = now
		return dynamo.New(opt)
	})
}

// counter counts the requests by operation. With lose it carries out one request of each operation without giving its answer.
type counter struct {
	lose bool

	mu   sync.Mutex
	seen map[string]int
}

func (c *counter) Do(req *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(req.Header.Get("X-Amz-Target"), ".")
	c.mu.Lock()
	if c.seen == nil {
		c.seen = map[string]int{}
	}
	c.seen[operation]++
	first := c.seen[operation] == 1
	c.mu.Unlock()
	resp, err := http.DefaultClient.Do(req)
	if err == nil && first && c.lose {
		_ = resp.Body.Close()
		return nil, io.ErrUnexpectedEOF
	}
	return resp, err
}

// take gives the counts since it was last called.
func (c *counter) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.seen
	c.seen = nil
	return seen
}

func (c *counter) expect(t *testing.T, what string, want map[string]int) {
	t.Helper()
	if got := c.take(); !maps.Equal(got, want) {
		t.Errorf("%s: got the requests %v, want %v", what, got, want)
	}
}

// Money is spent by the request, and a Scan costs the whole table.
func TestStore_MakesNoMoreRequestsThanItNeeds(t *testing.T) {
	t.Parallel()
	var count counter
	opt := onTable(t)
	opt.HTTP = &count
	store := dynamo.New(opt)
	item := table.Item{Key: at("a"), Data: []byte("1")}
	get := func(keys ...table.Key) func() error {
		return func() error {
			found, err := store.Get(t.Context(), keys...)
			if err == nil && len(found) > 0 {
				item = found[0]
			}
			return err
		}
	}
	write := func(changes func() []table.Change) func() error {
		return func() error { return store.Write(t.Context(), changes()...) }
	}
	for _, tt := range []struct {
		name string
		call func() error
		want map[string]int
	}{
		{"put", write(func() []table.Change { return []table.Change{table.Put(item)} }), map[string]int{"PutItem": 1}},
		{"get", get(at("a")), map[string]int{"GetItem": 1}},
		{"get twice the same", get(at("a"), at("a")), map[string]int{"GetItem": 1}},
		{"get two", get(at("a"), at("b"), at("a")), map[string]int{"BatchGetItem": 1}},
		{"get none", get(), nil},
		{"check", write(func() []table.Change { return []table.Change{table.Check(item)} }), map[string]int{"GetItem": 1}},
		{
			"check two",
			write(func() []table.Change { return []table.Change{table.Check(item), table.Check(table.Item{Key: at("b")})} }),
			map[string]int{"TransactWriteItems": 1},
		},
		{
			"put and check",
			write(func() []table.Change { return []table.Change{create("c"), table.Check(item)} }),
			map[string]int{"TransactWriteItems": 1},
		},
		{
			"delete", write(func() []table.Change { return []table.Change{table.Delete(item.Key, item.Version)} }),
			map[string]int{"TransactWriteItems": 1},
		},
		{"write nothing", write(func() []table.Change { return nil }), nil},
	} {
		if err := tt.call(); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		count.expect(t, tt.name, tt.want)
	}
}

func TestQuery_IsOneRequestForEachPage(t *testing.T) {
	t.Parallel()
	var count counter
	opt := onTable(t)
	opt.HTTP = &count
	store := dynamo.New(opt)
	const items, page = 500, 50
	for start := 0; start < items; start += table.MaxWrite {
		var changes []table.Change
		for i := range table.MaxWrite {
			changes = append(changes, create(fmt.Sprintf("msg#%05d", start+i)))
		}
		if err := store.Write(t.Context(), changes...); err != nil {
			t.Fatal(err)
		}
	}
	count.take()

	r := table.Range{Partition: "room#1", Prefix: "msg#", Limit: page}
	for range items / page {
		found, err := store.Query(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != page {
			t.Fatalf("a page: got %d items, want %d", len(found), page)
		}
		count.expect(t, "a page", map[string]int{"Query": 1})
		r.After = found[page-1].Sort
	}
}

// A page of more than a megabyte takes one request for each, and not one more.
func TestQuery_GoesOnWhereDynamoDBStops(t *testing.T) {
	t.Parallel()
	var count counter
	opt := onTable(t)
	opt.HTTP = &count
	store := dynamo.New(opt)
	large := []byte(`"` + strings.Repeat("x", table.MaxData-2) + `"`)
	for i := range 6 {
		if err := store.Write(t.Context(), table.Put(table.Item{Key: at(fmt.Sprint("m#", i)), Data: large})); err != nil {
			t.Fatal(err)
		}
	}
	count.take()
	found, err := store.Query(t.Context(), table.Range{Partition: "room#1", Prefix: "m#", Limit: 6})
	if len(found) != 6 || err != nil {
		t.Errorf("got %d items and %v, want 6", len(found), err)
	}
	count.expect(t, "six quarters of a megabyte", map[string]int{"Query": 2})
}

// Whatever the first try of a Write did, the Write does it once.
func TestWrite_AnswerLostAfterItWasDone(t *testing.T) {
	t.Parallel()
	opt := onTable(t)
	plain := dynamo.New(opt)
	for _, tt := range []struct {
		name, operation string
		changes         func(stored table.Item) []table.Change
		want            string
	}{
		{"create", "PutItem", func(table.Item) []table.Change {
			return []table.Change{table.Put(table.Item{Key: at("create"), Data: []byte("2")})}
		}, "2"},
		{"replace", "PutItem", func(stored table.Item) []table.Change {
			stored.Data = []byte("2")
			return []table.Change{table.Put(stored)}
		}, "2"},
		{"delete", "TransactWriteItems", func(stored table.Item) []table.Change {
			return []table.Change{table.Delete(stored.Key, stored.Version)}
		}, ""},
		{"two", "TransactWriteItems", func(stored table.Item) []table.Change {
			stored.Data = []byte("2")
			return []table.Change{table.Put(stored), create("beside")}
		}, "2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.name != "create" {
				if err := plain.Write(t.Context(), table.Put(table.Item{Key: at(tt.name), Data: []byte("1")})); err != nil {
					t.Fatal(err)
				}
			}
			before, err := plain.Get(t.Context(), at(tt.name))
			if err != nil {
				t.Fatal(err)
			}
			count := &counter{lose: true}
			lossy := opt
			lossy.HTTP = count

			if err := dynamo.New(lossy).Write(t.Context(), tt.changes(before[0])...); err != nil {
				t.Errorf("got %v, want no error", err)
			}

			count.expect(t, "the write", map[string]int{tt.operation: 2})
			after, err := plain.Get(t.Context(), at(tt.name))
			if err != nil || string(after[0].Data) != tt.want {
				t.Errorf("afterwards: got %q, %v, want %q", after[0].Data, err, tt.want)
			}
		})
	}
}
