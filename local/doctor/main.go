// Command doctor looks whether Gavel is set up right, and says in words what to fix:
//
//	go run ./local/doctor -secrets secrets.json
//	go run ./local/doctor -url http://127.0.0.1:3000
//	go run ./local/doctor -stack gavel
//
// It prints no secret and nobody's data. Asking an API with a key it leaves one event, of the command it tries at each JaaS tenant;
// else it changes nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/awsaccount"
	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/secrets"
)

// main leaves Ctrl-C to end the process: it holds nothing that would have to be tidied up, and calls that are broken off would be told
// as systems that cannot be reached.
func main() {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the clients' own log lines: what they say is in the report
	s := surroundings{getenv: os.Getenv, out: os.Stdout, now: clock.Now, transport: http.DefaultTransport, aws: awsaccount.Load}
	healthy, err := run(context.Background(), s, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "doctor:", err)
		os.Exit(2)
	}
	if !healthy {
		os.Exit(1)
	}
}

// surroundings are what the command finds around it.
type surroundings struct {
	getenv    func(string) string
	out       io.Writer
	now       func() time.Time
	transport http.RoundTripper
	aws       func(ctx context.Context, region, profile string) (aws.Config, error)
}

const usage = `Looks whether Gavel is set up right, and says in words what to fix. Say what to look at:

  -secrets secrets.json          a secrets file: its keys, and the meeting systems they are for
  -url http://127.0.0.1:3000     an API that runs, here or in AWS; with GAVEL_API_KEY in the environment also what is behind it
  -stack gavel                   a deployment, with your AWS credentials [-region …] [-profile …]: all of the above, and what is around it

-secrets and -url can be given together: then it is also seen whether the API has these secrets.
-offline asks no meeting system; -json prints a JSON document. The exit code is 1 when there is something to fix.
Asking an API with a key it leaves one event, of the command it tries at each JaaS tenant; else it changes nothing.
`

// doctor is one examination.
type doctor struct {
	surroundings
	report

	settings config.Config
	offline  bool
	seen     map[string]bool
	source   secrets.Source // nil for none
	found    holdings
	url      string // of the API, without a slash at its end; empty for none
	apiKey   string
}

func (d *doctor) seenBefore(what string) bool {
	before := d.seen[what]
	d.seen[what] = true
	return before
}

// request is what the command was asked for.
type request struct {
	file, url, stack, region, profile string
	offline, asJSON                   bool
}

func run(ctx context.Context, s surroundings, args []string) (healthy bool, err error) {
	var want request
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&want.file, "secrets", "", "")
	flags.StringVar(&want.url, "url", "", "")
	flags.StringVar(&want.stack, "stack", "", "")
	flags.StringVar(&want.region, "region", "", "")
	flags.StringVar(&want.profile, "profile", "", "")
	flags.BoolVar(&want.offline, "offline", false, "")
	flags.BoolVar(&want.asJSON, "json", false, "")
	err = flags.Parse(args)
	if want.file == "" && want.url == "" && want.stack == "" {
		want.file = s.getenv("GAVEL_SECRETS_FILE")
	}
	switch {
	case errors.Is(err, flag.ErrHelp), err == nil && flags.NArg() == 0 && want == request{}:
		_, err = io.WriteString(s.out, usage)
		return true, err
	case err != nil || flags.NArg() > 0:
		return false, errors.New("there is a word or a flag that it does not know: -h shows those there are")
	case want.stack != "" && (want.file != "" || want.url != ""):
		return false, errors.New("-stack finds the secrets and the API by itself: leave -secrets and -url out")
	case want.file == "" && want.url == "" && want.stack == "":
		return false, errors.New("say what to look at: -secrets, -url or -stack")
	}
	d := &doctor{surroundings: s, report: report{out: s.out, asJSON: want.asJSON}, offline: want.offline, seen: map[string]bool{}}
	d.examine(ctx, want)
	d.end()
	return d.count(bad) == 0, nil
}

func (d *doctor) examine(ctx context.Context, want request) {
	var err error
	d.settings, err = config.Load(d.getenv)
	if faults, ok := errors.AsType[*config.Error](err); ok && want.stack == "" { // a stack has settings of its own
		for _, fault := range faults.Faults {
			d.fix("settings", "%s", fault)
		}
	}
	d.url, d.apiKey = strings.TrimRight(want.url, "/"), d.getenv("GAVEL_API_KEY")
	d.learn(ctx)
	switch {
	case want.stack != "":
		d.examineStack(ctx, want)
	case want.file != "":
		d.examineFile(ctx, want.file)
	}
	if want.stack == "" && d.settings.OIDCIssuer != "" {
		d.askIssuer(ctx)
	}
	if d.url != "" {
		d.examineAPI(ctx)
	}
}
