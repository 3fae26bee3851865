package standin

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"gavel/shared/httpclient"
)

// Page is what a web server says that is not the meeting system's API.
const Page = "<!DOCTYPE html><html><body>Sign in</body></html>"

// Nowhere is an address where nobody listens; a port that was just given back may be another test's by now.
const Nowhere = "http://127.0.0.1:1"

// Patience is a budget in which a busy machine gets a request sent, of which one that is repeated has half.
const Patience = 6 * time.Second

// Says gives an answer, with headers, which are names and values in turn. A body is JSON unless they say otherwise.
func Says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if body != "" {
			w.Header().Set("Content-Type", "application/json")
		}
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// InTurn gives one answer after the other, and the last from then on.
func InTurn(all ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		answer := all[0]
		if len(all) > 1 {
			all = all[1:]
		}
		mu.Unlock()
		answer(w, r)
	}
}

// Hangs begins an answer, if there is a beginning, and does not end it until the client gives up, which takes no time in a
// synctest bubble.
func Hangs(beginning string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if beginning != "" {
			_, _ = io.WriteString(w, beginning)
			_ = http.NewResponseController(w).Flush()
		}
		select {
		case <-r.Context().Done():
		case <-time.After(time.Hour):
		}
	}
}

// Hijack takes the connection of a request.
func Hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	return Must(conn, err)
}

// Breaks hangs up on what it got, after the first bytes of an answer.
func Breaks(beginning string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn := Hijack(w)
		_, _ = io.WriteString(conn, beginning)
		_ = conn.Close()
	}
}

// Begun is an answer that has just begun, as a success.
const Begun = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"

// Fault is a way to fail, and what a client is to make of it.
type Fault struct {
	Answer http.HandlerFunc
	Kind   httpclient.Kind
	Status int
	Sent   int  // how often what can be repeated is sent because of it
	Done   bool // whether what was asked for may have been done
}

// Nonsense is a fault: a success that is none.
func Nonsense(status int, body string, header ...string) Fault {
	return Fault{Says(status, body, header...), httpclient.Nonsense, status, 1, true}
}

// Faults are those that every meeting system can have. fine is an answer that a client takes; after500 is how often what can
// be repeated is sent when it is answered with 500, which some servers say of what cannot be.
func Faults(fine string, after500 int) map[string]Fault {
	const html = "text/html; charset=utf-8"
	return map[string]Fault{
		"400":                  {Says(400, ""), httpclient.Refused, 400, 1, false},
		"404 with a page":      {Says(404, Page, "Content-Type", html), httpclient.Refused, 404, 1, false},
		"405":                  {Says(405, ""), httpclient.Refused, 405, 1, false},
		"409":                  {Says(409, "{}"), httpclient.Refused, 409, 1, false},
		"429":                  {Says(429, ""), httpclient.Busy, 429, 3, false},
		"429, come in a while": {Says(429, "", "Retry-After", "120"), httpclient.Busy, 429, 1, false},
		"500":                  {Says(500, ""), httpclient.Refused, 500, after500, true},
		"500 with a page":      {Says(500, Page, "Content-Type", html), httpclient.Refused, 500, after500, true},
		"500 cut off":          {Says(500, `{"a":{"b`), httpclient.Refused, 500, after500, true},
		"502 with a page":      {Says(502, Page), httpclient.Refused, 502, 3, true},
		"503":                  {Says(503, Page), httpclient.Busy, 503, 3, false},
		"503, come in a while": {Says(503, "", "Retry-After", "120"), httpclient.Busy, 503, 1, false},
		"503, come tomorrow":   {Says(503, "", "Retry-After", "86400"), httpclient.Busy, 503, 1, false},
		"504":                  {Says(504, ""), httpclient.Refused, 504, 3, true},
		"redirect":             {Says(302, "", "Location", "/signin"), httpclient.Nonsense, 302, 1, false},
		"page":                 Nonsense(200, Page),
		"page of JSON":         Nonsense(200, fine, "Content-Type", html),
		"too long":             Nonsense(200, fine+strings.Repeat(" ", 1<<20)),
		"down":                 {Breaks(""), httpclient.Unreachable, 0, 3, true},
		"broken off":           {Breaks(Begun), httpclient.Unreachable, 0, 3, true},
		"slow":                 {Hangs(""), httpclient.Timeout, 0, 2, true},
	}
}
