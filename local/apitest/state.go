package apitest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/dynamodb"
	"gavel/shared/secrets"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
	"gavel/shared/table/embedded"
)

// Embedded opens an engine for the state of one test.
func Embedded(t testing.TB) table.Store {
	t.Helper()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// DynamoDB makes a table on DynamoDB Local for the state of one test. Items expire by now; by the wall clock when it is nil.
func DynamoDB(t testing.TB, now func() time.Time) table.Store {
	t.Helper()
	endpoint, name := dynamodb.Table(t)
	return dynamo.New(dynamo.Options{
		Table: name, Region: "us-east-1", Endpoint: endpoint, Budget: time.Minute, Now: now,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
}

// Days is how long tests keep what their times and the engine's clock may lie apart in.
const Days = 36_500

// SecretsFile gives a source that reads a file with the given content.
func SecretsFile(t testing.TB, content any) secrets.Source {
	t.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "secrets.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return secrets.NewFile(path, "gavel")
}

// Failing is a store of secrets that does not answer.
type Failing struct{ Err error }

// Read fails.
func (f Failing) Read(context.Context, string) (secrets.Raw, error) { return secrets.Raw{}, f.Err }

// FullName gives the name with the prefix.
func (f Failing) FullName(name string) string { return "gavel/" + name }

// Empty is a state that is always empty and takes only what every engine does.
type Empty struct{ table.Store }

// Get finds nothing.
func (Empty) Get(_ context.Context, keys ...table.Key) ([]table.Item, error) {
	items := make([]table.Item, len(keys))
	for i, key := range keys {
		items[i].Key = key
	}
	return items, table.CheckKeys(keys...)
}

// Query finds nothing.
func (Empty) Query(_ context.Context, r table.Range) ([]table.Item, error) {
	return nil, table.CheckRange(r)
}

// Write forgets what it is given.
func (Empty) Write(_ context.Context, changes ...table.Change) error {
	return table.CheckChanges(changes...)
}
