package roomsapi_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"gavel/local/apitest"
	"gavel/shared/auth"
	"gavel/shared/clock"
	"gavel/shared/logs"
	"gavel/shared/problem"
)

// buffer takes log lines from many goroutines.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write keeps a line.
func (b *buffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *buffer) lines() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Split(strings.TrimSpace(b.text.String()), "\n")
}

// issuer is an identity provider with one key.
type issuer struct {
	url string
	key *ecdsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Use: "sig"}}})
	}))
	t.Cleanup(served.Close)
	return &issuer{url: served.URL, key: key}
}

// authenticator knows the issuer's tokens and one API key.
func (i *issuer) authenticator(t *testing.T) (who *auth.Authenticator, key string) {
	t.Helper()
	key, entry := auth.NewAPIKey("billing", []string{"jaas"})
	source := apitest.SecretsFile(t, map[string]any{"api-keys": auth.APIKeyList{Keys: []auth.APIKeyEntry{entry}}})
	bearer := auth.NewBearer(auth.Issuer{URL: i.url, Audience: "gavel", JWKSURL: i.url}, fetch, clock.Now)
	return auth.New(auth.NewAPIKeys(source, clock.Now), bearer), key
}

func fetch(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	return io.ReadAll(response.Body)
}

// as gives the header with an access token of a user.
func (i *issuer) as(t *testing.T, subject string, life time.Duration) http.Header {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": i.url, "aud": "gavel", "sub": subject, "name": "Quandt", "exp": time.Now().Add(life).Unix(),
	})
	token.Header["kid"] = "one"
	signed, err := token.SignedString(i.key)
	if err != nil {
		t.Fatal(err)
	}
	return http.Header{"Authorization": {"Bearer " + signed}}
}

// logged is what a line may say, and of a request must.
type logged struct {
	Timestamp, Level, Msg, RequestID, Operation, Principal, Room string
	Status                                                       int
}

// TestLog_SaysWhatAnOperatorNeedsAndNothingPersonal is alone while it runs: it reads the process's one log.
//
//nolint:paralleltest // see above
func TestLog_SaysWhatAnOperatorNeedsAndNothingPersonal(t *testing.T) {
	log := &buffer{}
	before := slog.Default()
	slog.SetDefault(logs.New(log, "debug"))
	t.Cleanup(func() { slog.SetDefault(before) })

	idp := newIssuer(t)
	who, key := idp.authenticator(t)
	w := setup(t, options{authenticator: who})
	good := idp.as(t, owner, time.Hour)
	m := meeting{file: unknownRoom}
	created := w.send(t, good, http.MethodPost, "/room", `{"name":"Quandt","provider":"jaas","participant_ids":[`+quote(t, guest)+`]}`)
	var room roomBody
	if err := json.Unmarshal(created.Body, &room); err != nil || created.Status != http.StatusCreated {
		t.Fatalf("got HTTP %d with %s and %v, want a room", created.Status, created.Body, err)
	}
	m.room = room.ID
	fail(&w.upstream, says(http.StatusBadRequest, marker))
	for _, header := range []http.Header{
		idp.as(t, guest, time.Hour),
		idp.as(t, stranger, time.Hour),
		idp.as(t, owner, -time.Hour),
		{"X-Api-Key": {key}},
		{"Authorization": {"Bearer " + marker}},
		{"Authorization": {"Basic " + marker}},
		nil,
	} {
		for _, op := range operations() {
			w.send(t, header, op.method, m.at(op), op.body)
			w.send(t, header, op.method, m.at(op)+marker, marker)
		}
	}
	for _, op := range operations() {
		if op.id != "rooms-end" { // last, for it is
			w.send(t, good, op.method, m.at(op), op.body)
		}
	}
	end := w.send(t, good, http.MethodPost, "/admin/room/"+m.room+"/end", "")
	if end.Status != http.StatusOK || !strings.Contains(string(end.Body), string(problem.UpstreamError)) {
		t.Errorf("got HTTP %d with %s, want the room ended and the provider's failure", end.Status, end.Body)
	}
	checkLines(t, log.lines(), m.room)
}

// checkLines wants every line to be JSON of a request, the request lines complete, and nothing personal in any.
func checkLines(t *testing.T, lines []string, room string) {
	t.Helper()
	requests, seen := 0, map[string]bool{}
	for _, text := range lines {
		var line logged
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Errorf("got the line %s, want JSON: %v", text, err)
			continue
		}
		if line.RequestID == "" || line.Msg == "" || line.Level == "" || line.Timestamp == "" {
			t.Errorf("got the line %s, want timestamp, level, msg and requestId", text)
		}
		if found := betrays.FindString(text); found != "" {
			t.Errorf("got the line %s, which says %q", text, found)
		}
		if line.Msg != "request" {
			continue
		}
		requests++
		seen[line.Operation] = true
		checkRequestLine(t, line, text, room)
	}
	for _, op := range operations() {
		if !seen[op.id] {
			t.Errorf("got no line of %s in %d", op.id, requests)
		}
	}
	if requests < 200 {
		t.Errorf("got %d request lines, want all of them", requests)
	}
}

func checkRequestLine(t *testing.T, line logged, text, room string) {
	t.Helper()
	if lack := watch.Lacking([]byte(text)); lack != "" {
		t.Errorf("got the line %s, which lacks %s", text, lack)
	}
	known := line.Operation != "" && line.Status != http.StatusUnauthorized
	if known && line.Principal != "api-key:billing" && !strings.HasPrefix(line.Principal, "user:") {
		t.Errorf("got the line %s, want who called", text)
	}
	inRoom := line.Operation != "rooms-create" && line.Operation != "rooms-list" && line.Status < 300
	if inRoom && line.Room != room {
		t.Errorf("got the line %s, want the room %s", text, room)
	}
}
