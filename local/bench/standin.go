package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"gavel/shared/table"
)

// standIn is DynamoDB and S3 to the functions. It gives what its store has and forgets what it is told to write: so a
// function finds the same however often it is called, and takes the same way through its code.
type standIn struct{ store table.Store }

// ServeHTTP answers HEAD for the one file there is, and what package shared/table/dynamo sends
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html).
func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", sampleType)
		w.Header().Set("Content-Length", strconv.Itoa(sampleSize))
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	answer, err := s.answer(r)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		answer = map[string]string{"__type": "com.amazon.coral.validate#ValidationException", "message": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(answer) // the connection is gone, then
}

// dynamoPrefix begins the value of X-Amz-Target in all requests to DynamoDB.
const dynamoPrefix = "DynamoDB_20120810."

// attribute is a text or a number as DynamoDB writes it; none of the table's is empty.
type attribute struct {
	S string `json:"S,omitempty"`
	N string `json:"N,omitempty"`
}

type attributes map[string]attribute

type reading struct {
	Key          attributes
	RequestItems map[string]struct{ Keys []attributes }

	KeyConditionExpression    string
	ExpressionAttributeValues attributes
	ExclusiveStartKey         attributes
	ScanIndexForward          bool
	Limit                     int
}

func (s *standIn) answer(r *http.Request) (any, error) {
	var in reading
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	switch r.Header.Get("X-Amz-Target") {
	case dynamoPrefix + "GetItem":
		items, err := s.get(r.Context(), in.Key)
		if err != nil || len(items) == 0 {
			return struct{}{}, err
		}
		return map[string]attributes{"Item": items[0]}, nil
	case dynamoPrefix + "BatchGetItem":
		found := map[string][]attributes{}
		for name, wanted := range in.RequestItems {
			items, err := s.get(r.Context(), wanted.Keys...)
			if err != nil {
				return nil, err
			}
			found[name] = items
		}
		return map[string]any{"Responses": found, "UnprocessedKeys": struct{}{}}, nil
	case dynamoPrefix + "Query":
		items, err := s.query(r.Context(), in)
		return map[string]any{"Items": items, "Count": len(items)}, err
	default:
		return struct{}{}, nil
	}
}

func (s *standIn) get(ctx context.Context, wanted ...attributes) ([]attributes, error) {
	keys := make([]table.Key, len(wanted))
	for i, key := range wanted {
		keys[i] = table.Key{Partition: key["pk"].S, Sort: key["sk"].S}
	}
	items, err := s.store.Get(ctx, keys...)
	return stored(items), err
}

var errQuery = errors.New("the benchmark's stand-in for DynamoDB knows only queries for a partition and a prefix")

func (s *standIn) query(ctx context.Context, in reading) ([]attributes, error) {
	if in.KeyConditionExpression != "pk = :p AND begins_with(sk, :s)" {
		return nil, errQuery
	}
	items, err := s.store.Query(ctx, table.Range{
		Partition: in.ExpressionAttributeValues[":p"].S,
		Prefix:    in.ExpressionAttributeValues[":s"].S,
		After:     in.ExclusiveStartKey["sk"].S,
		Reverse:   !in.ScanIndexForward,
		Limit:     in.Limit,
	})
	return stored(items), err
}

// stored gives the items that are there.
func stored(items []table.Item) []attributes {
	found := []attributes{}
	for _, item := range items {
		if item.Exists() {
			found = append(found, toAttributes(item))
		}
	}
	return found
}

func toAttributes(item table.Item) attributes {
	all := attributes{
		"pk": {S: item.Partition}, "sk": {S: item.Sort}, "v": {S: string(item.Version)}, "d": {S: string(item.Data)},
	}
	if !item.Expires.IsZero() {
		all["e"] = attribute{N: strconv.FormatInt(table.ExpirySeconds(item.Expires), 10)}
	}
	return all
}
