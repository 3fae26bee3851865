package logs_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/slogtest"
	"time"

	"gavel/shared/logs"
	"gavel/shared/trace"
)

// read gives the lines of a log.
func read(t *testing.T, log *bytes.Buffer) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for text := range strings.Lines(log.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%q: got %v, want a JSON object on each line", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestNew_LevelDecidesWhatIsWritten(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]string{
		"debug": "DEBUG INFO WARN ERROR",
		"info":  "INFO WARN ERROR",
		"warn":  "WARN ERROR",
		"error": "ERROR",
		"WARN":  "WARN ERROR",
		"":      "INFO WARN ERROR", // and anything else
		"loud":  "INFO WARN ERROR",
		"trace": "INFO WARN ERROR",
	} {
		t.Run(level, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			logger := logs.New(&log, level)
			for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
				logger.Log(t.Context(), l, "message")
			}
			var got []string
			for _, line := range read(t, &log) {
				got = append(got, fmt.Sprint(line["level"]))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("got levels %s, want %s", got, want)
			}
		})
	}
}

func TestNew_LinesCarryTheRequestID(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := logs.New(&log, "info")
	ctx := logs.WithRequestID(t.Context(), "Zl1x2jvqliAEPbw=")
	logger.InfoContext(ctx, "one", "room", "standup")
	logger.With("operation", "jaas-ban-user").WarnContext(ctx, "two")
	inner := logs.WithRequestID(ctx, "inner")
	logger.ErrorContext(inner, "three")

	lines := read(t, &log)
	if len(lines) != 3 {
		t.Fatalf("got %d lines, want 3", len(lines))
	}
	for i, want := range []map[string]any{
		{"level": "INFO", "msg": "one", "room": "standup", "requestId": "Zl1x2jvqliAEPbw="},
		{"level": "WARN", "msg": "two", "operation": "jaas-ban-user", "requestId": "Zl1x2jvqliAEPbw="},
		{"level": "ERROR", "msg": "three", "requestId": "inner"},
	} {
		for key, value := range want {
			if got := lines[i][key]; got != value {
				t.Errorf("line %d, %s: got %v, want %v", i+1, key, got, value)
			}
		}
		at, _ := lines[i]["timestamp"].(string)
		if when, err := time.Parse(time.RFC3339, at); err != nil || time.Since(when).Abs() > time.Minute || lines[i]["time"] != nil {
			t.Errorf("line %d: got the timestamp %q, want now, as RFC 3339 has it, and under this name alone", i+1, at)
		}
	}
}

func TestNew_LinesCarryTheTraceID(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := logs.New(&log, "info")
	ctx := trace.With(t.Context(), "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
	logger.InfoContext(ctx, "one")
	logger.InfoContext(trace.With(ctx, "Root=forged"), "two")
	lines := read(t, &log)
	if got, want := lines[0]["traceId"], "1-5759e988-bd862e3fe1be46a994272793"; got != want {
		t.Errorf("got traceId %v, want %s", got, want)
	}
	if got, ok := lines[1]["traceId"]; ok {
		t.Errorf("got traceId %v, want none", got)
	}
}

func TestNew_LinesOutsideARequestCarryNone(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := logs.New(&log, "info")
	logger.Info("starting")
	logger.InfoContext(logs.WithRequestID(t.Context(), ""), "empty")
	for i, line := range read(t, &log) {
		if id, ok := line["requestId"]; ok {
			t.Errorf("line %d: got requestId %v, want none", i+1, id)
		}
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	if got := logs.RequestID(t.Context()); got != "" {
		t.Errorf("without one: got %q, want none", got)
	}
	ctx, cancel := context.WithCancel(logs.WithRequestID(t.Context(), "r1"))
	defer cancel()
	if got, want := logs.RequestID(ctx), "r1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The handler does all that slog asks of one, but for the name of the time.
func TestNew_HandlesAsSlogWants(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	err := slogtest.TestHandler(logs.New(&log, "info").Handler(), func() []map[string]any {
		lines := read(t, &log)
		for _, line := range lines {
			if at, timed := line["timestamp"]; timed {
				line[slog.TimeKey] = at
				delete(line, "timestamp")
			}
		}
		return lines
	})
	if err != nil {
		t.Error(err)
	}
}

func TestNew_ManyWriteAtOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := logs.New(&log, "info")
	var running sync.WaitGroup
	for i := range 16 {
		running.Go(func() {
			id := fmt.Sprint("r", i)
			ctx := logs.WithRequestID(t.Context(), id)
			for range 20 {
				logger.InfoContext(ctx, "message", "want", id)
			}
		})
	}
	running.Wait()
	lines := read(t, &log)
	if got, want := len(lines), 320; got != want {
		t.Errorf("got %d lines, want %d", got, want)
	}
	for _, line := range lines {
		if line["requestId"] != line["want"] {
			t.Errorf("got requestId %v, want %v", line["requestId"], line["want"])
		}
	}
}

// lines hands each line on.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// TestNew_TellsNothingOfAnAnswerThatNobodyAskedFor: net/http writes to the log what a server sends behind the answer that it
// announced. The test is alone while it runs, as the log is the process's.
//
//nolint:paralleltest // see above
func TestNew_TellsNothingOfAnAnswerThatNobodyAskedFor(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}\"email\":\"ada@example.org\"}")
		_, _ = io.Copy(io.Discard, conn) // until the client has closed it
	}()
	t.Cleanup(func() { _ = listener.Close() })
	before, log := slog.Default(), make(lines, 1)
	slog.SetDefault(logs.New(log, "info"))
	t.Cleanup(func() { slog.SetDefault(before) })

	client := &http.Client{Transport: &http.Transport{}}
	answer, err := client.Get("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	if line := <-log; strings.Contains(line, "ada") || !strings.Contains(line, "Unsolicited response") {
		t.Errorf("got %s, want it told without what was received", line)
	}
}
