package events_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"gavel/local/moto"
	"gavel/shared/config"
	"gavel/shared/events"
)

var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "made up"}, nil
})

// some gives so many events, each with a detail of at least so many bytes.
func some(n, size int) []events.Event {
	all := make([]events.Event, n)
	for i := range all {
		all[i] = events.Event{
			Type: "room.created", At: noon, Detail: fmt.Sprintf(`{"id":"%d","padding":"%s"}`, i, strings.Repeat("x", size)),
		}
	}
	return all
}

// request is one that EventBridge got.
type request struct {
	Entries []struct {
		EventBusName, Source, DetailType, Detail string
		Time                                     float64
	}
}

// bridge is an EventBridge that takes every event but those it is told not to take, by their number among all it gets.
type bridge struct {
	*events.Bus
	mu       sync.Mutex
	requests []request
	refuse   map[int]string // the error codes
	status   int            // of all answers, when not 0
	got      int
}

func serve(t *testing.T) *bridge {
	t.Helper()
	b := &bridge{refuse: map[int]string{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	b.Bus = events.New(events.Options{Bus: "gavel", Region: "eu-central-1", Endpoint: server.URL, Credentials: anybody})
	return b
}

func (b *bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	text, err := io.ReadAll(r.Body)
	var got request
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if err != nil || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" || len(got.Entries) > 10 || len(text) > 256<<10 {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"ValidationException"}`)
		return
	}
	b.requests = append(b.requests, got)
	if b.status != 0 {
		w.WriteHeader(b.status)
		_, _ = io.WriteString(w, `{"__type":"InternalException"}`)
		return
	}
	answers := make([]map[string]string, len(got.Entries))
	failed := 0
	for i := range answers {
		if code := b.refuse[b.got]; code != "" {
			answers[i] = map[string]string{"ErrorCode": code, "ErrorMessage": "no"}
			failed++
		} else {
			answers[i] = map[string]string{"EventId": fmt.Sprint("e-", b.got)}
		}
		b.got++
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"FailedEntryCount": failed, "Entries": answers})
}

// sizes gives how many events were in each request.
func (b *bridge) sizes() []int {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []int
	for _, r := range b.requests {
		all = append(all, len(r.Entries))
	}
	return all
}

func TestPublish_InBatchesAndInOrder(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]int{0: nil, 1: {1}, 10: {10}, 11: {10, 1}, 25: {10, 10, 5}} {
		b, all := serve(t), some(n, 1)
		if got, err := b.Publish(t.Context(), all); got != n || err != nil {
			t.Errorf("got %d, %v, want %d", got, err, n)
		}
		if got := b.sizes(); !slices.Equal(got, want) {
			t.Errorf("got requests of %v, want %v", got, want)
		}
		i := 0
		for _, r := range b.requests {
			for _, e := range r.Entries {
				if e.Detail != all[i].Detail || e.DetailType != "room.created" || e.Source != "gavel" || e.EventBusName != "gavel" || int64(e.Time) != noon.Unix() {
					t.Errorf("got %+v, want %+v", e, all[i])
				}
				i++
			}
		}
	}
}

func TestPublish_LargeOnesInSmallerBatches(t *testing.T) {
	t.Parallel()
	b := serve(t)
	if got, err := b.Publish(t.Context(), some(9, 60<<10)); got != 9 || err != nil {
		t.Errorf("got %d, %v, want 9", got, err)
	}
	if got, want := b.sizes(), []int{3, 3, 3}; !slices.Equal(got, want) {
		t.Errorf("got requests of %v, want %v", got, want)
	}
}

func TestPublish_StopsAtTheFirstThatIsNotTaken(t *testing.T) {
	t.Parallel()
	for refused, requests := range map[int]int{0: 1, 3: 1, 9: 1, 10: 2, 24: 3} {
		b := serve(t)
		b.refuse[refused] = "ThrottlingException"
		if refused < 24 {
			b.refuse[refused+1] = "InternalFailure"
		}
		got, err := b.Publish(t.Context(), some(25, 1))
		if got != refused || err == nil || !strings.Contains(err.Error(), "ThrottlingException") {
			t.Errorf("got %d, %v, want %d and the code", got, err, refused)
		}
		if got := len(b.sizes()); got != requests {
			t.Errorf("got %d requests, want %d", got, requests)
		}
	}
}

// What an operator has to mend is said, also where it is said of an event alone.
func TestPublish_ThatMayNotBeDone(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"AccessDeniedException":     "this function may not use the event bus gavel (GAVEL_EVENT_BUS): it lacks the permission events:PutEvents",
		"ResourceNotFoundException": "the event bus gavel (GAVEL_EVENT_BUS) is not there",
		"ExpiredTokenException":     "the AWS credentials in the environment are not taken for the event bus gavel (GAVEL_EVENT_BUS): ExpiredTokenException",
	} {
		b := serve(t)
		b.refuse[1] = code
		got, err := b.Publish(t.Context(), some(3, 1))
		unusable, ok := errors.AsType[*config.Unusable](err)
		if got != 1 || !ok || unusable.What != want {
			t.Errorf("got %d, %v, want 1 and %s", got, err, want)
		}
	}
}

func TestPublish_ThatFails(t *testing.T) {
	t.Parallel()
	b := serve(t)
	b.status = http.StatusInternalServerError
	if got, err := b.Publish(t.Context(), some(2, 1)); got != 0 || err == nil {
		t.Errorf("got %d, %v, want none and an error", got, err)
	}
	if got := len(b.sizes()); got != 4 {
		t.Errorf("got %d tries, want 4", got)
	}
}

func TestConfigured_AsksAsTheSettingsSay(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "made up")
	b := serve(t)
	var signed string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed = r.Header.Get("Authorization")
		b.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	bus := events.Configured(config.Config{EventBus: "the bus", AWSRegion: "eu-west-1", EventsEndpoint: server.URL})
	if got, err := bus.Publish(t.Context(), some(1, 1)); got != 1 || err != nil {
		t.Fatalf("got %d, %v", got, err)
	}
	if got := b.requests[0].Entries[0].EventBusName; got != "the bus" {
		t.Errorf("got the bus %q, want that of the settings", got)
	}
	if want := "/eu-west-1/events/aws4_request"; !strings.Contains(signed, want) || !strings.Contains(signed, "AKIDENVIRONMENT") {
		t.Errorf("got Authorization %s, want AKIDENVIRONMENT and %s in it", signed, want)
	}
}

// A rule of the bus gets what was published, as AWS's own emulation has it.
func TestPublish_ReachesARule(t *testing.T) {
	t.Parallel()
	endpoint, name := moto.Start(t), moto.Prefix(t)
	client := eventbridge.New(eventbridge.Options{Region: "us-east-1", BaseEndpoint: aws.String(endpoint), Credentials: anybody})
	if _, err := client.CreateEventBus(t.Context(), &eventbridge.CreateEventBusInput{Name: &name}); err != nil {
		t.Fatal(err)
	}
	queue := sqs(t, endpoint, "CreateQueue", map[string]any{"QueueName": name})["QueueUrl"]
	pattern := `{"source":["gavel"],"detail-type":["room.created"]}`
	if _, err := client.PutRule(t.Context(), &eventbridge.PutRuleInput{Name: &name, EventBusName: &name, EventPattern: &pattern}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutTargets(t.Context(), &eventbridge.PutTargetsInput{
		Rule: &name, EventBusName: &name,
		Targets: []types.Target{{Id: aws.String("q"), Arn: aws.String("arn:aws:sqs:us-east-1:123456789012:" + name)}},
	}); err != nil {
		t.Fatal(err)
	}
	all := some(2, 1)
	all[1].Type = "room.updated" // which the rule does not ask for
	bus := events.New(events.Options{Bus: name, Region: "us-east-1", Endpoint: endpoint, Credentials: anybody})
	if got, err := bus.Publish(t.Context(), all); got != 2 || err != nil {
		t.Fatalf("got %d, %v, want 2", got, err)
	}
	messages, _ := sqs(t, endpoint, "ReceiveMessage", map[string]any{"QueueUrl": queue, "MaxNumberOfMessages": 10})["Messages"].([]any)
	if len(messages) != 1 {
		t.Fatalf("got %d messages, want 1", len(messages))
	}
	var got struct {
		Source     string
		DetailType string `json:"detail-type"`
		Detail     struct{ ID string }
	}
	body, _ := messages[0].(map[string]any)["Body"].(string)
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.Source != "gavel" || got.DetailType != "room.created" || got.Detail.ID != "0" {
		t.Errorf("got %s, %v, want the event as its detail", body, err)
	}
}

// sqs calls moto's SQS, for which no client is at hand. It reads the service from the signature and does not check that.
func sqs(t *testing.T, endpoint, action string, body map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint+"/", strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AmazonSQS."+action)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %d %v, %v", action, response.StatusCode, answer, err)
	}
	return answer
}
