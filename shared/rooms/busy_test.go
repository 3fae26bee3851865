package rooms_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/rooms"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

// refusal is what DynamoDB answers to an operation when it has too much to do, or to all with none
// named (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html and
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
type refusal struct{ operation, body string }

func refusals() []refusal {
	const prefix = `{"__type":"com.amazonaws.dynamodb.v20120810#`
	return []refusal{
		{"", prefix + `ProvisionedThroughputExceededException","message":"slow down"}`},
		{"", prefix + `RequestLimitExceeded","message":"slow down"}`},
		{putItem, prefix + `TransactionConflictException","message":"conflict"}`},
		{transact, prefix + `TransactionCanceledException","Message":"conflict",` +
			`"CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"},{"Code":"None"}]}`},
		{transact, prefix + `TransactionCanceledException","Message":"throttled",` +
			`"CancellationReasons":[{"Code":"ThrottlingError"},{"Code":"None"},{"Code":"None"}]}`},
	}
}

// concerns says whether an operation can be answered that.
func (r refusal) concerns(operation string) bool {
	return r.operation == "" || r.operation == operation
}

// tried is a call that reads, writes, or both.
func tried() map[string]func(ctx context.Context, w *world, room string) error {
	return map[string]func(ctx context.Context, w *world, room string) error{
		"list": func(ctx context.Context, w *world, _ string) error {
			_, err := w.List(ctx, ada, rooms.ListQuery{Limit: 10})
			return err
		},
		"send chat": func(ctx context.Context, w *world, room string) error {
			_, err := w.SendChat(ctx, ada, room, "once", "")
			return err
		},
		"archive": func(ctx context.Context, w *world, room string) error {
			_, err := w.UpdateProfile(ctx, ada, room, rooms.Profile{Archived: new(true)})
			return err
		},
		"create": func(ctx context.Context, w *world, _ string) error {
			_, err := w.Create(ctx, ada, rooms.Booking{Name: "x"})
			return err
		},
	}
}

func TestDynamoDB_BusyForAWhile(t *testing.T) {
	t.Parallel()
	w := onDynamoDB(t)
	room := w.open(t)
	for _, r := range refusals() {
		for name, call := range tried() {
			var asked, refused atomic.Int32
			w.wire.answering(func(operation string) *http.Response {
				if !r.concerns(operation) || asked.Add(1) > 3 {
					return nil
				}
				refused.Add(1)
				return dynamoError(http.StatusBadRequest, r.body)
			})
			if err := call(t.Context(), w, room.ID); err != nil {
				t.Errorf("%s, %s: got %v, want it done in the end", r.body, name, err)
			}
			if asked, refused := asked.Load(), refused.Load(); refused > 0 && asked <= 3 {
				t.Errorf("%s, %s: got %d requests, want more than were refused", r.body, name, asked)
			}
		}
	}
	w.wire.answering(nil)
	if got, want := len(w.chat(t, room.ID, 100, "").Messages), len(refusals()); got != want {
		t.Errorf("got %d messages, want %d, one for each call", got, want)
	}
	w.audit(t)
}

func TestDynamoDB_BusyForTooLong(t *testing.T) {
	t.Parallel()
	const budget = 200 * time.Millisecond
	w := onDynamoDB(t)
	room := w.open(t)
	hasty := *w
	hasty.options.Budget = budget
	hasty.Service = rooms.New(rooms.Options{Store: dynamo.New(hasty.options), Now: w.now})
	for who, w := range map[string]*world{"the engine's budget": &hasty, "the caller's deadline": w} {
		for _, r := range refusals() {
			for name, call := range tried() {
				var refused atomic.Int32
				w.wire.answering(func(operation string) *http.Response {
					if !r.concerns(operation) {
						return nil
					}
					refused.Add(1)
					return dynamoError(http.StatusBadRequest, r.body)
				})
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if w != &hasty {
					ctx, cancel = context.WithTimeout(ctx, budget)
				}
				begin := time.Now()
				err := call(ctx, w, room.ID)
				cancel()
				if took := time.Since(begin); refused.Load() > 0 && !errors.Is(err, table.ErrBusy) || took > engineBudget/2 {
					t.Errorf("%s, %s, %s: got %v after %s, want %v soon", who, r.body, name, err, took, table.ErrBusy)
				}
			}
		}
	}
	w.wire.answering(nil)
	w.audit(t)
}

// contended is an engine in which somebody else is always faster.
type contended struct{ table.Store }

func (contended) Write(context.Context, ...table.Change) error { return table.ErrConflict }

func TestChanges_GiveUpAmongOthers(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		crowded := rooms.New(rooms.Options{
			Store: contended{w.store}, Providers: map[string]rooms.Provider{hallName: w.hall}, Files: w.bucket.store, Now: w.now,
		})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := crowded.AddParticipants(ctx, ada, room.ID, []string{cyd}); !errors.Is(err, table.ErrBusy) {
			t.Errorf("got %v, want %v", err, table.ErrBusy)
		}
		_, err := w.Get(t.Context(), cyd, room.ID)
		refused(t, "get by who was not added", err, rooms.NotFound)
	})
}
