// Package runtimeapi runs a built Lambda function on this machine. It plays the Lambda service: it starts the
// function's bootstrap binary as a child process, serves it the Lambda Runtime API, hands it events one at a time and
// gives back what it answers, together with the times the function took.
//
//	p, err := runtimeapi.Start(ctx, runtimeapi.Config{Binary: "build/bootstrap"})
//	defer p.Close()
//	result, err := p.Invoke(ctx, event)
//
// What it emulates is described at https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. It does not
// emulate the share of a CPU or the memory limit a function has in Lambda, nor does it start a second process when
// the first one ended: a Process that died stays dead.
package runtimeapi

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// defaultTimeout is the longest an HTTP API waits for its function.
const defaultTimeout = 30 * time.Second

// ErrTimeout is returned by Invoke when the function ran past its deadline. As in Lambda, its process is killed.
var ErrTimeout = errors.New("runtimeapi: function timed out")

// ErrInitTimeout is returned by Start when the function did not ask for its first event within ten seconds, which is
// what Lambda grants the init phase.
var ErrInitTimeout = errors.New("runtimeapi: init timed out")

// Config says which function to run and with what.
type Config struct {
	// Binary is the built function, named bootstrap by convention. Its folder becomes LAMBDA_TASK_ROOT and the working
	// directory of the process.
	Binary string

	// Env holds NAME=value pairs that are added to the variables Lambda sets, or replace them: with
	// AWS_LAMBDA_FUNCTION_NAME and AWS_REGION the function's ARN changes too. Of this process's own environment the
	// function sees PATH and TMPDIR only.
	Env []string

	// Timeout is the function's timeout, thirty seconds if zero. It decides the deadline of each invocation.
	Timeout time.Duration
}

// withDefaults returns the configuration with an absolute path, as the process starts in another directory.
func (c Config) withDefaults() (Config, error) {
	binary, err := filepath.Abs(c.Binary)
	if err != nil {
		return c, fmt.Errorf("runtimeapi: locate binary: %w", err)
	}
	c.Binary = binary
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	return c, nil
}

// Result is the outcome of one invocation that the function answered.
type Result struct {
	// Payload is what the function sent: its answer or, with FunctionError set, the error document.
	Payload []byte

	// FunctionError is set if the function answered with an error, panicked or sent too large an answer.
	FunctionError *FunctionError

	// Duration runs from handing the event to the function until its whole answer has arrived.
	Duration time.Duration

	// Trace is the X-Ray tracing header that the function was given with the event.
	Trace string
}

// FunctionError is an error that the function itself reported, during init or for one invocation.
type FunctionError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// Error returns type and message in one line.
func (e *FunctionError) Error() string {
	return fmt.Sprintf("function error %s: %s", e.Type, e.Message)
}

// ExitError reports that the function's process ended while it was expected to finish its init or an invocation.
type ExitError struct {
	Phase  string // "init" or "invocation"
	Status string // as in "exit status 1" or "signal: killed"
	Logs   string // what the process had written
}

// Error returns phase and status, followed by the output of the process on lines of its own.
func (e *ExitError) Error() string {
	return fmt.Sprintf("runtimeapi: process ended during %s: %s%s", e.Phase, e.Status, indented(e.Logs))
}
