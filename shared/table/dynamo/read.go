package dynamo

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"gavel/shared/backoff"
	"gavel/shared/table"
)

// Get makes one request, more if DynamoDB leaves keys over. Several items are each as they were at
// some moment of the call, not all at the same.
func (s *Store) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	if err := table.CheckKeys(keys...); err != nil {
		return nil, err
	}
	wanted := make(map[table.Key]attributes, len(keys))
	for _, key := range keys {
		wanted[key] = nil
	}
	items := make([]table.Item, len(keys))
	err := s.do(ctx, func(ctx context.Context, met *tries) error {
		if err := s.fill(ctx, met, wanted); err != nil {
			return err
		}
		now := s.now()
		for i, key := range keys {
			var err error
			if items[i], err = toItem(key, wanted[key], now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// fill gets the attributes of each key.
func (s *Store) fill(ctx context.Context, met *tries, wanted map[table.Key]attributes) error {
	if len(wanted) > 1 {
		return s.fillMany(ctx, met, wanted)
	}
	for key := range wanted {
		out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
			TableName:      aws.String(s.table),
			Key:            keyAttributes(key),
			ConsistentRead: aws.Bool(true),
		}, met.use)
		if err != nil {
			return err
		}
		wanted[key] = out.Item
	}
	return nil
}

func (s *Store) fillMany(ctx context.Context, met *tries, wanted map[table.Key]attributes) error {
	left := make([]attributes, 0, len(wanted))
	for key := range wanted {
		left = append(left, keyAttributes(key))
	}
	for round, since := 1, 1; ; round++ {
		out, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
			s.table: {Keys: left, ConsistentRead: aws.Bool(true)},
		}}, met.use)
		if err != nil {
			return err
		}
		for _, stored := range out.Responses[s.table] {
			key, err := toKey(stored)
			if err != nil {
				return err
			}
			wanted[key] = stored
		}
		before := len(left)
		left = out.UnprocessedKeys[s.table].Keys
		if len(left) == 0 {
			return nil
		}
		if len(left) < before { // the answer was full, so there is less reason to wait
			since = round
		}
		if err := backoff.Wait(ctx, backoff.Pause(round-since+1, firstPause, longestPause)); err != nil {
			return fmt.Errorf("BatchGetItem left %d keys over: %w", len(left), err)
		}
	}
}

// Query makes one request for each megabyte that lies in the range, up to the Limit. Items that are expired and not
// removed yet take some more.
func (s *Store) Query(ctx context.Context, r table.Range) ([]table.Item, error) {
	if err := table.CheckRange(r); err != nil {
		return nil, err
	}
	var items []table.Item
	err := s.do(ctx, func(ctx context.Context, met *tries) error {
		var err error
		items, err = s.query(ctx, met, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// query asks for as many as are missing, or for as many as turned out to be expired, if that is more. So it reads at
// most twice of what it needs to, in few requests even where nothing but expired items lies in the way.
func (s *Store) query(ctx context.Context, met *tries, r table.Range) ([]table.Item, error) {
	input := s.queryInput(r)
	var items []table.Item
	for seen := 0; ; {
		wanted := max(r.Limit-len(items), seen-len(items))
		input.Limit = aws.Int32(int32(min(wanted, math.MaxInt32)))
		out, err := s.client.Query(ctx, input, met.use)
		if err != nil {
			return nil, err
		}
		if items, err = appendItems(items, out.Items, s.now()); err != nil {
			return nil, err
		}
		if len(out.LastEvaluatedKey) == 0 || len(items) >= r.Limit {
			return items[:min(len(items), r.Limit)], nil
		}
		seen += len(out.Items)
		input.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

func (s *Store) queryInput(r table.Range) *dynamodb.QueryInput {
	input := &dynamodb.QueryInput{
		TableName:                 aws.String(s.table),
		KeyConditionExpression:    aws.String("pk = :p AND begins_with(sk, :s)"),
		ExpressionAttributeValues: attributes{":p": text(r.Partition), ":s": text(r.Prefix)},
		ScanIndexForward:          aws.Bool(!r.Reverse),
		ConsistentRead:            aws.Bool(true),
	}
	if r.After != "" {
		input.ExclusiveStartKey = keyAttributes(table.Key{Partition: r.Partition, Sort: r.After})
	}
	return input
}

// appendItems leaves out what is expired.
func appendItems(items []table.Item, found []attributes, now time.Time) ([]table.Item, error) {
	for _, stored := range found {
		key, err := toKey(stored)
		if err != nil {
			return nil, err
		}
		item, err := toItem(key, stored, now)
		if err != nil {
			return nil, err
		}
		if item.Exists() {
			items = append(items, item)
		}
	}
	return items, nil
}
