package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	neturl "net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"gavel/local/server"
	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

// Surroundings is what the functions find around them while they are measured.
type Surroundings struct {
	// Env holds the NAME=value pairs every function is started with.
	Env []string

	// Event makes an event that means something in these surroundings of a sample one; of nil it makes nil.
	Event func(sample []byte) ([]byte, error)
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

// newSurroundings starts an upstream on this machine that answers any POST and stands in for DynamoDB, S3 and OpenMeetings, and a local
// server of which the functions use the secrets only.
func newSurroundings(ctx context.Context) (_ Surroundings, err error) {
	var ends closers
	defer func() {
		if err != nil {
			ends.close()
		}
	}()
	dir, err := os.MkdirTemp("", "gavel-bench-")
	if err != nil {
		return Surroundings{}, fmt.Errorf("make a data folder: %w", err)
	}
	ends.add(func() error { return os.RemoveAll(dir) })
	store, err := embedded.Open(filepath.Join(dir, "bench.db"))
	if err != nil {
		return Surroundings{}, err
	}
	ends.add(store.Close)
	up := &upstream{aws: &standIn{store: store}}
	url, err := serve(ctx, up, &ends)
	if err != nil {
		return Surroundings{}, err
	}
	local, err := startLocal(ctx, dir)
	if err != nil {
		return Surroundings{}, err
	}
	ends.add(local.Close)
	at, err := neturl.Parse(local.URL() + awsPath)
	if err != nil {
		return Surroundings{}, fmt.Errorf("address of the local server: %w", err)
	}
	up.secrets = http.StripPrefix(secretsPath, meetingsSecret(url, at))
	live, err := newEnliven(ctx, store, local)
	if err != nil {
		return Surroundings{}, err
	}
	return Surroundings{
		Env: environment(url, local.Info().AppID), Event: live.event, ProbeURL: url, Upstream: up.stats, Close: ends.close,
	}, nil
}

// environment names what the functions need. They are given a table, a bucket and a schedule of names that mean nothing.
func environment(url, appID string) []string {
	return []string{
		"GAVEL_JAAS_BASE_URL=" + url,
		"AWS_ENDPOINT_URL=" + url,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + strings.TrimSuffix(url, "/") + secretsPath,
		"GAVEL_TABLE=bench",
		"GAVEL_FILES_BUCKET=bench",
		"GAVEL_SCHEDULE_GROUP=bench",
		"GAVEL_SCHEDULE_TARGET_ARN=arn:aws:lambda:eu-central-1:123456789012:function:bench",
		"GAVEL_SCHEDULE_ROLE_ARN=arn:aws:iam::123456789012:role/bench",
		"GAVEL_ROOMS_JAAS_APP_ID=" + appID,
	}
}

// awsPath is where the local server plays Secrets Manager.
const awsPath = "/local/aws"

func newEnliven(ctx context.Context, store table.Store, local *server.Server) (enliven, error) {
	live := enliven{appID: local.Info().AppID}
	var err error
	if live.ids, live.jitsiIDs, err = sampleState(ctx, store, live.appID); err != nil {
		return live, err
	}
	secrets := local.URL() + awsPath
	var tenant struct{ WebhookSecret string }
	if err := readSecret(ctx, secrets, "jaas/"+live.appID, &tenant); err != nil {
		return live, err
	}
	live.secret = tenant.WebhookSecret
	var jitsi struct{ CallbackTokens []string }
	if err := readSecret(ctx, secrets, "jitsi", &jitsi); err != nil || len(jitsi.CallbackTokens) == 0 {
		return live, fmt.Errorf("the secret of the sandbox Jitsi has no callback token: %w", err)
	}
	live.callback = jitsi.CallbackTokens[0]
	return live, nil
}

// serve has a handler answer on a loopback port, and gives its URL.
func serve(ctx context.Context, handler http.Handler, ends *closers) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("start upstream: %w", err)
	}
	web := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	ends.add(func() error { return errors.Join(web.Close(), <-served) })
	return "http://" + listener.Addr().String() + "/", nil
}

// startLocal starts the local server with its data in the folder.
func startLocal(ctx context.Context, dir string) (*server.Server, error) {
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": dir}
	local, err := server.Start(ctx, server.Options{Getenv: func(name string) string { return settings[name] }})
	if err != nil {
		return nil, fmt.Errorf("start the local server: %w", err)
	}
	return local, nil
}

// closers end what was started, the last first.
type closers []func() error

func (c *closers) add(end func() error) { *c = append(*c, end) }

// close leaves out what went wrong: nothing is in flight, and nobody waits for it.
func (c *closers) close() {
	for _, end := range slices.Backward(*c) {
		_ = end()
	}
}

// upstream stands for the provider's API, and for AWS's. It answers without doing anything, except for reading.
type upstream struct {
	aws     http.Handler
	secrets http.Handler // set before the first request

	requests atomic.Int64
	busy     atomic.Int64 // nanoseconds
}

// ServeHTTP answers a POST once its body has arrived.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	defer func() { u.busy.Add(int64(time.Since(start))) }()
	if strings.HasPrefix(r.URL.Path, secretsPath) {
		u.secrets.ServeHTTP(w, r)
		return
	}
	u.requests.Add(1)
	if r.Method == http.MethodHead || strings.HasPrefix(r.Header.Get("X-Amz-Target"), dynamoPrefix) {
		u.aws.ServeHTTP(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, meetingsPath) {
		answerMeeting(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, jitsiPath) {
		answerJitsi(w, r)
		return
	}
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
