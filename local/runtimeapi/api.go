package runtimeapi

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	headerRequestID   = "Lambda-Runtime-Aws-Request-Id"
	headerDeadline    = "Lambda-Runtime-Deadline-Ms"
	headerFunctionARN = "Lambda-Runtime-Invoked-Function-Arn"
	headerTraceID     = "Lambda-Runtime-Trace-Id"
)

// api is the HTTP side: the server the function talks to. It knows at most one invocation at a time.
type api struct {
	arn       string
	timeout   time.Duration
	onTimeout func()

	readyOnce sync.Once
	ready     chan struct{} // closed at the first request for an event
	readyAt   time.Time     // set before ready is closed

	initErrors chan *FunctionError
	events     chan *invocation // to the pending request for an event

	mu      sync.Mutex
	current *invocation
}

func newAPI(arn string, timeout time.Duration, onTimeout func()) *api {
	return &api{
		arn:        arn,
		timeout:    timeout,
		onTimeout:  onTimeout,
		ready:      make(chan struct{}),
		initErrors: make(chan *FunctionError, 1),
		events:     make(chan *invocation),
	}
}

// handler routes the Runtime API, and the two calls of the Extensions API which lambda.WithEnableSIGTERM makes.
func (a *api) handler() http.Handler {
	const runtime, extension = "/2018-06-01/runtime", "/2020-01-01/extension"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+runtime+"/invocation/next", a.next)
	mux.HandleFunc("POST "+runtime+"/invocation/{id}/response", a.response)
	mux.HandleFunc("POST "+runtime+"/invocation/{id}/error", a.failure)
	mux.HandleFunc("POST "+runtime+"/init/error", a.initFailure)
	mux.HandleFunc("POST "+extension+"/register", registerExtension)
	mux.HandleFunc("GET "+extension+"/event/next", func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done() // there are no events for extensions
	})
	return mux
}

// next answers with an event as soon as there is one. The first request tells that the init phase is over.
func (a *api) next(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	a.readyOnce.Do(func() {
		a.readyAt = now
		close(a.ready)
	})
	select {
	case inv := <-a.events:
		a.hand(w, inv)
	case <-r.Context().Done(): // the process is gone
	}
}

func (a *api) hand(w http.ResponseWriter, inv *invocation) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(inv.event)))
	header.Set(headerRequestID, inv.id)
	header.Set(headerFunctionARN, a.arn)
	header.Set(headerTraceID, inv.trace)
	deadline := a.begin(inv)
	header.Set(headerDeadline, strconv.FormatInt(deadline.UnixMilli(), 10))
	// A failed write means that the process is gone, which its waiter reports.
	_, _ = w.Write(inv.event)
}

// begin makes the invocation the current one, starts its clock and returns its deadline.
func (a *api) begin(inv *invocation) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.current = inv
	inv.timer = time.AfterFunc(a.timeout, func() { a.expire(inv) })
	inv.started = time.Now()
	return inv.started.Add(a.timeout)
}

// finish settles the current invocation. It returns false if that is not the one with this id.
func (a *api) finish(id string, result Result) bool {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	inv := a.current
	if inv == nil || inv.id != id {
		return false
	}
	a.current = nil
	inv.timer.Stop()
	result.Duration, result.Trace = now.Sub(inv.started), inv.trace
	inv.done <- outcome{result: result}
	return true
}

// expire ends an invocation that is still running at its deadline.
func (a *api) expire(inv *invocation) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current != inv {
		return
	}
	a.current = nil
	inv.done <- outcome{err: ErrTimeout}
	a.onTimeout()
}

func registerExtension(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Lambda-Extension-Identifier", randomUUID())
	_, _ = w.Write([]byte(`{}`))
}
