// Command bench measures what the functions of this project cost beside a bare handler: the time to start, the time
// per call and the size.
//
//	go run ./local/bench [-n 20] [-warm 500] [-only regexp] [-zip=false] [-json]
//
// It builds every function below functions, with the flags used for deployment, and runs each of them many times
// against an emulated Lambda Runtime API. Each is fed the sample event of its name below events. The numbers compare
// functions on one machine; those in Lambda, where a function has part of a slower CPU, are higher.
//
// Being over a budget is no failure. The command fails if a function does, by not starting or by answering with
// another status than 2xx or 3xx.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	root string
	only *regexp.Regexp
	runs int
	warm int
	zip  bool
	json bool
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.root, "root", ".", "folder that holds functions and events")
	flags.IntVar(&o.runs, "n", 20, "starts of each function")
	flags.IntVar(&o.warm, "warm", 500, "warm calls of each function")
	flags.BoolVar(&o.zip, "zip", true, "build for arm64 as well and report the size of the archive")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	only := flags.String("only", "", "measure functions whose name matches this regular expression")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.runs < 1 || o.warm < 1 {
		return o, errors.New("-n and -warm must be at least 1")
	}
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("-only: %w", err)
	}
	return o, nil
}

func command(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	surroundings, err := newSurroundings(ctx)
	if err != nil {
		return err
	}
	defer surroundings.Close()
	report, err := run(ctx, o, surroundings, stderr)
	if err != nil {
		return err
	}
	if err := write(stdout, o, report); err != nil {
		return err
	}
	if n := len(report.Broken); n > 0 {
		return fmt.Errorf("%d of %d functions broke", n, len(report.Functions))
	}
	return nil
}

func write(w io.Writer, o options, report Report) error {
	if !o.json {
		return printReport(w, report)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(report)
}
