package veetingapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gavel/local/standin"
)

// upstream stands in for Veeting. It holds every request against the tutorial: a breach fails the test, whatever answer
// the test has asked for.
type upstream struct {
	tb     testing.TB
	url    string
	answer http.HandlerFunc // nil for the tutorial's own

	mu       sync.Mutex
	key      string
	requests []string // method, path, user header and body, a line each
}

func newUpstream(tb testing.TB, answer http.HandlerFunc) *upstream {
	tb.Helper()
	u := &upstream{tb: tb, answer: answer, key: apiKey}
	server := httptest.NewServer(u)
	tb.Cleanup(server.Close)
	u.url = server.URL + base
	return u
}

func (u *upstream) seen() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.requests)
}

// trust lets in another key in place of the one before.
func (u *upstream) trust(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.key = key
}

const (
	accountData = `{"id":"5e9459c5b863b82cefdddf4f","name":"test-user@example.com","accountType":"trial","paidUntil":"2024-04-27T12:23:33.852Z",` +
		`"defaultMeetingPermissions":null,"accountRooms":[]}`
	adminData = `[{"id":"5e9459c5b863b82cefdddf4e","email":"test-user@example.com","firstName":"Test","externalUserId":null,` +
		`"timezone":"Europe/Paris","icsPath":"/api/v6/meeting/calender/user/a-b"}]`
	meetingData = `{"id":"5e945c36b863b82cefdddf54","meetingId":"9974-7653-8886-0485","topic":"My Meeting Topic",` +
		`"startTime":"2024-04-07T09:00:00.000Z","duration":"60","recurring":{"frequency":null},"icalSequence":"0","dtClosedAt":null,"isClosed":true}`
	meetingWant = `{"dtClosedAt":null,"duration":60,"icalSequence":0,"id":"5e945c36b863b82cefdddf54","isClosed":true,` +
		`"participantMeetingId":"9974-7653-8886-0485","recurring":{"frequency":null},"startTime":"2024-04-07T09:00:00.000Z","topic":"My Meeting Topic"}`
)

// routes are those of the tutorial, with what is under data in its answers.
var routes = []struct {
	form *regexp.Regexp
	data string
}{
	{regexp.MustCompile(`^POST /account$`), accountData},
	{regexp.MustCompile(`^GET /account/admin/[0-9a-f]{24}$`), adminData},
	{regexp.MustCompile(`^POST /meeting$`), meetingData},
	{regexp.MustCompile(`^PUT /meeting/[0-9a-f]{24}/false$`), meetingData},
	{regexp.MustCompile(`^POST /meeting/close$`), "null"},
	{regexp.MustCompile(`^DELETE /meeting/[0-9a-f]{24}$`), "null"},
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		u.tb.Errorf("read the request's body: %v", err)
	}
	user := ""
	for _, name := range []string{"X-User-Id", "X-User-Email"} {
		if values := r.Header[name]; len(values) > 0 {
			user += name + ": " + strings.Join(values, ",")
		}
	}
	line := r.Method + " " + strings.TrimPrefix(r.RequestURI, base+"/api/v6")
	data := ""
	for _, route := range routes {
		if route.form.MatchString(line) {
			data = route.data
		}
	}
	if data == "" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Authorization")+r.Header.Get("Cookie") != "" {
		u.tb.Errorf("got %s with %v upstream, which is not as in the tutorial", line, r.Header)
	}
	u.mu.Lock()
	u.requests = append(u.requests, strings.Join(slices.DeleteFunc([]string{line, user, string(body)}, func(s string) bool { return s == "" }), "\n"))
	let := r.Header.Get("X-Api-Key") == u.key
	u.mu.Unlock()
	switch {
	case !let:
		standin.Says(http.StatusUnauthorized, "")(w, r)
	case u.answer != nil:
		u.answer(w, r)
	default:
		standin.Says(http.StatusOK, `{"responseCode":0,"data":`+data+`}`)(w, r)
	}
}
