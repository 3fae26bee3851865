// Package dynamo keeps a table in DynamoDB.
//
// The DynamoDB table has the texts pk and sk as hash and range key. Beside them an item has v, the
// version, and d, the data; one that expires has the number e, the seconds since 1970, by which
// DynamoDB removes it some day. Until then the Store itself sees to it that the item is not there,
// by the clock of the machine it runs on.
//
// Whoever calls Write needs the permissions dynamodb:PutItem, dynamodb:DeleteItem,
// dynamodb:ConditionCheckItem and dynamodb:GetItem; Get needs dynamodb:GetItem and
// dynamodb:BatchGetItem, Query dynamodb:Query.
package dynamo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"gavel/shared/clock"
	"gavel/shared/table"
)

const defaultBudget = 8 * time.Second

// Store is a DynamoDB table. Make it with New; it is safe for concurrent use.
type Store struct {
	client  *dynamodb.Client
	table   string
	budget  time.Duration
	retryer aws.RetryerV2
	now     func() time.Time
}

var _ table.Store = (*Store)(nil)

// Options say where the DynamoDB table is and as whom to use it.
type Options struct {
	Table       string // its name
	Region      string
	Endpoint    string // empty for the region's own
	Credentials aws.CredentialsProvider
	// HTTP makes the requests, and bounds the time that a single one takes; nil for the SDK's own
	// client, which gives up on a request after half of the budget.
	HTTP aws.HTTPClient
	// Budget bounds one call with all its tries, 0 for eight seconds. A call's context may end it
	// sooner.
	Budget time.Duration
	// Now is the clock by which items expire; nil for the wall clock.
	Now func() time.Time
}

// New makes a Store. The client is built from its options and not by the SDK's config package,
// which would cost each function several milliseconds of start.
func New(opt Options) *Store {
	if opt.Budget <= 0 {
		opt.Budget = defaultBudget
	}
	if opt.HTTP == nil {
		opt.HTTP = awshttp.NewBuildableClient().WithTimeout(opt.Budget / 2)
	}
	if opt.Now == nil {
		opt.Now = clock.Now
	}
	sdk := dynamodb.Options{
		Region:                opt.Region,
		Credentials:           opt.Credentials,
		HTTPClient:            opt.HTTP,
		AccountIDEndpointMode: aws.AccountIDEndpointModeDisabled,
		EndpointDiscovery:     dynamodb.EndpointDiscoveryOptions{EnableEndpointDiscovery: aws.EndpointDiscoveryDisabled},
	}
	if opt.Endpoint != "" {
		sdk.BaseEndpoint = aws.String(opt.Endpoint)
	}
	return &Store{client: dynamodb.New(sdk), table: opt.Table, budget: opt.Budget, retryer: newRetryer(), now: opt.Now}
}

// do runs a call within the budget, and makes the port's errors of what it failed with.
func (s *Store) do(ctx context.Context, run func(context.Context, *tries) error) error {
	if err := table.CheckContext(ctx); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	met := &tries{RetryerV2: s.retryer}
	if err := run(bounded, met); err != nil {
		return s.callError(ctx, bounded, met, err)
	}
	return nil
}
