package schedule_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/shared/schedule"
)

const room = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"

// start is the time at which a synctest bubble starts.
var start = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

func options() schedule.Options {
	return schedule.Options{
		Group:         "gavel-rooms",
		TargetARN:     "arn:aws:lambda:eu-central-1:123456789012:function:end-room",
		RoleARN:       "arn:aws:iam::123456789012:role/end-room",
		DeadLetterARN: "arn:aws:sqs:eu-central-1:123456789012:failed",
		Region:        "eu-central-1",
		Credentials:   aws.CredentialsProviderFunc(staticCredentials),
	}
}

func staticCredentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "made up"}, nil
}

// request is what EventBridge Scheduler was asked. Its Body has all that a schedule says.
type request struct {
	Method, Path string
	Body         map[string]any
}

func (r request) token() string { token, _ := r.Body["ClientToken"].(string); return token }

// service is an EventBridge Scheduler that gives prepared answers, the last of them for ever. Its
// network is inside a synctest bubble, where the pauses between the SDK's tries take no time.
type service struct {
	*schedule.Scheduler
	conns  chan net.Conn
	closed chan struct{}

	mu      sync.Mutex
	answers []http.HandlerFunc
	got     []request
}

func serve(t *testing.T, answers ...http.HandlerFunc) *service {
	t.Helper()
	return serveFor(t, options(), answers...)
}

// serveFor starts a service that is asked with these options.
func serveFor(t *testing.T, opt schedule.Options, answers ...http.HandlerFunc) *service {
	t.Helper()
	s := &service{conns: make(chan net.Conn), closed: make(chan struct{}), answers: answers}
	server := &http.Server{Handler: s}
	go func() { _ = server.Serve(s) }()
	transport := &http.Transport{DialContext: s.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	opt.Endpoint, opt.HTTP = "http://scheduler.test", &http.Client{Transport: transport}
	s.Scheduler = schedule.New(opt)
	return s
}

func (s *service) Accept() (net.Conn, error) {
	select {
	case conn := <-s.conns:
		return conn, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

func (s *service) Close() error   { close(s.closed); return nil }
func (s *service) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

func (s *service) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case s.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	got := request{Method: r.Method, Path: r.URL.Path}
	if err := json.NewDecoder(r.Body).Decode(&got.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.next(got)(w, r)
}

func (s *service) next(got request) http.HandlerFunc {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, got)
	return s.answers[min(len(s.got), len(s.answers))-1]
}

func (s *service) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

// methods are those of the requests: POST creates and PUT updates.
func (s *service) methods() string {
	var methods []string
	for _, r := range s.requests() {
		methods = append(methods, r.Method)
	}
	return strings.Join(methods, " ")
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func refuse(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amzn-Errortype", code)
		answer(status, fmt.Sprintf(`{"Message":%q}`, "no"))(w, r)
	}
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func breakOff(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

var (
	done      = answer(200, `{"ScheduleArn":"arn:aws:scheduler:eu-central-1:123456789012:schedule/gavel-rooms/end"}`)
	conflict  = refuse(409, "ConflictException")
	gone      = refuse(404, "ResourceNotFoundException")
	throttled = refuse(429, "ThrottlingException")
	broken    = refuse(500, "InternalServerException")
)
