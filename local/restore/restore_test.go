package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"gavel/local/dynamodb"
	"gavel/shared/clock"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

const room = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"

// pair is a restored table and the stack's.
type pair struct {
	t        *testing.T
	from, to string
	config   aws.Config
	client   *sdk.Client
	mu       sync.Mutex
}

func newPair(t *testing.T) *pair {
	t.Helper()
	endpoint, from := dynamodb.Table(t)
	config := aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint, HTTPClient: http.DefaultClient,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
	p := &pair{t: t, from: from, to: dynamodb.CreateTable(t, endpoint), config: config, client: sdk.NewFromConfig(config)}
	// Nothing expires in a restored table: see "time to live" at
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html.
	if _, err := p.client.UpdateTimeToLive(t.Context(), &sdk.UpdateTimeToLiveInput{
		TableName: &from, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("e"), Enabled: aws.Bool(false)},
	}); err != nil {
		t.Fatal(err)
	}
	return p
}

// write puts an item in place of whatever is there, as Gavel does, and gives it as it is now.
func (p *pair) write(name, partition, sort, data string, expires time.Time) table.Item {
	p.t.Helper()
	store := dynamo.New(dynamo.Options{Table: name, Region: "us-east-1", Endpoint: *p.config.BaseEndpoint, Credentials: p.config.Credentials})
	key := table.Key{Partition: partition, Sort: sort}
	items, err := store.Get(p.t.Context(), key)
	if err == nil {
		items[0].Data, items[0].Expires = []byte(data), expires
		err = store.Write(p.t.Context(), table.Put(items[0]))
	}
	if err == nil {
		items, err = store.Get(p.t.Context(), key)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return items[0]
}

// raw gives what DynamoDB has of an item, nil for nothing.
func (p *pair) raw(name, partition, sort string) attributes {
	p.t.Helper()
	out, err := p.client.GetItem(p.t.Context(), &sdk.GetItemInput{
		TableName: &name, Key: place{partition, sort}.key(), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out.Item
}

// same has both tables hold an item, as when nothing happened since the backup.
func (p *pair) same(partition, sort, data string) {
	p.t.Helper()
	p.write(p.from, partition, sort, data, time.Time{})
	if _, err := p.client.PutItem(p.t.Context(), &sdk.PutItemInput{TableName: &p.to, Item: p.raw(p.from, partition, sort)}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) run(args ...string) (string, error) { return p.runAs(p.t.Context(), p.config, args...) }

func (p *pair) runAs(ctx context.Context, config aws.Config, args ...string) (string, error) {
	var out bytes.Buffer
	s := surroundings{out: &out, now: clock.Now, aws: func(context.Context, string, string) (aws.Config, error) { return config, nil }}
	err := run(ctx, s, append([]string{"-from", p.from, "-to", p.to}, args...))
	return out.String(), err
}

// mustRun gives the numbers of the line that counts a family, in their order.
func (p *pair) mustRun(family string, args ...string) string {
	p.t.Helper()
	out, err := p.run(args...)
	if err != nil {
		p.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	for line := range strings.Lines(out) {
		if words := strings.Fields(line); words[0] == family {
			return strings.Join(words[1:], " ")
		}
	}
	return ""
}

func (p *pair) wantThere(partition, sort string) {
	p.t.Helper()
	if got, want := p.raw(p.to, partition, sort), p.raw(p.from, partition, sort); want == nil || !reflect.DeepEqual(got, want) {
		p.t.Errorf("%s %s: got %v, want it as in the restored table: %v", partition, sort, got, want)
	}
}

func (p *pair) wantMissing(partition, sort string) {
	p.t.Helper()
	if got := p.raw(p.to, partition, sort); got != nil {
		p.t.Errorf("%s %s: got %v, want nothing", partition, sort, got)
	}
}

func TestRestore_WritesWhatIsMissingAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	later := time.Now().Add(time.Hour)
	p.write(p.from, "chat#a", "msg#1", `{"text":"lost"}`, time.Time{})
	p.write(p.from, "chat#a", "msg#2", `{"text":"lost, too"}`, later)
	p.write(p.from, "chat#a", "msg#3", `{"text":"over"}`, time.Now().Add(2*time.Second))
	p.write(p.from, "chat#a", "tail", `{"last":"old"}`, time.Time{})
	newer := p.write(p.to, "chat#a", "tail", `{"last":"new"}`, time.Time{})
	p.write(p.to, "chat#b", "tail", `{"last":"since"}`, time.Time{})
	<-time.After(time.Until(time.Now().Truncate(time.Second).Add(4 * time.Second))) // msg#3 is over

	if got, want := p.mustRun("chat"), "4 0 1 1 0 2"; got != want {
		t.Errorf("what would be done: got %s, want %s", got, want)
	}
	p.wantMissing("chat#a", "msg#1")
	if got, want := p.mustRun("chat", "-yes"), "4 0 1 1 0 2"; got != want {
		t.Errorf("what was done: got %s, want %s", got, want)
	}
	p.wantThere("chat#a", "msg#1")
	p.wantThere("chat#a", "msg#2")
	p.wantMissing("chat#a", "msg#3")
	if got := text(p.raw(p.to, "chat#a", "tail")["v"]); got != string(newer.Version) {
		t.Errorf("what is newer: got the version %s, want %s", got, newer.Version)
	}
	if got, want := p.mustRun("chat", "-yes"), "4 0 1 3 0 0"; got != want {
		t.Errorf("again: got %s, want %s", got, want)
	}
}

func TestRestore_OverwritesWhenTold(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.same("chat#a", "msg#1", `{}`)
	p.write(p.from, "chat#a", "tail", `{"last":"old"}`, time.Time{})
	p.write(p.to, "chat#a", "tail", `{"last":"new"}`, time.Time{})
	p.write(p.from, "chat#b", "tail", `{"last":"lost"}`, time.Time{})
	if got, want := p.mustRun("chat", "-yes", "-overwrite", "-prefix", "chat#a"), "3 1 0 1 0 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	p.wantThere("chat#a", "tail")
	p.wantMissing("chat#b", "tail")
}

func TestRestore_TakesPartOfTheTable(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	for _, partition := range []string{"audit#actor#x#2026-01-01", "chat#a", "due#0", "idempotency#x"} {
		p.write(p.from, partition, "x", `{}`, time.Time{})
	}
	if got, want := p.mustRun("all", "-yes", "-without", "audit#", "-without", "idempotency#", "-prefix", "audit#", "-prefix", "chat#"), "4 3 0 0 0 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	p.wantThere("chat#a", "x")
	p.wantMissing("audit#actor#x#2026-01-01", "x")
	p.wantMissing("due#0", "x")
	p.wantMissing("idempotency#x", "x")
}

// Who was inside then is not inside now.
func TestRestore_PutsNobodyBackIntoAMeeting(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	inside := []string{"sessions#room1", "present#s1#room1", "guest#bob"}
	for _, partition := range append(inside, "guestbook#x") {
		p.write(p.from, partition, "x", `{}`, time.Time{})
	}
	if got, want := p.mustRun("all", "-yes"), "4 3 0 0 0 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, partition := range inside {
		p.wantMissing(partition, "x")
	}
	if got, want := p.mustRun("all", "-yes", "-prefix", "sessions#room1", "-prefix", "present#", "-prefix", "guest#"), "4 1 0 0 0 3"; got != want {
		t.Errorf("when they are named: got %s, want %s", got, want)
	}
	for _, partition := range inside {
		p.wantThere(partition, "x")
	}
}

// Whoever was removed from a room since the backup is missing in it for a reason.
func TestRestore_BringsNobodyBackIntoARoomThatHasChanged(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.write(p.from, "room#"+room, "room", `{"participants":2}`, time.Time{})
	p.write(p.to, "room#"+room, "room", `{"participants":1}`, time.Time{})
	p.same("room#same", "room", `{"participants":1}`)
	p.write(p.from, "room#gone", "room", `{"participants":1}`, time.Time{})
	for _, id := range []string{room, "same", "gone"} {
		p.write(p.from, "room#"+id, "member#bob", `{}`, time.Time{})
		p.write(p.from, "user#bob", "room#"+id, `{}`, time.Time{})
		p.write(p.from, "user#bob", "open#"+id, `{}`, time.Time{})
	}
	p.write(p.from, "user#bob", "alias#jaas", `{"bans":1}`, time.Time{})

	if got, want := p.mustRun("all", "-yes"), "13 0 0 2 3 8"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	p.wantMissing("room#"+room, "member#bob")
	p.wantMissing("user#bob", "room#"+room)
	p.wantMissing("user#bob", "open#"+room)
	p.wantThere("user#bob", "alias#jaas")
	p.wantThere("room#gone", "room")
	for _, id := range []string{"same", "gone"} {
		p.wantThere("room#"+id, "member#bob")
		p.wantThere("user#bob", "room#"+id)
		p.wantThere("user#bob", "open#"+id)
	}
	if got, want := p.mustRun("all", "-yes", "-overwrite", "-prefix", "room#"+room, "-prefix", "user#bob"), "13 4 0 5 0 4"; got != want {
		t.Errorf("all of the room: got %s, want %s", got, want)
	}
	p.wantThere("room#"+room, "room")
	p.wantThere("room#"+room, "member#bob")
}

func (p *pair) fill(count int) {
	p.t.Helper()
	for begin := 0; begin < count; begin += 25 {
		requests := make([]types.WriteRequest, 25)
		for i := range requests {
			item := place{fmt.Sprintf("chat#%d", (begin+i)%97), fmt.Sprintf("msg#%d", begin+i)}.key()
			item["v"], item["d"] = &types.AttributeValueMemberS{Value: "1"}, &types.AttributeValueMemberS{Value: `{}`}
			requests[i].PutRequest = &types.PutRequest{Item: item}
		}
		in := &sdk.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{p.from: requests}}
		if _, err := p.client.BatchWriteItem(p.t.Context(), in); err != nil {
			p.t.Fatal(err)
		}
	}
}

// line is the way to DynamoDB. Each operation's first requests can be answered on it.
type line struct {
	mu     sync.Mutex
	seen   map[string]int
	answer func(operation string, nth int, body []byte) *http.Response // nil for DynamoDB's own
}

func (l *line) Do(r *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	l.mu.Lock()
	l.seen[operation]++
	nth := l.seen[operation]
	l.mu.Unlock()
	if answer := l.answer(operation, nth, body); answer != nil {
		return answer, nil
	}
	return http.DefaultClient.Do(r)
}

func (p *pair) through(answer func(operation string, nth int, body []byte) *http.Response) (aws.Config, *line) {
	l := &line{seen: map[string]int{}, answer: answer}
	config := p.config.Copy()
	config.HTTPClient = l
	return config, l
}

func response(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(strings.NewReader(body)),
	}
}

func TestRestore_TellsSoonThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	config, _ := p.through(func(_ string, nth int, _ []byte) *http.Response {
		if nth > 3 {
			t.Error("got a fourth try")
			cancel()
		}
		return response(http.StatusInternalServerError, `{}`)
	})
	if _, err := p.runAs(ctx, config); err == nil || !strings.Contains(err.Error(), "dynamodb:DescribeTable") {
		t.Errorf("got %v, want what was asked for", err)
	}
}

func TestRestore_IsInterruptedAndRepeated(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	const count = 1000
	p.fill(count)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	config, _ := p.through(func(operation string, nth int, _ []byte) *http.Response {
		if operation == "PutItem" && nth == 300 {
			cancel()
		}
		return nil
	})
	out, err := p.runAs(ctx, config, "-yes")
	if err == nil || !strings.Contains(err.Error(), "interrupted") || !strings.Contains(out, "chat") {
		t.Errorf("got %v, want an error that says so, and counts:\n%s", err, out)
	}
	if got := p.mustRun("all", "-yes", "-segments", "3"); !strings.HasPrefix(got, "1000 0 0 ") || strings.HasSuffix(got, " 0") {
		t.Errorf("repeated: got %s, want something left to write", got)
	}
	if got, want := p.mustRun("all"), "1000 0 0 1000 0 0"; got != want {
		t.Errorf("after that: got %s, want %s", got, want)
	}
}

func TestRestore_GoesOnWhenThrottled(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.fill(50)
	config, seen := p.through(func(operation string, nth int, body []byte) *http.Response {
		switch {
		case operation == "PutItem" && nth <= 3:
			return response(http.StatusBadRequest, `{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"x"}`)
		case operation == "BatchGetItem" && nth == 1:
			var in struct{ RequestItems json.RawMessage }
			if err := json.Unmarshal(body, &in); err != nil {
				t.Error(err)
			}
			return response(http.StatusOK, `{"Responses":{},"UnprocessedKeys":`+string(in.RequestItems)+`}`)
		}
		return nil
	})
	if out, err := p.runAs(t.Context(), config, "-yes", "-segments", "1"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if seen.seen["PutItem"] != 53 || seen.seen["BatchGetItem"] != 2 {
		t.Errorf("got the requests %v, want 53 PutItem and 2 BatchGetItem", seen.seen)
	}
	if got, want := p.mustRun("all"), "50 0 0 50 0 0"; got != want {
		t.Errorf("after that: got %s, want %s", got, want)
	}
}

// A cleanup that comes in between drops a task whose room is not there yet.
func TestRestore_WritesTasksInTheEnd(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.fill(200)
	for i := range 16 {
		p.write(p.from, fmt.Sprintf("due#%x", i), "001790000000#end#"+room, `{}`, time.Time{})
	}
	var order []string
	config, _ := p.through(func(operation string, _ int, body []byte) *http.Response {
		if operation == "PutItem" {
			var in struct {
				Item struct {
					PK struct{ S string }
				}
			}
			if err := json.Unmarshal(body, &in); err != nil {
				t.Error(err)
			}
			p.mu.Lock()
			order = append(order, in.Item.PK.S)
			p.mu.Unlock()
		}
		return nil
	})
	if out, err := p.runAs(t.Context(), config, "-yes", "-segments", "3"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if first := slices.IndexFunc(order, func(pk string) bool { return strings.HasPrefix(pk, "due#") }); len(order) != 216 || first != 200 {
		t.Errorf("got %d written, the first task as number %d, want 216 and the tasks behind the 200 others", len(order), first)
	}
}

// What others write in the same moment is kept.
func TestRestore_LosesARaceForAnItem(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.write(p.from, "chat#a", "tail", `{"last":"old"}`, time.Time{})
	config, _ := p.through(func(operation string, _ int, _ []byte) *http.Response {
		if operation == "PutItem" {
			p.write(p.to, "chat#a", "tail", `{"last":"new"}`, time.Time{})
		}
		return nil
	})
	if out, err := p.runAs(t.Context(), config, "-yes"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := text(p.raw(p.to, "chat#a", "tail")["d"]); got != `{"last":"new"}` {
		t.Errorf("got %s, want what was written meanwhile", got)
	}
}

func TestRestore_RefusesWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	streamed := dynamodb.CreateTable(t, *p.config.BaseEndpoint)
	if _, err := p.client.UpdateTable(t.Context(), &sdk.UpdateTableInput{TableName: &streamed, StreamSpecification: &types.StreamSpecification{
		StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage,
	}}); err != nil {
		t.Fatal(err)
	}
	other := p.otherKeys()
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"one table":      {[]string{"-to", p.from}, "one table"},
		"no such table":  {[]string{"-from", "nothing"}, "the table nothing does not exist"},
		"other keys":     {[]string{"-from", other}, "none of Gavel's"},
		"swapped":        {[]string{"-from", streamed}, "wrong way round"},
		"no table":       {[]string{"-from", ""}, "say which tables"},
		"a word":         {[]string{"everything"}, "does not know"},
		"empty prefix":   {[]string{"-prefix", ""}, "does not know"},
		"all of it":      {[]string{"-overwrite"}, "would turn the whole table back"},
		"no segments":    {[]string{"-segments", "0"}, "1 to 1000"},
		"a flag unknown": {[]string{"-force"}, "does not know"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := p.run(append(tt.args, "-yes")...); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func (p *pair) otherKeys() string {
	p.t.Helper()
	name := "other-" + strings.ToLower(p.to)
	_, err := p.client.CreateTable(p.t.Context(), &sdk.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return name
}

func TestRestore_SaysWhatThereIsAndNeedsCredentials(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := surroundings{out: &out, now: clock.Now, aws: func(context.Context, string, string) (aws.Config, error) {
		return aws.Config{}, errors.New("no credentials")
	}}
	if err := run(t.Context(), s, nil); err != nil || !strings.Contains(out.String(), "-overwrite") {
		t.Errorf("got %v and %q, want the flags", err, out.String())
	}
	if err := run(t.Context(), s, []string{"-from", "a", "-to", "b"}); err == nil || err.Error() != "no credentials" {
		t.Errorf("got %v, want what stands against it", err)
	}
}
