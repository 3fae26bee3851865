package dynamo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/dynamodb"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

// confidential is in the data of each item here, and in each message of the peer.
const confidential = "s3cret"

var credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
})

// onTable gives options for a fresh table of DynamoDB Local. The budget has room for a slow machine.
func onTable(t testing.TB) dynamo.Options {
	t.Helper()
	endpoint, name := dynamodb.Table(t)
	return dynamo.Options{
		Table: name, Region: "us-east-1", Endpoint: endpoint, Credentials: credentials, Budget: time.Minute,
	}
}

// calls are one of each kind that the Store makes a request of its own for.
var calls = map[string]func(context.Context, *dynamo.Store) error{
	"GetItem": func(ctx context.Context, store *dynamo.Store) error {
		_, err := store.Get(ctx, at("a"))
		return err
	},
	"BatchGetItem": func(ctx context.Context, store *dynamo.Store) error {
		_, err := store.Get(ctx, at("a"), at("b"))
		return err
	},
	"Query": func(ctx context.Context, store *dynamo.Store) error {
		_, err := store.Query(ctx, table.Range{Partition: "room#1", Prefix: "a", Limit: 2})
		return err
	},
	"PutItem": func(ctx context.Context, store *dynamo.Store) error {
		return store.Write(ctx, create("a"))
	},
	"TransactWriteItems": func(ctx context.Context, store *dynamo.Store) error {
		return store.Write(ctx, create("a"), create("b"))
	},
}

func at(sort string) table.Key { return table.Key{Partition: "room#1", Sort: sort} }

func create(sort string) table.Change {
	return table.Put(table.Item{Key: at(sort), Data: []byte(`"` + confidential + `"`)})
}

// request is what the peer received.
type request struct {
	Operation string
	Body      string
}

// field gives a part of the body, by the names that lead to it; it fails the test if there is none.
func (r request) field(t *testing.T, names ...string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(r.Body), &value); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		object, _ := value.(map[string]any)
		if value = object[name]; value == nil {
			t.Fatalf("%s has no %v: %s", r.Operation, names, r.Body)
		}
	}
	return value
}

// peer stands in for DynamoDB. It answers the requests with the answers in turn, the last again and again.
type peer struct {
	*httptest.Server
	mu       sync.Mutex
	received []request
}

// answer writes a response to the request.
type answer func(http.ResponseWriter, *http.Request, request)

func newPeer(t *testing.T, answers ...answer) *peer {
	t.Helper()
	p := new(peer)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the caller gave up
		}
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		got := request{Operation: operation, Body: string(body)}
		p.mu.Lock()
		p.received = append(p.received, got)
		turn := min(len(p.received), len(answers)) - 1
		p.mu.Unlock()
		answers[turn](w, r, got)
	}))
	t.Cleanup(p.Close)
	return p
}

// requests gives what was received so far.
func (p *peer) requests() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]request(nil), p.received...)
}

// store makes one that talks to the peer.
func (p *peer) store(budget time.Duration) *dynamo.Store {
	return dynamo.New(dynamo.Options{
		Table: "state", Region: "us-east-1", Endpoint: p.URL, Credentials: credentials, HTTP: p.Client(), Budget: budget,
	})
}

// done is the answer to a request that succeeded and found nothing.
func done(w http.ResponseWriter, _ *http.Request, _ request) {
	_, _ = io.WriteString(w, `{}`)
}

func body(status int, text string) answer {
	return func(w http.ResponseWriter, _ *http.Request, _ request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

// failure is an error as DynamoDB words it.
func failure(status int, code string) answer {
	return body(status, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"about %s"}`, code, confidential))
}

// canceled is the answer to a transaction with a reason for each of its parts.
func canceled(codes ...string) answer {
	var reasons []string
	for _, code := range codes {
		reasons = append(reasons, fmt.Sprintf(`{"Code":%q,"Message":"about %s"}`, code, confidential))
	}
	return body(http.StatusBadRequest, fmt.Sprintf(
		`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"about %s","CancellationReasons":[%s]}`,
		confidential, strings.Join(reasons, ",")))
}

// lost ends the connection instead of answering.
func lost(http.ResponseWriter, *http.Request, request) { panic(http.ErrAbortHandler) }

// broken ends the connection within an answer.
func broken(w http.ResponseWriter, _ *http.Request, _ request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, `{"Item":`)
}

// found is the answer to a PutItem whose condition failed over an item of that version.
func found(version string) answer {
	return body(http.StatusBadRequest, fmt.Sprintf(
		`{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed",`+
			`"Item":{"pk":{"S":"room#1"},"sk":{"S":"a"},"v":{"S":%q},"d":{"S":%q}}}`, version, confidential))
}

// foundOwn finds what the request itself would put.
func foundOwn(t *testing.T) answer {
	t.Helper()
	return func(w http.ResponseWriter, r *http.Request, got request) {
		found(got.field(t, "Item", "v", "S").(string))(w, r, got)
	}
}

// quiet demands that the error's text has nothing of the item.
func quiet(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), confidential) {
		t.Errorf("the error quotes the item: %v", err)
	}
}
