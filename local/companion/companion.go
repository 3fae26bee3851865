// Package companion runs the programs that tests talk to, each beside one test process, and ends them with it.
package companion

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// keptOutput is how much of a program's complaints is kept, in bytes: enough for a stack trace.
const keptOutput = 8 << 10

// Program is a running program. It ends when its standard input is closed, so the value must stay referenced: garbage
// collection would close it. That also ends it with a process that is killed before it can clean up.
type Program struct {
	Endpoint string // what it printed as its address
	stdin    io.Closer
}

// Start runs a command that prints the address it serves as its first line, and ends when its standard input does. It
// returns once the line was read. After the limit, or when the command ends before, it fails with what the command wrote
// to its standard error.
func Start(cmd *exec.Cmd, limit time.Duration) (*Program, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
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
	return &Program{Endpoint: strings.TrimSpace(line), stdin: stdin}, nil
}

// head keeps the beginning of what is written to it.
type head struct{ text []byte }

func (h *head) Write(p []byte) (int, error) {
	h.text = append(h.text, p[:min(len(p), keptOutput-len(h.text))]...)
	return len(p), nil
}

// ModuleRoot returns the nearest directory at or above dir that holds a go.mod.
func ModuleRoot(dir string) (string, error) {
	for {
		if info, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && !info.IsDir() {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod in or above the working directory")
		}
		dir = parent
	}
}
