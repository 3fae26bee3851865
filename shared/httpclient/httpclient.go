// Package httpclient carries a provider client's requests: bounded in time and size,
// repeated only where a repeat is harmless, never redirected with credentials, and with
// errors that say what a caller needs to know and nothing secret.
package httpclient

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"gavel/shared/backoff"
	"gavel/shared/logs"
	"gavel/shared/redact"
	"gavel/shared/trace"
)

// MaxExcerpt is how many bytes of an answer are passed on.
const MaxExcerpt = 512

const (
	maxAnswer    = 1 << 20 // bytes of an answer that are read, unless Options say otherwise
	maxAttempts  = 3
	firstBackoff = 200 * time.Millisecond
	// longestWait bounds how long a Retry-After is waited for inside a call: the caller is
	// better told to come back than kept.
	longestWait = 2 * time.Second
	// longestIdle is how long after the last call its connections are still used.
	longestIdle = 20 * time.Second
	// longestRetryAfter bounds what is passed on: an end of the world is no help to a caller.
	longestRetryAfter = 24 * time.Hour
)

// Client sends requests to one provider. It is safe for concurrent use.
type Client struct {
	provider  string
	budget    time.Duration
	maxAnswer int
	http      *http.Client
	now       func() time.Time
	untraced  bool
	lastUse   atomic.Int64 // Unix nanoseconds
}

// Options say for whom a Client works and how long it may take.
type Options struct {
	Provider string
	// Budget bounds a call with all its tries; a single try that will be repeated gets half of it.
	Budget time.Duration
	// MaxAnswer is how many bytes an answer may have, 1 MiB when 0.
	MaxAnswer int
	// Transport is nil for a fresh one of net/http with its defaults.
	Transport http.RoundTripper
	// Untraced keeps the id of the trace from whom the client asks: it is for the meeting systems alone.
	Untraced bool
	// Now is the clock; see clock.Now for why it must not carry a monotonic reading.
	Now func() time.Time
}

// New makes a Client.
func New(opt Options) *Client {
	if opt.Transport == nil {
		opt.Transport = defaultTransport()
	}
	if opt.MaxAnswer == 0 {
		opt.MaxAnswer = maxAnswer
	}
	return &Client{
		provider:  opt.Provider,
		budget:    opt.Budget,
		maxAnswer: opt.MaxAnswer,
		now:       opt.Now,
		untraced:  opt.Untraced,
		http: &http.Client{
			Transport: opt.Transport,
			// A redirect would carry the token to wherever the answer points.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// defaultTransport speaks HTTP/1.1 alone. Over HTTP/2 net/http sends a request again by itself, and as often as there is
// time for, when the provider resets its stream with PROTOCOL_ERROR (https://go.dev/issue/47635): nobody knows then what was
// done with the first one.
func defaultTransport() http.RoundTripper {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Transport{
		Protocols:              &protocols,
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 3 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        50 * time.Second,
		TLSHandshakeTimeout:    3 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
	}
}

// Request is one command to a provider.
type Request struct {
	Command string // what the provider's documentation calls it, for the log
	Method  string
	URL     string // with every segment already escaped
	Header  http.Header
	Body    []byte
	// Repeatable says that sending it twice does no more than sending it once.
	Repeatable bool
	// Budget is in place of the client's, when not 0.
	Budget time.Duration
	// Final is a 5xx with which the provider says a considered no, so that another try is for nothing; 0 for none.
	Final int
	// Sensitive are values that an answer may echo and that must not be passed on.
	Sensitive []string
}

// Response is a success: a 2xx answer that is not nonsense.
type Response struct {
	Status int
	Body   []byte
}

// Do sends the request and gives the answer. Its error is an *Error. A request that is not repeatable is sent once,
// whatever happens. What came of it is added to the line of the request it was made for.
func (c *Client) Do(ctx context.Context, req Request) (Response, error) {
	start := c.now()
	response, failure := c.tries(ctx, req)
	c.note(ctx, req.Command, response.Status, failure, c.now().Sub(start))
	if failure != nil {
		return Response{}, failure
	}
	return response, nil
}

func (c *Client) note(ctx context.Context, command string, status int, failure *Error, took time.Duration) {
	outcome := "ok"
	if failure != nil {
		status, outcome = failure.Status, string(failure.Kind)
	}
	logs.Add(ctx,
		slog.String("provider", c.provider),
		slog.String("command", command),
		slog.String("outcome", outcome),
		slog.Int("upstreamStatus", status),
		slog.Float64("upstreamMs", float64(took.Microseconds())/1000),
	)
}

func (c *Client) tries(ctx context.Context, req Request) (Response, *Error) {
	c.dropStale()
	budget := cmp.Or(req.Budget, c.budget)
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	attempts, limit := 1, budget
	if req.Repeatable {
		attempts, limit = maxAttempts, budget/2
	}
	for try, earlier := 1, false; ; try++ {
		response, failure := c.once(ctx, limit, req)
		if failure == nil {
			return response, nil
		}
		// What an earlier try may have done stays done, however clearly the last one was refused.
		earlier = earlier || failure.MayHaveHappened
		failure.MayHaveHappened = earlier
		if try == attempts || !failure.repeatable(req.Final) || !wait(ctx, pause(try, failure.RetryAfter)) {
			return Response{}, failure
		}
	}
}

// dropStale closes the connections of a client that was not used for a while. net/http would do so
// by a timer, but Lambda freezes the process between calls: after a thaw the timer has not moved,
// the provider has long hung up, and a command sent that way fails without anyone knowing whether
// it arrived.
func (c *Client) dropStale() {
	now := c.now().UnixNano()
	if last := c.lastUse.Swap(now); now-last > int64(longestIdle) {
		c.http.CloseIdleConnections()
	}
}

// pause is the time before the next try: what the provider asked for, else exponential
// backoff with jitter.
func pause(try int, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	return backoff.Pause(try, firstBackoff, longestWait)
}

// wait waits, and says no at once when the time would not do.
func wait(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	if d > longestWait || ok && time.Until(deadline) < d {
		return false
	}
	return backoff.Wait(ctx, d) == nil
}

func (c *Client) once(ctx context.Context, limit time.Duration, req Request) (Response, *Error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// The request counts as sent as soon as its header may be on the wire: a provider that
		// fails to read our body to its end may still act on what it got.
		WroteHeaders: func() { sent.Store(true) },
	})
	out, err := http.NewRequestWithContext(ctx, req.Method, req.URL, bytes.NewReader(req.Body))
	if err != nil {
		return Response{}, &Error{Provider: c.provider, Kind: Unreachable, Cause: errors.New("the URL cannot be used")}
	}
	if len(req.Body) == 0 {
		out.Body = http.NoBody
	}
	maps.Copy(out.Header, req.Header)
	if id := trace.Outgoing(ctx); id != "" && !c.untraced {
		out.Header.Set(trace.Header, id)
	}
	if !req.Repeatable {
		sendOnce(out)
	}
	answer, err := c.http.Do(out)
	if err != nil {
		return Response{}, c.lost(err, out.URL.Host, sent.Load())
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return c.judge(answer, nil, nil) // what would be read is the connection, which no deadline ends
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, int64(c.maxAnswer)+1))
	if err != nil && success(answer.StatusCode) {
		return Response{}, c.lost(err, out.URL.Host, true)
	}
	return c.judge(answer, body, req.Sensitive)
}

// sendOnce keeps net/http from sending a request again by itself. Over a kept connection that breaks it does so for a
// GET and for whatever has an Idempotency-Key (isReplayable in net/http's request.go), but never when it cannot get
// the body a second time.
func sendOnce(out *http.Request) {
	keyed := out.Header.Get("Idempotency-Key") != "" || out.Header.Get("X-Idempotency-Key") != ""
	switch out.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		if !keyed {
			return // so that one of which nothing was written yet can still go over another connection
		}
	}
	out.GetBody = nil
	if out.Body == http.NoBody {
		out.Body = io.NopCloser(strings.NewReader(""))
	}
}

// lost is the error of a request that got no answer.
func (c *Client) lost(err error, host string, sent bool) *Error {
	failure := &Error{Provider: c.provider, Kind: Unreachable, MayHaveHappened: sent, Cause: loggable(err)}
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		failure.Kind, failure.Hint = Certificate, fmt.Sprintf("the TLS certificate of %s %s", host, certificateFault(bad))
		return failure
	}
	var timeout interface{ Timeout() bool }
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		failure.Kind = Timeout
	}
	return failure
}

// certificateFault says what is wrong with a certificate, without what stands in it.
func certificateFault(err *tls.CertificateVerificationError) string {
	invalid, _ := errors.AsType[x509.CertificateInvalidError](err)
	_, otherHost := errors.AsType[x509.HostnameError](err)
	_, untrusted := errors.AsType[x509.UnknownAuthorityError](err)
	switch {
	case invalid.Cert != nil && invalid.Reason == x509.Expired:
		return "has expired, or is not valid yet"
	case otherHost:
		return "is for another host"
	case untrusted:
		return "is signed by nobody who is trusted here"
	}
	return "is not good"
}

// loggable gives what of an error the log may have. Only kinds that are known to quote nothing are kept as they are: the
// others may repeat a URL, which can hold a user's id, or an answer that net/http cannot read, which can hold anything.
func loggable(err error) error {
	if network, ok := errors.AsType[*net.OpError](err); ok {
		return network
	}
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return certificate
	}
	for _, known := range []error{io.EOF, io.ErrUnexpectedEOF, context.DeadlineExceeded, context.Canceled, http.ErrSchemeMismatch} {
		if errors.Is(err, known) {
			return known
		}
	}
	innermost := err
	for next := errors.Unwrap(innermost); next != nil; next = errors.Unwrap(next) {
		innermost = next
	}
	return fmt.Errorf("%T", innermost)
}

// judge turns an answer into a success or an error.
func (c *Client) judge(answer *http.Response, body []byte, sensitive []string) (Response, *Error) {
	status := answer.StatusCode
	tooLong, page := len(body) > c.maxAnswer, isPage(answer.Header, body)
	if success(status) && !tooLong && !page {
		return Response{Status: status, Body: body}, nil
	}
	failure := &Error{
		Provider:        c.provider,
		Kind:            kindOf(status),
		Status:          status,
		Page:            page,
		RetryAfter:      c.retryAfter(answer.Header.Get("Retry-After")),
		MayHaveHappened: mayHaveHappened(status) || success(status),
		raw:             body,
	}
	if success(status) {
		failure.Kind = Nonsense
	}
	failure.Body = redact.Text(string(body), MaxExcerpt, sensitive...)
	return Response{}, failure
}

func success(status int) bool { return status >= 200 && status < 300 }

// isPage finds the page of a proxy, a parked host or a login wall that answers 200 to anything: a ban believed but not
// made is worse than an error. No meeting system answers in markup, so whatever begins as such is one, be it XHTML or
// without any word in front of what it says.
func isPage(header http.Header, body []byte) bool {
	start := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	return strings.Contains(strings.ToLower(header.Get("Content-Type")), "html") || bytes.HasPrefix(start, []byte("<"))
}

// retryAfter reads both forms of the header (RFC 9110, section 10.2.3).
func (c *Client) retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return max(0, min(time.Duration(seconds), longestRetryAfter/time.Second)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, min(at.Sub(c.now()), longestRetryAfter))
	}
	return 0
}

// EscapeSegment percent-encodes all but RFC 3986's unreserved characters, so that a value stays one path segment
// whatever a server between does with the others.
func EscapeSegment(segment string) string {
	return strings.ReplaceAll(url.QueryEscape(segment), "+", "%20")
}
