package trace_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gavel/shared/trace"
)

const root = "1-5759e988-bd862e3fe1be46a994272793"

func TestOutgoing_HandsOnWhatIsWellFormed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ value, id, want string }{
		"as Lambda gives it": {
			"Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:0", root, "Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=1",
		},
		"in another order, with spaces": {"Sampled=0; Root=" + root, root, "Root=" + root + ";Sampled=0"},
		"the root alone":                {"Root=" + root, root, "Root=" + root},
		"undecided":                     {"Root=" + root + ";Sampled=?", root, "Root=" + root},
		"a parent of another form":      {"Root=" + root + ";Parent=x\r\nX-Evil: 1;Sampled=1", root, "Root=" + root + ";Sampled=1"},
		"nothing":                       {"", "", ""},
		"no root":                       {"Parent=53995c3f42cd8ad8;Sampled=1", "", ""},
		"another version":               {"Root=2-5759e988-bd862e3fe1be46a994272793", "", ""},
		"too short":                     {"Root=1-5759e988-bd862e3fe1be46a99427279", "", ""},
		"no hex":                        {"Root=1-5759e988-bd862e3fe1be46a99427279z", "", ""},
		"a part too many":               {"Root=" + root + "-1", "", ""},
		"a line end":                    {"Root=" + root + "\r\n", root, "Root=" + root},
		"a person's address":            {"Root=ada@example.org", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := trace.With(t.Context(), tt.value)
			if got := trace.ID(ctx); got != tt.id {
				t.Errorf("got the id %q, want %q", got, tt.id)
			}
			if got := trace.Outgoing(ctx); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// aws-lambda-go puts the header's value under a plain text into the context.
func TestID_OfTheRuntime(t *testing.T) {
	t.Parallel()
	ctx := context.WithValue(t.Context(), "x-amzn-trace-id", "Root="+root) //nolint:revive,staticcheck // the library's key
	if got := trace.ID(ctx); got != root {
		t.Errorf("got %q, want %q", got, root)
	}
	if got := trace.ID(trace.With(ctx, "")); got != "" {
		t.Errorf("got %q, want what was said last to count", got)
	}
	if got := trace.ID(t.Context()); got != "" {
		t.Errorf("got %q, want none", got)
	}
}

func TestNew_IsOneThatXRayTakes(t *testing.T) {
	t.Parallel()
	now := time.Unix(1465510280, 0)
	value := trace.New(now)
	ctx := trace.With(t.Context(), value)
	if got := trace.Outgoing(ctx); got != value || !strings.HasPrefix(trace.ID(ctx), "1-5759e988-") || !strings.HasSuffix(value, ";Sampled=0") {
		t.Errorf("got %q, %q, want the time in it, and what was made", value, got)
	}
	if other := trace.New(now); other == value {
		t.Errorf("got %q twice", other)
	}
}
