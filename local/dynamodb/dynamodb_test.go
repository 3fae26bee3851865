package dynamodb_test

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"gavel/local/companion/companiontest"
	"gavel/local/dynamodb"
)

func TestStart_SharesOneServer(t *testing.T) {
	t.Parallel()
	if got, want := dynamodb.Start(t), dynamodb.Start(t); got != want {
		t.Errorf("second Start: got %s, want %s", got, want)
	}
}

func TestTable_IsThereUntilTheTestIsOver(t *testing.T) { //nolint:tparallel // what follows the test in it is the point
	t.Parallel()
	var endpoint, name string
	t.Run("a test", func(t *testing.T) {
		endpoint, name = dynamodb.Table(t)
		other := dynamodb.CreateTable(t, endpoint)
		if got := tables(t, endpoint); !slices.Contains(got, name) || !slices.Contains(got, other) || name == other {
			t.Errorf("during the test: got tables %q, want %s and %s among them", got, name, other)
		}
	})
	if endpoint == "" {
		t.Skip("as the test above")
	}
	if got := tables(t, endpoint); slices.Contains(got, name) {
		t.Errorf("after the test: got tables %q, want no %s", got, name)
	}
}

func TestTable_ItemsExpireByE(t *testing.T) {
	t.Parallel()
	endpoint, name := dynamodb.Table(t)
	out, err := newClient(endpoint).DescribeTimeToLive(t.Context(), &awsdynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := aws.ToString(out.TimeToLiveDescription.AttributeName), "e"; got != want {
		t.Errorf("got the attribute %q, want %q", got, want)
	}
}

func TestStart_EndsWithAKilledProcess(t *testing.T) {
	t.Parallel()
	companiontest.EndsWithAKilledProcess(t, dynamodb.Start)
}

func tables(t *testing.T, endpoint string) []string {
	t.Helper()
	out, err := newClient(endpoint).ListTables(t.Context(), &awsdynamodb.ListTablesInput{})
	if err != nil {
		t.Fatal(err)
	}
	return out.TableNames
}

func newClient(endpoint string) *awsdynamodb.Client {
	return awsdynamodb.New(awsdynamodb.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
}
