package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

// runTree benchmarks the functions of testdata, few times.
func runTree(t *testing.T, args ...string) Report {
	t.Helper()
	return runTreeIn(t, func(*Surroundings) {}, args...)
}

// runTreeIn does so in surroundings that were changed before.
func runTreeIn(t *testing.T, change func(*Surroundings), args ...string) Report {
	t.Helper()
	o, err := parse(append([]string{"-root", tree, "-n", "2", "-warm", "5", "-zip=false"}, args...), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	around, err := newSurroundings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(around.Close)
	around.Env = append(around.Env, "UPSTREAM_URL="+around.ProbeURL)
	change(&around)
	report, err := run(t.Context(), o, around, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestRun_MeasuresTreeAgainstBareHandler(t *testing.T) {
	t.Parallel()
	report := runTree(t)
	rows := map[string]Row{"bare": report.Bare}
	for _, row := range report.Functions {
		rows[row.Name] = row
	}
	for _, tt := range []struct {
		name       string
		init, warm bool
		requests   float64
	}{
		{"bare", true, true, 0},
		{"plain/answer", true, true, 0},
		{"vendor/post", true, true, 1},
		{"quiet/eventless", true, false, 0},
		{"broken/status", false, false, 0},
	} {
		row := rows[tt.name]
		if got := row.Init != nil && row.Init.Min > 0 && row.Init.Ratio > 0; got != tt.init {
			t.Errorf("%s: init measured: got %v, want %v", tt.name, got, tt.init)
		}
		if got := row.Warm != nil && row.Warm.Median > 0 && row.First > 0; got != tt.warm {
			t.Errorf("%s: calls measured: got %v, want %v", tt.name, got, tt.warm)
		}
		if row.Warm != nil && row.Warm.Requests != tt.requests {
			t.Errorf("%s: got %v upstream requests per call, want %v", tt.name, row.Warm.Requests, tt.requests)
		}
		if row.BinarySize == 0 {
			t.Errorf("%s: no binary size", tt.name)
		}
	}
	if got := strings.Join(report.Notes, "\n"); !strings.HasPrefix(got, "quiet/eventless has no sample event") {
		t.Errorf("got notes %q, want quiet/eventless named", got)
	}
	if got := strings.Join(report.Broken, "\n"); !strings.HasPrefix(got, "broken/status: answered with status 418") {
		t.Errorf("got broken %q, want broken/status named", got)
	}
}

func TestRun_FeedsTheEventsOfTheSurroundings(t *testing.T) {
	t.Parallel()
	report := runTreeIn(t, func(around *Surroundings) {
		around.Event = func([]byte) ([]byte, error) { return bareEvent, nil }
	}, "-only", "quiet")
	if len(report.Functions) != 1 || report.Functions[0].Warm == nil {
		t.Errorf("got %+v, want quiet/eventless called with the event it was given", report.Functions)
	}
}

func TestRun_NoEventForASample(t *testing.T) {
	t.Parallel()
	report := runTreeIn(t, func(around *Surroundings) {
		around.Event = func([]byte) ([]byte, error) { return nil, errors.New("no room") }
	}, "-only", "plain")
	if got, want := strings.Join(report.Broken, "\n"), "plain/answer: no room"; got != want {
		t.Errorf("got broken %q, want %q", got, want)
	}
}

func TestCommand_FailsIfAFunctionBroke(t *testing.T) {
	t.Parallel()
	args := []string{"-root", tree, "-only", "broken", "-n", "1", "-warm", "1", "-zip=false", "-json"}
	var out bytes.Buffer
	err := command(t.Context(), args, &out, io.Discard)
	if err == nil || err.Error() != "1 of 1 functions broke" {
		t.Errorf("got error %v", err)
	}
	if !strings.Contains(out.String(), `"broken/status: answered with status 418`) {
		t.Errorf("got output %s, want the reason", out.String())
	}
}

func TestCommand_BadArguments(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-n", "0"},
		{"-only", "("},
		{"-root", tree, "-only", "^no such function$"},
		{"-unknown"},
	} {
		if err := command(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q: got no error", args)
		}
	}
	if err := command(t.Context(), []string{"-h"}, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: got %v, want %v", err, flag.ErrHelp)
	}
}
