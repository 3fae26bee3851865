package veeting_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gavel/local/standin"
)

// upstream stands in for Veeting. It lets in whoever has its key, and holds every request against the tutorial: a breach
// fails the test, whatever answer the test has asked for.
type upstream struct {
	tb       testing.TB
	url      string
	listener net.Listener

	mu       sync.Mutex
	key      string
	rejects  http.HandlerFunc // answers those with another key
	always   http.HandlerFunc // answers those that are let in
	requests []request
	wire     bytes.Buffer // all that came
}

// request is what arrived, as it arrived.
type request struct {
	method string
	uri    string // path and query, escaped as on the wire
	header http.Header
	body   string
}

func newUpstream(tb testing.TB, listener net.Listener) *upstream {
	tb.Helper()
	u := &upstream{tb: tb, key: apiKey, rejects: standin.Says(http.StatusUnauthorized, ""), always: gives("{}")}
	server := httptest.NewUnstartedServer(u)
	if listener == nil {
		listener = server.Listener
	} else {
		_ = server.Listener.Close()
	}
	server.Listener = taped{listener, u}
	server.Start()
	tb.Cleanup(server.Close)
	u.url, u.listener = server.URL, listener
	return u
}

// taped keeps what comes over its connections.
type taped struct {
	net.Listener
	upstream *upstream
}

func (l taped) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return tape{conn, l.upstream}, err
}

type tape struct {
	net.Conn
	upstream *upstream
}

func (c tape) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.upstream.set(func(u *upstream) { u.wire.Write(p[:n]) })
	return n, err
}

func (u *upstream) set(change func(*upstream)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(u)
}

// from sets the answer to every request that is let in.
func (u *upstream) from(answer http.HandlerFunc) { u.set(func(u *upstream) { u.always = answer }) }

func (u *upstream) seen() []request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.requests)
}

// raw gives all that came, as it came.
func (u *upstream) raw() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.wire.String()
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		u.tb.Errorf("read the request's body: %v", err)
	}
	got := request{method: r.Method, uri: r.RequestURI, header: r.Header.Clone(), body: string(body)}
	if err := check(got); err != nil {
		u.tb.Errorf("%s %s is not as in the tutorial: %v", got.method, got.uri, err)
	}
	u.mu.Lock()
	u.requests = append(u.requests, got)
	answer := u.always
	if got.header.Get("X-Api-Key") != u.key {
		answer = u.rejects
	}
	u.mu.Unlock()
	answer(w, r)
}

// routes are those of the tutorial, with the fields of their bodies in order, and whether a user may be named.
var routes = []struct {
	form   string
	fields []string
	user   bool
}{
	{"POST /account", []string{
		"sendPassword", "accountType", "adminFirstname", "adminLastname", "adminEmail", "adminPreferredLanguage", "paidUntil",
	}, false},
	{"GET /account/admin/[^/]+", nil, false},
	{"POST /meeting", meetingFields, true},
	{"PUT /meeting/[^/]+/false", append([]string{"id"}, meetingFields...), true},
	{"POST /meeting/close", []string{"meetingId"}, true},
	{"DELETE /meeting/[^/]+", nil, true},
}

var meetingFields = []string{
	"topic", "startTime", "endTime", "duration", "type", "isRecurring", "isRecorded", "isDialin", "invitedParticipants", "recurring", "meetingPermissionId",
}

// topName finds the names of an object whose values are flat, or hold no such names themselves.
var topName = regexp.MustCompile(`[{,]"([A-Za-z]+)":`)

// check holds a request against the tutorial.
func check(got request) error {
	for name := range got.header {
		if !slices.Contains([]string{"Content-Type", "X-Api-Key", "X-User-Id", "X-User-Email", "User-Agent", "Content-Length"}, name) {
			return fmt.Errorf("it has the header %s", name)
		}
		if len(got.header[name]) != 1 {
			return fmt.Errorf("it has the header %s %d times", name, len(got.header[name]))
		}
	}
	path, found := strings.CutPrefix(got.uri, basePath+apiPath)
	users := len(got.header["X-User-Id"]) + len(got.header["X-User-Email"])
	for _, route := range routes {
		if !found || !regexp.MustCompile("^"+route.form+"$").MatchString(got.method+" "+path) {
			continue
		}
		var names []string
		for _, match := range topName.FindAllStringSubmatch(got.body, -1) {
			names = append(names, match[1])
		}
		switch {
		case got.header.Get("Content-Type") != "application/json":
			return errors.New("its content type is not JSON")
		case users > 1 || users == 1 && !route.user:
			return fmt.Errorf("it names %d users", users)
		case !slices.Equal(names, route.fields) || (got.body == "") != (route.fields == nil):
			return fmt.Errorf("its body is %s", got.body)
		}
		return nil
	}
	return errors.New("there is no such route")
}

// gives answers with a success and its data.
func gives(data string) http.HandlerFunc {
	return standin.Says(http.StatusOK, `{"responseCode":0,"data":`+data+`}`)
}
