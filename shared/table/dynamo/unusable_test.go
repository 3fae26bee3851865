package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

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

// What a table lets through that has pk alone, a put of one item, is not told from what it should.
func TestStore_ATableWithOtherKeys(t *testing.T) {
	t.Parallel()
	type keys []types.KeySchemaElement
	hash, ranged := types.KeyTypeHash, types.KeyTypeRange
	for what, table := range map[string]struct {
		keys keys
		kind types.ScalarAttributeType
	}{
		"another key":         {keys{{AttributeName: aws.String("id"), KeyType: hash}}, types.ScalarAttributeTypeS},
		"another second key":  {keys{{AttributeName: aws.String("pk"), KeyType: hash}, {AttributeName: aws.String("sort"), KeyType: ranged}}, types.ScalarAttributeTypeS},
		"keys of another way": {keys{{AttributeName: aws.String("pk"), KeyType: hash}, {AttributeName: aws.String("sk"), KeyType: ranged}}, types.ScalarAttributeTypeN},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			opt := onTable(t)
			opt.Table += "-other"
			client := sdk.New(sdk.Options{Region: opt.Region, BaseEndpoint: &opt.Endpoint, Credentials: opt.Credentials})
			defined := make([]types.AttributeDefinition, len(table.keys))
			for i, key := range table.keys {
				defined[i] = types.AttributeDefinition{AttributeName: key.AttributeName, AttributeType: table.kind}
			}
			if _, err := client.CreateTable(t.Context(), &sdk.CreateTableInput{
				TableName: &opt.Table, BillingMode: types.BillingModePayPerRequest, AttributeDefinitions: defined, KeySchema: table.keys,
			}); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				_, _ = client.DeleteTable(context.WithoutCancel(t.Context()), &sdk.DeleteTableInput{TableName: &opt.Table})
			})
			unusable(t, dynamo.New(opt), "the DynamoDB table "+opt.Table+" (GAVEL_TABLE) has other keys than the texts pk and sk")
		})
	}
}

// TestStore_AnItemThatIsTooLarge is no fault of the table's.
func TestStore_AnItemThatIsTooLarge(t *testing.T) {
	t.Parallel()
	store := dynamo.New(onTable(t))
	large, long := create("a"), create(strings.Repeat("x", 1025))
	large.Item.Data = []byte(`"` + strings.Repeat("x", 500_000) + `"`)
	for _, changes := range [][]table.Change{{large}, {large, create("b")}, {long}, {long, create("b")}} {
		err := store.Write(t.Context(), changes...)
		if _, ok := errors.AsType[*config.Unusable](err); err == nil || ok {
			t.Errorf("got %v, want a fault, and not the table's", err)
		}
	}
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
	opt := onTable(t)
	const role = "User: arn:aws:sts::1:x is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:x"
	theTable := "the DynamoDB table " + opt.Table + " (GAVEL_TABLE)"
	for code, tt := range map[string]struct{ message, want string }{
		"AccessDeniedException": {role, "this function may not use " + theTable + ": it lacks the permission dynamodb:GetItem"},
		"UnrecognizedClientException": {
			"The security token included in the request is invalid.",
			"the AWS credentials in the environment are not taken for " + theTable + ": UnrecognizedClientException",
		},
		"InvalidSignatureException": {
			"Credential should be scoped to a valid region.",
			"the AWS credentials in the environment are not taken for " + theTable + ": InvalidSignatureException",
		},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"__type":"com.amazon.coral.service#%s","Message":"%s"}`, code, tt.message)
		}))
		t.Cleanup(server.Close)
		opt.Endpoint = server.URL
		unusable(t, dynamo.New(opt), tt.want)
	}
}
