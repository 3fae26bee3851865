package schedule_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/smithy-go"
)

func TestSetEnd_Fails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers  []http.HandlerFunc
		want     any    // what the error wraps
		requests string // that were made
	}{
		"not let in": {
			[]http.HandlerFunc{refuse(403, "AccessDeniedException")}, new(smithy.APIError), "POST",
		},
		"not let in to update": {
			[]http.HandlerFunc{conflict, refuse(403, "AccessDeniedException")}, new(smithy.APIError), "POST PUT",
		},
		"not valid":   {[]http.HandlerFunc{refuse(400, "ValidationException")}, new(*types.ValidationException), "POST"},
		"no group":    {[]http.HandlerFunc{gone}, new(*types.ResourceNotFoundException), "POST"},
		"down":        {[]http.HandlerFunc{broken}, new(*types.InternalServerException), "POST POST POST POST"},
		"too busy":    {[]http.HandlerFunc{throttled}, new(*types.ThrottlingException), "POST POST POST POST"},
		"a gateway":   {[]http.HandlerFunc{answer(503, "<html>")}, new(*smithy.OperationError), "POST POST POST POST"},
		"it hangs":    {[]http.HandlerFunc{hang}, new(*smithy.CanceledError), "POST"},
		"it breaks":   {[]http.HandlerFunc{breakOff}, new(*smithy.OperationError), "POST POST POST POST"},
		"in conflict": {[]http.HandlerFunc{conflict}, new(*types.ConflictException), "POST PUT PUT PUT PUT"},
		"never there, never gone": {
			[]http.HandlerFunc{conflict, gone, conflict, gone, conflict, gone, conflict},
			new(*types.ResourceNotFoundException), "POST PUT POST PUT POST PUT",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, tt.answers...)
				began := time.Now()
				err := s.SetEnd(t.Context(), room, start.Add(time.Hour))
				if !errors.As(err, tt.want) {
					t.Errorf("got error %v, want one that wraps %T", err, tt.want)
				}
				if got := s.methods(); got != tt.requests {
					t.Errorf("got requests %s, want %s", got, tt.requests)
				}
				if took, want := time.Since(began), 3*time.Second; took > want {
					t.Errorf("got the error after %s, want it within %s", took, want)
				}
			})
		})
	}
}

func TestSetEnd_KeepsTheCallersDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, hang)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := s.SetEnd(ctx, room, start); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got error %v, want %v", err, context.DeadlineExceeded)
		}
		if got, want := time.Since(began), time.Second; got != want {
			t.Errorf("got the error after %s, want %s", got, want)
		}
	})
}

func TestSetEnd_ReplacesWhatIsThere(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers  []http.HandlerFunc
		requests string
	}{
		"nothing":                     {[]http.HandlerFunc{done}, "POST"},
		"another schedule":            {[]http.HandlerFunc{conflict, done}, "POST PUT"},
		"one that runs meanwhile":     {[]http.HandlerFunc{conflict, gone, done}, "POST PUT POST"},
		"one that is being updated":   {[]http.HandlerFunc{conflict, conflict, done}, "POST PUT PUT"},
		"one after another meanwhile": {[]http.HandlerFunc{conflict, gone, conflict, done}, "POST PUT POST PUT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, tt.answers...)
				if err := s.SetEnd(t.Context(), room, start.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
				if got := s.methods(); got != tt.requests {
					t.Errorf("got requests %s, want %s", got, tt.requests)
				}
				sameSchedule(t, s.requests())
			})
		})
	}
}

// sameSchedule checks that all requests describe the same schedule: what an update leaves out
// would go back to its default.
func sameSchedule(t *testing.T, requests []request) {
	t.Helper()
	want := map[string]any{
		"GroupName":                  "gavel-rooms",
		"ScheduleExpression":         "at(2000-01-01T01:00:00)",
		"ScheduleExpressionTimezone": "UTC",
		"FlexibleTimeWindow":         map[string]any{"Mode": "OFF"},
		"ActionAfterCompletion":      "DELETE",
		"Target": map[string]any{
			"Arn":              "arn:aws:lambda:eu-central-1:123456789012:function:end-room",
			"RoleArn":          "arn:aws:iam::123456789012:role/end-room",
			"Input":            `{"room_id":"` + room + `"}`,
			"RetryPolicy":      map[string]any{"MaximumEventAgeInSeconds": 3600.0, "MaximumRetryAttempts": 5.0},
			"DeadLetterConfig": map[string]any{"Arn": "arn:aws:sqs:eu-central-1:123456789012:failed"},
		},
	}
	for i, r := range requests {
		got := maps.Clone(r.Body)
		delete(got, "ClientToken")
		if !reflect.DeepEqual(got, want) {
			t.Errorf("request %d: got %v, want %v", i, got, want)
		}
		if want := "/schedules/end-" + room; r.Path != want {
			t.Errorf("request %d: got path %s, want %s", i, r.Path, want)
		}
	}
}

func TestSetEnd_TriesAgainAsTheSameRequest(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]http.HandlerFunc{
		"throttled": throttled, "broken": broken, "broken off": breakOff, "a gateway": answer(502, "<html>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, first, first, done)
				if err := s.SetEnd(t.Context(), room, start.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
				requests := s.requests()
				if got, want := s.methods(), "POST POST POST"; got != want {
					t.Fatalf("got requests %s, want %s", got, want)
				}
				sameSchedule(t, requests)
				if token := requests[0].token(); token == "" || token != requests[1].token() || token != requests[2].token() {
					t.Errorf("got tokens %q, %q, %q, want the same", token, requests[1].token(), requests[2].token())
				}
			})
		})
	}
}

// A token would have the service answer as it did to the request that first came with it.
func TestSetEnd_EachRequestHasItsOwnToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, conflict, gone, done)
		for range 2 {
			if err := s.SetEnd(t.Context(), room, start); err != nil {
				t.Fatal(err)
			}
		}
		seen := map[string]bool{"": true}
		for i, r := range s.requests() {
			if seen[r.token()] {
				t.Errorf("request %d: got token %q, want one of its own", i, r.token())
			}
			seen[r.token()] = true
		}
	})
}

func TestSetEnd_Time(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ at, now, want string }{
		"whole":                 {"2099-01-05T10:30:00Z", "2026-11-22T09:00:00Z", "at(2099-01-05T10:30:00)"},
		"rounded up":            {"2026-11-22T09:59:59.000000001Z", "2026-11-22T09:00:00Z", "at(2026-11-22T10:00:00)"},
		"in UTC":                {"2026-11-22T10:30:00+05:30", "2026-11-22T01:00:00Z", "at(2026-11-22T05:00:00)"},
		"just far enough ahead": {"2026-11-22T09:00:05Z", "2026-11-22T09:00:00Z", "at(2026-11-22T09:00:05)"},
		"too soon":              {"2026-11-22T09:00:04Z", "2026-11-22T09:00:00Z", "at(2026-11-22T09:00:05)"},
		"too soon, rounded up":  {"2026-11-22T09:00:04Z", "2026-11-22T09:00:00.25Z", "at(2026-11-22T09:00:06)"},
		"past":                  {"2025-01-01T00:00:00Z", "2026-11-22T09:00:00Z", "at(2026-11-22T09:00:05)"},
		"zero":                  {"0001-01-01T00:00:00Z", "2026-11-22T23:59:58Z", "at(2026-11-23T00:00:03)"},
		"now not in UTC":        {"2025-01-01T00:00:00Z", "2026-11-22T10:00:00+01:00", "at(2026-11-22T09:00:05)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				opt, now := options(), parse(t, tt.now)
				opt.Now = func() time.Time { return now }
				s := serveFor(t, opt, done)
				if err := s.SetEnd(t.Context(), room, parse(t, tt.at)); err != nil {
					t.Fatal(err)
				}
				if got := s.requests()[0].Body["ScheduleExpression"]; got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			})
		})
	}
}

func TestSetEnd_LooksAtTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, done)
		if err := s.SetEnd(t.Context(), room, start); err != nil {
			t.Fatal(err)
		}
		if got, want := s.requests()[0].Body["ScheduleExpression"], "at(2000-01-01T00:00:05)"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestSetEnd_WithoutDeadLetters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		opt := options()
		opt.DeadLetterARN = ""
		s := serveFor(t, opt, done)
		if err := s.SetEnd(t.Context(), room, start); err != nil {
			t.Fatal(err)
		}
		target, _ := s.requests()[0].Body["Target"].(map[string]any)
		if got, there := target["DeadLetterConfig"]; there || target["Arn"] == nil {
			t.Errorf("got target %v with dead letters %v, want none", target, got)
		}
	})
}

func parse(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// The sample event is what the schedule hands over.
func TestSetEnd_HandsOverTheSampleEvent(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "events", "system", "end-room.json"))
	if err != nil {
		t.Fatal(err)
	}
	var sample bytes.Buffer
	if err := json.Compact(&sample, text); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, done)
		if err := s.SetEnd(t.Context(), room, start); err != nil {
			t.Fatal(err)
		}
		target, _ := s.requests()[0].Body["Target"].(map[string]any)
		if got, want := target["Input"], sample.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
