package jaasapi_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/jaas"
	"gavel/shared/problem"
)

// calling gives the operations that ask JaaS.
func calling() []operation {
	var found []operation
	for _, op := range operations() {
		if op.command != "" {
			found = append(found, op)
		}
	}
	return found
}

func TestGoodRequest_IsAnsweredWithItsOutcome(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			got := g.post(t, op.url(), op.body)
			if want := `{"outcome":"` + op.answer + `"}`; got.Status != op.status || strings.TrimSpace(string(got.Body)) != want {
				t.Errorf("got HTTP %d with %s, want %d with %s", got.Status, got.Body, op.status, want)
			}
			if n := g.upstream.count.Load(); n != 1 {
				t.Errorf("got %d requests upstream, want 1", n)
			}
		})
	}
}

// stopped is where the tests' time stands still.
func stopped() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// fault is a way in which JaaS fails and what the caller is to learn of it.
type fault struct {
	name   string
	answer http.HandlerFunc

	status   int
	code     problem.Code
	upstream int // upstreamStatus
	maybe    bool
	// retryAfter is the header of the answer.
	retryAfter string
	// tries is how often a command that can be repeated is sent.
	tries int
}

// says answers with a status and a text, and with headers given in pairs.
func says(status int, text string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

const (
	refusal = `{"message":"no"}`
	page    = "<!DOCTYPE html><html><body>Sign in</body></html>"
)

// date gives a time after the stopped clock as HTTP writes it.
func date(after time.Duration) string { return stopped().Add(after).Format(http.TimeFormat) }

func faults() []fault {
	big := strings.Repeat("x", 10<<20)
	return []fault{
		{"400", says(400, refusal), 502, problem.UpstreamError, 400, false, "", 1},
		{"401", says(401, refusal), 502, problem.UpstreamCredentials, 401, false, "", 1},
		{"403", says(403, refusal), 502, problem.UpstreamCredentials, 403, false, "", 1},
		{"405", says(405, refusal), 502, problem.UpstreamError, 405, false, "", 1},
		{"409", says(409, refusal), 502, problem.UpstreamError, 409, false, "", 1},
		{"422", says(422, refusal), 502, problem.UpstreamError, 422, false, "", 1},
		{"429", says(429, refusal), 503, problem.UpstreamBusy, 429, false, "", 3},
		{"429, seconds", says(429, refusal, "Retry-After", "120"), 503, problem.UpstreamBusy, 429, false, "120", 1},
		{"429, date", says(429, refusal, "Retry-After", date(90*time.Second)), 503, problem.UpstreamBusy, 429, false, "90", 1},
		{"429, date gone by", says(429, refusal, "Retry-After", date(-time.Hour)), 503, problem.UpstreamBusy, 429, false, "", 3},
		{"429, no time at all", says(429, refusal, "Retry-After", "soon"), 503, problem.UpstreamBusy, 429, false, "", 3},
		{"429, longer than a day", says(429, refusal, "Retry-After", "99999999999"), 503, problem.UpstreamBusy, 429, false, "86400", 1},
		{"500", says(500, refusal), 502, problem.UpstreamError, 500, true, "", 3},
		{"501", says(501, refusal), 502, problem.UpstreamError, 501, true, "", 3},
		{"502", says(502, refusal), 502, problem.UpstreamError, 502, true, "", 3},
		{"503", says(503, refusal), 503, problem.UpstreamBusy, 503, false, "", 3},
		{"503, seconds", says(503, refusal, "Retry-After", "7"), 503, problem.UpstreamBusy, 503, false, "7", 1},
		{"503, date", says(503, refusal, "Retry-After", date(time.Minute)), 503, problem.UpstreamBusy, 503, false, "60", 1},
		{"504", says(504, refusal), 502, problem.UpstreamError, 504, true, "", 3},
		{"HTML that says yes", says(200, page), 502, problem.UpstreamError, 200, true, "", 1},
		{"HTML by its type", says(200, "welcome", "Content-Type", "text/html"), 502, problem.UpstreamError, 200, true, "", 1},
		{"HTML that says no", says(500, page), 502, problem.UpstreamError, 500, true, "", 3},
		{"10 MB that say yes", says(200, big), 502, problem.UpstreamError, 200, true, "", 1},
		{"10 MB that say no", says(400, big), 502, problem.UpstreamError, 400, false, "", 1},
		{"redirect", says(302, "", "Location", "/elsewhere"), 502, problem.UpstreamError, 302, false, "", 1},
		{"redirect that keeps the method", says(307, "", "Location", "/elsewhere"), 502, problem.UpstreamError, 307, false, "", 1},
		{"redirect to nowhere", says(301, ""), 502, problem.UpstreamError, 301, false, "", 1},
		{"not modified", says(304, ""), 502, problem.UpstreamError, 304, false, "", 1},
	}
}

func TestProviderFails_TheCallerLearnsWhatMatters(t *testing.T) {
	t.Parallel()
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{upstream: f.answer, now: stopped})
			for _, op := range calling() {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					got := g.post(t, op.url(), op.body)
					f.check(t, document(t, got), got.Header)
					tries := f.tries
					if op.id == "jaas-dial-out" {
						tries = 1
					}
					if n := g.upstream.asked(op); n != tries {
						t.Errorf("got %d requests upstream, want %d", n, tries)
					}
				})
			}
		})
	}
}

func (f fault) check(t *testing.T, p problem.Problem, header http.Header) {
	t.Helper()
	if p.Status != f.status || p.Code != f.code || p.Provider != jaas.Provider || p.UpstreamStatus != f.upstream {
		t.Errorf("got HTTP %d, code %s, provider %q, upstreamStatus %d, want %d, %s, jaas, %d",
			p.Status, p.Code, p.Provider, p.UpstreamStatus, f.status, f.code, f.upstream)
	}
	if p.MayHaveHappened == nil || *p.MayHaveHappened != f.maybe {
		t.Errorf("got mayHaveHappened %v, want %v", p.MayHaveHappened, f.maybe)
	}
	if got := header.Get("Retry-After"); got != f.retryAfter {
		t.Errorf("got Retry-After %q, want %q", got, f.retryAfter)
	}
	if len(p.UpstreamBody) > 600 {
		t.Errorf("got %d bytes of upstreamBody, want a beginning", len(p.UpstreamBody))
	}
	secret := ""
	if f.code == problem.UpstreamCredentials {
		secret = secretName
	}
	if p.Secret != secret {
		t.Errorf("got secret %q, want %q", p.Secret, secret)
	}
}

// TestProviderKnowsNothingOfIt_IsAnOutcomeWhereNothingIsLeftToDo is about 404.
func TestProviderKnowsNothingOfIt_IsAnOutcomeWhereNothingIsLeftToDo(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{upstream: says(http.StatusNotFound, `{"message":"no such room"}`)})
			got := g.post(t, op.url(), op.body)
			if op.gone {
				if got.Status != http.StatusOK || strings.TrimSpace(string(got.Body)) != `{"outcome":"not_found"}` {
					t.Errorf("got HTTP %d with %s, want 200 with the outcome not_found", got.Status, got.Body)
				}
			} else {
				fault{status: 502, code: problem.UpstreamError, upstream: 404}.check(t, document(t, got), got.Header)
			}
			if n := g.upstream.count.Load(); n != 1 {
				t.Errorf("got %d requests upstream, want 1", n)
			}
		})
	}
}

func TestProviderHangs_TheCallerLearnsThatItMayHaveHappened(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	halfway := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"out`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	for name, answer := range map[string]http.HandlerFunc{"before its answer": hang, "in its answer": halfway} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{upstream: answer, budget: 1200 * time.Millisecond})
			for _, op := range calling() {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					got := g.post(t, op.url(), op.body)
					fault{status: 504, code: problem.UpstreamTimeout, maybe: true}.check(t, document(t, got), got.Header)
					if n := g.upstream.asked(op); op.id == "jaas-dial-out" && n != 1 || n < 1 || n > 3 {
						t.Errorf("got %d requests upstream, want 1 for a dial-out and 1 to 3 for others", n)
					}
				})
			}
		})
	}
}

// rawUpstream is an upstream made of bare TCP. Every request is read to its end and counted; answer
// does with the connection what no HTTP server would.
func rawUpstream(t *testing.T, answer func(conn net.Conn, nth int64)) (url string, up *upstream) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	up = &upstream{}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go up.talk(conn, answer)
		}
	}()
	return "http://" + listener.Addr().String() + base, up
}

func (u *upstream) talk(conn net.Conn, answer func(net.Conn, int64)) {
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		u.keep(request)
		answer(conn, u.count.Load())
	}
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func write(text string) func(net.Conn, int64) {
	return func(conn net.Conn, _ int64) {
		_, _ = io.WriteString(conn, text)
		_ = conn.Close()
	}
}

func TestProviderBreaksTheConnection_TheCallerLearnsThatItMayHaveHappened(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(net.Conn, int64){
		"reset":               func(conn net.Conn, _ int64) { reset(conn) },
		"closed":              write(""),
		"closed in a header":  write("HTTP/1.1 200 OK\r\nContent-Le"),
		"closed in its body":  write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"outcome\""),
		"closed in a chunk":   write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"),
		"not HTTP":            write("+40747777777 " + rejected + " ready\r\n"),
		"a status of letters": write("HTTP/1.1 +40747777777 OK\r\n\r\n"),
		"a header without :":  write("HTTP/1.1 200 OK\r\n+40747777777 " + rejected + "\r\n\r\n"),
		"a bad length":        write("HTTP/1.1 200 OK\r\nContent-Length: +40747777777\r\n\r\n"),
		"a bad chunk":         write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+40747777777\r\n"),
		"endless headers":     write("HTTP/1.1 200 OK\r\nX: " + strings.Repeat(rejected, 20_000) + "\r\n\r\n"),
		"a bad Location":      write("HTTP/1.1 302 Found\r\nLocation: http://[+40747777777/" + rejected + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, up := rawUpstream(t, answer)
			g := setup(t, options{upstreamURL: url})
			for _, op := range calling() {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					got := g.post(t, op.url(), op.body)
					fault{status: 502, code: problem.UpstreamError, maybe: true}.check(t, document(t, got), got.Header)
					if strings.Contains(string(got.Body), rejected) {
						t.Errorf("got %s, which repeats what the provider sent", got.Body)
					}
					if n := up.asked(op); op.id == "jaas-dial-out" && n != 1 {
						t.Errorf("got %d dial-outs upstream, want 1", n)
					}
				})
			}
		})
	}
}

func TestProviderIsNotThere_TheCommandCannotHaveHappened(t *testing.T) {
	t.Parallel()
	// Nobody listens on port 1; a port that was just given back may be another test's by now.
	const gone = "http://127.0.0.1:1"
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{upstreamURL: gone + base})
			got := g.post(t, op.url(), op.body)
			fault{status: 502, code: problem.UpstreamError}.check(t, document(t, got), got.Header)
		})
	}
}

// TestDialOut_OverAKeptConnectionThatBreaksIsSentOnce: net/http sends some requests again by
// itself when a kept connection turns out to be dead.
func TestDialOut_OverAKeptConnectionThatBreaksIsSentOnce(t *testing.T) {
	t.Parallel()
	url, up := rawUpstream(t, func(conn net.Conn, nth int64) {
		if nth > 1 {
			reset(conn)
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
	})
	g := setup(t, options{upstreamURL: url})
	op := operations()[4]
	if got := g.post(t, op.url(), op.body); got.Status != http.StatusOK {
		t.Fatalf("got HTTP %d, want 200: %s", got.Status, got.Body)
	}
	got := g.post(t, op.url(), op.body)
	fault{status: 502, code: problem.UpstreamError, maybe: true}.check(t, document(t, got), got.Header)
	if n := up.count.Load(); n != 2 {
		t.Errorf("got %d dial-outs upstream, want one for each call", n)
	}
}

// TestUpstreamBody_HoldsNothingOfTheRequest has a provider that repeats all it was told.
func TestUpstreamBody_HoldsNothingOfTheRequest(t *testing.T) {
	t.Parallel()
	echo := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusConflict)
		_, _ = w.Write(bytes.Join([][]byte{
			[]byte("the room is locked"), []byte(r.Header.Get("Authorization")), body, []byte(r.URL.EscapedPath()), []byte(r.URL.Path),
			[]byte("ada@example.org 0040 747 777 777"),
		}, []byte(" | ")))
	}
	for _, op := range calling() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{upstream: echo})
			p := document(t, g.post(t, op.url(), op.body))
			if !strings.HasPrefix(p.UpstreamBody, "the room is locked | ") || !strings.Contains(p.UpstreamBody, "[redacted]") {
				t.Errorf("got upstreamBody %q, want the reason kept and the rest redacted", p.UpstreamBody)
			}
			if found := confidential.FindString(p.UpstreamBody); found != "" {
				t.Errorf("got upstreamBody %q, which says %q", p.UpstreamBody, found)
			}
			if strings.Contains(p.UpstreamBody, "5f903d7a") {
				t.Errorf("got upstreamBody %q, which holds a part of the user id", p.UpstreamBody)
			}
		})
	}
}

// TestRedirect_TakesNoTokenElsewhere has somewhere else to go to.
func TestRedirect_TakesNoTokenElsewhere(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			var visits atomic.Int64
			elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
			t.Cleanup(elsewhere.Close)
			g := setup(t, options{upstream: says(status, "", "Location", elsewhere.URL+"/x")})
			for _, op := range calling() {
				fault{status: 502, code: problem.UpstreamError, upstream: status, maybe: status == 303}.check(t, document(t, g.post(t, op.url(), op.body)), http.Header{})
			}
			if n := visits.Load(); n != 0 {
				t.Errorf("got %d requests elsewhere, want none", n)
			}
		})
	}
}

// TestCallerLeaves_TheDialOutIsNotRepeated also shows that the process goes on.
func TestCallerLeaves_TheDialOutIsNotRepeated(t *testing.T) {
	t.Parallel()
	arrived, left := make(chan struct{}), make(chan struct{})
	g := setup(t, options{upstream: func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-left
	}})
	op := operations()[4]
	conn := dial(t, g.url)
	_, _ = io.WriteString(conn, "POST "+op.url()+" HTTP/1.1\r\nHost: gavel.test\r\nContent-Length: "+strconv.Itoa(len(op.body))+"\r\n\r\n"+op.body)
	<-arrived
	reset(conn)
	close(left)
	if got := g.post(t, op.at("..")+"", op.body); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("got HTTP %d afterwards, want 422", got.Status)
	}
	if n := g.upstream.count.Load(); n != 1 {
		t.Errorf("got %d dial-outs upstream, want 1", n)
	}
}
