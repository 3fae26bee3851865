package httpclient_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"gavel/shared/httpclient"
)

// short is the budget of the tests with a provider that hangs.
const short = 200 * time.Millisecond

// fault is a way in which a provider fails once it has the whole request.
type fault struct {
	serve  func(c conn)
	budget time.Duration // ample if 0
	want   httpclient.Kind
	status int
	never  bool // it cannot have happened
}

func faults() map[string]fault {
	return map[string]fault{
		"hangs": {
			serve: conn.hang, budget: short, want: httpclient.Timeout,
		},
		"hangs in the header": {
			serve:  func(c conn) { c.say("HTTP/1.1 200 OK\r\nContent-"); c.hang() },
			budget: short, want: httpclient.Timeout,
		},
		"hangs in the body": {
			serve:  func(c conn) { c.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"); c.hang() },
			budget: short, want: httpclient.Timeout,
		},
		"hangs between two chunks": {
			serve:  func(c conn) { c.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"); c.hang() },
			budget: short, want: httpclient.Timeout,
		},
		"hangs in the body of a refusal": {
			serve:  func(c conn) { c.say("HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n{"); c.hang() },
			budget: short, want: httpclient.Refused, status: http.StatusBadRequest, never: true,
		},
		"hangs in the body of a failure": {
			serve:  func(c conn) { c.say("HTTP/1.1 500 Oops\r\nContent-Length: 99\r\n\r\n{"); c.hang() },
			budget: short, want: httpclient.Refused, status: http.StatusInternalServerError,
		},
		"resets": {
			serve: conn.reset, want: httpclient.Unreachable,
		},
		"closes": {
			serve: func(conn) {}, want: httpclient.Unreachable,
		},
		"resets in the header": {
			serve: func(c conn) { c.say("HTTP/1.1 200 OK\r\nContent-"); c.reset() }, want: httpclient.Unreachable,
		},
		"closes in the header": {
			serve: func(c conn) { c.say("HTTP/1.1 200 OK\r\nContent-") }, want: httpclient.Unreachable,
		},
		"resets in the body": {
			serve: func(c conn) { c.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"); c.reset() }, want: httpclient.Unreachable,
		},
		"closes in the body": {
			serve: func(c conn) { c.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{") }, want: httpclient.Unreachable,
		},
		"closes between two chunks": {
			serve: func(c conn) { c.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n") }, want: httpclient.Unreachable,
		},
		"sends a chunk of no length": {
			serve: func(c conn) { c.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{\r\n0\r\n\r\n") }, want: httpclient.Unreachable,
		},
		"speaks another protocol": {
			serve: func(c conn) { c.say("SSH-2.0-OpenSSH_9.6\r\n\r\n") }, want: httpclient.Unreachable,
		},
		"sends a header without end": {
			serve: func(c conn) { c.say("HTTP/1.1 200 OK\r\nX-Long: " + strings.Repeat("y", 1<<20)) }, want: httpclient.Unreachable,
		},
		"sends two lengths": {
			serve: func(c conn) { c.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}") }, want: httpclient.Unreachable,
		},
		"fails": {
			serve: func(c conn) { c.say("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n") },
			want:  httpclient.Refused, status: http.StatusInternalServerError,
		},
		"is busy": {
			serve: func(c conn) { c.say("HTTP/1.1 503 Later\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n") },
			want:  httpclient.Busy, status: http.StatusServiceUnavailable, never: true,
		},
		"goes over to another protocol": {
			serve: func(c conn) {
				c.say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
				c.hang()
			},
			want: httpclient.Nonsense, status: http.StatusSwitchingProtocols,
		},
		"asks to go elsewhere": {
			serve: func(c conn) { c.say("HTTP/1.1 307 Elsewhere\r\nLocation: /\r\nContent-Length: 0\r\n\r\n") },
			want:  httpclient.Nonsense, status: http.StatusTemporaryRedirect, never: true,
		},
	}
}

func (f fault) check(t *testing.T, got *httpclient.Error) {
	t.Helper()
	if got.Kind != f.want || got.Status != f.status || got.MayHaveHappened == f.never {
		t.Errorf("got %s, status %d, may have happened %t (%v), want %s, %d, %t",
			got.Kind, got.Status, got.MayHaveHappened, got.Cause, f.want, f.status, !f.never)
	}
}

func (f fault) client() *httpclient.Client {
	if f.budget != 0 {
		return newClient(f.budget)
	}
	return newClient(ample)
}

func TestDo_ProviderThatResetsUnheard(t *testing.T) {
	t.Parallel()
	p := listen(t, func(c conn) bool { c.reset(); return false }, nil)

	got := failure(t, newClient(ample), post(p.url))
	if got.Kind != httpclient.Unreachable || got.Status != 0 {
		t.Errorf("got %s, status %d, want %s without a status", got.Kind, got.Status, httpclient.Unreachable)
	}
	if _, connections := p.received(); connections != 1 {
		t.Errorf("the provider got %d connections, want 1", connections)
	}
}

func TestDo_ProviderThatIsDown(t *testing.T) {
	t.Parallel()
	got := failure(t, newClient(ample), post(refusing(t)))
	if got.Kind != httpclient.Unreachable || got.Status != 0 || got.MayHaveHappened {
		t.Errorf("got %s, status %d, may have happened %t, want %s, 0, false",
			got.Kind, got.Status, got.MayHaveHappened, httpclient.Unreachable)
	}
	if !errors.Is(got, syscall.ECONNREFUSED) {
		t.Errorf("got cause %v, want %v for the log", got.Cause, syscall.ECONNREFUSED)
	}
}

// A server whose certificate is not good must not see the token.
func TestDo_ServerThatCannotProveItself(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*httptest.Server){
		"certificate of nobody": (*httptest.Server).StartTLS,
		"no TLS at all":         (*httptest.Server).Start,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				t.Errorf("got %s %s, want no request", r.Method, r.URL)
			}))
			server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
			start(server)
			t.Cleanup(server.Close)
			_, host, _ := strings.Cut(server.URL, "://")
			got := failure(t, newClient(ample), post("https://"+host))
			want, hint := httpclient.Unreachable, ""
			if name == "certificate of nobody" {
				want, hint = httpclient.Certificate, "the TLS certificate of "+host+" is signed by nobody who is trusted here"
			}
			if got.Kind != want || got.Hint != hint || got.MayHaveHappened {
				t.Errorf("got %s, %q, may have happened %t, want %s, %q, false", got.Kind, got.Hint, got.MayHaveHappened, want, hint)
			}
		})
	}
}

func TestDo_RequestThatCannotBeSent(t *testing.T) {
	t.Parallel()
	p := listen(t, nil, func(c conn, _ int) bool { c.ok(); return true })
	for name, spoil := range map[string]func(*httpclient.Request){
		"URL with a control character": func(r *httpclient.Request) { r.URL += "/a\nb" },
		"URL with a broken escape":     func(r *httpclient.Request) { r.URL += "/%zz" },
		"URL without a host":           func(r *httpclient.Request) { r.URL = "http:///v1" },
		"URL of another scheme":        func(r *httpclient.Request) { r.URL = "file:///etc/passwd" },
		"method with a space":          func(r *httpclient.Request) { r.Method = "POST /admin" },
		"header with a line end":       func(r *httpclient.Request) { r.Header.Set("X-User-Id", "ada\r\nX-Admin: yes") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := post(p.url)
			spoil(&req)
			got := failure(t, newClient(ample), req)
			if got.Kind != httpclient.Unreachable || got.MayHaveHappened {
				t.Errorf("got %s, may have happened %t, want %s, false", got.Kind, got.MayHaveHappened, httpclient.Unreachable)
			}
			if requests, _ := p.received(); len(requests) != 0 {
				t.Errorf("the provider got %q, want nothing", requests)
			}
		})
	}
}

func TestDo_EndsWithTheCallersDeadline(t *testing.T) {
	t.Parallel()
	p := listen(t, nil, func(c conn, _ int) bool { c.hang(); return false })
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	req := post(p.url)
	req.Repeatable = true // there is no time left to

	_, err := newClient(time.Hour).Do(ctx, req)
	var got *httpclient.Error
	if !errors.As(err, &got) || got.Kind != httpclient.Timeout || !got.MayHaveHappened || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %s that may have happened", err, httpclient.Timeout)
	}
	if requests, _ := p.received(); len(requests) != 1 {
		t.Errorf("the provider got %d requests, want 1", len(requests))
	}
}

func TestDo_EndsWithTheCaller(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	p := listen(t, nil, func(c conn, _ int) bool { leave(); c.hang(); return false })
	req := post(p.url)
	req.Repeatable = true

	_, err := newClient(time.Hour).Do(ctx, req)
	var got *httpclient.Error
	if !errors.As(err, &got) || !got.MayHaveHappened || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v that may have happened", err, context.Canceled)
	}
	if requests, _ := p.received(); len(requests) != 1 {
		t.Errorf("the provider got %d requests, want 1", len(requests))
	}
}

func TestDo_SendsNothingWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	p := listen(t, nil, func(c conn, _ int) bool { c.ok(); return true })
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()

	_, err := newClient(ample).Do(ctx, post(p.url))
	var got *httpclient.Error
	if !errors.As(err, &got) || got.Kind != httpclient.Timeout || got.MayHaveHappened {
		t.Errorf("got %v, want %s that cannot have happened", err, httpclient.Timeout)
	}
	if requests, connections := p.received(); len(requests) != 0 || connections != 0 {
		t.Errorf("the provider got %d requests on %d connections, want none", len(requests), connections)
	}
}

// Causes are logged.
func TestDo_CauseHoldsNothingOfTheRequest(t *testing.T) {
	t.Parallel()
	const userID = "auth0%7C5f90"
	echoing := listen(t, nil, func(c conn, n int) bool {
		requests, _ := c.peer.received()
		c.say([]string{"", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\n"}[n%3] + requests[n-1])
		return false
	})
	resetting := listen(t, nil, func(c conn, _ int) bool { c.reset(); return false })
	for name, url := range map[string]string{
		"nobody there":      refusing(t),
		"connection reset":  resetting.url,
		"URL without host":  "http://",
		"an echo":           echoing.url,
		"an echo as status": echoing.url,
		"an echo as header": echoing.url,
	} {
		req := post(url + "/ban/user/" + userID)
		req.Sensitive = []string{userID}
		got := failure(t, newClient(ample), req)
		if got.Cause == nil || got.Cause.Error() == "" {
			t.Errorf("%s: got no cause, want one", name)
		}
		for _, secret := range []string{userID, strings.TrimPrefix(token, "Bearer "), "DIAL_OUT"} {
			if strings.Contains(got.Cause.Error(), secret) {
				t.Errorf("%s: got cause %q, want it without %s", name, got.Cause, secret)
			}
		}
	}
}
