package httpclient_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/httpclient"
)

// memory is a network inside a synctest bubble, where time passes only when everybody waits for it.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case conn := <-m.conns:
		return conn, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error   { close(m.closed); return nil }
func (m *memory) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case m.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// try is one request as the provider saw it.
type try struct {
	at   time.Duration // since the call began
	body string
}

// call makes a call inside a bubble to a provider that serves the n-th try, counted from 1, with serve. It returns
// the tries, the call's time and its error.
func call(t *testing.T, limit time.Duration, req httpclient.Request, serve func(w http.ResponseWriter, r *http.Request, n int),
) (tries []try, took time.Duration, failed *httpclient.Error) {
	t.Helper()
	start := time.Now()
	network := &memory{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		tries = append(tries, try{time.Since(start), string(body)}) // one try at a time
		serve(w, r, len(tries))
	})}
	go func() { _ = server.Serve(network) }()
	transport := &http.Transport{DialContext: network.dial}
	defer func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		synctest.Wait()
	}()

	ctx := t.Context()
	if limit > 0 {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		ctx = limited
	}
	client := httpclient.New(httpclient.Options{Provider: "jaas", Budget: 10 * time.Second, Transport: transport, Now: time.Now})
	_, err := client.Do(ctx, req)
	errors.As(err, &failed)
	return tries, time.Since(start), failed
}

func repeatable() httpclient.Request {
	req := post("http://provider.test/v1")
	req.Repeatable = true
	return req
}

func refuse(status int, header ...string) func(w http.ResponseWriter, r *http.Request, n int) {
	return func(w http.ResponseWriter, r *http.Request, _ int) { answering(status, "", header...)(w, r) }
}

func hang(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }

func TestDo_RepeatsWhatMayPass(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(w http.ResponseWriter, r *http.Request, n int){
		"429":   refuse(http.StatusTooManyRequests),
		"500":   refuse(http.StatusInternalServerError),
		"502":   refuse(http.StatusBadGateway),
		"503":   refuse(http.StatusServiceUnavailable),
		"504":   refuse(http.StatusGatewayTimeout),
		"break": func(http.ResponseWriter, *http.Request, int) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				req := repeatable()
				tries, _, failed := call(t, 0, req, serve)
				if failed == nil || len(tries) != 3 {
					t.Fatalf("got %v after %d tries, want an error after 3", failed, len(tries))
				}
				for i, pause := range []time.Duration{tries[1].at - tries[0].at, tries[2].at - tries[1].at} {
					if most := 200 * time.Millisecond << i; pause < most/2 || pause >= most {
						t.Errorf("got a pause of %s after try %d, want %s to %s", pause, i+1, most/2, most)
					}
				}
				for i, try := range tries {
					if try.body != string(req.Body) {
						t.Errorf("try %d: got body %q, want %q", i+1, try.body, req.Body)
					}
				}
			})
		})
	}
}

func TestDo_DoesNotRepeatWhatStays(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(w http.ResponseWriter, r *http.Request, n int){
		"302":  refuse(http.StatusFound, "Location", "/"),
		"400":  refuse(http.StatusBadRequest),
		"401":  refuse(http.StatusUnauthorized),
		"403":  refuse(http.StatusForbidden),
		"404":  refuse(http.StatusNotFound),
		"409":  refuse(http.StatusConflict),
		"HTML": refuse(http.StatusOK, "Content-Type", "text/html"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if tries, took, failed := call(t, 0, repeatable(), serve); failed == nil || len(tries) != 1 || took != 0 {
					t.Errorf("got %v after %d tries and %s, want an error after 1 at once", failed, len(tries), took)
				}
			})
		})
	}
}

func TestDo_StopsAtTheFirstSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries, _, failed := call(t, 0, repeatable(), func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				refuse(http.StatusServiceUnavailable)(w, r, n)
			}
		})
		if failed != nil || len(tries) != 2 {
			t.Errorf("got %v after %d tries, want success after 2", failed, len(tries))
		}
	})
}

// What the first try may have done does not become undone because the last one was turned away at the door.
func TestDo_RemembersThatAnEarlierTryMayHaveHappened(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries, _, failed := call(t, 0, repeatable(), func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				panic(http.ErrAbortHandler)
			}
			refuse(http.StatusServiceUnavailable)(w, r, n)
		})
		if len(tries) != 3 || failed == nil || failed.Kind != httpclient.Busy || !failed.MayHaveHappened {
			t.Errorf("got %+v after %d tries, want %s that may have happened after 3", failed, len(tries), httpclient.Busy)
		}
	})
}

func TestDo_WaitsAsLongAsAsked(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		header    func() string
		limit     time.Duration
		wantTries int
		wantTook  time.Duration
	}{
		"one second":               {header: func() string { return "1" }, wantTries: 3, wantTook: 2 * time.Second},
		"two seconds":              {header: func() string { return "2" }, wantTries: 3, wantTook: 4 * time.Second},
		"three seconds":            {header: func() string { return "3" }, wantTries: 1},
		"a day":                    {header: func() string { return "86400" }, wantTries: 1},
		"longer than the deadline": {header: func() string { return "2" }, limit: 1500 * time.Millisecond, wantTries: 1},
		"until the deadline, once": {
			header: func() string { return "2" }, limit: 3 * time.Second, wantTries: 2, wantTook: 2 * time.Second,
		},
		"until a date": {
			header:    func() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) },
			wantTries: 3, wantTook: 4 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
				synctest.Test(t, func(t *testing.T) {
					tries, took, failed := call(t, tt.limit, repeatable(), func(w http.ResponseWriter, r *http.Request, n int) {
						refuse(status, "Retry-After", tt.header())(w, r, n)
					})
					if failed == nil || failed.Kind != httpclient.Busy || failed.RetryAfter == 0 {
						t.Errorf("%d: got %+v, want %s with RetryAfter", status, failed, httpclient.Busy)
					}
					if len(tries) != tt.wantTries || took != tt.wantTook {
						t.Errorf("%d: got %d tries in %s, want %d in %s", status, len(tries), took, tt.wantTries, tt.wantTook)
					}
				})
			}
		})
	}
}

// The first try leaves time for a second.
func TestDo_RepeatsWithinTheBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries, took, failed := call(t, 0, repeatable(), hang)
		if failed == nil || failed.Kind != httpclient.Timeout || !failed.MayHaveHappened || took != 10*time.Second {
			t.Errorf("got %+v after %s, want %s after 10s", failed, took, httpclient.Timeout)
		}
		if len(tries) != 2 || tries[1].at < 5*time.Second || tries[1].at > 6*time.Second {
			t.Errorf("got tries %v, want the second soon after 5s", tries)
		}
	})
}

func TestDo_GivesASingleTryTheWholeBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries, took, failed := call(t, 0, post("http://provider.test/v1"), hang)
		if failed == nil || failed.Kind != httpclient.Timeout || len(tries) != 1 || took != 10*time.Second {
			t.Errorf("got %v after %d tries and %s, want %s after 1 and 10s", failed, len(tries), took, httpclient.Timeout)
		}
	})
}

func TestDo_RepeatsOverRealConnections(t *testing.T) {
	t.Parallel()
	p := listen(t, nil, func(c conn, n int) bool {
		switch n {
		case 1:
			c.reset()
			return false
		case 2:
			c.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
			return false
		}
		c.ok()
		return true
	})
	req := post(p.url)
	req.Repeatable = true
	got, err := newClient(ample).Do(t.Context(), req)
	if err != nil || string(got.Body) != "{}" {
		t.Errorf("got %q, %v, want the third answer", got.Body, err)
	}
	requests, _ := p.received()
	if len(requests) != 3 || requests[0] != requests[1] || requests[1] != requests[2] {
		t.Errorf("the provider got %q, want the same three times", requests)
	}
}

func TestDo_DoesNotRepeatAFinalAnswer(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{http.StatusInternalServerError: 1, http.StatusBadGateway: 3} {
		synctest.Test(t, func(t *testing.T) {
			req := repeatable()
			req.Final = http.StatusInternalServerError
			if tries, _, failed := call(t, 0, req, refuse(status)); failed == nil || len(tries) != want {
				t.Errorf("%d: got %v after %d tries, want an error after %d", status, failed, len(tries), want)
			}
		})
	}
}

func TestDo_RequestHasABudgetOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		req := post("http://provider.test/v1")
		req.Budget = 25 * time.Second
		if _, took, failed := call(t, 0, req, hang); failed == nil || took != req.Budget {
			t.Errorf("got %v after %s, want an error after %s", failed, took, req.Budget)
		}
	})
}
