package function

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"gavel/shared/apigw"
	"gavel/shared/audit"
	"gavel/shared/logs"
	"gavel/shared/problem"
)

// amiss has what an operator has to mend logged once, and not with each run.
//
//nolint:gochecknoglobals // it is of the process, like the log
var amiss logs.Once

// Run runs a job that is no operation of the API: something that EventBridge calls with an event.
// Each run writes one line to the log. An error has EventBridge call again.
func Run[I any](f *Function, name string, job func(ctx context.Context, event I) error) {
	lambda.Start(func(ctx context.Context, event I) error {
		_, err := run(ctx, f, name, event, func(ctx context.Context, event I) (struct{}, error) {
			return struct{}{}, job(ctx, event)
		})
		return err
	})
}

// Respond runs a job that answers whoever calls it. Otherwise it is as Run.
func Respond[I, O any](f *Function, name string, job func(ctx context.Context, event I) (O, error)) {
	lambda.Start(func(ctx context.Context, event I) (O, error) { return run(ctx, f, name, event, job) })
}

func run[I, O any](ctx context.Context, f *Function, name string, event I, job func(context.Context, I) (O, error)) (answer O, err error) {
	if f.fault != nil {
		return answer, f.fault
	}
	ctx, cancel := apigw.InTime(ctx)
	defer cancel()
	if call, ok := lambdacontext.FromContext(ctx); ok {
		ctx = logs.WithRequestID(ctx, call.AwsRequestID)
	}
	start := time.Now()
	ctx, line := logs.WithLine(audit.WithCall(ctx, audit.Call{Operation: name}))
	answer, err = job(ctx, event)
	switch {
	case err == nil:
	case amiss.Unusable(ctx, err):
		logs.Add(ctx, slog.String("code", string(problem.NotConfigured)))
	default:
		logs.Add(ctx, slog.Any("error", err))
	}
	line.Write(ctx, slog.String("operation", name), slog.Bool("ok", err == nil),
		slog.Float64("durationMs", float64(time.Since(start).Microseconds())/1000))
	return answer, err
}
