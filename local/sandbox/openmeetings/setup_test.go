package openmeetings_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/sandbox"
	"gavel/local/sandbox/openmeetings"
)

const (
	mount    = "/openmeetings"
	password = "Gavel-0!x"
	formType = "application/x-www-form-urlencoded"
)

// start is 2026-11-22 12:30:00 by the server's clock.
var start = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)

// world is a sandbox behind real HTTP, with a clock to step.
type world struct {
	t     *testing.T
	url   string
	nanos atomic.Int64
	rec   sandbox.Recorder
}

// accounts are one for each kind of account that matters.
func accounts(context.Context) ([]openmeetings.Account, error) {
	return []openmeetings.Account{
		{Login: "gavel", Email: "Gavel@example.org", Password: password, Rights: []string{"LOGIN", "SOAP", "ROOM"}, Group: true},
		{Login: "root", Password: password, Rights: []string{"LOGIN", "ADMIN"}, Group: true},
		{Login: "ada", Password: password, Rights: []string{"LOGIN", "ROOM"}, Group: true},
		{Login: "soap", Password: password, Rights: []string{"LOGIN", "SOAP"}, Group: true},
		{Login: "sleeper", Password: password, Rights: []string{"SOAP", "ROOM"}, Group: true},
		{Login: "loner", Password: password, Rights: []string{"LOGIN", "SOAP", "ROOM"}},
		{Login: "ldap", Password: password, Rights: []string{"LOGIN", "SOAP", "ROOM"}, Group: true, Type: "LDAP"},
	}, nil
}

func setup(t *testing.T, options ...func(*openmeetings.Options)) *world {
	t.Helper()
	w := &world{t: t}
	w.nanos.Store(start.UnixNano())
	o := openmeetings.Options{
		Now:              func() time.Time { return time.Unix(0, w.nanos.Load()) },
		Accounts:         accounts,
		BadPasswordDelay: func() time.Duration { return time.Microsecond },
		Recorder:         &w.rec,
	}
	for _, set := range options {
		set(&o)
	}
	h := httptest.NewServer(http.StripPrefix(mount, openmeetings.New(o)))
	t.Cleanup(h.Close)
	w.url = h.URL + mount
	return w
}

func version81(o *openmeetings.Options) { o.Version = openmeetings.Profile81 }

func (w *world) step(d time.Duration) { w.nanos.Add(int64(d)) }

// reply is an answer with its body, as JSON where it is.
type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// message is that of a serviceResult, with its type: "SUCCESS Kicked".
func (r reply) message() string {
	result, _ := r.body["serviceResult"].(map[string]any)
	return fmt.Sprint(result["type"], " ", result["message"])
}

// word is the message of a success.
func (r reply) word() string {
	word, _ := strings.CutPrefix(r.message(), "SUCCESS ")
	return word
}

// object is the content below the root key.
func (r reply) object(root string) map[string]any {
	o, _ := r.body[root].(map[string]any)
	return o
}

// list is the content below the root key, nil when it is no array.
func (r reply) list(root string) []map[string]any {
	items, isList := r.body[root].([]any)
	if !isList {
		return nil
	}
	all := []map[string]any{}
	for _, item := range items {
		all = append(all, item.(map[string]any))
	}
	return all
}

func (w *world) send(client *http.Client, method, path string, header http.Header, body string) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	res, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	got := reply{status: res.StatusCode, header: res.Header, text: string(raw)}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	_ = dec.Decode(&got.body)
	return got
}

func (w *world) do(method, path string, header http.Header, body string) reply {
	w.t.Helper()
	return w.send(http.DefaultClient, method, path, header, body)
}

// get asks a service. The sid goes into the query.
func (w *world) get(sid, path string) reply { w.t.Helper(); return w.call("GET", sid, path, nil) }

func (w *world) delete(sid, path string) reply { w.t.Helper(); return w.call("DELETE", sid, path, nil) }

// post sends an encoded form, given as name and value in turn.
func (w *world) post(sid, path string, form ...string) reply {
	w.t.Helper()
	return w.call("POST", sid, path, form)
}

func (w *world) call(method, sid, path string, form []string) reply {
	w.t.Helper()
	path, query, _ := strings.Cut(path, "?")
	if sid != "" {
		query += "&sid=" + url.QueryEscape(sid)
	}
	var body string
	header := http.Header{}
	if len(form) > 0 {
		fields := url.Values{}
		for i := 0; i < len(form); i += 2 {
			fields.Set(form[i], form[i+1])
		}
		header.Set("Content-Type", formType)
		body = fields.Encode()
	}
	return w.do(method, "/services/"+path+"?"+query, header, body)
}

// login returns a sid of one of the accounts.
func (w *world) login(name string) string {
	w.t.Helper()
	got := w.post("", "user/login", "user", name, "pass", password)
	if got.status == http.StatusMethodNotAllowed {
		got = w.get("", "user/login?user="+name+"&pass="+url.QueryEscape(password))
	}
	if !strings.HasPrefix(got.message(), "SUCCESS ") {
		w.t.Fatalf("login %s: %d %s, want a sid", name, got.status, got.text)
	}
	return got.word()
}

func (w *world) want(got reply, status int) {
	w.t.Helper()
	if got.status != status {
		w.t.Fatalf("status: got %d %s, want %d", got.status, got.text, status)
	}
}

func (w *world) wantMessage(got reply, status int, message string) {
	w.t.Helper()
	if got.status != status || got.message() != message {
		w.t.Fatalf("got %d %s, want %d %s", got.status, got.text, status, message)
	}
}

// wantDenied checks for the one answer to an unknown sid and to a missing right.
func (w *world) wantDenied(got reply) {
	w.t.Helper()
	w.wantMessage(got, 500, "ERROR error.notallowed")
	if header := got.header.Get("exception"); header != "error.notallowed" {
		w.t.Errorf("header exception: got %q, want error.notallowed", header)
	}
}

// wantPage checks for an answer that is not of the services.
func (w *world) wantPage(got reply, status int) {
	w.t.Helper()
	w.want(got, status)
	if got.body != nil || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		w.t.Errorf("got %s %s, want an HTML page", got.header.Get("Content-Type"), got.text)
	}
}

// makeRoom posts a room of the given JSON members and returns its id.
func (w *world) makeRoom(sid, members string) string {
	w.t.Helper()
	got := w.post(sid, "room", "room", "{"+members+"}")
	w.want(got, 200)
	return fmt.Sprint(got.object("roomDTO")["id"])
}

// hash makes an entry hash for a person of the system "shop".
func (w *world) hash(sid, externalID, options string) string {
	w.t.Helper()
	got := w.post(sid, "user/hash", "options", "{"+options+"}",
		"user", `{"externalId":"`+externalID+`","externalType":"shop","firstname":"F `+externalID+`","lastname":"L"}`)
	if got.status != 200 || got.object("serviceResult")["type"] != "SUCCESS" {
		w.t.Fatalf("hash: got %d %s, want one", got.status, got.text)
	}
	return got.word()
}

// newBrowser keeps cookies.
func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func asksJSON() http.Header { return http.Header{"Accept": {"application/json"}} }

// visit opens an entry URL in a browser.
func (w *world) visit(b *http.Client, query string) reply {
	w.t.Helper()
	return w.send(b, "GET", "/hash?"+query, asksJSON(), "")
}

// enter logs in, makes a hash and uses it in a new browser, as one should.
func (w *world) enter(externalID, options string) reply {
	w.t.Helper()
	return w.visit(newBrowser(w.t), "secure="+w.hash(w.login("gavel"), externalID, options))
}

func (w *world) wantRefused(got reply, code string) {
	w.t.Helper()
	if got.status != 403 || got.body["error"] != code {
		w.t.Fatalf("got %d %s, want 403 %s", got.status, got.text, code)
	}
}
