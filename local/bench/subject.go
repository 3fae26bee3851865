package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gavel/local/runtimeapi"
)

// subject is a built function, or the bare handler, and what was measured of it.
type subject struct {
	function
	binary     string
	binarySize int64
	zipSize    int64 // zero if not asked for

	cold, bareCold starts  // of the function, and of the bare handler in turns with it
	warm, bareWarm samples // later calls, likewise
	roundTrips     samples // upstream requests of the probe, likewise

	requests int64         // upstream requests seen during warm
	busy     time.Duration // and the time the upstream took for them

	err error // why it is measured no further
}

// coldStart is what was measured of one process.
type coldStart struct {
	init  time.Duration // from starting the process to its asking for an event
	first time.Duration // the first call, zero if there was none
}

// starts are the same for several processes.
type starts struct{ init, first samples }

func (s *starts) add(c coldStart) {
	s.init = append(s.init, c.init)
	if c.first > 0 {
		s.first = append(s.first, c.first)
	}
}

// start runs the function until it asks for its first event.
func (s *subject) start(ctx context.Context, env []string) (*runtimeapi.Process, error) {
	name := strings.ReplaceAll(s.name, "/", "-") // as Lambda allows no slash
	env = append([]string{"AWS_LAMBDA_FUNCTION_NAME=" + name}, env...)
	return runtimeapi.Start(ctx, runtimeapi.Config{Binary: s.binary, Env: env})
}

// startOnce starts the function, calls it once if there is an event, and stops it.
func (s *subject) startOnce(ctx context.Context, env []string, event []byte) (_ coldStart, err error) {
	p, err := s.start(ctx, env)
	if err != nil {
		return coldStart{}, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	measured := coldStart{init: p.InitDuration()}
	if event != nil {
		measured.first, err = call(ctx, p, event)
	}
	return measured, err
}

// call invokes the function and returns how long it took, or an error if it did not answer with success.
func call(ctx context.Context, p *runtimeapi.Process, event []byte) (time.Duration, error) {
	result, err := p.Invoke(ctx, event)
	if err != nil {
		return 0, err
	}
	if result.FunctionError != nil {
		return 0, fmt.Errorf("%w\n%s", result.FunctionError, p.Logs())
	}
	if err := checkStatus(result.Payload); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, p.Logs())
	}
	return result.Duration, nil
}

// checkStatus returns an error unless the answer is a success or a redirection. An answer without status is a 200 to
// an HTTP API, see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func checkStatus(payload []byte) error {
	var answer struct {
		StatusCode *int   `json:"statusCode"`
		Body       string `json:"body"`
	}
	if err := json.Unmarshal(payload, &answer); err != nil {
		return fmt.Errorf("answer is no JSON object: %w: %.200q", err, payload)
	}
	if status := answer.StatusCode; status != nil && (*status < 200 || *status > 399) {
		return fmt.Errorf("answered with status %d: %.200q", *status, answer.Body)
	}
	return nil
}
