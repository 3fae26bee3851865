package dynamodb

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	startLimit = 2 * time.Minute // seen: three seconds
	keptOutput = 8 << 10         // enough for a stack trace
)

//go:embed Serve.java
var source []byte

// server is a running DynamoDB Local. It ends when stdin is closed, so stdin must stay referenced: garbage collection
// would close it.
type server struct {
	endpoint string
	stdin    io.Closer
}

// launch starts a server and returns once it listens. Java compiles the source itself.
func launch(p program) (*server, error) {
	dir, err := os.MkdirTemp("", "gavel-dynamodb")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // compiled by then
	file := filepath.Join(dir, "Serve.java")
	if err := os.WriteFile(file, source, 0o600); err != nil {
		return nil, err
	}
	return run(exec.Command(p.java,
		"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", // half of the processor time in a run as short as that of tests
		"-Djava.library.path="+p.folder, "-cp", filepath.Join(p.folder, "*"), file))
}

func run(cmd *exec.Cmd) (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	var complaints head
	cmd.Stderr = &complaints
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() }) // which also ends the reading of its output
	defer stop()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // its status says less than its output
		return nil, fmt.Errorf("%s: read its address: %w\n%s", cmd.Path, err, complaints.text)
	}
	go func() { _ = cmd.Wait() }() // reap it, should it end before the tests do
	return &server{endpoint: strings.TrimSpace(line), stdin: stdin}, nil
}

// head keeps the beginning of what is written to it.
type head struct{ text []byte }

func (h *head) Write(p []byte) (int, error) {
	h.text = append(h.text, p[:min(len(p), keptOutput-len(h.text))]...)
	return len(p), nil
}
