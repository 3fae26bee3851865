// Command sam is for functions that run in containers on this machine, as `sam local` has them do.
//
//	go run ./local/sam serve   runs the local server where containers reach it, with AWS emulated behind it
//	go run ./local/sam check   has `sam local invoke` run every sample event, and compares with the answers of this process
//
// `make run-sam` and `make sam-local` start them. The environment file of the functions is local/sam/env.json.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"gavel/shared/logs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sam:", err)
		os.Exit(1) //nolint:gocritic // what is deferred ends with the process
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 1 && args[0] == "serve" {
		slog.SetDefault(logs.New(os.Stderr, os.Getenv("GAVEL_LOG_LEVEL")))
		return serve(ctx)
	}
	if len(args) == 1 && args[0] == "check" {
		slog.SetDefault(slog.New(slog.DiscardHandler)) // the answers are what counts
		return check(ctx)
	}
	return errors.New("say serve or check")
}
