package dynamo_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

// Far enough from now that DynamoDB Local, which goes by the wall clock, removes nothing by itself.
var (
	early = time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC)
	late  = early.Add(time.Hour)
)

// still gives a clock that stands still.
func still(now time.Time) func() time.Time { return func() time.Time { return now } }

// expiring makes the change that creates an item until some time.
func expiring(sort string, expires time.Time) table.Change {
	change := create(sort)
	change.Item.Expires = expires
	return change
}

func TestWrite_StoresSecondsForDynamoDB(t *testing.T) {
	t.Parallel()
	opt := onTable(t)
	opt.Now = still(early)
	store := dynamo.New(opt)
	for _, changes := range [][]table.Change{
		{expiring("alone", late.Add(-1))},
		{expiring("in company", late), create("never")},
	} {
		if err := store.Write(t.Context(), changes...); err != nil {
			t.Fatal(err)
		}
	}
	sdk := dynamodb.New(dynamodb.Options{Region: opt.Region, BaseEndpoint: aws.String(opt.Endpoint), Credentials: opt.Credentials})
	for sort, want := range map[string]types.AttributeValue{
		"alone":      &types.AttributeValueMemberN{Value: "4102448400"},
		"in company": &types.AttributeValueMemberN{Value: "4102448400"},
		"never":      nil,
	} {
		out, err := sdk.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(opt.Table), Key: bareKey(sort)})
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Item["e"]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", sort, got, want)
		}
	}
}

// With many items in the way that DynamoDB has not removed yet, the number of requests grows with its logarithm.
func TestQuery_PassesOverExpiredItemsInFewRequests(t *testing.T) {
	t.Parallel()
	var count counter
	opt := onTable(t)
	opt.HTTP = &count
	opt.Now = still(late)
	store := dynamo.New(opt)
	for first := 0; first < 500; first += table.MaxWrite {
		var changes []table.Change
		for i := range table.MaxWrite {
			changes = append(changes, expiring(fmt.Sprintf("m#%03d", first+i), early))
		}
		if err := store.Write(t.Context(), changes...); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Write(t.Context(), create("m#500"), create("m#501"), create("m#502")); err != nil {
		t.Fatal(err)
	}
	count.take()
	for _, tt := range []struct{ limit, requests int }{
		{1, 10},  // 1, 1, 2, 4, 8, … 256
		{3, 9},   // 3, 3, 6, 12, … 384
		{100, 4}, // 100, 100, 200, 400
		{1000, 1},
	} {
		items, err := store.Query(t.Context(), table.Range{Partition: "room#1", Prefix: "m#", Limit: tt.limit})
		if got, want := len(items), min(tt.limit, 3); got != want || err != nil || items[0].Sort != "m#500" {
			t.Errorf("limit %d: got %d items, %v, want %d", tt.limit, got, err, want)
		}
		count.expect(t, fmt.Sprintf("limit %d", tt.limit), map[string]int{"Query": tt.requests})
	}
}

// Whatever the first try of a Write did, the Write does it once, and tells of a conflict for sure where it can.
func TestWrite_AnswerLostOfWhatExpires(t *testing.T) {
	t.Parallel()
	opt := onTable(t)
	opt.Now = still(early)
	plain := dynamo.New(opt)
	opt.Now = still(late)
	for _, tt := range []struct {
		name    string
		stored  time.Time // when the item expires that is there before
		version bool      // whether it is expected, or none
		expires time.Time // when the item expires that is put
		want    error
		left    bool
	}{
		{"create over an expired one", late, false, late.Add(time.Hour), nil, true},
		{"create, expired already", late, false, late, nil, false},
		{"replace", late.Add(time.Hour), true, late.Add(2 * time.Hour), nil, true},
		{"replace with an expired one", late.Add(time.Hour), true, late, nil, false},
		{"replace an expired one", late, true, late.Add(time.Hour), table.ErrConflict, false},
	} {
		for operation, company := range map[string][]table.Change{"PutItem": nil, "TransactWriteItems": {create(tt.name + ", beside")}} {
			t.Run(tt.name+" "+operation, func(t *testing.T) {
				t.Parallel()
				sort := tt.name + " " + operation
				if err := plain.Write(t.Context(), expiring(sort, tt.stored)); err != nil {
					t.Fatal(err)
				}
				before, err := plain.Get(t.Context(), at(sort))
				if err != nil {
					t.Fatal(err)
				}
				item := table.Item{Key: at(sort), Data: []byte("2"), Expires: tt.expires}
				if tt.version {
					item.Version = before[0].Version
				}
				count := &counter{lose: true}
				lossy := opt
				lossy.HTTP = count

				err = dynamo.New(lossy).Write(t.Context(), append([]table.Change{table.Put(item)}, company...)...)

				if !errors.Is(err, tt.want) || errors.Is(err, table.ErrBusy) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				count.expect(t, "the write", map[string]int{operation: 2})
				after, err := dynamo.New(opt).Get(t.Context(), at(sort))
				if err != nil || after[0].Exists() != tt.left {
					t.Errorf("afterwards: got %+v, %v, want it there: %t", after[0], err, tt.left)
				}
			})
		}
	}
}

// All tries of a call are the same request, as a transaction's must be, also when the time goes on between them.
func TestWrite_LooksAtTheTimeOnce(t *testing.T) {
	t.Parallel()
	for operation, changes := range map[string][]table.Change{
		"PutItem":            {create("a")},
		"TransactWriteItems": {create("a"), table.Delete(at("b"), "v")},
	} {
		now := early
		p := newPeer(t, lost, passing["internal error"], done)
		store := dynamo.New(dynamo.Options{
			Table: "state", Region: "us-east-1", Endpoint: p.URL, Credentials: credentials, HTTP: p.Client(), Budget: time.Minute,
			Now: func() time.Time {
				now = now.Add(time.Second)
				return now
			},
		})
		if err := store.Write(t.Context(), changes...); err != nil {
			t.Errorf("%s: %v", operation, err)
		}
		received := p.requests()
		if len(received) != 3 || received[1] != received[0] || received[2] != received[0] {
			t.Errorf("%s: got %+v, want three times the same", operation, received)
		}
	}
}

func TestPut_ConflictsForSure(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		found string
		want  error
	}{
		"as it was before, so that it is expired": {"before", table.ErrConflict},
		"another": {"other", table.ErrBusy},
	} {
		change := create("a")
		change.Item.Version = "before"
		err := newPeer(t, lost, found(tt.found)).store(time.Minute).Write(t.Context(), change)
		if !errors.Is(err, tt.want) || errors.Is(err, table.ErrConflict) != errors.Is(tt.want, table.ErrConflict) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
}

func TestReads_TimesThatAreNotOurs(t *testing.T) {
	t.Parallel()
	for _, time := range []string{`{"S":"1"}`, `{"N":"1.5"}`, `{"N":"-1"}`, `{"N":"253402300800"}`, `{"N":"1e40"}`, `{"NULL":true}`} {
		text := `{"Item":{"pk":{"S":"room#1"},"sk":{"S":"a"},"v":{"S":"v"},"d":{"S":"` + confidential + `"},"e":` + time + `}}`
		_, err := newPeer(t, body(http.StatusOK, text)).store(0).Get(t.Context(), at("a"))
		if err == nil || errors.Is(err, table.ErrBusy) || errors.Is(err, table.ErrConflict) {
			t.Errorf("%s: got %v, want an error of its own", time, err)
		}
		quiet(t, err)
	}
}
