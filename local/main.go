// Command local runs the whole bundle in one process on this machine, with sandbox providers in
// place of the meeting systems. `make run` starts it.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"gavel/local/server"
	"gavel/shared/logs"
)

func main() {
	slog.SetDefault(logs.New(os.Stderr, os.Getenv("GAVEL_LOG_LEVEL")))
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gavel:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := server.Start(ctx, server.Options{Getenv: os.Getenv})
	if err != nil {
		return err
	}
	s.Greet(os.Stdout)
	return s.Wait(ctx)
}
