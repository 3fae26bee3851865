package runtimeapi_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/local/runtimeapi"
)

func TestStart_ExitInInitTellsStatusAndOutput(t *testing.T) {
	t.Parallel()
	_, err := runtimeapi.Start(t.Context(), runtimeapi.Config{Binary: echoBinary, Env: []string{"ECHO_INIT=exit"}})
	var exit *runtimeapi.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("got %v, want an ExitError", err)
	}
	want := runtimeapi.ExitError{Phase: "init", Status: "exit status 4", Logs: "no configuration\n"}
	if *exit != want {
		t.Errorf("got %+v, want %+v", *exit, want)
	}
}

func TestStart_ReportedInitErrorIsReturned(t *testing.T) {
	t.Parallel()
	_, err := runtimeapi.Start(t.Context(), runtimeapi.Config{Binary: echoBinary, Env: []string{"ECHO_INIT=report"}})
	var reported *runtimeapi.FunctionError
	if !errors.As(err, &reported) {
		t.Fatalf("got %v, want a FunctionError", err)
	}
	want := runtimeapi.FunctionError{Type: "Config.Missing", Message: "no secret"}
	if *reported != want {
		t.Errorf("got %+v, want %+v", *reported, want)
	}
}

func TestStart_ContextBoundsInit(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := runtimeapi.Start(ctx, runtimeapi.Config{Binary: echoBinary, Env: []string{"ECHO_INIT=hang"}})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestStart_MissingBinary(t *testing.T) {
	t.Parallel()
	_, err := runtimeapi.Start(t.Context(), runtimeapi.Config{Binary: filepath.Join(t.TempDir(), "bootstrap")})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want %v", err, os.ErrNotExist)
	}
}

func TestStart_MeasuresInit(t *testing.T) {
	t.Parallel()
	before := time.Now()
	p := startEcho(t, runtimeapi.Config{})
	if got, limit := p.InitDuration(), time.Since(before); got <= 0 || got > limit {
		t.Errorf("init took %v, want more than 0 and at most %v", got, limit)
	}
}

func TestStart_EnvironmentIsLambdas(t *testing.T) {
	t.Setenv("HOME", "/home/developer")
	t.Setenv("RUNTIMEAPI_TEST_SECRET", "of the parent")
	p := startEcho(t, runtimeapi.Config{Env: []string{
		"GREETING=hello", "AWS_LAMBDA_FUNCTION_NAME=echo", "AWS_REGION=eu-west-1", "AWS_LAMBDA_RUNTIME_API=nowhere",
	}})
	got, _ := invokeEcho(t, p, "")
	for _, want := range []string{
		"GREETING=hello",
		"AWS_LAMBDA_FUNCTION_NAME=echo",
		"AWS_REGION=eu-west-1",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/echo",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512",
		"LAMBDA_TASK_ROOT=" + filepath.Dir(echoBinary),
		"_HANDLER=bootstrap",
		"PATH=" + os.Getenv("PATH"),
	} {
		if !slices.Contains(got.Env, want) {
			t.Errorf("environment lacks %s:\n%s", want, strings.Join(got.Env, "\n"))
		}
	}
	for _, pair := range got.Env {
		if strings.HasPrefix(pair, "HOME=") || strings.HasPrefix(pair, "RUNTIMEAPI_TEST_SECRET=") {
			t.Errorf("environment has %s", pair)
		}
	}
	if want := "arn:aws:lambda:eu-west-1:123456789012:function:echo"; got.ARN != want {
		t.Errorf("got ARN %s, want %s", got.ARN, want)
	}
}

func TestClose_KillsProcessThatIgnoresSIGTERM(t *testing.T) {
	t.Parallel()
	p := startEcho(t, runtimeapi.Config{Env: []string{"ECHO_INIT=stubborn"}})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := p.Invoke(t.Context(), event("echo", ""))
	var exit *runtimeapi.ExitError
	if !errors.As(err, &exit) || exit.Status != "signal: killed" {
		t.Errorf("got %v, want a process ended by SIGKILL", err)
	}
}

// This test is not parallel, as it counts the goroutines of the whole process.
func TestClose_LeavesNoGoroutine(t *testing.T) { //nolint:paralleltest // it counts the goroutines of the whole process
	before := runtime.NumGoroutine()
	for range 5 {
		p := startEcho(t, runtimeapi.Config{})
		invokeEcho(t, p, "")
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// A goroutine whose last statement has run may still be counted for a moment.
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if after := runtime.NumGoroutine(); after > before {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines, want %d:\n%s", after, before, stacks[:runtime.Stack(stacks, true)])
	}
}
