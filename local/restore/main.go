// Command restore copies what is missing in the stack's table from another one, which was restored from a backup:
//
//	go run ./local/restore -from gavel-restored -to gavel-StateTable-1ABC
//
// It says what it would do; with -yes it does it. It can be interrupted and repeated.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"gavel/local/awsaccount"
	"gavel/shared/clock"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, surroundings{out: os.Stdout, now: clock.Now, aws: awsaccount.Load}, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "restore:", err)
		os.Exit(1)
	}
}

// surroundings are what the command finds around it.
type surroundings struct {
	out io.Writer
	now func() time.Time
	aws func(ctx context.Context, region, profile string) (aws.Config, error)
}

const usage = `Copies items from a table that was restored from a backup into the stack's table. Give

  -from gavel-restored        the table that was restored
  -to gavel-StateTable-1ABC   the stack's table, its output StateTable

Only what is not there is written, and nothing of a room that has changed since. It says what it would write, and writes it with -yes.
Who was inside a meeting then (sessions#, present#, guest#) is left out unless a -prefix names it: they may have left since.

  -prefix 'room#<id>'   only partitions that begin so; may be given several times
  -without 'audit#'     none of these, in the same way
  -overwrite            also what is there in another version, and of rooms that have changed; only with -prefix
  -segments 8           how many parts of the table are read at once
  -region …, -profile … as AWS's own tools have them

It can be interrupted and repeated. Keys and contents are not printed.
`

// tries are those of one request: what is throttled goes on for minutes, as the pauses between tries grow to 20 seconds.
const tries = 20

func run(ctx context.Context, s surroundings, args []string) error {
	var c copier
	var region, profile string
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&c.from, "from", "", "")
	flags.StringVar(&c.to, "to", "", "")
	flags.Var(&c.only, "prefix", "")
	flags.Var(&c.without, "without", "")
	flags.BoolVar(&c.overwrite, "overwrite", false, "")
	flags.BoolVar(&c.write, "yes", false, "")
	flags.IntVar(&c.segments, "segments", 8, "")
	flags.StringVar(&region, "region", "", "")
	flags.StringVar(&profile, "profile", "", "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp), err == nil && len(args) == 0:
		_, err = io.WriteString(s.out, usage)
		return err
	case err != nil || flags.NArg() > 0:
		return errors.New("there is a word or a flag that it does not know, or a value is missing: -h shows those there are")
	case c.from == "" || c.to == "":
		return errors.New("say which tables: -from the restored one, -to the stack's")
	case c.overwrite && len(c.only) == 0:
		return errors.New("-overwrite without -prefix would turn the whole table back: say of which partitions, such as -prefix 'room#<id>'")
	case c.segments < 1 || c.segments > 1000:
		return errors.New("-segments is 1 to 1000")
	}
	loaded, err := s.aws(ctx, region, profile)
	if err != nil {
		return err
	}
	loaded.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = tries })
	}
	c.client, c.now, c.out = dynamodb.NewFromConfig(loaded), s.now, s.out
	if err := c.checkTables(ctx); err != nil {
		return err
	}
	err = c.copy(ctx)
	if printed := c.report(); err == nil {
		err = printed
	}
	if ctx.Err() != nil {
		return errors.New("interrupted; what is counted was done, and the same command goes on with the rest")
	}
	return err
}
