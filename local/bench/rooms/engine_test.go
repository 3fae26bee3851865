package rooms_test

import (
	"context"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"gavel/local/dynamodb"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
	"gavel/shared/table/embedded"
)

// engine is one on which the operations are measured.
type engine struct {
	name     string
	store    table.Store
	requests *atomic.Int64 // that the store made
	raw      raw
	// oneProcess says that no two processes can use it.
	oneProcess bool
}

// raw is an engine as its own library gives it, without versions and without checks of what it is handed. What a
// recording read must be there.
type raw interface {
	get(ctx context.Context, keys []table.Key) error
	query(ctx context.Context, r table.Range) error
	// write creates where a Put found nothing, and replaces whatever is there where it found something.
	write(ctx context.Context, changes []table.Change) error
	// hold has it keep items that the store has.
	hold(ctx context.Context, items []table.Item) error
	// fill adds items to those that the store has, as fast as it can.
	fill(ctx context.Context, items []table.Item) error
}

// engines are all of them. One that is not to be had skips the benchmark.
func engines() map[string]func(testing.TB) *engine {
	return map[string]func(testing.TB) *engine{"embedded": onEmbedded, "dynamodb": onDynamoDB}
}

func onEmbedded(tb testing.TB) *engine {
	tb.Helper()
	dir := tb.TempDir()
	store, err := embedded.Open(filepath.Join(dir, "state.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = store.Close() })
	counted := &countedStore{Store: store}
	return &engine{
		name: "embedded", store: counted, requests: &counted.requests,
		raw: openBolt(tb, filepath.Join(dir, "bare.db"), store), oneProcess: true,
	}
}

// countedStore counts the calls of a store.
type countedStore struct {
	table.Store
	requests atomic.Int64
}

func (c *countedStore) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	c.requests.Add(1)
	return c.Store.Get(ctx, keys...)
}

func (c *countedStore) Query(ctx context.Context, r table.Range) ([]table.Item, error) {
	c.requests.Add(1)
	return c.Store.Query(ctx, r)
}

func (c *countedStore) Write(ctx context.Context, changes ...table.Change) error {
	c.requests.Add(1)
	return c.Store.Write(ctx, changes...)
}

// region and credentials are as good as any others to DynamoDB Local.
const region = "us-east-1"

func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "bench", SecretAccessKey: "bench"}, nil
}

func onDynamoDB(tb testing.TB) *engine {
	tb.Helper()
	endpoint, name := dynamodb.Table(tb)
	store, bare := newWire(), newWire()
	return &engine{
		name: "dynamodb", requests: &store.requests,
		store: dynamo.New(dynamo.Options{
			Table: name, Region: region, Endpoint: endpoint, HTTP: store, Budget: time.Minute, // which has room for a slow machine
			Credentials: aws.CredentialsProviderFunc(credentials),
		}),
		raw: &rawDynamo{table: name, wire: bare, client: awsdynamodb.New(awsdynamodb.Options{
			Region: region, BaseEndpoint: aws.String(endpoint), HTTPClient: bare,
			Credentials: aws.CredentialsProviderFunc(credentials),
		})},
	}
}

// wire is an HTTP client that counts the requests.
type wire struct {
	*awshttp.BuildableClient
	requests atomic.Int64
}

// newWire keeps as many connections as there are calls at once. A function has one call at a time, so that the SDK's
// own ten are enough there.
func newWire() *wire {
	client := awshttp.NewBuildableClient().WithTimeout(time.Minute)
	return &wire{BuildableClient: client.WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConnsPerHost, t.MaxIdleConns = 128, 128
	})}
}

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	w.requests.Add(1)
	return w.BuildableClient.Do(r)
}
