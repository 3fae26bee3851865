// Package dynamodb gives tests a DynamoDB to talk to: one DynamoDB Local for each test process, on loopback and in
// memory.
//
// DynamoDB Local is a Java program. `make dynamodb-local` installs it under .local/; where it is missing, the tests that
// need it are skipped and say how to get it, except with CI=true, where they fail.
package dynamodb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"gavel/local/companion"
)

// dropLimit bounds the removal of a table, which must not hang a test that is over.
const dropLimit = time.Minute

// shared holds the server, or why there is none, for as long as the process lives. A package-level value because the
// test process is exactly its scope.
var shared = sync.OnceValues(func() (*companion.Program, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	found, err := findProgram(os.Getenv(folderVariable), dir)
	if err != nil {
		return nil, err
	}
	return launch(found)
})

// Start returns the base URL of the server, which takes any credentials. The first call starts it; it ends with the test
// process.
//
// All tests of the process share it. A test that is to run beside others uses a table of its own, see [Table].
func Start(t testing.TB) (endpoint string) {
	t.Helper()
	s, err := shared()
	if errors.Is(err, errMissing) && os.Getenv("CI") != "true" {
		t.Skipf("needs DynamoDB Local: %v", err)
	}
	if err != nil {
		t.Fatalf("start DynamoDB Local: %v", err)
	}
	return s.Endpoint
}

// Table starts the server, as [Start] does, and creates a table there, as [CreateTable] does.
func Table(t testing.TB) (endpoint, name string) {
	t.Helper()
	endpoint = Start(t)
	return endpoint, CreateTable(t, endpoint)
}

// CreateTable makes an empty table with keys and expiry as in template.yaml, under a name that no other test uses, and returns the
// name. The table is gone when the test is over.
func CreateTable(t testing.TB, endpoint string) (name string) {
	t.Helper()
	name = "gavel-" + strings.ToLower(rand.Text()[:12])
	if err := MakeTable(t.Context(), endpoint, name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dropTable(t, newClient(endpoint), name) })
	return name
}

// MakeTable makes an empty table with keys and expiry as in template.yaml, at an implementation of DynamoDB's API.
func MakeTable(ctx context.Context, endpoint, name string) error {
	client := newClient(endpoint)
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:            aws.String(name),
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{text("pk"), text("sk")},
		KeySchema:            []types.KeySchemaElement{key("pk", types.KeyTypeHash), key("sk", types.KeyTypeRange)},
	})
	if err != nil {
		return fmt.Errorf("create a table: %w", err)
	}
	_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               aws.String(name),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("e"), Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("have the items of a table expire: %w", err)
	}
	return nil
}

// dropTable works with the test over, and with it the test's context.
func dropTable(t testing.TB, client *dynamodb.Client, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), dropLimit)
	defer cancel()
	if _, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(name)}); err != nil {
		t.Errorf("delete a table: %v", err)
	}
}

func newClient(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
}

func text(name string) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS}
}

func key(name string, kind types.KeyType) types.KeySchemaElement {
	return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: kind}
}
