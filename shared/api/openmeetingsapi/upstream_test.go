package openmeetingsapi_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"gavel/local/standin"
)

const (
	base     = "/openmeetings" // a web application is never at the root of its host
	services = base + "/services"

	login    = "gavel-bot"
	password = "Hush-81!hush+x y"
	hash     = "hash-5d41402abc4b2a76b9719d911017c592"
)

// sidOf gives the sid of the nth login.
func sidOf(nth int) string { return fmt.Sprintf("51d51d51-0000-4000-8000-%012d", nth) }

// received is a request that reached the server.
type received struct {
	sid string
	// line is method, path as it came and, where there is one, the query without the sid.
	line string
	// form are the fields of a form as name=value, in the order of their names; empty for none.
	form        []string
	contentType string
	body        string
}

// upstream is an OpenMeetings server as far as these tests need one: it lets its one account in, refuses whoever comes
// without a sid, and answers what its script says. What no client should send is a fault of the test.
type upstream struct {
	t      testing.TB
	url    string // of the web application
	script map[string]string
	// login and command answer in place of what is usual; nil for that.
	login, command http.HandlerFunc

	mu     sync.Mutex
	logins int
	dead   map[string]bool // sids that are over
	got    []received
}

func newUpstream(t testing.TB, opt options) *upstream {
	t.Helper()
	up := &upstream{t: t, script: script(), login: opt.login, command: opt.command, dead: map[string]bool{}}
	served := httptest.NewServer(up)
	t.Cleanup(served.Close)
	up.url = served.URL + base
	return up
}

// ServeHTTP answers one request.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), services)
	if !ok || r.Header.Get("Accept") != "application/json" {
		u.t.Errorf("got %s %s with Accept %q upstream, want a service and JSON", r.Method, r.URL.EscapedPath(), r.Header.Get("Accept"))
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	if path == "/user/login" {
		u.logIn(w, r, string(body))
		return
	}
	request := u.note(r, path, string(body))
	switch open := strings.HasPrefix(path, "/info/") || strings.HasPrefix(path, "/error/"); {
	case u.command != nil:
		u.command(w, r)
	case open && request.sid != "":
		u.t.Errorf("got %s with a sid upstream, want it without", request.line)
	case !open && !u.alive(request.sid):
		standin.Says(http.StatusInternalServerError, notAllowed)(w, r)
	default:
		u.answer(w, r, request.line)
	}
}

// note keeps a request, and takes the sid out of its query.
func (u *upstream) note(r *http.Request, path, body string) received {
	request := received{line: r.Method + " " + path, contentType: r.Header.Get("Content-Type"), body: body}
	var rest []string
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		switch sid, found := strings.CutPrefix(part, "sid="); {
		case found && request.sid != "":
			u.t.Errorf("got two sids upstream, want one: %s", request.line)
		case found:
			request.sid = sid
		case part != "":
			rest = append(rest, part)
		}
	}
	if rest != nil {
		request.line += "?" + strings.Join(rest, "&")
	}
	if request.contentType == "application/x-www-form-urlencoded" {
		request.form = fields(u.t, body)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.got = append(u.got, request)
	return request
}

func fields(t testing.TB, form string) []string {
	t.Helper()
	values, err := url.ParseQuery(form)
	if err != nil {
		t.Errorf("got the form %q upstream, want one that can be read: %v", form, err)
	}
	var all []string
	for name := range values {
		for _, value := range values[name] {
			all = append(all, name+"="+value)
		}
	}
	slices.Sort(all)
	return all
}

// logIn opens a session for the account, as version 9 does.
func (u *upstream) logIn(w http.ResponseWriter, r *http.Request, body string) {
	who := fields(u.t, body)
	u.mu.Lock()
	u.logins++
	sid := sidOf(u.logins)
	u.mu.Unlock()
	switch {
	case u.login != nil:
		u.login(w, r)
	case r.Method != http.MethodPost || r.URL.RawQuery != "" || !slices.Equal(who, []string{"pass=" + password, "user=" + login}):
		u.t.Errorf("got %s with query %q and %q as a login, want a POST of the account's", r.Method, r.URL.RawQuery, who)
	default:
		standin.Says(http.StatusOK, done(sid))(w, r)
	}
}

// alive says whether a session was opened and is not over.
func (u *upstream) alive(sid string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for nth := range u.logins {
		if sid == sidOf(nth+1) {
			return !u.dead[sid]
		}
	}
	return false
}

// expire ends all sessions there are.
func (u *upstream) expire() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for nth := range u.logins {
		u.dead[sidOf(nth+1)] = true
	}
}

func (u *upstream) answer(w http.ResponseWriter, r *http.Request, line string) {
	line, _, _ = strings.Cut(line, "?")
	text, found := u.script[line]
	if !found {
		u.t.Errorf("got %s upstream, which the script does not know", line)
	}
	standin.Says(http.StatusOK, text)(w, r)
}

// commands gives what reached the server besides logins.
func (u *upstream) commands() []received {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.got)
}

func (u *upstream) loggedIn() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.logins
}

// done is what a service says that has done something; a message that looks like a number comes as one.
func done(message string) string {
	if message == "" || strings.Trim(message, "0123456789") != "" {
		message = `"` + message + `"`
	}
	return `{"serviceResult":{"message":` + message + `,"type":"SUCCESS"}}`
}

// refusal is how a service says no.
func refusal(message string) string {
	return `{"serviceResult":{"message":"` + message + `","type":"ERROR"}}`
}

var notAllowed = refusal("error.notallowed")
