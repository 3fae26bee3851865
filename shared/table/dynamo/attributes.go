package dynamo

import (
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"gavel/shared/table"
)

// The attributes of an item.
const (
	partitionName = "pk"
	sortName      = "sk"
	versionName   = "v"
	dataName      = "d"
	expiresName   = "e" // which template.yaml tells DynamoDB, too
)

var errNotOurs = errors.New("an item without the attributes of one")

// attributes are an item, or a part of one, as DynamoDB has it.
type attributes = map[string]types.AttributeValue

func text(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }

func number(value int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(value, 10)}
}

func keyAttributes(key table.Key) attributes {
	return attributes{partitionName: text(key.Partition), sortName: text(key.Sort)}
}

// itemAttributes gives the item under a new version.
func itemAttributes(item table.Item, version table.Version) attributes {
	stored := keyAttributes(item.Key)
	stored[versionName], stored[dataName] = text(string(version)), text(string(item.Data))
	if !item.Expires.IsZero() {
		stored[expiresName] = number(table.ExpirySeconds(item.Expires))
	}
	return stored
}

// toItem reads an item that DynamoDB gave. One that is not there has no attributes; one whose time has come may still
// have them for days (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html).
func toItem(key table.Key, stored attributes, now time.Time) (table.Item, error) {
	if len(stored) == 0 {
		return table.Item{Key: key}, nil
	}
	version, versioned := get(stored, versionName)
	data, filled := get(stored, dataName)
	expires, timely := getExpires(stored)
	if !versioned || !filled || !timely {
		return table.Item{}, errNotOurs
	}
	item := table.Item{Key: key, Version: table.Version(version), Data: []byte(data), Expires: expires}
	if item.Expired(now) {
		return table.Item{Key: key}, nil
	}
	return item, nil
}

func toKey(stored attributes) (table.Key, error) {
	partition, first := get(stored, partitionName)
	sort, second := get(stored, sortName)
	if !first || !second {
		return table.Key{}, errNotOurs
	}
	return table.Key{Partition: partition, Sort: sort}, nil
}

// get gives an attribute's text, which is not empty.
func get(stored attributes, name string) (string, bool) {
	value, ok := stored[name].(*types.AttributeValueMemberS)
	if !ok || value.Value == "" {
		return "", false
	}
	return value.Value, true
}

// getExpires gives the zero time for an item without one.
func getExpires(stored attributes) (time.Time, bool) {
	value, ok := stored[expiresName]
	if !ok {
		return time.Time{}, true
	}
	digits, ok := value.(*types.AttributeValueMemberN)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(digits.Value, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	return table.ExpiryAt(seconds)
}
