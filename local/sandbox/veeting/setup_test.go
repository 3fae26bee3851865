package veeting_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/sandbox"
	"gavel/local/sandbox/veeting"
)

const (
	mount       = "/sandbox/veeting"
	instanceKey = "instance/Key+0123456789"
	accountKey  = "account-key-0123456789"
	seed        = "organizer@example.org"
	jsonType    = "application/json"
)

// start is when the tutorial's account was made, in the years of its last version.
var start = time.Date(2024, 4, 13, 12, 23, 33, 852e6, time.UTC)

// before is a week before the tutorial's meeting.
var before = time.Date(2024, 3, 31, 9, 0, 0, 0, time.UTC)

// world is a sandbox behind real HTTP, with a clock to step.
type world struct {
	t     *testing.T
	url   string
	nanos atomic.Int64
	rec   sandbox.Recorder
	*veeting.Server
}

func keys(all ...veeting.Key) veeting.KeysFunc {
	return func(context.Context) ([]veeting.Key, error) { return all, nil }
}

// setup starts at before.
func setup(t *testing.T, options ...func(*veeting.Options)) *world {
	t.Helper()
	w := &world{t: t}
	w.set(before)
	o := veeting.Options{
		Keys:     keys(veeting.Key{Value: instanceKey, Level: "instance"}, veeting.Key{Value: accountKey, Level: "account"}),
		Now:      func() time.Time { return time.Unix(0, w.nanos.Load()) },
		Recorder: &w.rec,
	}
	for _, set := range options {
		set(&o)
	}
	w.Server = veeting.New(o)
	t.Cleanup(w.Close)
	h := httptest.NewServer(http.StripPrefix(mount, w.Server))
	t.Cleanup(h.Close)
	w.url = h.URL + mount
	return w
}

func (w *world) set(now time.Time) { w.nanos.Store(now.UnixNano()) }

// reply is an answer with its JSON body.
type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// code is "status responseCode".
func (r reply) code() string { return fmt.Sprint(r.status, " ", r.body["responseCode"]) }

// data returns a member of an object in data.
func (r reply) data(name string) any {
	data, _ := r.body["data"].(map[string]any)
	return data[name]
}

func (r reply) id() string { s, _ := r.data("id").(string); return s }

func (w *world) do(method, path string, header http.Header, body string) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	got := reply{status: res.StatusCode, header: res.Header, text: strings.TrimSpace(string(raw))}
	if err := json.Unmarshal(raw, &got.body); err != nil && method != http.MethodHead {
		w.t.Fatalf("%s %s: answer %q is no JSON object: %v", method, path, raw, err)
	}
	return got
}

// headers takes name and value in turn and adds the content type.
func headers(pairs ...string) http.Header {
	h := http.Header{"Content-Type": {jsonType}}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

// owner sends what the owner of the instance asks for himself.
func (w *world) owner(method, path, body string) reply {
	w.t.Helper()
	return w.do(method, path, headers("X-API-KEY", instanceKey), body)
}

// as sends what the owner of the instance asks in the name of an organizer.
func (w *world) as(email, method, path, body string) reply {
	w.t.Helper()
	return w.do(method, path, headers("X-API-KEY", instanceKey, "X-USER-EMAIL", email), body)
}

// account sends what the first account's key asks.
func (w *world) account(method, path, body string) reply {
	w.t.Helper()
	return w.do(method, path, headers("X-API-KEY", accountKey), body)
}

// want compares status and response code, such as "200 0".
func (w *world) want(got reply, code string) {
	w.t.Helper()
	if got.code() != code {
		w.t.Fatalf("got %s, want %s: %s", got.code(), code, got.text)
	}
}

// schedule makes the tutorial's meeting as the seed's organizer.
func (w *world) schedule() reply {
	w.t.Helper()
	got := w.account("POST", "/api/v6/meeting", meeting.String())
	w.want(got, "200 0")
	return got
}

// newAccount makes the tutorial's account.
func (w *world) newAccount() reply {
	w.t.Helper()
	got := w.owner("POST", "/api/v6/account", account.String())
	w.want(got, "200 0")
	return got
}
