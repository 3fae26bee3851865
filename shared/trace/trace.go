// Package trace carries the id of a request's trace from Lambda through the log to the meeting systems. Lambda draws the
// trace and sends it to X-Ray by itself; what is left to do is to hand its id on, which takes no SDK.
package trace

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Header is the one in which AWS hands a trace on: Root=…;Parent=…;Sampled=…
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
const Header = "X-Amzn-Trace-Id"

// runtimeKey is under which aws-lambda-go puts the header's value into the context of an invocation.
const runtimeKey = "x-amzn-trace-id"

type key struct{}

// With marks what is done with the context as part of a trace, told by a header's value.
func With(ctx context.Context, value string) context.Context {
	return context.WithValue(ctx, key{}, value)
}

// ID gives the id of the trace, such as 1-5759e988-bd862e3fe1be46a994272793: what X-Ray calls the root. It is "" for no
// trace, or for one with an id of another form.
func ID(ctx context.Context) string {
	root, _, _ := parse(ctx)
	return root
}

// Outgoing gives the header's value for a request to another system: root, parent and whether it is sampled, and nothing
// else that the runtime may have been told. It is "" where there is no trace.
func Outgoing(ctx context.Context) string {
	root, parent, sampled := parse(ctx)
	if root == "" {
		return ""
	}
	value := "Root=" + root
	if parent != "" {
		value += ";Parent=" + parent
	}
	if sampled != "" {
		value += ";Sampled=" + sampled
	}
	return value
}

// New makes the header's value for a trace that begins now and is not sampled: for where Lambda makes none.
func New(now time.Time) string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", now.Unix(), hex.EncodeToString(b[:12]), hex.EncodeToString(b[12:]))
}

func parse(ctx context.Context) (root, parent, sampled string) {
	value, marked := ctx.Value(key{}).(string)
	if !marked {
		value, _ = ctx.Value(runtimeKey).(string)
	}
	for part := range strings.SplitSeq(value, ";") {
		name, text, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case name == "Root" && isRoot(text):
			root = text
		case name == "Parent" && isHex(text, 16):
			parent = text
		case name == "Sampled" && (text == "0" || text == "1"):
			sampled = text
		}
	}
	return root, parent, sampled
}

// isRoot knows the one version there is of ids: 1, the time in seconds, and 96 random bits.
func isRoot(text string) bool {
	parts := strings.Split(text, "-")
	return len(parts) == 3 && parts[0] == "1" && isHex(parts[1], 8) && isHex(parts[2], 24)
}

func isHex(text string, length int) bool {
	return len(text) == length && strings.Trim(text, "0123456789abcdef") == ""
}
