package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"gavel/local/runtimeapi"
)

// startProbe runs the function that times one upstream request. It sees what the functions see, so that an upstream
// whose certificate they trust is trusted by the probe too.
func startProbe(ctx context.Context, binary string, around Surroundings) (*runtimeapi.Process, error) {
	env := append([]string{"PROBE_URL=" + around.ProbeURL}, around.Env...)
	return runtimeapi.Start(ctx, runtimeapi.Config{Binary: binary, Env: env})
}

// roundTrip returns the time the probe needed for one upstream request. It is given the same event as
// the others, though it does nothing with it.
func roundTrip(ctx context.Context, probe *runtimeapi.Process, event []byte) (time.Duration, error) {
	result, err := probe.Invoke(ctx, event)
	if err != nil {
		return 0, err
	}
	if result.FunctionError != nil {
		return 0, result.FunctionError
	}
	if err := checkStatus(result.Payload); err != nil {
		return 0, err
	}
	var answer struct {
		Body string `json:"body"`
	}
	if err := json.Unmarshal(result.Payload, &answer); err != nil {
		return 0, err
	}
	nanoseconds, err := strconv.ParseInt(answer.Body, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the time: %w", err)
	}
	return time.Duration(nanoseconds), nil
}
