package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// attributes are an item as DynamoDB has it; shared/table/dynamo says what is in one.
type attributes = map[string]types.AttributeValue

// place is where an item lies.
type place struct{ partition, sort string }

func (p place) key() attributes {
	return attributes{
		"pk": &types.AttributeValueMemberS{Value: p.partition},
		"sk": &types.AttributeValueMemberS{Value: p.sort},
	}
}

// entry is an item, and what has to be known of it.
type entry struct {
	place

	version string
	expires time.Time // zero for never
	stored  attributes
}

func entryOf(stored attributes) entry {
	e := entry{place: place{text(stored["pk"]), text(stored["sk"])}, version: text(stored["v"]), stored: stored}
	if number, ok := stored["e"].(*types.AttributeValueMemberN); ok {
		if seconds, err := strconv.ParseInt(number.Value, 10, 64); err == nil {
			e.expires = time.Unix(seconds, 0)
		}
	}
	return e
}

func text(value types.AttributeValue) string {
	s, ok := value.(*types.AttributeValueMemberS)
	if !ok {
		return ""
	}
	return s.Value
}

func (e entry) expired(now time.Time) bool { return !e.expires.IsZero() && !now.Before(e.expires) }

// family is what items are counted by: nothing that names a room or a person.
func (e entry) family() string {
	family, _, _ := strings.Cut(e.partition, "#")
	return family
}

// room gives the record of the room that a participant, a file, or a place in somebody's list belongs to. The keys are those of
// shared/rooms/records.go.
func (e entry) room() (record entry, ok bool) {
	switch family, rest, _ := strings.Cut(e.partition, "#"); family {
	case "room":
		return entry{place: place{"room#" + rest, "room"}}, e.sort != "room"
	case "user":
		kind, id, _ := strings.Cut(e.sort, "#")
		return entry{place: place{"room#" + id, "room"}}, kind == "room" || kind == "open"
	}
	return entry{}, false
}
