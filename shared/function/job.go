package function

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"gavel/shared/audit"
	"gavel/shared/logs"
)

// Run runs a job that is no operation of the API: something that EventBridge calls with an event.
// Each run writes one line to the log. An error has EventBridge call again.
func Run[I any](f *Function, name string, job func(ctx context.Context, event I) error) {
	lambda.Start(func(ctx context.Context, event I) error {
		if f.fault != nil {
			return f.fault
		}
		if call, ok := lambdacontext.FromContext(ctx); ok {
			ctx = logs.WithRequestID(ctx, call.AwsRequestID)
		}
		start := time.Now()
		ctx, line := logs.WithLine(audit.WithCall(ctx, audit.Call{Operation: name}))
		err := job(ctx, event)
		if err != nil {
			logs.Add(ctx, slog.Any("error", err))
		}
		line.Write(ctx, slog.String("operation", name), slog.Bool("ok", err == nil),
			slog.Float64("durationMs", float64(time.Since(start).Microseconds())/1000))
		return err
	})
}
