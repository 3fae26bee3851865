package jaas_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gavel/local/sandbox"
	"gavel/local/sandbox/jaas"
)

const (
	appID    = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
	otherApp = "vpaas-magic-cookie-ffffffffffffffffffffffffffffffff"
	kid      = appID + "/4f4910"
	otherKid = otherApp + "/4f4910"

	mount    = "/sandbox/jaas"
	banUser  = "/v1/_jaas/jaccess/v1/access-management/" + appID + "/ban/user/"
	banJWT   = "/v1/_jaas/jaccess/v1/access-management/" + appID + "/ban/jwt"
	meetings = "/v1/_jaas/conference-commands/v1/meeting"

	jsonType = "application/json"
)

// start is inside the life of the token the documents give as an example.
var start = time.Unix(1_760_000_000, 0)

// world is a sandbox behind real HTTP, with a clock to step.
type world struct {
	t     *testing.T
	url   string
	nanos atomic.Int64
	rec   sandbox.Recorder
	*jaas.Server
}

func setup(t *testing.T, options ...func(*jaas.Options)) *world {
	t.Helper()
	w := &world{t: t}
	w.nanos.Store(start.UnixNano())
	o := jaas.Options{
		PublicKey: func(_ context.Context, id string) (*rsa.PublicKey, error) {
			if id != kid && id != otherKid {
				return nil, errors.New("no such key")
			}
			return &signingKey().PublicKey, nil
		},
		Now:      func() time.Time { return time.Unix(0, w.nanos.Load()) },
		Recorder: &w.rec,
	}
	for _, set := range options {
		set(&o)
	}
	w.Server = jaas.New(o)
	t.Cleanup(w.Close)
	h := httptest.NewServer(http.StripPrefix(mount, w.Server))
	t.Cleanup(h.Close)
	w.url = h.URL + mount
	return w
}

func (w *world) step(d time.Duration) { w.nanos.Add(int64(d)) }

// reply is an answer with its JSON body, whatever its kind.
type reply struct {
	status int
	header http.Header
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
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	got := reply{status: res.StatusCode, header: res.Header}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &got.body); err != nil {
			w.t.Fatalf("%s %s: answer %q is no JSON object: %v", method, path, raw, err)
		}
	}
	return got
}

func bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {jsonType}}
}

// admin posts with a good admin token. A body makes it a JSON request.
func (w *world) admin(path, body string) reply {
	w.t.Helper()
	h := bearer(sign(w.t, adminClaims()))
	if body == "" {
		h.Del("Content-Type")
	}
	return w.do("POST", path, h, body)
}

// command sends one meeting command for a room of the own tenant. extra are further payload members.
func (w *world) command(action, room string, extra ...string) reply {
	w.t.Helper()
	payload := map[string]any{"conferenceFullName": room + "@conference." + appID + ".8x8.vc"}
	for i := 0; i < len(extra); i += 2 {
		payload[extra[i]] = extra[i+1]
	}
	return w.admin(meetings, asJSON(w.t, map[string]any{"action": action, "payload": payload}))
}

func (w *world) join(room, token string) reply {
	w.t.Helper()
	return w.do("POST", "/rooms/"+appID+"/"+room+"/participants",
		http.Header{"Content-Type": {jsonType}}, asJSON(w.t, map[string]any{"jwt": token}))
}

// mustJoin joins and returns the answer's body.
func (w *world) mustJoin(room, token string) map[string]any {
	w.t.Helper()
	got := w.join(room, token)
	if got.status != http.StatusCreated {
		w.t.Fatalf("join %s: %d %v, want 201", room, got.status, got.body)
	}
	return got.body
}

func (w *world) leave(room string, joined map[string]any) reply {
	w.t.Helper()
	return w.do("DELETE", "/rooms/"+appID+"/"+room+"/participants/"+joined["participantId"].(string), nil, "")
}

func (w *world) show(room string) reply {
	w.t.Helper()
	return w.do("GET", "/rooms/"+appID+"/"+room, nil, "")
}

func (w *world) want(got reply, status int) {
	w.t.Helper()
	if got.status != status {
		w.t.Fatalf("status %d %v, want %d", got.status, got.body, status)
	}
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

func escape(userID string) string { return url.PathEscape(userID) }

// newServerFor returns a server without HTTP in front, for requests no Go client would send.
func newServerFor(w *world) http.Handler {
	return jaas.New(jaas.Options{Recorder: &w.rec})
}
