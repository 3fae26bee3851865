package jitsiapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/local/standin"
)

const (
	base   = "/prosody" // an upstream is never at the root of its host
	domain = "meet.example.org"
)

// upstream stands in for Prosody's HTTP port. It holds every request against the contract: a breach fails the test,
// whatever answer the test has asked for.
type upstream struct {
	tb           testing.TB
	url          string
	now          func() time.Time
	answer, look http.HandlerFunc // nil for its own

	mu       sync.Mutex
	key      keyPair             // of the system
	private  bool                // whether a look needs a token
	rooms    map[string][]inside // by the room's name, with its tenant in brackets in front
	requests []string            // method, path and body, a line each; without tokens
}

// inside is somebody in a room, in the words of mod_muc_size.
type inside struct {
	JID   string `json:"jid"`
	Email string `json:"email,omitempty"`
	Name  string `json:"display_name,omitempty"`
}

func newUpstream(tb testing.TB, opt options, now func() time.Time) *upstream {
	tb.Helper()
	u := &upstream{tb: tb, answer: opt.answer, look: opt.look, now: now, key: systemKey(), rooms: map[string][]inside{
		"standup": {
			{JID: "standup@conference.meet.example.org/14f01c40", Name: "Ada", Email: "ada@example.org"},
			{JID: "standup@conference.meet.example.org/f0aa9e1e", Name: phoneNo + " (Bob)"},
		},
		"[acme]standup": {{JID: "standup@conference.acme.meet.example.org/14f01c40"}},
	}}
	server := httptest.NewServer(u)
	tb.Cleanup(server.Close)
	u.url = server.URL + base
	return u
}

// opens has a meeting go on with some people in it.
func (u *upstream) opens(node string, ids ...string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.rooms[node] = []inside{}
	for _, id := range ids {
		u.rooms[node] = append(u.rooms[node], inside{JID: node + "@conference.meet.example.org/" + id})
	}
}

func (u *upstream) seen() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.requests)
}

// commands gives what was asked for besides looks.
func (u *upstream) commands() []string {
	return slices.DeleteFunc(u.seen(), func(line string) bool { return strings.HasPrefix(line, "GET /room?") })
}

// fail answers commands in another way from now on; nil ends that.
func (u *upstream) fail(answer http.HandlerFunc) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answer = answer
}

// trust lets in another key in place of the one before.
func (u *upstream) trust(key keyPair) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.key = key
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		u.tb.Errorf("read the request's body: %v", err)
	}
	uri := strings.TrimPrefix(r.RequestURI, base)
	line := r.Method + " " + shownToken.ReplaceAllString(uri, "&token=…")
	if len(body) > 0 {
		line += "\n" + string(body)
	}
	path, query, _ := strings.Cut(uri, "?")
	u.mu.Lock()
	u.requests = append(u.requests, line)
	status, text := u.serve(r, path, query, body)
	other := u.answer
	if path == "/room" {
		other = u.look
	}
	u.mu.Unlock()
	if other != nil && status != http.StatusUnauthorized && status != http.StatusForbidden {
		other(w, r)
		return
	}
	if text == "" {
		w.WriteHeader(status)
		return
	}
	standin.Says(status, text)(w, r)
}

var shownToken = regexp.MustCompile(`&token=[^&]*`)

// serve gives the answer of the module at the path, in the order of its checks (contracts/jitsi.md, 3.2 and 3.3).
func (u *upstream) serve(r *http.Request, path, query string, body []byte) (status int, text string) {
	switch r.Method + " " + path {
	case "POST /end-meeting":
		return u.endMeeting(r, query, body), ""
	case "PUT /kick-participant":
		return u.kick(r, query, body), ""
	case "POST /invite-jigasi":
		return u.invite(r, query, body)
	case "GET /room":
		return u.room(r, query, body)
	}
	u.tb.Errorf("got %s %s upstream, which no module serves", r.Method, path)
	return http.StatusNotFound, ""
}

// breach fails the test and gives what the module would.
func (u *upstream) breach(what string, args ...any) int {
	u.tb.Errorf("upstream: "+what, args...)
	return http.StatusBadRequest
}

// system says whether a command comes with a good system token.
func (u *upstream) system(r *http.Request) bool {
	text, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		u.breach("got %s without a system token", r.URL.Path)
		return false
	}
	claims := jwt.MapClaims{}
	token, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(u.now), jwt.WithIssuer(issuer), jwt.WithAudience(issuer),
		jwt.WithExpirationRequired()).ParseWithClaims(text, claims, func(*jwt.Token) (any, error) { return &systemKey().PublicKey, nil })
	if u.key.PrivateKey != systemKey().PrivateKey { // rotated: the old one is not let in any more
		_, err = jwt.NewParser(jwt.WithTimeFunc(u.now)).Parse(text, func(*jwt.Token) (any, error) { return &u.key.PublicKey, nil })
		return err == nil
	}
	if err != nil || token.Header["typ"] != "JWT" || token.Header["kid"] != systemKeyID || claims["room"] == nil || claims["sub"] == nil || claims["nbf"] == nil {
		u.breach("got a system token with %v and %v: %v", token, claims, err)
		return false
	}
	return true
}

// conferenceForm is the address of a room, with the tenant as clients see it.
var conferenceForm = regexp.MustCompile(`^([^@/]+)@conference\.(?:([a-z0-9][a-z0-9_-]*)\.)?` + regexp.QuoteMeta(domain) + `$`)

// nodeOf gives the room that an address is of.
func (u *upstream) nodeOf(conference string) (string, bool) {
	parts := conferenceForm.FindStringSubmatch(conference)
	if parts == nil {
		u.breach("got the conference %q", conference)
		return "", false
	}
	return nodeIn(parts[2], parts[1]), true
}

func nodeIn(tenant, room string) string {
	if tenant == "" {
		return room
	}
	return "[" + tenant + "]" + room
}

func (u *upstream) endMeeting(r *http.Request, query string, body []byte) int {
	values, err := url.ParseQuery(query)
	silent, isSilent := values["silent-reconnect"]
	if err != nil || len(values["conference"]) != 1 || isSilent && silent[0] != "true" || len(body) > 0 {
		return u.breach("got end-meeting with %q and %q", query, body)
	}
	node, found := u.nodeOf(values.Get("conference"))
	switch _, open := u.rooms[node]; {
	case !found:
		return http.StatusBadRequest
	case !u.system(r):
		return http.StatusUnauthorized
	case !open:
		return http.StatusNotFound
	}
	if u.answer == nil {
		delete(u.rooms, node)
	}
	return http.StatusOK
}

func (u *upstream) kick(r *http.Request, query string, body []byte) int {
	var target map[string]string
	if err := json.Unmarshal(body, &target); err != nil || len(target) != 1 || r.Header.Get("Content-Type") != "application/json" {
		return u.breach("got kick-participant with %q and %s", r.Header.Get("Content-Type"), body)
	}
	if !u.system(r) {
		return http.StatusForbidden
	}
	node, found := u.placeIn(query, "prefix", nil)
	people, open := u.rooms[node]
	if !found || !open {
		return http.StatusNotFound
	}
	for i, o := range people {
		_, id, _ := strings.Cut(o.JID, "/")
		if id == target["participantId"] || target["number"] != "" && strings.HasPrefix(o.Name, target["number"]) {
			if u.answer == nil {
				u.rooms[node] = slices.Delete(people, i, i+1)
			}
			return http.StatusOK
		}
	}
	return http.StatusNotFound
}

func (u *upstream) invite(r *http.Request, query string, body []byte) (status int, text string) {
	if !u.system(r) {
		return http.StatusUnauthorized, ""
	}
	var call map[string]string
	if err := json.Unmarshal(body, &call); err != nil || len(call) != 2 || query != "" || !regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`).MatchString(call["phoneNo"]) {
		return u.breach("got invite-jigasi with %q and %s", query, body), ""
	}
	if _, found := u.nodeOf(call["conference"]); !found {
		return http.StatusBadRequest, ""
	}
	return http.StatusOK, ""
}

func (u *upstream) room(r *http.Request, query string, body []byte) (status int, text string) {
	var token string
	node, found := u.placeIn(query, "subdomain", map[string]func(string){
		"domain": func(value string) {
			if value != domain {
				u.breach("got the domain %q", value)
			}
		},
		"token": func(value string) { token = value },
	})
	if !found || len(body) > 0 || r.Header.Get("Authorization") != "" {
		return u.breach("got a look with %q and %q", query, body), ""
	}
	if u.private && !u.login(token, node) {
		return http.StatusForbidden, ""
	}
	people, open := u.rooms[node]
	if !open {
		return http.StatusNotFound, ""
	}
	if len(people) == 0 {
		return http.StatusOK, "{}" // as Lua writes a list with nothing in it
	}
	written, err := json.Marshal(people)
	if err != nil {
		u.tb.Error(err)
	}
	return http.StatusOK, string(written)
}

// login says whether a token is one of a participant that fits the room.
func (u *upstream) login(text, node string) bool {
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(u.now), jwt.WithIssuer(issuer)).
		ParseWithClaims(text, claims, func(*jwt.Token) (any, error) { return &loginKey().PublicKey, nil })
	_, room, tenanted := strings.Cut(node, "]")
	return err == nil && (claims["room"] == node || tenanted && claims["room"] == room)
}

// placeIn reads a query whose values are not decoded.
func (u *upstream) placeIn(query, tenantName string, others map[string]func(string)) (node string, found bool) {
	var room, tenant string
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case name == "room":
			room = value
		case name == tenantName:
			tenant = value
		case others[name] != nil:
			others[name](value)
		default:
			u.breach("got %s in the query %q", name, query)
		}
	}
	return nodeIn(tenant, room), room != "" && room == strings.ToLower(room)
}
