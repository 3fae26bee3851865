package permissions

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// In which account and region the services are played.
const (
	account = "123456789012"
	region  = "us-east-1"
)

var errUnknown = errors.New("a call that is not known here")

// read gives what a request to a service asks for.
func read(service string, req *http.Request, body []byte) ([]Call, error) {
	_, operation, _ := strings.Cut(req.Header.Get("X-Amz-Target"), ".")
	switch service {
	case "dynamodb":
		return readDynamoDB(operation, body)
	case "secretsmanager":
		return readSecretsManager(operation, body)
	case "events":
		return readEvents(operation, body)
	case "scheduler":
		return readScheduler(req, body)
	case "s3":
		return readS3(req)
	}
	return nil, errUnknown
}

// item is an item's key in DynamoDB, or one that has a key among its attributes.
type item struct {
	Partition struct {
		S string
	} `json:"pk"`
}

// dynamoRequest is what requests of the operations that Gavel uses have, taken together.
type dynamoRequest struct {
	TableName                 string
	Key, Item                 *item
	ExpressionAttributeValues map[string]struct{ S string }
	RequestItems              map[string]struct{ Keys []item }
	TransactItems             []map[string]dynamoRequest
}

// readDynamoDB knows that the parts of a transaction need the permissions of the single writes, and a batch that of its own
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html).
func readDynamoDB(operation string, body []byte) ([]Call, error) {
	var sent dynamoRequest
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	switch operation {
	case "GetItem", "DeleteItem", "PutItem":
		return []Call{sent.call(operation)}, nil
	case "Query":
		return []Call{onTable(operation, sent.TableName, sent.ExpressionAttributeValues[":p"].S)}, nil
	case "BatchGetItem":
		return sent.batch(), nil
	case "TransactWriteItems":
		return sent.transaction()
	}
	return nil, errUnknown
}

func (d dynamoRequest) call(operation string) Call {
	key := d.Key
	if key == nil {
		key = d.Item
	}
	if key == nil {
		return onTable(operation, d.TableName)
	}
	return onTable(operation, d.TableName, key.Partition.S)
}

func (d dynamoRequest) batch() []Call {
	var calls []Call
	for table, wanted := range d.RequestItems {
		var keys []string
		for _, key := range wanted.Keys {
			keys = append(keys, key.Partition.S)
		}
		calls = append(calls, onTable("BatchGetItem", table, keys...))
	}
	return calls
}

// transaction takes the parts that ask for the same action as one call with the keys of all. AWS does not say whether it
// decides on each by itself; then each is allowed as well, as every key has to fit.
func (d dynamoRequest) transaction() ([]Call, error) {
	named := map[string]string{"Put": "PutItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
	var calls []Call
	for _, part := range d.TransactItems {
		for kind, inner := range part {
			if named[kind] == "" {
				return nil, errUnknown
			}
			calls = join(calls, inner.call(named[kind]))
		}
	}
	return calls, nil
}

// join adds a call's keys to those of the call that asks for the same, if there is one.
func join(calls []Call, c Call) []Call {
	for _, other := range calls {
		if other.Action == c.Action && other.Resource == c.Resource {
			other.Context[leadingKeys] = append(other.Context[leadingKeys], c.Context[leadingKeys]...)
			return calls
		}
	}
	return append(calls, c)
}

// leadingKeys is the condition key with the keys of the partitions that a call is about.
const leadingKeys = "dynamodb:LeadingKeys"

// onTable is a call with the keys of the partitions that it is about.
func onTable(operation, table string, partitions ...string) Call {
	return Call{
		Action:   "dynamodb:" + operation,
		Resource: fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", region, account, table),
		Context:  map[string][]string{leadingKeys: partitions},
	}
}

func readSecretsManager(operation string, body []byte) ([]Call, error) {
	var sent struct{ SecretId string } //nolint:revive,staticcheck // the API's own spelling
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	return []Call{{
		Action: "secretsmanager:" + operation,
		// Six characters of Secrets Manager's own end the ARN.
		Resource: fmt.Sprintf("arn:aws:secretsmanager:%s:%s:secret:%s-AbCdEf", region, account, sent.SecretId),
	}}, nil
}

func readEvents(operation string, body []byte) ([]Call, error) {
	var sent struct {
		Entries []struct{ EventBusName, Source string }
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	if operation != "PutEvents" {
		return nil, errUnknown
	}
	var calls []Call
	for _, entry := range sent.Entries {
		calls = append(calls, Call{
			Action:   "events:PutEvents",
			Resource: fmt.Sprintf("arn:aws:events:%s:%s:event-bus/%s", region, account, entry.EventBusName),
			Context:  map[string][]string{"events:source": {entry.Source}},
		})
	}
	return calls, nil
}

// readScheduler knows that whoever makes a schedule hands a role on
// (https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html).
func readScheduler(req *http.Request, body []byte) ([]Call, error) {
	var sent struct {
		GroupName string
		Target    struct{ RoleArn string }
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	name, found := strings.CutPrefix(req.URL.Path, "/schedules/")
	action := map[string]string{http.MethodPost: "scheduler:CreateSchedule", http.MethodPut: "scheduler:UpdateSchedule"}[req.Method]
	if !found || action == "" {
		return nil, errUnknown
	}
	return []Call{
		{Action: action, Resource: fmt.Sprintf("arn:aws:scheduler:%s:%s:schedule/%s/%s", region, account, sent.GroupName, name)},
		{
			Action: "iam:PassRole", Resource: sent.Target.RoleArn,
			Context: map[string][]string{"iam:PassedToService": {"scheduler.amazonaws.com"}},
		},
	}, nil
}

func readS3(req *http.Request) ([]Call, error) {
	bucket, key := place(req.URL.Path)
	action := map[string]string{
		http.MethodGet: "s3:GetObject", http.MethodHead: "s3:GetObject", http.MethodPut: "s3:PutObject", http.MethodDelete: "s3:DeleteObject",
	}[req.Method]
	if key == "" || action == "" {
		return nil, errUnknown
	}
	return []Call{{Action: action, Resource: "arn:aws:s3:::" + bucket + "/" + key}}, nil
}

// place takes the path of a file apart.
func place(path string) (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return bucket, key
}
