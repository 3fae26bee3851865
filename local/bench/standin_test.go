package main

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/shared/table"
	"gavel/shared/table/dynamo"
	"gavel/shared/table/embedded"
)

// fill makes a store with a few items.
func fill(t *testing.T) *embedded.Store {
	t.Helper()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "bench.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	for i := range 9 {
		key := table.Key{Partition: "p", Sort: "a#" + strconv.Itoa(i)}
		item := table.Item{Key: key, Data: []byte(`{"n":` + strconv.Itoa(i) + `}`)}
		if i%2 == 1 {
			item.Expires = time.Date(2100, time.January, 1, 0, 0, i, 0, time.UTC)
		}
		if err := store.Write(t.Context(), table.Put(item)); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// through gives the table of a stand-in for a store, as functions see it.
func through(t *testing.T, store table.Store) table.Store {
	t.Helper()
	web := httptest.NewServer(&standIn{store: store})
	t.Cleanup(web.Close)
	return dynamo.New(dynamo.Options{
		Table: "bench", Region: "us-east-1", Endpoint: web.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
}

// Fails where package dynamo begins to ask in another way, which the stand-in has to learn then.
func TestStandIn_ReadsAsItsStore(t *testing.T) {
	t.Parallel()
	store := fill(t)
	seen := through(t, store)
	key := func(sort string) table.Key { return table.Key{Partition: "p", Sort: sort} }
	for name, read := range map[string]func(table.Store) ([]table.Item, error){
		"one":                func(s table.Store) ([]table.Item, error) { return s.Get(t.Context(), key("a#1")) },
		"one that is not":    func(s table.Store) ([]table.Item, error) { return s.Get(t.Context(), key("b")) },
		"several":            func(s table.Store) ([]table.Item, error) { return s.Get(t.Context(), key("a#1"), key("b"), key("a#0")) },
		"range":              ranged(t, table.Range{Partition: "p", Prefix: "a#", Limit: 3}),
		"range that goes on": ranged(t, table.Range{Partition: "p", Prefix: "a#", Limit: 3, After: "a#4"}),
		"range backwards":    ranged(t, table.Range{Partition: "p", Prefix: "a#", Limit: 3, Reverse: true, After: "a#4"}),
		"empty range":        ranged(t, table.Range{Partition: "p", Prefix: "b", Limit: 3}),
	} {
		got, err := read(seen)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, err := read(store)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func ranged(t *testing.T, r table.Range) func(table.Store) ([]table.Item, error) {
	t.Helper()
	return func(s table.Store) ([]table.Item, error) { return s.Query(t.Context(), r) }
}

func TestStandIn_ForgetsWhatIsWritten(t *testing.T) {
	t.Parallel()
	seen := through(t, fill(t))
	one, other := table.Key{Partition: "p", Sort: "a#1"}, table.Key{Partition: "p", Sort: "new"}
	before, err := seen.Get(t.Context(), one, other)
	if err != nil {
		t.Fatal(err)
	}
	for name, changes := range map[string][]table.Change{
		"put":         {table.Put(table.Item{Key: other, Data: []byte(`{}`)})},
		"transaction": {table.Put(table.Item{Key: other, Data: []byte(`{}`)}), table.Delete(one, before[0].Version)},
	} {
		if err := seen.Write(t.Context(), changes...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	after, err := seen.Get(t.Context(), one, other)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(after, before) {
		t.Errorf("got %v, want %v as before", after, before)
	}
}
