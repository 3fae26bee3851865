package permissions_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"gavel/local/permissions"
)

// request is one as the SDK, or somebody with a presigned request, sends it.
type request struct {
	method, path, service, target, body string
	presigned                           bool
}

func (r request) send(t *testing.T, at string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.method, at+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	credential := "key1/20260101/us-east-1/" + r.service + "/aws4_request"
	switch {
	case r.presigned:
		req.URL.RawQuery = "X-Amz-Credential=" + strings.ReplaceAll(credential, "/", "%2F")
	case r.service != "":
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+credential+", SignedHeaders=host, Signature=0")
	}
	req.Header.Set("X-Amz-Target", r.target)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// front starts a recorder in front of a service that gives back what it was sent, and 404 for the path /files/none.
func front(t *testing.T) (r *permissions.Recorder, at string) {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/files/none" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.Copy(w, r.Body)
	}))
	t.Cleanup(upstream.Close)
	r = &permissions.Recorder{}
	at, err := r.InFrontOf(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.InFrontOf(at); err != nil || again != at {
		t.Errorf("in front of itself: got %s, %v, want %s", again, err, at)
	}
	return r, at
}

func TestRecorder_ReadsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	keys := func(values ...string) map[string][]string { return map[string][]string{"dynamodb:LeadingKeys": values} }
	dynamo := func(operation, body string) request {
		return request{method: "POST", path: "/", service: "dynamodb", target: "DynamoDB_20120810." + operation, body: body}
	}
	for name, tt := range map[string]struct {
		sent request
		want []permissions.Call
	}{
		"get": {dynamo("GetItem", `{"TableName":"rooms","Key":{"pk":{"S":"a"}}}`), []permissions.Call{{"dynamodb:GetItem", table, keys("a")}}},
		"put": {dynamo("PutItem", `{"TableName":"rooms","Item":{"pk":{"S":"a"}}}`), []permissions.Call{{"dynamodb:PutItem", table, keys("a")}}},
		"query": {
			dynamo("Query", `{"TableName":"rooms","ExpressionAttributeValues":{":p":{"S":"a"}}}`),
			[]permissions.Call{{"dynamodb:Query", table, keys("a")}},
		},
		"batch": {
			dynamo("BatchGetItem", `{"RequestItems":{"rooms":{"Keys":[{"pk":{"S":"a"}},{"pk":{"S":"b"}}]}}}`),
			[]permissions.Call{{"dynamodb:BatchGetItem", table, keys("a", "b")}},
		},
		"transaction": {
			dynamo("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"rooms","Item":{"pk":{"S":"a"}}}},
				{"ConditionCheck":{"TableName":"rooms","Key":{"pk":{"S":"b"}}}},{"Put":{"TableName":"rooms","Item":{"pk":{"S":"c"}}}}]}`),
			[]permissions.Call{{"dynamodb:PutItem", table, keys("a", "c")}, {"dynamodb:ConditionCheckItem", table, keys("b")}},
		},
		"secret": {
			request{method: "POST", path: "/", service: "secretsmanager", target: "secretsmanager.GetSecretValue", body: `{"SecretId":"gavel/jitsi"}`},
			[]permissions.Call{{Action: "secretsmanager:GetSecretValue", Resource: "arn:aws:secretsmanager:us-east-1:123456789012:secret:gavel/jitsi-AbCdEf"}},
		},
		"schedule": {
			request{method: "PUT", path: "/schedules/end-1", service: "scheduler", body: `{"GroupName":"g","Target":{"RoleArn":"r"}}`},
			[]permissions.Call{
				{Action: "scheduler:UpdateSchedule", Resource: "arn:aws:scheduler:us-east-1:123456789012:schedule/g/end-1"},
				{"iam:PassRole", "r", map[string][]string{"iam:PassedToService": {"scheduler.amazonaws.com"}}},
			},
		},
		"file, presigned": {
			request{method: "PUT", path: "/files/a/b", service: "s3", presigned: true},
			[]permissions.Call{{Action: "s3:PutObject", Resource: "arn:aws:s3:::files/a/b"}},
		},
		"file that is not there": {
			request{method: "HEAD", path: "/files/none", service: "s3"},
			[]permissions.Call{{Action: "s3:GetObject", Resource: "arn:aws:s3:::files/none"}, {Action: "s3:ListBucket", Resource: "arn:aws:s3:::files"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, at := front(t)
			if _, body := tt.sent.send(t, at); body != tt.sent.body {
				t.Errorf("got %s passed on, want %s", body, tt.sent.body)
			}
			got, err := r.Calls("key1")
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

// A request that is not understood must not pass for one that asks for nothing.
func TestRecorder_WhatItDoesNotUnderstandIsAnError(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]request{
		"not signed":        {method: "POST", path: "/"},
		"unknown service":   {method: "POST", path: "/", service: "sqs"},
		"unknown operation": {method: "POST", path: "/", service: "dynamodb", target: "DynamoDB_20120810.Scan", body: `{}`},
		"no JSON":           {method: "POST", path: "/", service: "dynamodb", target: "DynamoDB_20120810.GetItem", body: `{`},
		"a bucket":          {method: "GET", path: "/files", service: "s3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, at := front(t)
			sent.send(t, at)
			if _, err := r.Calls("key1"); err == nil {
				t.Error("got no error")
			}
		})
	}
}
