// Package function is what the main of every Lambda function has in common.
package function

import (
	"log/slog"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/apigw"
	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/idempotency"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/secrets"
	"gavel/shared/table"
)

// Function is a Lambda function's surroundings, made once when the process starts.
type Function struct {
	Config  config.Config
	Secrets secrets.Source

	fault    error
	keeper   *idempotency.Keeper
	recorder *audit.Recorder
}

// New reads the settings and makes ready to fetch secrets; none is fetched yet. needs names the
// settings that have no default and must be set for this function. With bad settings the function
// starts all the same and says in every answer what is wrong: one that dies at its start tells the
// caller nothing.
func New(needs ...string) *Function {
	settings, err := config.Load(os.Getenv)
	if err == nil {
		err = config.Require(os.Getenv, needs...)
	}
	slog.SetDefault(logs.New(os.Stderr, settings.LogLevel))
	if err != nil {
		slog.Error("bad settings", "error", err)
	}
	return &Function{Config: settings, Secrets: secrets.Configured(settings), fault: err}
}

// KeepAnswers has the answers to requests with an Idempotency-Key kept in a store, which is opened when the first comes.
// Without a table such requests are refused.
func (f *Function) KeepAnswers(open func() table.Store) {
	if f.Config.Table != "" {
		f.keeper = idempotency.New(open, clock.Now)
	}
}

// KeepEvents has the events of commands written to a store, which is opened when there is the first. Without a table
// commands are carried out all the same, and the log says of each that it has no event.
func (f *Function) KeepEvents(open func() table.Store) {
	if f.Config.Table != "" {
		f.recorder = audit.NewRecorder(open, audit.Configured(f.Config), clock.Now)
	}
}

// Serve runs the operation that register adds, until Lambda ends the process.
func (f *Function) Serve(register func(huma.API)) {
	mux := http.NewServeMux()
	register(api.New(mux))
	handler := api.Tell(f.recorder, api.Handler(mux))
	if f.keeper != nil {
		handler = api.Remember(f.keeper, handler)
	}
	if f.fault != nil {
		handler = api.Unable(*notConfigured(f.fault))
	}
	lambda.Start(apigw.Adapt(handler))
}

// Authorize runs the authorizer, until Lambda ends the process. With bad settings it lets nobody in.
func (f *Function) Authorize() {
	if f.fault != nil {
		lambda.Start(apigw.Unable(notConfigured(f.fault)))
		return
	}
	lambda.Start(apigw.Authorizer(auth.Configured(f.Config, f.Secrets)))
}

func notConfigured(fault error) *problem.Problem {
	return problem.New(http.StatusServiceUnavailable, problem.NotConfigured, fault.Error())
}
