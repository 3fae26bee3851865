package jitsi_test

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gavel/local/standin"
	"gavel/local/testtoken"
)

const (
	endPath    = "/end-meeting"
	kickPath   = "/kick-participant"
	invitePath = "/invite-jigasi"
	roomPath   = "/room"
)

// upstream stands in for Prosody with its modules: it has rooms with people in them, checks what a module checks in the
// module's order, and answers as the module does. What no module would be sent by a client that keeps to the contract
// fails the test, whatever the answer is.
type upstream struct {
	tb       testing.TB
	url      string
	listener net.Listener
	clock    *standin.Clock

	mu        sync.Mutex
	kid       string // of the key that is under prosody_password_public_key_repo_url
	key       *rsa.PublicKey
	login     string // the secret of participants' tokens
	mucPrefix string
	old       bool // the kick module says yes where it means no
	tokens    bool // enable_roomsize_token_verification
	gateway   bool // there is a Jigasi
	rooms     map[string][]occupant
	always    map[string]http.HandlerFunc // by path, answers those that are let in
	requests  []request
}

// occupant is somebody in a room, once for each connection.
type occupant struct {
	id, name, email string
	phone           bool
}

// request is what arrived, as it arrived.
type request struct {
	method string
	path   string // below basePath
	query  string // as on the wire
	header http.Header
	body   string
	kid    string // of the system token
	status int    // of the answer
}

func newUpstream(tb testing.TB, clock *standin.Clock, listener net.Listener) *upstream {
	tb.Helper()
	u := &upstream{
		tb: tb, clock: clock, kid: systemKeyID, key: &systemKey().PublicKey, login: loginSecret, mucPrefix: "conference", gateway: true,
		always: map[string]http.HandlerFunc{},
	}
	u.fill()
	server := standin.Serve(tb, listener, u)
	u.url, u.listener = server.URL, server.Listener
	return u
}

func (u *upstream) set(change func(*upstream)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(u)
}

// fill has everybody in the room again: one with two connections, one more, and two phones.
func (u *upstream) fill() {
	u.set(func(u *upstream) {
		u.rooms = map[string][]occupant{string(room): everybody()}
	})
}

func everybody() []occupant {
	return []occupant{
		{string(shortID), "Ada Łovelace", "ada@example.org", false},
		{string(shortID), "Ada Łovelace", "ada@example.org", false},
		{string(otherID), "", "", false},
		{"11112222", phoneNo + " (Bob)", "", true},
		{"33334444", "+4074777777", "", true},
	}
}

// trust has the one system key replaced.
func (u *upstream) trust(kid string, key *rsa.PrivateKey) {
	u.set(func(u *upstream) { u.kid, u.key = kid, &key.PublicKey })
}

// from sets the answer to every request of a path that is let in.
func (u *upstream) from(path string, answer http.HandlerFunc) {
	u.set(func(u *upstream) { u.always[path] = answer })
}

// seen gives what arrived at the paths, or at all of them.
func (u *upstream) seen(paths ...string) []request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(u.requests), func(r request) bool { return len(paths) > 0 && !slices.Contains(paths, r.path) })
}

// sent gives the different system tokens that arrived.
func (u *upstream) sent() []string {
	distinct := map[string]bool{}
	for _, r := range u.seen(endPath, kickPath, invitePath) {
		distinct[strings.TrimPrefix(r.header.Get("Authorization"), "Bearer ")] = true
	}
	return slices.Collect(maps.Keys(distinct))
}

// inside tells whether somebody is in the room.
func (u *upstream) inside(id string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.ContainsFunc(u.rooms[string(room)], func(o occupant) bool { return o.id == id })
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(code int) {
	r.status = code
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		u.tb.Errorf("read the request's body: %v", err)
	}
	got := request{method: r.Method, query: r.URL.RawQuery, header: r.Header.Clone(), body: string(body)}
	full, _, _ := strings.Cut(r.RequestURI, "?")
	got.path = strings.TrimPrefix(full, basePath)
	kid, err := u.check(full, got)
	got.kid = kid
	if err != nil {
		u.tb.Errorf("%s %s is not as in the contract: %v", got.method, r.RequestURI, err)
	}
	u.mu.Lock()
	at := len(u.requests)
	u.requests = append(u.requests, got)
	u.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	noted := &recorder{ResponseWriter: w}
	u.module(got)(noted, r)
	u.set(func(u *upstream) { u.requests[at].status = noted.status })
}

// module answers as the module of the path would, unless the test wants something else from whoever is let in.
func (u *upstream) module(got request) http.HandlerFunc {
	u.mu.Lock()
	defer u.mu.Unlock()
	refusal, act := u.enter(got)
	if refusal != 0 {
		return standin.Says(refusal, "")
	}
	if always := u.always[got.path]; always != nil {
		return always
	}
	return act()
}

// enter makes a module's checks up to that of the token. It gives the status of a refusal, or what comes after.
func (u *upstream) enter(got request) (refusal int, act func() http.HandlerFunc) {
	params := must(url.ParseQuery(got.query))
	switch got.method + " " + got.path {
	case "POST " + endPath: // parameters, token, room
		node, ok := u.translate(params.Get("conference"))
		switch {
		case !ok:
			return http.StatusBadRequest, nil
		case u.admit(got) != nil:
			return http.StatusUnauthorized, nil
		}
		return 0, func() http.HandlerFunc { return u.end(node) }
	case "PUT " + kickPath: // body, token, room, person
		var who map[string]string
		if err := json.Unmarshal([]byte(got.body), &who); err != nil || got.header.Get("Content-Type") != "application/json" || len(who) != 1 {
			return http.StatusBadRequest, nil
		}
		if u.admit(got) != nil {
			return u.no(http.StatusForbidden), nil
		}
		return 0, func() http.HandlerFunc {
			return u.kick(nodeOf(encode(params.Get("prefix")), encode(params.Get("room"))), who)
		}
	case "POST " + invitePath: // token, body, gateway
		if u.admit(got) != nil {
			return http.StatusUnauthorized, nil
		}
		return 0, func() http.HandlerFunc { return u.invite(got) }
	case "GET " + roomPath: // token, room
		raw := unparsed(got.query)
		if u.tokens && u.participant(raw["token"], raw["room"], raw["subdomain"]) != nil {
			return http.StatusForbidden, nil
		}
		return 0, func() http.HandlerFunc { return u.list(nodeOf(raw["subdomain"], raw["room"]), raw["domain"]) }
	}
	return http.StatusNotFound, nil
}

// no is a refusal of the kick module.
func (u *upstream) no(status int) int {
	if u.old {
		return http.StatusOK
	}
	return status
}

func (u *upstream) end(node string) http.HandlerFunc {
	if _, found := u.rooms[node]; !found {
		return standin.Says(http.StatusNotFound, "")
	}
	delete(u.rooms, node)
	return standin.Says(http.StatusOK, "")
}

func (u *upstream) kick(node string, who map[string]string) http.HandlerFunc {
	inside, found := u.rooms[node]
	if !found {
		return standin.Says(u.no(http.StatusNotFound), "")
	}
	for _, o := range inside {
		if id := who["participantId"]; id != "" && id != o.id || id == "" && (!o.phone || !strings.HasPrefix(o.name, who["number"])) {
			continue
		}
		u.rooms[node] = slices.DeleteFunc(slices.Clone(inside), func(other occupant) bool { return other.id == o.id })
		if len(u.rooms[node]) == 0 {
			delete(u.rooms, node)
		}
		return standin.Says(http.StatusOK, "")
	}
	return standin.Says(http.StatusNotFound, "")
}

func (u *upstream) invite(got request) http.HandlerFunc {
	var call struct {
		Conference string `json:"conference"`
		PhoneNo    string `json:"phoneNo"`
	}
	if err := json.Unmarshal([]byte(got.body), &call); err != nil || got.header.Get("Content-Type") != "application/json" || call.PhoneNo == "" {
		return standin.Says(http.StatusBadRequest, "")
	}
	if !u.gateway {
		return standin.Says(http.StatusNotFound, `{"error":"No available Jigasi for `+call.PhoneNo+`"}`, "Content-Type", "application/json")
	}
	return standin.Says(http.StatusOK, "")
}

// list writes a room as mod_muc_size does, with a row for each connection, and nobody as an object.
func (u *upstream) list(node, of string) http.HandlerFunc {
	inside, found := u.rooms[node]
	if !found || of != domain {
		return standin.Says(http.StatusNotFound, "")
	}
	rows := make([]string, 0, len(inside))
	for _, o := range inside {
		rows = append(rows, fmt.Sprintf(`{"jid":%q,"email":%q,"display_name":%q}`, node+"@"+u.mucPrefix+"."+domain+"/"+o.id, o.email, o.name))
	}
	if len(rows) == 0 {
		return standin.Says(http.StatusOK, "{}")
	}
	return standin.Says(http.StatusOK, "["+strings.Join(rows, ",")+"]")
}

// nodeOf is build_room_address without the domain.
func nodeOf(tenant, name string) string {
	if tenant != "" {
		return "[" + tenant + "]" + name
	}
	return name
}

// encode is urlencode of Prosody's util.http.
func encode(text string) string {
	return strings.ToLower(strings.ReplaceAll(url.QueryEscape(text), "+", "%20"))
}

// unparsed is how mod_muc_size reads its query: nothing is decoded.
func unparsed(query string) map[string]string {
	params := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		params[name] = value
	}
	return params
}

// translate is room_jid_match_rewrite: the address that clients see to the name that Prosody keeps.
func (u *upstream) translate(conference string) (node string, ok bool) {
	name, host, found := strings.Cut(conference, "@"+u.mucPrefix+".")
	tenant, found2 := strings.CutSuffix(host, domain)
	if !found || !found2 || name == "" {
		return "", false
	}
	return nodeOf(strings.TrimSuffix(tenant, "."), name), true
}

// check holds a request against the contract, without a look at who may do what. It gives the key's id of a system token.
func (u *upstream) check(full string, got request) (kid string, err error) {
	for name := range got.header {
		if !slices.Contains([]string{"Authorization", "Content-Type", "User-Agent", "Content-Length"}, name) || len(got.header[name]) != 1 {
			return "", fmt.Errorf("it has the header %s: %q", name, got.header[name])
		}
	}
	if types := got.header.Values("Content-Type"); got.body == "" && types != nil || got.body != "" && !slices.Equal(types, []string{"application/json"}) {
		return "", fmt.Errorf("its content type is %q", types)
	}
	if !strings.HasPrefix(full, basePath+"/") {
		return "", errors.New("it is not below the base path")
	}
	shape, known := shapes()[got.method+" "+got.path]
	if !known || !shape.query.MatchString(got.query) || !shape.body.MatchString(got.body) {
		return "", fmt.Errorf("the query %q or the body %q is not of its form", got.query, got.body)
	}
	authorization, signed := got.header["Authorization"]
	if got.path == roomPath {
		if signed {
			return "", errors.New("the open endpoint got the system token")
		}
		return "", nil
	}
	if !signed {
		return "", errors.New("there is no token")
	}
	return u.systemToken(authorization[0])
}

type shape struct{ query, body *regexp.Regexp }

// shapes are those of the contract, section 3. The names of rooms are of our own making: no more than these characters.
var shapes = sync.OnceValue(func() map[string]shape {
	const name, tenant, number = `([a-z0-9._~-]|%[0-9a-f]{2})+`, `[a-z0-9][a-z0-9_-]*`, `\+[1-9][0-9]{6,14}`
	form := func(query, body string) shape {
		return shape{regexp.MustCompile("^" + query + "$"), regexp.MustCompile("^" + body + "$")}
	}
	return map[string]shape{
		"POST " + endPath:    form(`conference=([a-z0-9._~-]|%25[0-9a-f]{2})+%40[a-z0-9.-]+(\.[a-z0-9_-]+)*\.meet\.example\.org(&silent-reconnect=true)?`, ""),
		"PUT " + kickPath:    form("room="+name+"(&prefix="+tenant+")?", `\{("participantId":"[0-9a-f]{8}"|"number":"`+number+`")\}`),
		"POST " + invitePath: form("", `\{"conference":"`+name+`@[a-z0-9._-]+","phoneNo":"`+number+`"\}`),
		"GET " + roomPath:    form("room="+name+`&domain=meet\.example\.org(&subdomain=`+tenant+`)?(&token=[A-Za-z0-9_.-]+)?`, ""),
	}
})

// systemToken checks header and claims of a system token by the letter, whoever signed it. It gives the key's id.
func (u *upstream) systemToken(authorization string) (kid string, err error) {
	token, found := strings.CutPrefix(authorization, "Bearer ")
	if !found {
		return "", errors.New("no bearer token")
	}
	header, claims, err := testtoken.Unpack(token)
	if err != nil {
		return "", err
	}
	kid, _ = header["kid"].(string)
	if want := map[string]any{"alg": "RS256", "typ": "JWT", "kid": kid}; kid == "" || !reflect.DeepEqual(header, want) {
		return "", fmt.Errorf("system token's header is %v", header)
	}
	exp, err := testtoken.UnixSeconds(claims["exp"])
	if err != nil {
		return "", fmt.Errorf("exp: %w", err)
	}
	nbf, err := testtoken.UnixSeconds(claims["nbf"])
	if err != nil {
		return "", fmt.Errorf("nbf: %w", err)
	}
	now := u.clock.Seen()
	want := map[string]any{"iss": issuer, "aud": issuer, "sub": domain, "room": "*", "exp": claims["exp"], "nbf": claims["nbf"]}
	switch {
	case !reflect.DeepEqual(claims, want):
		return "", fmt.Errorf("system token's claims are %v", claims)
	case nbf.After(now.Add(-10 * time.Second)):
		return "", fmt.Errorf("nbf is %v from now", nbf.Sub(now))
	case exp.Before(now.Add(time.Minute)) || exp.After(now.Add(5*time.Minute)):
		return "", fmt.Errorf("exp is %v from now", exp.Sub(now))
	}
	return kid, nil
}

// admit is process_and_verify_token with the system's keys.
func (u *upstream) admit(got request) error {
	token := strings.TrimPrefix(got.header.Get("Authorization"), "Bearer ")
	if err := testtoken.Verify(token, u.key); err != nil {
		return err
	}
	header, claims, err := testtoken.Unpack(token)
	if err != nil {
		return err
	}
	if header["kid"] != u.kid || header["typ"] != "JWT" {
		return errors.New("no such key")
	}
	return u.fits(claims)
}

// fits makes the checks of claims that every token is put to: no leeway, and a room is demanded.
func (u *upstream) fits(claims map[string]any) error {
	exp, expErr := testtoken.UnixSeconds(claims["exp"])
	nbf, nbfErr := testtoken.UnixSeconds(claims["nbf"])
	now := u.clock.Seen()
	_, named := claims["room"].(string)
	if expErr != nil || nbfErr != nil || !now.Before(exp) || now.Before(nbf) || claims["iss"] != issuer || claims["aud"] != issuer || !named {
		return errors.New("a claim is not as it must be")
	}
	return nil
}

// participant is what mod_muc_size does with the token in its query: a participant's, which fits the room.
func (u *upstream) participant(token, name, tenant string) error {
	signed, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		return err
	}
	if _, err := signed.Verify([]byte(u.login)); err != nil {
		return err
	}
	_, claims, err := testtoken.Unpack(token)
	if err != nil {
		return err
	}
	if tenant == "" {
		tenant = domain
	}
	if claims["room"] != name || claims["sub"] != tenant {
		return errors.New("it is for another room")
	}
	return u.fits(claims)
}
