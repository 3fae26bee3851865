package openmeetings_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/standin"
)

// upstream stands in for OpenMeetings: it logs the account in, keeps sids, and gives the answers a test has scripted.
// It holds every request against the services' common rules: a breach fails the test, whatever the answer.
type upstream struct {
	tb       testing.TB
	url      string
	base     string
	listener net.Listener

	mu       sync.Mutex
	password string
	delay    time.Duration    // before a login is answered or a session refused; not for real, but in a synctest bubble
	login    string           // the method of the login: POST since 9.0.0, GET before, empty for neither
	onLogin  http.HandlerFunc // in place of the answer to a login of the right method; nil for none
	deny     bool             // no session has the right it needs
	denial   string           // the message for that
	sids     map[string]*sid
	routes   map[string]http.HandlerFunc // by method and escaped path below the services
	requests []request
}

// sid is a session. An entry link made with it is its end.
type sid struct {
	over  bool
	uses  int
	entry bool
}

// request is what arrived, as it arrived.
type request struct {
	method string
	path   string // escaped, below the services
	query  string // raw
	header http.Header
	body   string
	sid    string
}

func (r request) route() string { return r.method + " " + r.path }

func newUpstream(tb testing.TB, s settings) *upstream {
	tb.Helper()
	u := &upstream{
		tb: tb, base: s.base, password: password, login: http.MethodPost, denial: "error.notallowed",
		sids: map[string]*sid{}, routes: map[string]http.HandlerFunc{},
	}
	u.on("GET /room/count/7", says("0"))
	u.on("POST /user/hash", says(`"`+hash+`"`))
	server := standin.Serve(tb, s.listener, u)
	u.url, u.listener = server.URL, server.Listener
	return u
}

// on scripts the answer to requests on a route, such as "GET /room/7".
func (u *upstream) on(route string, answer http.HandlerFunc) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.routes[route] = answer
}

// set changes the stand-in while nobody is served.
func (u *upstream) set(change func(u *upstream)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(u)
}

// forget ends all sessions, as the server does with idle ones.
func (u *upstream) forget() {
	u.set(func(u *upstream) {
		for _, s := range u.sids {
			s.over = true
		}
	})
}

func (u *upstream) seen() []request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.requests)
}

// times gives how many requests came on a route.
func (u *upstream) times(route string) int {
	n := 0
	for _, r := range u.seen() {
		if r.route() == route {
			n++
		}
	}
	return n
}

// logins gives how many logins were tried, by either method.
func (u *upstream) logins() int { return u.times("POST /user/login") + u.times("GET /user/login") }

// commands gives what arrived but the logins.
func (u *upstream) commands() []request {
	return slices.DeleteFunc(u.seen(), func(r request) bool { return r.path == "/user/login" })
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		u.tb.Errorf("read the request's body: %v", err)
	}
	uri, query, _ := strings.Cut(r.RequestURI, "?")
	path, found := strings.CutPrefix(uri, u.base+"/services")
	if !found {
		u.tb.Errorf("got %s, want a path below %s/services", uri, u.base)
	}
	got := request{method: r.Method, path: path, query: query, header: r.Header.Clone(), body: string(body), sid: r.URL.Query().Get("sid")}
	u.mu.Lock()
	u.requests = append(u.requests, got)
	answer, err := u.answer(got)
	u.mu.Unlock()
	if err == nil {
		err = common(got, r)
	}
	if err != nil {
		u.tb.Errorf("%s?%s is not what OpenMeetings takes: %v", got.route(), got.query, err)
	}
	answer(w, r)
}

// answer chooses the answer by the rules of sessions; it is called with the lock held.
func (u *upstream) answer(got request) (http.HandlerFunc, error) {
	switch {
	case got.path == "/user/login":
		return u.logIn(got)
	case strings.HasPrefix(got.path, "/info/") || strings.HasPrefix(got.path, "/error/"):
		if strings.Contains(got.query, "sid") {
			return status(http.StatusBadRequest), errors.New("a sid where none is needed")
		}
	default:
		if denied, err := u.admit(got); denied != nil || err != nil {
			return denied, err
		}
	}
	scripted, ok := u.routes[got.route()]
	if !ok {
		return status(http.StatusNotFound), errors.New("no answer is scripted")
	}
	return scripted, nil
}

// logIn checks a login and opens a session.
func (u *upstream) logIn(got request) (http.HandlerFunc, error) {
	if got.method != u.login {
		return status(http.StatusMethodNotAllowed), nil
	}
	fields, elsewhere := got.body, got.query
	if got.method == http.MethodGet {
		fields, elsewhere = got.query, got.body
	}
	values, err := url.ParseQuery(fields)
	if err != nil || elsewhere != "" || len(values) != 2 || len(values["user"]) != 1 || len(values["pass"]) != 1 {
		return status(http.StatusBadRequest), fmt.Errorf("a login with %q and %q", fields, elsewhere)
	}
	switch {
	case u.onLogin != nil:
		return u.onLogin, nil
	case values.Get("user") != user || values.Get("pass") != u.password:
		return late(u.delay, refuses("error.bad.credentials")), nil
	}
	id := fmt.Sprintf("ab12cd34-ef56-4a7b-9c8d-e%05xf", len(u.sids)+1)
	u.sids[id] = &sid{}
	return late(u.delay, says(`"`+id+`"`)), nil
}

// admit checks a sid. It gives the answer to a request that is not let in, and the error of one that should not have
// been made.
func (u *upstream) admit(got request) (http.HandlerFunc, error) {
	values, err := url.ParseQuery(got.query)
	held := u.sids[got.sid]
	entry := got.path == "/user/hash"
	switch {
	case err != nil || len(values["sid"]) != 1:
		return status(http.StatusBadRequest), errors.New("no one sid")
	case held == nil:
		return status(http.StatusBadRequest), errors.New("a sid that was never given")
	case held.entry:
		return status(http.StatusBadRequest), errors.New("the sid of an entry link was used again")
	case entry && held.uses > 0:
		return status(http.StatusBadRequest), errors.New("the sid of commands was used for an entry link")
	}
	held.entry = entry
	held.uses++
	if held.over || u.deny {
		return late(u.delay, fails(u.denial)), nil
	}
	return nil, nil //nolint:nilnil // there is nothing against the request
}

// common holds a request against the rules of all services.
func common(got request, r *http.Request) error {
	kind := got.header.Get("Content-Type")
	switch {
	case len(got.header["Accept"]) != 1 || got.header.Get("Accept") != "application/json":
		return fmt.Errorf("it accepts %q", got.header["Accept"])
	case got.header.Get("Authorization") != "" || got.header.Get("Cookie") != "":
		return errors.New("it has credentials in its header")
	case strings.Contains(got.query, "+"):
		return errors.New("a + in the query, which some take for a space")
	case got.body == "" && (kind != "" || len(r.TransferEncoding) > 0 || r.ContentLength != 0):
		return fmt.Errorf("it has no body, and type %q, length %d and encoding %q", kind, r.ContentLength, r.TransferEncoding)
	case got.body != "" && (got.method == http.MethodGet || got.method == http.MethodDelete):
		return errors.New("it has a body")
	case got.body != "" && kind != "application/x-www-form-urlencoded" && !strings.HasPrefix(kind, "multipart/form-data; boundary="):
		return fmt.Errorf("it has type %q", kind)
	}
	return nil
}

func status(code int, header ...string) http.HandlerFunc { return standin.Says(code, "", header...) }

// gives answers with JSON; without any it is 204, the server's null.
func gives(body string) http.HandlerFunc {
	if body == "" {
		return status(http.StatusNoContent)
	}
	return standin.Says(http.StatusOK, body, "Content-Type", "application/json")
}

func result(message, kind string) string {
	return `{"serviceResult":{"message":` + message + `,"type":"` + kind + `"}}`
}

// says answers with a success and its message, which is given as JSON.
func says(message string) http.HandlerFunc { return gives(result(message, "SUCCESS")) }

// refuses answers with the error that comes with status 200, fails with that of 500.
func refuses(message string) http.HandlerFunc { return gives(result(`"`+message+`"`, "ERROR")) }

func fails(message string) http.HandlerFunc {
	return standin.Says(http.StatusInternalServerError, result(`"`+message+`"`, "ERROR"), "Content-Type", "application/json", "exception", message)
}

// late answers after a while, unless the client gives up before.
func late(d time.Duration, answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(d):
			answer(w, r)
		}
	}
}
