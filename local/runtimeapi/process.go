package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	initLimit  = 10 * time.Second // Lambda's limit for the init phase
	closeGrace = 2 * time.Second  // between SIGTERM and SIGKILL
)

// Process is a running function. Its methods may be called from several goroutines.
type Process struct {
	cmd     *exec.Cmd
	api     *api
	logs    *tail
	server  *http.Server
	started time.Time
	turn    chan struct{} // holds one token while an Invoke has the function to itself
	exited  chan struct{} // closed when the process has ended and its output is complete

	stop func() error
}

// Start runs the function and returns once it asked for its first event, that is, once its init phase is over. The
// context bounds that phase only; the process then runs until Close.
//
// If the function does not get that far, the error is or wraps a *FunctionError it reported, an *ExitError,
// ErrInitTimeout or the context's error. Nothing is left running then.
func Start(ctx context.Context, cfg Config) (*Process, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("runtimeapi: listen: %w", err)
	}
	p := newProcess(cfg, listener.Addr().String())
	go func() { _ = p.server.Serve(listener) }() // returns once stop shuts the server down
	if err := p.launch(); err != nil {
		return nil, errors.Join(fmt.Errorf("runtimeapi: %w", err), p.shutdown())
	}
	if err := p.awaitInit(ctx); err != nil {
		return nil, p.initError(err)
	}
	return p, nil
}

func newProcess(cfg Config, address string) *Process {
	env := environment(cfg, address)
	p := &Process{
		cmd:    exec.Command(cfg.Binary),
		logs:   &tail{limit: maxLogs},
		turn:   make(chan struct{}, 1),
		exited: make(chan struct{}),
	}
	p.cmd.Env, p.cmd.Dir = env, filepath.Dir(cfg.Binary)
	p.cmd.Stdout, p.cmd.Stderr = p.logs, p.logs
	// A grandchild that inherited the output must not keep Wait from returning.
	p.cmd.WaitDelay = time.Second
	p.api = newAPI(functionARN(env), cfg.Timeout, func() { _ = p.cmd.Process.Kill() })
	p.server = &http.Server{Handler: p.api.handler()}
	p.stop = sync.OnceValue(p.terminate)
	return p
}

func (p *Process) launch() error {
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = p.cmd.Wait() // the status is in ProcessState
		close(p.exited)
	}()
	return nil
}

func (p *Process) awaitInit(ctx context.Context) error {
	limit := time.NewTimer(initLimit)
	defer limit.Stop()
	select {
	case <-p.api.ready:
		return nil
	case problem := <-p.api.initErrors:
		return problem
	case <-p.exited:
		return p.exitError("init")
	case <-limit.C:
		return ErrInitTimeout
	case <-ctx.Done():
		return fmt.Errorf("runtimeapi: init: %w", context.Cause(ctx))
	}
}

// initError ends the process and completes the reason for doing so. What the function itself reported tells most, and
// comes with the output, for it is seen only after the process has ended.
func (p *Process) initError(err error) error {
	_ = p.Close()
	select {
	case problem := <-p.api.initErrors:
		err = problem
	default:
	}
	if _, ok := errors.AsType[*ExitError](err); ok {
		return err
	}
	return fmt.Errorf("%w%s", err, indented(p.Logs()))
}

// exitError may be called once the process has ended.
func (p *Process) exitError(phase string) error {
	return &ExitError{Phase: phase, Status: p.cmd.ProcessState.String(), Logs: p.Logs()}
}

// InitDuration returns the time from just before the process was started until it asked for its first event.
func (p *Process) InitDuration() time.Duration {
	return p.api.readyAt.Sub(p.started)
}

// Logs returns what the function wrote to its standard output and error so far, of which the last 256 KB are kept.
func (p *Process) Logs() string {
	return p.logs.String()
}

// Close ends the process with SIGTERM, or by killing it if it is still there two seconds later, and releases the
// port. An invocation that is running then fails. Calling Close again does nothing.
func (p *Process) Close() error {
	return p.stop()
}

func (p *Process) terminate() error {
	// Signalling fails if the process has ended, and where there is no SIGTERM; killing is harmless in the first case.
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		_ = p.cmd.Process.Kill()
	}
	grace := time.AfterFunc(closeGrace, func() { _ = p.cmd.Process.Kill() })
	defer grace.Stop()
	<-p.exited
	return p.shutdown()
}

// shutdown ends the server. With the process gone its handlers return by themselves, so this waits for them.
func (p *Process) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	if err := p.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("runtimeapi: close: %w", err), p.server.Close())
	}
	return nil
}
