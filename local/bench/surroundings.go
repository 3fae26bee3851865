package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"gavel/local/server"
)

// Surroundings is what the functions find around them while they are measured.
type Surroundings struct {
	// Env holds the NAME=value pairs every function is started with.
	Env []string

	// ProbeURL is an address of the upstream that answers a POST with a 2xx status, however empty its body. The
	// benchmark times it to learn what one upstream request costs.
	ProbeURL string

	// Upstream returns what the upstream has seen so far, probes included.
	Upstream func() UpstreamStats

	// Close ends what was started.
	Close func()
}

// UpstreamStats counts the work of the upstream since it was started.
type UpstreamStats struct {
	Requests int64
	Busy     time.Duration // time spent answering
}

// newSurroundings starts an upstream on this machine that answers any POST, and a local server of which the functions
// use the secrets only.
func newSurroundings(ctx context.Context) (Surroundings, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return Surroundings{}, fmt.Errorf("start upstream: %w", err)
	}
	up := &upstream{}
	web := &http.Server{Handler: up, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	local, stopLocal, err := startLocal(ctx)
	if err != nil {
		return Surroundings{}, errors.Join(err, web.Close(), <-served)
	}
	url := "http://" + listener.Addr().String() + "/"
	return Surroundings{
		Env:      []string{"GAVEL_JAAS_BASE_URL=" + url, "AWS_ENDPOINT_URL=" + local.URL() + "/local/aws"},
		ProbeURL: url,
		Upstream: up.stats,
		Close: func() {
			stopLocal()
			_ = errors.Join(web.Close(), <-served) // nothing is in flight, and nobody waits for it
		},
	}, nil
}

// startLocal starts the local server with a data folder of its own, which goes when it is stopped.
func startLocal(ctx context.Context) (local *server.Server, stop func(), err error) {
	dir, err := os.MkdirTemp("", "gavel-bench-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a data folder: %w", err)
	}
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": dir}
	local, err = server.Start(ctx, server.Options{Getenv: func(name string) string { return settings[name] }})
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("start the local server: %w", err), os.RemoveAll(dir))
	}
	return local, func() { _ = errors.Join(local.Close(), os.RemoveAll(dir)) }, nil
}

// upstream stands for the provider's API. It answers without doing anything.
type upstream struct {
	requests atomic.Int64
	busy     atomic.Int64 // nanoseconds
}

// ServeHTTP answers a POST once its body has arrived.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	defer func() { u.busy.Add(int64(time.Since(start))) }()
	u.requests.Add(1)
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{}`)
}

func (u *upstream) stats() UpstreamStats {
	return UpstreamStats{Requests: u.requests.Load(), Busy: time.Duration(u.busy.Load())}
}
