package rooms_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"gavel/shared/table"
)

// rawDynamo is the SDK alone, on the table of the store.
type rawDynamo struct {
	client *awsdynamodb.Client
	table  string
	wire   *wire
}

var _ raw = (*rawDynamo)(nil)

type attributes = map[string]types.AttributeValue

func text(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }

func keyOf(key table.Key) attributes {
	return attributes{"pk": text(key.Partition), "sk": text(key.Sort)}
}

// itemOf gives items that the store can read, too.
func itemOf(item table.Item) attributes {
	stored := keyOf(item.Key)
	stored["v"], stored["d"] = text("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), text(string(item.Data))
	if !item.Expires.IsZero() {
		stored["e"] = &types.AttributeValueMemberN{Value: strconv.FormatInt(table.ExpirySeconds(item.Expires), 10)}
	}
	return stored
}

func (d *rawDynamo) get(ctx context.Context, keys []table.Key) error {
	if len(keys) == 1 {
		_, err := d.client.GetItem(ctx, &awsdynamodb.GetItemInput{
			TableName: &d.table, Key: keyOf(keys[0]), ConsistentRead: aws.Bool(true),
		})
		return err
	}
	wanted := types.KeysAndAttributes{ConsistentRead: aws.Bool(true)}
	for _, key := range keys {
		wanted.Keys = append(wanted.Keys, keyOf(key))
	}
	_, err := d.client.BatchGetItem(ctx, &awsdynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{d.table: wanted},
	})
	return err
}

func (d *rawDynamo) query(ctx context.Context, r table.Range) error {
	input := &awsdynamodb.QueryInput{
		TableName:                 &d.table,
		KeyConditionExpression:    aws.String("pk = :p AND begins_with(sk, :s)"),
		ExpressionAttributeValues: attributes{":p": text(r.Partition), ":s": text(r.Prefix)},
		ScanIndexForward:          aws.Bool(!r.Reverse),
		ConsistentRead:            aws.Bool(true),
		Limit:                     aws.Int32(int32(r.Limit)),
	}
	if r.After != "" {
		input.ExclusiveStartKey = keyOf(table.Key{Partition: r.Partition, Sort: r.After})
	}
	_, err := d.client.Query(ctx, input)
	return err
}

// write makes one change with PutItem and several with TransactWriteItems.
func (d *rawDynamo) write(ctx context.Context, changes []table.Change) error {
	if len(changes) == 1 {
		_, err := d.client.PutItem(ctx, &awsdynamodb.PutItemInput{TableName: &d.table, Item: itemOf(changes[0].Item)})
		return err
	}
	parts := make([]types.TransactWriteItem, len(changes))
	for i, change := range changes {
		parts[i] = d.part(change)
	}
	_, err := d.client.TransactWriteItems(ctx, &awsdynamodb.TransactWriteItemsInput{TransactItems: parts})
	return err
}

func (d *rawDynamo) part(change table.Change) types.TransactWriteItem {
	if change.Kind == table.KindCheck {
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &d.table, Key: keyOf(change.Item.Key), ConditionExpression: aws.String("attribute_exists(pk)"),
		}}
	}
	put := &types.Put{TableName: &d.table, Item: itemOf(change.Item)}
	if change.Item.Version == table.Absent {
		put.ConditionExpression = aws.String("attribute_not_exists(pk)")
	}
	return types.TransactWriteItem{Put: put}
}

// hold has nothing to do: the table is the store's.
func (d *rawDynamo) hold(context.Context, []table.Item) error { return nil }

// Bounds of a BatchWriteItem (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html),
// and of how many are made at once.
const (
	batchSize  = 25
	batchesNow = 4
)

func (d *rawDynamo) fill(ctx context.Context, items []table.Item) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(batchesNow)
	for chunk := range slices.Chunk(items, batchSize) {
		group.Go(func() error { return d.fillBatch(ctx, chunk) })
	}
	return group.Wait()
}

func (d *rawDynamo) fillBatch(ctx context.Context, items []table.Item) error {
	puts := make([]types.WriteRequest, len(items))
	for i, item := range items {
		puts[i] = types.WriteRequest{PutRequest: &types.PutRequest{Item: itemOf(item)}}
	}
	out, err := d.client.BatchWriteItem(ctx, &awsdynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{d.table: puts},
	})
	if err == nil && len(out.UnprocessedItems) > 0 {
		return fmt.Errorf("BatchWriteItem left %d items over", len(out.UnprocessedItems[d.table]))
	}
	return err
}
