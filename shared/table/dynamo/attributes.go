package dynamo

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"gavel/shared/table"
)

// The attributes of an item.
const (
	partitionName = "pk"
	sortName      = "sk"
	versionName   = "v"
	dataName      = "d"
)

var errNotOurs = errors.New("an item without the attributes of one")

// attributes are an item, or a part of one, as DynamoDB has it.
type attributes = map[string]types.AttributeValue

func text(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }

func keyAttributes(key table.Key) attributes {
	return attributes{partitionName: text(key.Partition), sortName: text(key.Sort)}
}

func itemAttributes(key table.Key, version table.Version, data []byte) attributes {
	item := keyAttributes(key)
	item[versionName], item[dataName] = text(string(version)), text(string(data))
	return item
}

// toItem reads an item that DynamoDB gave. One that is not there has no attributes.
func toItem(key table.Key, stored attributes) (table.Item, error) {
	if len(stored) == 0 {
		return table.Item{Key: key}, nil
	}
	version, versioned := get(stored, versionName)
	data, filled := get(stored, dataName)
	if !versioned || !filled {
		return table.Item{}, errNotOurs
	}
	return table.Item{Key: key, Version: table.Version(version), Data: []byte(data)}, nil
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
