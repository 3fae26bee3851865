package jitsi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/sandbox"
	"gavel/local/sandbox/jitsi"
)

const (
	mount    = "/sandbox/jitsi"
	domain   = "meet.jitsi"
	muc      = "@conference.meet.jitsi"
	appID    = "my_app"
	secret   = "a secret of the operator's"
	jsonType = "application/json"
	callback = "Bearer TOKEN-237958623045"
)

// start is when the tests begin.
var start = time.Unix(1_760_000_000, 0)

// world is a sandbox behind real HTTP, with a clock to step, and with its key servers.
type world struct {
	t     *testing.T
	url   string
	nanos atomic.Int64
	rec   sandbox.Recorder
	keys  *keyServer
	*jitsi.Server
	transport http.RoundTripper

	mu  sync.Mutex
	set jitsi.Settings
}

func setup(t *testing.T, options ...func(*jitsi.Options, *jitsi.Settings)) *world {
	t.Helper()
	w := &world{t: t, keys: newKeyServer(t), transport: newTransport(t)}
	w.nanos.Store(start.UnixNano())
	w.set = jitsi.Settings{
		Domain: domain, AppIDs: []string{appID}, AppSecret: secret,
		SystemKeyServer: w.keys.url + "/system", CallbackAuthorization: callback,
	}
	o := jitsi.Options{
		Settings: func(context.Context) (jitsi.Settings, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.set, nil
		},
		Now:      func() time.Time { return time.Unix(0, w.nanos.Load()) },
		Recorder: &w.rec, Transport: w.transport,
	}
	for _, change := range options {
		change(&o, &w.set)
	}
	w.Server = jitsi.New(o)
	t.Cleanup(w.Close)
	h := httptest.NewServer(http.StripPrefix(mount, w.Server))
	t.Cleanup(h.Close)
	w.url = h.URL + mount
	return w
}

// newTransport keeps connections apart from those of other tests: an httptest.Server that closes breaks the default
// transport's.
func newTransport(t *testing.T) *http.Transport {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// traits sets the server's quirks.
func traits(t jitsi.Traits) func(*jitsi.Options, *jitsi.Settings) {
	return func(o *jitsi.Options, _ *jitsi.Settings) { o.Traits = t }
}

// settings changes the settings before the start.
func settings(change func(*jitsi.Settings)) func(*jitsi.Options, *jitsi.Settings) {
	return func(_ *jitsi.Options, set *jitsi.Settings) { change(set) }
}

// edit changes the settings while the server runs.
func (w *world) edit(change func(*jitsi.Settings)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.set)
}

func (w *world) step(d time.Duration) { w.nanos.Add(int64(d)) }

// reply is an answer, with its fields when it is a JSON object.
type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (r reply) error() string { s, _ := r.body["error"].(string); return s }

func (w *world) do(method, path string, header http.Header, body string) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	client := &http.Client{Transport: w.transport}
	res, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	got := reply{status: res.StatusCode, header: res.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &got.body) // most answers are no JSON
	return got
}

func bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {jsonType}}
}

// end, kick and invite call the endpoints with a good system token.
func (w *world) end(conference string) reply {
	w.t.Helper()
	return w.do("POST", "/prosody/end-meeting?conference="+url.QueryEscape(conference), bearer(systemToken(w.t)), "")
}

func (w *world) kick(query, body string) reply {
	w.t.Helper()
	return w.do("PUT", "/prosody/kick-participant?"+query, bearer(systemToken(w.t)), body)
}

func (w *world) invite(conference, phoneNo string) reply {
	w.t.Helper()
	body := asJSON(w.t, map[string]string{"conference": conference, "phoneNo": phoneNo})
	return w.do("POST", "/prosody/invite-jigasi", bearer(systemToken(w.t)), body)
}

// get asks something about a room that is not in a tenant.
func (w *world) get(path, room string) reply {
	w.t.Helper()
	return w.do("GET", "/prosody/"+path+"?domain="+domain+"&room="+room, nil, "")
}

// join joins a room such as "standup" or "standup?tenant=acme".
func (w *world) join(room, token string) reply {
	w.t.Helper()
	name, query, _ := strings.Cut(room, "?")
	return w.do("POST", "/rooms/"+name+"/participants?"+query, http.Header{"Content-Type": {jsonType}}, asJSON(w.t, map[string]any{"jwt": token}))
}

// mustJoin joins and returns the answer's body.
func (w *world) mustJoin(room, token string) map[string]any {
	w.t.Helper()
	got := w.join(room, token)
	if got.status != http.StatusCreated {
		w.t.Fatalf("join %s: got %d %s, want 201", room, got.status, got.raw)
	}
	return got.body
}

func (w *world) leave(room string, joined map[string]any) reply {
	w.t.Helper()
	name, query, _ := strings.Cut(room, "?")
	return w.do("DELETE", fmt.Sprint("/rooms/", name, "/participants/", joined["participantId"], "?", query), nil, "")
}

func (w *world) show(room string) reply {
	w.t.Helper()
	return w.do("GET", "/rooms/"+room, nil, "")
}

func (w *world) want(got reply, status int) {
	w.t.Helper()
	if got.status != status {
		w.t.Fatalf("got %d %q, want %d", got.status, got.raw, status)
	}
}

// wantBare wants an answer as the modules give it: without a body and without a content type.
func (w *world) wantBare(got reply, status int) {
	w.t.Helper()
	w.want(got, status)
	if got.raw != "" || got.header.Get("Content-Type") != "" {
		w.t.Errorf("got body %q of type %q, want none", got.raw, got.header.Get("Content-Type"))
	}
}

// wantPage wants one of Prosody's own pages.
func (w *world) wantPage(got reply, status int) {
	w.t.Helper()
	w.want(got, status)
	if !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(got.raw, "<html>") {
		w.t.Errorf("got %q of type %q, want a page of HTML", got.raw, got.header.Get("Content-Type"))
	}
}

// inside counts the humans in a room.
func (w *world) inside(room string) int {
	w.t.Helper()
	list, _ := w.show(room).body["participants"].([]any)
	return len(list)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
