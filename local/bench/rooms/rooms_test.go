package rooms_test

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"

	"gavel/shared/logs"
)

// asked is the plan of the command line.
var asked = flags(flag.CommandLine)

func TestMain(m *testing.M) {
	slog.SetDefault(logs.New(io.Discard, "info")) // a line of each call is a part of what it costs
	os.Exit(m.Run())
}

func BenchmarkOperations(b *testing.B) { onEngines(b, compareOperations) }

func BenchmarkGrowth(b *testing.B) { onEngines(b, showGrowth) }

func BenchmarkContention(b *testing.B) { onEngines(b, showContention) }

func BenchmarkCleanup(b *testing.B) { onEngines(b, showCleanup) }

// showing measures something on an engine and prints a table of it.
type showing func(testing.TB, io.Writer, *engine, plan)

func onEngines(b *testing.B, show showing) {
	b.Helper()
	for _, name := range []string{"embedded", "dynamodb"} {
		b.Run(name, func(b *testing.B) {
			b.ReportMetric(0, "ns/op") // is of no interest, and is left out when it is 0
			defer func() {
				if b.Skipped() { // which shows with -v only
					fmt.Printf("\nLeft out, as there is none to be had: %s (`make dynamodb-local`; -v says more)\n", name)
				}
			}()
			show(b, os.Stdout, engines()[name](b), asked())
		})
	}
}
