package dynamo_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

// unusable demands that each call says what an operator has to mend.
func unusable(t *testing.T, store *dynamo.Store, want string) {
	t.Helper()
	_, getErr := store.Get(t.Context(), at("a"))
	_, severalErr := store.Get(t.Context(), at("a"), at("b"))
	_, queryErr := store.Query(t.Context(), table.Range{Partition: "room#1", Prefix: "a", Limit: 1})
	for call, err := range map[string]error{
		"get": getErr, "get several": severalErr, "query": queryErr,
		"write": store.Write(t.Context(), create("a")), "write several": store.Write(t.Context(), create("a"), create("b")),
	} {
		got, ok := errors.AsType[*config.Unusable](err)
		if !ok || got.What != want || errors.Is(err, table.ErrBusy) {
			t.Errorf("%s: got %v, want %q", call, err, want)
		}
	}
}

func TestStore_ATableThatIsNotThere(t *testing.T) {
	t.Parallel()
	opt := onTable(t)
	opt.Table = "missing"
	unusable(t, dynamo.New(opt), "the DynamoDB table missing (GAVEL_TABLE) is not there")
}

// Nothing is asked of DynamoDB without credentials.
func TestStore_WithoutCredentials(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("got %s %s, want no request", r.Method, r.URL)
	}))
	t.Cleanup(server.Close)
	const none = "no credentials"
	unusable(t, dynamo.New(dynamo.Options{
		Table: "x", Region: "eu-central-1", Endpoint: server.URL, Now: clock.Now,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, &config.Unusable{What: none}
		}),
	}), none)
}

func TestStore_ATableThatItMayNotUse(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"com.amazon.coral.service#AccessDeniedException",` +
			`"Message":"User: arn:aws:sts::1:x is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:x"}`))
	}))
	t.Cleanup(server.Close)
	opt := onTable(t)
	opt.Endpoint = server.URL
	unusable(t, dynamo.New(opt), "this function may not use the DynamoDB table "+opt.Table+" (GAVEL_TABLE): it lacks the permission dynamodb:GetItem")
}
