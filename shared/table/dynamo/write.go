package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"gavel/shared/table"
)

// errLost says that a Put's item is neither as the Put found it nor as it left it, and that a lost try of it may have
// been carried out in between.
var errLost = errors.New("PutItem: a try's answer was lost, and the item is another now")

// Write makes one request: PutItem for a lone Put, which costs half of a transaction, GetItem for a
// lone Check, TransactWriteItems for all else.
//
// A lone Delete is a transaction as well, because tries of one that follow a lost answer do nothing.
// A repeated DeleteItem would find the item gone, and could not tell whether it was the one to remove
// it; without a condition it would remove also what others put there since. A repeated PutItem is
// told by the version it finds. Only when the item did not exist, and between two tries somebody saw
// it and removed it again, it comes back.
//
// What is expired is decided by the time at which the call began, in all of its tries: they must be
// the same request.
func (s *Store) Write(ctx context.Context, changes ...table.Change) error {
	if err := table.CheckChanges(changes...); err != nil {
		return err
	}
	return s.do(ctx, func(ctx context.Context, met *tries) error {
		switch {
		case len(changes) == 0:
			return nil
		case len(changes) == 1 && changes[0].Kind == table.KindPut:
			return s.put(ctx, met, changes[0].Item)
		case len(changes) == 1 && changes[0].Kind == table.KindCheck:
			return s.check(ctx, met, changes[0].Item)
		default:
			return s.transact(ctx, met, changes)
		}
	})
}

func (s *Store) put(ctx context.Context, met *tries, item table.Item) error {
	version := newVersion()
	condition := conditionFor(item.Version, s.now())
	_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                           aws.String(s.table),
		Item:                                itemAttributes(item, version),
		ConditionExpression:                 condition.expression,
		ExpressionAttributeValues:           condition.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}, met.use)
	failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err)
	if !ok {
		return err
	}
	text, _ := get(failed.Item, versionName)
	switch found := table.Version(text); {
	case found == version:
		return nil // an earlier try's answer was lost
	case found != table.Absent && found == item.Version:
		return table.ErrConflict // it is expired, and no try has replaced it or ever will
	case met.unsure:
		return errLost
	default:
		return table.ErrConflict
	}
}

func (s *Store) check(ctx context.Context, met *tries, item table.Item) error {
	found := map[table.Key]attributes{item.Key: nil}
	if err := s.fill(ctx, met, found); err != nil {
		return err
	}
	stored, err := toItem(item.Key, found[item.Key], s.now())
	if err == nil && stored.Version != item.Version {
		return table.ErrConflict
	}
	return err
}

// transact gives all tries the same token, so that DynamoDB takes those that follow a success for the same request.
func (s *Store) transact(ctx context.Context, met *tries, changes []table.Change) error {
	version, now := newVersion(), s.now()
	parts := make([]types.TransactWriteItem, len(changes))
	for i, change := range changes {
		parts[i] = s.part(change, version, now)
	}
	_, err := s.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems:      parts,
		ClientRequestToken: aws.String(string(version)),
	}, met.use)
	canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		return err
	}
	for _, reason := range canceled.CancellationReasons {
		if aws.ToString(reason.Code) == "ConditionalCheckFailed" {
			return table.ErrConflict
		}
	}
	return err
}

func (s *Store) part(change table.Change, version table.Version, now time.Time) types.TransactWriteItem {
	condition := conditionFor(change.Item.Version, now)
	switch change.Kind {
	case table.KindDelete:
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName:                 aws.String(s.table),
			Key:                       keyAttributes(change.Item.Key),
			ConditionExpression:       condition.expression,
			ExpressionAttributeValues: condition.values,
		}}
	case table.KindCheck:
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName:                 aws.String(s.table),
			Key:                       keyAttributes(change.Item.Key),
			ConditionExpression:       condition.expression,
			ExpressionAttributeValues: condition.values,
		}}
	default: // KindPut, as there are no others
		return types.TransactWriteItem{Put: &types.Put{
			TableName:                 aws.String(s.table),
			Item:                      itemAttributes(change.Item, version),
			ConditionExpression:       condition.expression,
			ExpressionAttributeValues: condition.values,
		}}
	}
}

// newVersion makes the version of all that a Write puts. It also serves as its ClientRequestToken, of up to 36
// characters.
func newVersion() table.Version { return table.Version(rand.Text()) }

// condition demands that an item has a version and is not expired, or that there is none or an expired one; without an
// expression it demands nothing.
type condition struct {
	expression *string
	values     attributes
}

func conditionFor(version table.Version, now time.Time) condition {
	seconds := number(now.Unix())
	switch version {
	case table.Any:
		return condition{}
	case table.Absent:
		return condition{
			expression: aws.String("attribute_not_exists(pk) OR e <= :now"),
			values:     attributes{":now": seconds},
		}
	default:
		return condition{
			expression: aws.String("v = :v AND (attribute_not_exists(e) OR e > :now)"),
			values:     attributes{":v": text(string(version)), ":now": seconds},
		}
	}
}
