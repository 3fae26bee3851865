package audit_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/audit"
	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

// noon is when every test begins: far ahead, as engines have clocks of their own for what expires.
var noon = time.Date(2099, time.March, 1, 12, 0, 0, 0, time.UTC)

var crm = audit.Actor{Kind: audit.APIKey, Name: "crm"}

// onBothEngines runs a test on a store of each engine.
func onBothEngines(t *testing.T, test func(store *counted)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		store, err := embedded.Open(filepath.Join(t.TempDir(), "state.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		test(&counted{t: t, Store: store})
	})
	t.Run("dynamodb", func(t *testing.T) {
		t.Parallel()
		test(&counted{t: t, Store: apitest.DynamoDB(t, nil)})
	})
}

// counted counts queries and what they give.
type counted struct {
	t *testing.T // of the one test that uses it
	table.Store
	queries, items int
}

func (c *counted) Query(ctx context.Context, r table.Range) ([]table.Item, error) {
	items, err := c.Store.Query(ctx, r)
	c.queries++
	c.items += len(items)
	return items, err
}

// keep writes an event.
func (c *counted) keep(t *testing.T, at time.Time, e audit.Event) {
	t.Helper()
	changes, err := audit.NewTrail(apitest.Days).Changes(t.Context(), at, e)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(t.Context(), changes...); err != nil {
		t.Fatal(err)
	}
}

func clockAt(at time.Time) func() time.Time { return func() time.Time { return at } }
