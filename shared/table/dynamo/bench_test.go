package dynamo_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

// BenchmarkStore shows what the Store adds to the SDK's own calls.
func BenchmarkStore(b *testing.B) {
	opt := onTable(b)
	store, sdk := dynamo.New(opt), bare{table: aws.String(opt.Table), client: dynamodb.New(dynamodb.Options{
		Region: opt.Region, BaseEndpoint: aws.String(opt.Endpoint), Credentials: opt.Credentials,
	})}
	for i := range 100 {
		if err := store.Write(b.Context(), create(fmt.Sprintf("m#%03d", i))); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	next := func(prefix string) string {
		n++
		return fmt.Sprint(prefix, n)
	}
	for _, tt := range []struct {
		name        string
		store, bare func(context.Context) error
	}{
		{
			"PutOne",
			func(ctx context.Context) error { return store.Write(ctx, create(next("one#"))) },
			func(ctx context.Context) error { return sdk.put(ctx, next("one#")) },
		},
		{
			"GetTwo",
			func(ctx context.Context) error {
				_, err := store.Get(ctx, at("m#010"), at("m#020"))
				return err
			},
			func(ctx context.Context) error { return sdk.get(ctx, "m#010", "m#020") },
		},
		{
			"Query50",
			func(ctx context.Context) error {
				_, err := store.Query(ctx, table.Range{Partition: "room#1", Prefix: "m#", Limit: 50})
				return err
			},
			func(ctx context.Context) error { return sdk.query(ctx, "m#", 50) },
		},
		{
			"WriteThree",
			func(ctx context.Context) error {
				return store.Write(ctx, create(next("x#")), create(next("y#")), create(next("z#")))
			},
			func(ctx context.Context) error { return sdk.transact(ctx, next("x#"), next("y#"), next("z#")) },
		},
	} {
		for name, call := range map[string]func(context.Context) error{"Store": tt.store, "SDK": tt.bare} {
			b.Run(tt.name+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if err := call(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// bare makes the same requests without the Store.
type bare struct {
	client *dynamodb.Client
	table  *string
}

type attributes = map[string]types.AttributeValue

func text(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }

func bareKey(sort string) attributes { return attributes{"pk": text("room#1"), "sk": text(sort)} }

func bareItem(sort string) attributes {
	return attributes{"pk": text("room#1"), "sk": text(sort), "v": text("version"), "d": text(`"data"`)}
}

func (s bare) put(ctx context.Context, sort string) error {
	_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: s.table, Item: bareItem(sort), ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	return err
}

func (s bare) get(ctx context.Context, sorts ...string) error {
	wanted := types.KeysAndAttributes{ConsistentRead: aws.Bool(true)}
	for _, sort := range sorts {
		wanted.Keys = append(wanted.Keys, bareKey(sort))
	}
	_, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{*s.table: wanted},
	})
	return err
}

func (s bare) query(ctx context.Context, prefix string, limit int32) error {
	_, err := s.client.Query(ctx, &dynamodb.QueryInput{
		TableName:                 s.table,
		KeyConditionExpression:    aws.String("pk = :p AND begins_with(sk, :s)"),
		ExpressionAttributeValues: attributes{":p": text("room#1"), ":s": text(prefix)},
		ConsistentRead:            aws.Bool(true),
		Limit:                     aws.Int32(limit),
	})
	return err
}

func (s bare) transact(ctx context.Context, sorts ...string) error {
	var parts []types.TransactWriteItem
	for _, sort := range sorts {
		parts = append(parts, types.TransactWriteItem{Put: &types.Put{
			TableName: s.table, Item: bareItem(sort), ConditionExpression: aws.String("attribute_not_exists(pk)"),
		}})
	}
	_, err := s.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: parts})
	return err
}
