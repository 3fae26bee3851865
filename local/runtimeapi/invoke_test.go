package runtimeapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/runtimeapi"
)

func TestInvoke_FunctionErrorIsPartOfTheResult(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{})
	result, err := p.Invoke(t.Context(), event("fail", "no such room"))
	if err != nil {
		t.Fatal(err)
	}
	want := runtimeapi.FunctionError{Type: "errorString", Message: "no such room"}
	if result.FunctionError == nil || *result.FunctionError != want {
		t.Errorf("got %+v, want %+v", result.FunctionError, want)
	}
	if !strings.Contains(string(result.Payload), "no such room") {
		t.Errorf("payload %s lacks the message", result.Payload)
	}
	invokeEcho(t, p, "still alive")
}

func TestInvoke_PanicIsReportedThenTheProcessIsGone(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{})
	result, err := p.Invoke(t.Context(), event("panic", "oh no"))
	if err != nil {
		t.Fatal(err)
	}
	if result.FunctionError == nil || result.FunctionError.Message != "oh no" {
		t.Errorf("got %+v, want the panic's message", result.FunctionError)
	}
	var exit *runtimeapi.ExitError
	if _, err := p.Invoke(t.Context(), event("echo", "")); !errors.As(err, &exit) {
		t.Errorf("got %v, want an ExitError", err)
	}
}

func TestInvoke_ExitMidInvocation(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{})
	_, err := p.Invoke(t.Context(), event("exit", ""))
	var exit *runtimeapi.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("got %v, want an ExitError", err)
	}
	want := runtimeapi.ExitError{Phase: "invocation", Status: "exit status 3", Logs: "leaving\n"}
	if *exit != want {
		t.Errorf("got %+v, want %+v", *exit, want)
	}
}

func TestInvoke_TooLargeAnswer(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{})
	result, err := p.Invoke(t.Context(), event("big", ""))
	if err != nil {
		t.Fatal(err)
	}
	if got := result.FunctionError; got == nil || got.Type != "Function.ResponseSizeTooLarge" {
		t.Errorf("got %+v, want Function.ResponseSizeTooLarge", got)
	}
}

func TestInvoke_AnswerThatBreaksOff(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{})
	result, err := p.Invoke(t.Context(), event("break", ""))
	if err != nil {
		t.Fatal(err)
	}
	if got := result.FunctionError; got == nil || got.Message != "source went away" {
		t.Errorf("got %+v, want the error of the reader", got)
	}
}

func TestInvoke_TimeoutKillsTheProcess(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{Timeout: 50 * time.Millisecond})
	if _, err := p.Invoke(t.Context(), event("hang", "")); !errors.Is(err, runtimeapi.ErrTimeout) {
		t.Errorf("got %v, want %v", err, runtimeapi.ErrTimeout)
	}
	var exit *runtimeapi.ExitError
	if _, err := p.Invoke(t.Context(), event("echo", "")); !errors.As(err, &exit) {
		t.Errorf("got %v, want an ExitError", err)
	}
}

func TestInvoke_CallerGivesUp(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Invoke(ctx, event("hang", "")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestInvoke_TellsTheFunctionAboutItsInvocation(t *testing.T) {
	t.Parallel()
	const timeout = 7 * time.Second
	p := startEcho(t, runtimeapi.Config{Timeout: timeout})
	before := time.Now()
	first, result := invokeEcho(t, p, "hello")
	after := time.Now()
	second, _ := invokeEcho(t, p, "again")

	if first.Text != "hello" || second.Text != "again" {
		t.Errorf("got texts %q and %q", first.Text, second.Text)
	}
	// The header counts whole milliseconds.
	earliest, latest := before.Add(timeout).Truncate(time.Millisecond), after.Add(timeout)
	if first.Deadline.Before(earliest) || first.Deadline.After(latest) {
		t.Errorf("got deadline %v, want %v to %v", first.Deadline, earliest, latest)
	}
	if len(first.RequestID) != 36 || first.RequestID == second.RequestID {
		t.Errorf("got request ids %q and %q, want two UUIDs", first.RequestID, second.RequestID)
	}
	if !strings.HasPrefix(first.TraceID, "Root=1-") {
		t.Errorf("got trace id %q", first.TraceID)
	}
	if result.Duration <= 0 || result.Duration > after.Sub(before) {
		t.Errorf("got duration %v, want at most %v", result.Duration, after.Sub(before))
	}
}

func TestInvoke_ConcurrentCallersTakeTurns(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			text := fmt.Sprint("caller ", i)
			result, err := p.Invoke(t.Context(), event("echo", text))
			if err != nil || !strings.Contains(string(result.Payload), text) {
				t.Errorf("%s: got %s, %v", text, result.Payload, err)
			}
		})
	}
	wg.Wait()
}

func TestLogs_HoldBothStreams(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{})
	if _, err := p.Invoke(t.Context(), event("log", "here")); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil { // the pipe is read by then
		t.Fatal(err)
	}
	if got, want := p.Logs(), "out here\nerr here\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
