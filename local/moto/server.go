package moto

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

const (
	startLimit = time.Minute // seen: one second, several where Python compiles moto's modules first
	keptOutput = 8 << 10     // enough for a traceback
)

//go:embed serve.py
var script string

// server is a running moto. It ends when stdin is closed, so stdin must stay referenced: garbage collection would
// close it.
type server struct {
	endpoint string
	stdin    io.Closer
}

// launch starts a server and returns once it answers.
func launch(python string) (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	var complaints head
	cmd := exec.Command(python, "-c", script) // it outlives ctx, which bounds the start only
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
	endpoint, err := awaitAnswer(ctx, stdout)
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // its status says less than its output
		return nil, fmt.Errorf("%s: %w\n%s", python, err, complaints.text)
	}
	go func() { _ = cmd.Wait() }() // reap it, should it end before the tests do
	return &server{endpoint: endpoint, stdin: stdin}, nil
}

// awaitAnswer reads the address that the server prints, asks it for a page and returns the address.
func awaitAnswer(ctx context.Context, stdout io.Reader) (string, error) {
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("read its address: %w", err)
	}
	endpoint := strings.TrimSpace(line)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/moto-api/", http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("its first answer was %s", resp.Status)
	}
	return endpoint, nil
}

// head keeps the beginning of what is written to it.
type head struct{ text []byte }

func (h *head) Write(p []byte) (int, error) {
	h.text = append(h.text, p[:min(len(p), keptOutput-len(h.text))]...)
	return len(p), nil
}
