package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"gavel/shared/table"
	"gavel/shared/table/dynamo"
)

// passing are failures that a later try need not meet.
var passing = map[string]answer{
	"throughput":      failure(http.StatusBadRequest, "ProvisionedThroughputExceededException"),
	"throttled":       failure(http.StatusBadRequest, "ThrottlingException"),
	"request limit":   failure(http.StatusBadRequest, "RequestLimitExceeded"),
	"conflict":        failure(http.StatusBadRequest, "TransactionConflictException"),
	"in progress":     failure(http.StatusBadRequest, "TransactionInProgressException"),
	"internal error":  failure(http.StatusInternalServerError, "InternalServerError"),
	"unavailable":     failure(http.StatusServiceUnavailable, "ServiceUnavailable"),
	"a page with 503": body(http.StatusServiceUnavailable, "<html>"+confidential),
	"no answer":       lost,
	"half an answer":  broken,
	"nonsense":        body(http.StatusOK, "<html>"+confidential),
}

// ofTransactions are those that only TransactWriteItems meets.
var ofTransactions = map[string]answer{
	"cancelled over a conflict": canceled("None", "TransactionConflict"),
	"cancelled, throttled":      canceled("ThrottlingError", "None"),
	"cancelled, throughput":     canceled("ProvisionedThroughputExceeded", "TransactionConflict"),
}

// eachPassing runs a test for each call with each passing failure.
func eachPassing(t *testing.T, test func(t *testing.T, operation string, fail answer)) {
	t.Helper()
	for operation := range calls {
		failures := []map[string]answer{passing}
		if operation == "TransactWriteItems" {
			failures = append(failures, ofTransactions)
		}
		for _, some := range failures {
			for name, fail := range some {
				t.Run(operation+" "+name, func(t *testing.T) {
					t.Parallel()
					test(t, operation, fail)
				})
			}
		}
	}
}

func TestStore_TriesAgain(t *testing.T) {
	t.Parallel()
	eachPassing(t, func(t *testing.T, operation string, fail answer) {
		t.Helper()
		p := newPeer(t, fail, fail, fail, done)
		if err := calls[operation](t.Context(), p.store(time.Minute)); err != nil {
			t.Errorf("got %v, want no error", err)
		}
		received := p.requests()
		if got, want := len(received), 4; got != want {
			t.Errorf("got %d requests, want %d", got, want)
		}
		for _, later := range received[1:] { // the token of a transaction included
			if later != received[0] {
				t.Errorf("a later try: got %+v, want %+v", later, received[0])
			}
		}
	})
}

func TestStore_GivesUpWithTheBudget(t *testing.T) {
	t.Parallel()
	eachPassing(t, func(t *testing.T, operation string, fail answer) {
		t.Helper()
		p := newPeer(t, fail)
		start := time.Now()
		err := calls[operation](t.Context(), p.store(100*time.Millisecond))
		if !errors.Is(err, table.ErrBusy) || errors.Is(err, table.ErrConflict) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v alone", err, table.ErrBusy)
		}
		quiet(t, err)
		if err != nil && !strings.Contains(err.Error(), operation) {
			t.Errorf("got %v, want %s in it", err, operation)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("took %v with a budget of a tenth of a second", took)
		}
	})
}

// In a bad minute all calls of a process are throttled. None may give up because the others try again as well.
func TestStore_ManyTryAgain(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	throttle := passing["throttled"]
	store := newPeer(t, func(w http.ResponseWriter, r *http.Request, got request) {
		mu.Lock()
		seen[got.Body]++
		again := seen[got.Body] <= 3
		mu.Unlock()
		if again {
			throttle(w, r, got)
			return
		}
		done(w, r, got)
	}).store(time.Minute)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if _, err := store.Get(t.Context(), at(fmt.Sprint(i))); err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

func TestTransaction_HasAToken(t *testing.T) {
	t.Parallel()
	p := newPeer(t, done)
	store := p.store(time.Minute)
	tokens := map[any]bool{}
	for range 3 {
		if err := store.Write(t.Context(), create("a"), create("b")); err != nil {
			t.Fatal(err)
		}
	}
	for _, received := range p.requests() {
		tokens[received.field(t, "ClientRequestToken")] = true
	}
	if got, want := len(tokens), 3; got != want {
		t.Errorf("got %d different tokens of three writes, want %d", got, want)
	}
}

// All errors that no repetition mends come after one request, and name what to mend.
func TestStore_WhatDoesNotPass(t *testing.T) {
	t.Parallel()
	for code, fail := range map[string]answer{
		"AccessDeniedException":        failure(http.StatusBadRequest, "AccessDeniedException"),
		"ResourceNotFoundException":    failure(http.StatusBadRequest, "ResourceNotFoundException"),
		"ValidationException":          failure(http.StatusBadRequest, "ValidationException"),
		"TransactionCanceledException": canceled("TransactionConflict", "ValidationError"),
		"HTTP 403":                     body(http.StatusForbidden, "<html>"+confidential),
	} {
		for operation, call := range calls {
			t.Run(operation+" "+code, func(t *testing.T) {
				t.Parallel()
				p := newPeer(t, fail)
				err := call(t.Context(), p.store(time.Minute))
				if err == nil || errors.Is(err, table.ErrBusy) || errors.Is(err, table.ErrConflict) {
					t.Fatalf("got %v, want an error of its own", err)
				}
				quiet(t, err)
				if text := err.Error(); !strings.Contains(text, code) || !strings.Contains(text, operation) || !strings.Contains(text, "state") {
					t.Errorf("got %q, want the table, %s and %s in it", text, operation, code)
				}
				if known, ok := errors.AsType[smithy.APIError](err); ok && known.ErrorCode() != code {
					t.Errorf("got the code %s, want %s", known.ErrorCode(), code)
				}
				if got, want := len(p.requests()), 1; got != want {
					t.Errorf("got %d requests, want %d", got, want)
				}
			})
		}
	}
}

func TestTransaction_Conflicts(t *testing.T) {
	t.Parallel()
	for _, codes := range [][]string{
		{"ConditionalCheckFailed", "None"},
		{"TransactionConflict", "ConditionalCheckFailed"},
		{"ConditionalCheckFailed", "ThrottlingError"},
	} {
		p := newPeer(t, canceled(codes...))
		err := p.store(time.Minute).Write(t.Context(), create("a"), create("b"))
		if !errors.Is(err, table.ErrConflict) || errors.Is(err, table.ErrBusy) {
			t.Errorf("%v: got %v, want %v", codes, err, table.ErrConflict)
		}
		if got, want := len(p.requests()), 1; got != want {
			t.Errorf("%v: got %d requests, want %d", codes, got, want)
		}
	}
}

func TestPut_AfterAFailedTry(t *testing.T) {
	t.Parallel()
	throttled, internal := passing["throttled"], passing["internal error"]
	for name, tt := range map[string]struct {
		answers []answer
		want    error
	}{
		"its own item is there":                    {[]answer{lost, foundOwn(t)}, nil},
		"its own item is there, after an error":    {[]answer{internal, foundOwn(t)}, nil},
		"another item is there, so nobody knows":   {[]answer{lost, found("other")}, table.ErrBusy},
		"the same after an error":                  {[]answer{internal, throttled, found("other")}, table.ErrBusy},
		"another item is there, the try was none":  {[]answer{throttled, throttled, found("other")}, table.ErrConflict},
		"another item is there from the beginning": {[]answer{found("other")}, table.ErrConflict},
		"nothing is there, where something was":    {[]answer{failure(http.StatusBadRequest, "ConditionalCheckFailedException")}, table.ErrConflict},
		"nothing is there any more, so nobody knows": {
			[]answer{lost, failure(http.StatusBadRequest, "ConditionalCheckFailedException")}, table.ErrBusy,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := newPeer(t, tt.answers...).store(time.Minute).Write(t.Context(), create("a"))
			if !errors.Is(err, tt.want) || errors.Is(err, table.ErrConflict) != errors.Is(tt.want, table.ErrConflict) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			quiet(t, err)
		})
	}
}

// batch answers BatchGetItem with the items of the keys asked for, up to a number, and leaves the others over.
func batch(t *testing.T, most int) answer {
	t.Helper()
	return func(w http.ResponseWriter, r *http.Request, got request) {
		keys := got.field(t, "RequestItems", "state", "Keys").([]any)
		var items, left []string
		for i, key := range keys {
			sort := key.(map[string]any)["sk"].(map[string]any)["S"].(string)
			text := fmt.Sprintf(`"pk":{"S":"room#1"},"sk":{"S":%q}`, sort)
			if i < most {
				items = append(items, fmt.Sprintf(`{%s,"v":{"S":"v"},"d":{"S":"\"%s\""}}`, text, sort))
			} else {
				left = append(left, "{"+text+"}")
			}
		}
		over := "{}"
		if len(left) > 0 {
			over = fmt.Sprintf(`{"state":{"ConsistentRead":true,"Keys":[%s]}}`, strings.Join(left, ","))
		}
		body(http.StatusOK, fmt.Sprintf(`{"Responses":{"state":[%s]},"UnprocessedKeys":%s}`, strings.Join(items, ","), over))(w, r, got)
	}
}

func TestGet_AsksAgainForKeysLeftOver(t *testing.T) {
	t.Parallel()
	p := newPeer(t, batch(t, 1), batch(t, 0), batch(t, 2))
	items, err := p.store(time.Minute).Get(t.Context(), at("a"), at("b"), at("a"), at("c"), at("d"), at("e"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a", "b", "a", "c", "d", "e"} {
		if got := items[i]; string(got.Data) != `"`+want+`"` || got.Key != at(want) {
			t.Errorf("item %d: got %s under %q, want %q", i, got.Data, got.Key, want)
		}
	}
	var counts []int
	for _, received := range p.requests() {
		counts = append(counts, len(received.field(t, "RequestItems", "state", "Keys").([]any)))
		if received.field(t, "RequestItems", "state", "ConsistentRead") != true {
			t.Error("a request for what may be outdated")
		}
	}
	if got, want := fmt.Sprint(counts), "[5 4 4 2]"; got != want {
		t.Errorf("got requests for %s keys, want %s", got, want)
	}
}

func TestGet_KeysLeftOverForEver(t *testing.T) {
	t.Parallel()
	_, err := newPeer(t, batch(t, 0)).store(100*time.Millisecond).Get(t.Context(), at("a"), at("b"))
	if !errors.Is(err, table.ErrBusy) {
		t.Errorf("got %v, want %v", err, table.ErrBusy)
	}
}

func TestReads_AreConsistent(t *testing.T) {
	t.Parallel()
	p := newPeer(t, done)
	store := p.store(time.Minute)
	for _, operation := range []string{"GetItem", "Query"} {
		if err := calls[operation](t.Context(), store); err != nil {
			t.Fatal(err)
		}
	}
	for _, received := range p.requests() {
		if received.field(t, "ConsistentRead") != true {
			t.Errorf("%s asks for what may be outdated", received.Operation)
		}
	}
}

func TestStore_NobodyListens(t *testing.T) {
	t.Parallel()
	store := dynamo.New(dynamo.Options{
		Table: "state", Region: "us-east-1", Endpoint: "http://127.0.0.1:1", Credentials: credentials, Budget: 100 * time.Millisecond,
	})
	for name, call := range calls {
		err := call(t.Context(), store)
		if !errors.Is(err, table.ErrBusy) {
			t.Errorf("%s: got %v, want %v", name, err, table.ErrBusy)
		}
		quiet(t, err)
	}
}

// hang keeps the request until its sender gives up.
func hang(_ http.ResponseWriter, r *http.Request, _ request) { <-r.Context().Done() }

func TestStore_OneTryDoesNotUseUpTheBudget(t *testing.T) {
	t.Parallel()
	p := newPeer(t, hang, done)
	store := dynamo.New(dynamo.Options{
		Table: "state", Region: "us-east-1", Endpoint: p.URL, Credentials: credentials, Budget: 4 * time.Second,
	})
	if _, err := store.Get(t.Context(), at("a")); err != nil {
		t.Errorf("got %v, want the second try's answer", err)
	}
}

func TestStore_CallersContextEnds(t *testing.T) {
	t.Parallel()
	for operation, call := range calls {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			p := newPeer(t, func(_ http.ResponseWriter, r *http.Request, _ request) {
				cancel()
				<-r.Context().Done()
			})
			err := call(ctx, p.store(time.Minute))
			if !errors.Is(err, context.Canceled) || errors.Is(err, table.ErrBusy) {
				t.Errorf("canceled: got %v, want %v alone", err, context.Canceled)
			}
			quiet(t, err)

			ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			err = call(ctx, newPeer(t, hang).store(time.Minute))
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, table.ErrBusy) {
				t.Errorf("deadline: got %v, want %v and %v", err, context.DeadlineExceeded, table.ErrBusy)
			}
			quiet(t, err)
		})
	}
}

// A caller that gives up while a try is being repeated does not wait for the pause to end.
func TestStore_CallersContextEndsBetweenTries(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var tries atomic.Int32
	throttle := passing["throttled"]
	p := newPeer(t, func(w http.ResponseWriter, r *http.Request, got request) {
		if tries.Add(1) == 3 {
			cancel()
		}
		throttle(w, r, got)
	})
	err := p.store(time.Minute).Write(ctx, create("a"))
	if !errors.Is(err, context.Canceled) || errors.Is(err, table.ErrBusy) {
		t.Errorf("got %v, want %v alone", err, context.Canceled)
	}
}

func TestReads_ItemsThatAreNotOurs(t *testing.T) {
	t.Parallel()
	const item = `{"pk":{"S":"room#1"},"sk":{"S":"a"},"v":{"N":"1"},"d":{"S":"` + confidential + `"}}`
	for operation, text := range map[string]string{
		"GetItem":      `{"Item":` + item + `}`,
		"BatchGetItem": `{"Responses":{"state":[` + item + `]}}`,
		"Query":        `{"Items":[` + item + `]}`,
	} {
		err := calls[operation](t.Context(), newPeer(t, body(http.StatusOK, text)).store(time.Minute))
		if err == nil || errors.Is(err, table.ErrBusy) || errors.Is(err, table.ErrConflict) {
			t.Errorf("%s: got %v, want an error of its own", operation, err)
		}
		quiet(t, err)
	}
}
