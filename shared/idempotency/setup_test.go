package idempotency_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/dynamodb"
	"gavel/local/standin"
	"gavel/shared/idempotency"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
	"gavel/shared/table/embedded"
)

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(t *testing.T, store table.Store)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		store, err := embedded.Open(filepath.Join(t.TempDir(), "state.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		test(t, store)
	})
	t.Run("dynamo", func(t *testing.T) {
		t.Parallel()
		endpoint, name := dynamodb.Table(t)
		test(t, dynamo.New(dynamo.Options{
			Table: name, Region: "us-east-1", Endpoint: endpoint,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
			}),
		}))
	})
}

// newClock gives a clock that begins now, as the engines have clocks of their own, and at a full second, as they keep.
func newClock() *standin.Clock { return standin.NewClock(time.Now().UTC().Truncate(time.Second)) }

func newKeeper(store table.Store, c *standin.Clock) *idempotency.Keeper {
	return idempotency.New(func() table.Store { return store }, c.Now)
}

// call is a request that happens once.
func call() idempotency.Request {
	return idempotency.Request{Caller: "api-key:crm", Operation: "dial-out", Key: "k-1", Content: []string{"POST", "/call", `{"no":1}`}, Once: true}
}

// ban is one that can be repeated.
func ban() idempotency.Request {
	r := call()
	r.Operation, r.Once = "ban-user", false
	return r
}

// begins fails the test unless the request can be begun.
func begins(t *testing.T, k *idempotency.Keeper, r idempotency.Request) *idempotency.Claim {
	t.Helper()
	claim, answer, err := k.Begin(t.Context(), r)
	if err != nil || answer != nil || claim == nil {
		t.Fatalf("got %v, %v, want a claim", answer, err)
	}
	return claim
}

// fails fails the test unless the request is refused.
func fails(t *testing.T, k *idempotency.Keeper, r idempotency.Request, want error) {
	t.Helper()
	if claim, answer, err := k.Begin(t.Context(), r); !errors.Is(err, want) || claim != nil || answer != nil {
		t.Errorf("got %v, %v, %v, want %v", claim, answer, err, want)
	}
}

// replays fails the test unless the request is answered as before.
func replays(t *testing.T, k *idempotency.Keeper, r idempotency.Request, want idempotency.Answer) {
	t.Helper()
	_, got, err := k.Begin(t.Context(), r)
	if err != nil || got == nil {
		t.Fatalf("got %v, %v, want the answer", got, err)
	}
	if got.Status != want.Status || got.ContentType != want.ContentType || !bytes.Equal(got.Body, want.Body) {
		t.Errorf("got %d %s and %d bytes, want %d %s and the same %d", got.Status, got.ContentType, len(got.Body), want.Status, want.ContentType, len(want.Body))
	}
}

func keep(t *testing.T, c *idempotency.Claim, a idempotency.Answer) {
	t.Helper()
	if err := c.Keep(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

func done(n int) idempotency.Answer {
	return idempotency.Answer{Status: 200, ContentType: "application/json", Body: fmt.Appendf(nil, "{\"n\":%d,\"text\":\"<é\u2028\"}\n", n)}
}
