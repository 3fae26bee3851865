package permissions_test

import (
	"encoding/json"
	"testing"

	"gavel/local/permissions"
)

const table = "arn:aws:dynamodb:us-east-1:123456789012:table/rooms"

func statements(t *testing.T, text string) []permissions.Statement {
	t.Helper()
	var list []permissions.Statement
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	get := func(keys ...string) permissions.Call {
		return permissions.Call{Action: "dynamodb:GetItem", Resource: table, Context: map[string][]string{"dynamodb:LeadingKeys": keys}}
	}
	const answers = `[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem"],"Resource":"` + table + `",
		"Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["idempotency#*"]}}}]`
	for name, tt := range map[string]struct {
		policies string
		call     permissions.Call
		want     bool
	}{
		"nothing allows":       {`[]`, get("a"), false},
		"action and resource":  {`[{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"` + table + `"}]`, get("a"), true},
		"actions have no case": {`[{"Effect":"Allow","Action":"DynamoDB:getitem","Resource":"` + table + `"}]`, get("a"), true},
		"resources have":       {`[{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"` + table + `S"}]`, get("a"), false},
		"another action":       {`[{"Effect":"Allow","Action":"dynamodb:Query","Resource":"` + table + `"}]`, get("a"), false},
		"longer resource":      {`[{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"` + table[:len(table)-1] + `"}]`, get("a"), false},
		"wildcards":            {`[{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:us-east-1:123456789012:table/r??ms"}]`, get("a"), true},
		"a dot is a dot":       {`[{"Effect":"Allow","Action":"dynamodb.GetItem","Resource":"*"}]`, get("a"), false},
		"all keys fit":         {answers, get("idempotency#a", "idempotency#b"), true},
		"one key does not":     {answers, get("idempotency#a", "room#b"), false},
		"denied":               {`[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"dynamodb:GetItem","Resource":"*"}]`, get("a"), false},
		"key is missing":       {`[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"events:source":"gavel"}}}]`, get("a"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := permissions.Allowed(statements(t, tt.policies), tt.call)
			if err != nil || got != tt.want {
				t.Errorf("got %t, %v, want %t", got, err, tt.want)
			}
		})
	}
}

// A condition that is not understood is no yes.
func TestAllowed_UnknownConditionIsAnError(t *testing.T) {
	t.Parallel()
	policies := `[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]`
	if got, err := permissions.Allowed(statements(t, policies), permissions.Call{Action: "s3:GetObject"}); err == nil || got {
		t.Errorf("got %t, %v, want an error", got, err)
	}
}
