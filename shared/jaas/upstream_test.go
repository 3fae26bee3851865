package jaas_test

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/local/testtoken"
	"gavel/shared/jaas"
)

// upstream stands in for JaaS. It lets in whom JaaS would, and holds every request against the
// documentation: a breach fails the test, whatever answer the test has asked for.
type upstream struct {
	tb     testing.TB
	url    string
	path   string
	domain string
	clock  *standin.Clock

	mu       sync.Mutex
	keys     map[string]*rsa.PublicKey // by kid
	rejects  int                       // the status for a key that is not known (any more)
	answers  []http.HandlerFunc        // of the next requests that are let in
	always   http.HandlerFunc          // of those after them
	requests []request
}

// request is what arrived, as it arrived.
type request struct {
	method string
	uri    string // path and query, escaped as on the wire
	header http.Header
	body   string
	token  string
	kid    string
	status int // of the rejection; 0 when the request was let in
}

func newUpstream(tb testing.TB, clock *standin.Clock, s settings) *upstream {
	tb.Helper()
	u := &upstream{
		tb: tb, path: s.path, domain: s.domain, clock: clock,
		keys: map[string]*rsa.PublicKey{}, rejects: http.StatusUnauthorized, always: status(http.StatusOK),
	}
	u.url = standin.Serve(tb, s.listener, u).URL
	return u
}

func (u *upstream) trust(id jaas.AppID, key string, public *rsa.PublicKey) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.keys[string(id)+"/"+key] = public
}

func (u *upstream) distrust(id jaas.AppID, key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.keys, string(id)+"/"+key)
}

// then sets the answers to the next requests that are let in.
func (u *upstream) then(answers ...http.HandlerFunc) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answers = answers
}

// from sets the answer to every request that is let in.
func (u *upstream) from(answer http.HandlerFunc) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.always = answer
}

func (u *upstream) seen() []request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.requests)
}

// only gives the one request that arrived.
func (u *upstream) only(tb testing.TB) request {
	tb.Helper()
	all := u.seen()
	if len(all) != 1 {
		tb.Fatalf("got %d requests upstream, want 1", len(all))
	}
	return all[0]
}

// tokens gives the different admin tokens that arrived.
func (u *upstream) tokens() []string {
	distinct := map[string]bool{}
	for _, r := range u.seen() {
		distinct[r.token] = true
	}
	return slices.Collect(maps.Keys(distinct))
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		u.tb.Errorf("read the request's body: %v", err)
	}
	got := request{method: r.Method, uri: r.RequestURI, header: r.Header.Clone(), body: string(body)}
	tenant, refusal, err := u.admit(&got)
	if err == nil && refusal == 0 {
		err = u.check(tenant, got)
	}
	got.status = refusal
	u.mu.Lock()
	u.requests = append(u.requests, got)
	answer := u.always
	if refusal == 0 && len(u.answers) > 0 {
		answer, u.answers = u.answers[0], u.answers[1:]
	}
	u.mu.Unlock()
	switch {
	case err != nil:
		u.tb.Errorf("%s %s is not what JaaS documents: %v", got.method, got.uri, err)
		w.WriteHeader(http.StatusBadRequest)
	case refusal != 0:
		w.WriteHeader(refusal)
	default:
		answer(w, r)
	}
}

// admit checks the admin token. It gives the tenant, or the status of a rejection, or what is
// wrong with the token whoever signed it.
func (u *upstream) admit(got *request) (tenant string, refusal int, err error) {
	token, found := strings.CutPrefix(got.header.Get("Authorization"), "Bearer ")
	if !found || len(got.header.Values("Authorization")) != 1 {
		return "", 0, errors.New("no one bearer token")
	}
	header, claims, err := testtoken.Unpack(token)
	if err != nil {
		return "", 0, err
	}
	kid, _ := header["kid"].(string)
	got.token, got.kid = token, kid
	if err := adminToken(header, claims, u.clock.Seen()); err != nil {
		return "", 0, err
	}
	u.mu.Lock()
	key := u.keys[kid]
	refused := u.rejects
	u.mu.Unlock()
	if trusted := key != nil && testtoken.Verify(token, key) == nil; !trusted {
		return "", refused, nil
	}
	tenant, _, _ = strings.Cut(kid, "/")
	return tenant, 0, nil
}

// adminToken checks header and claims of an admin token by the letter.
func adminToken(header, claims map[string]any, now time.Time) error {
	kid, _ := header["kid"].(string)
	owner, _, _ := strings.Cut(kid, "/")
	wantHeader := map[string]any{"alg": "RS256", "typ": "JWT", "kid": kid}
	if !strings.HasPrefix(kid, "vpaas-magic-cookie-") || !strings.Contains(kid, "/") || !reflect.DeepEqual(header, wantHeader) {
		return fmt.Errorf("admin token's header is %v", header)
	}
	exp, err := testtoken.UnixSeconds(claims["exp"])
	if err != nil {
		return fmt.Errorf("exp: %w", err)
	}
	nbf, err := testtoken.UnixSeconds(claims["nbf"])
	if err != nil {
		return fmt.Errorf("nbf: %w", err)
	}
	want := map[string]any{
		"aud": "jitsi", "iss": "chat", "sub": owner, "admin": true, "exp": claims["exp"], "nbf": claims["nbf"],
	}
	switch {
	case !reflect.DeepEqual(claims, want):
		return fmt.Errorf("admin token's claims are %v", claims)
	case nbf.After(now.Add(-10 * time.Second)):
		return fmt.Errorf("nbf is %v from now", nbf.Sub(now))
	case exp.Before(now.Add(30*time.Second)) || exp.After(now.Add(10*time.Minute)):
		return fmt.Errorf("exp is %v from now", exp.Sub(now))
	}
	return nil
}

// check holds method, path, header and body against the documented endpoints.
func (u *upstream) check(tenant string, got request) error {
	path, found := strings.CutPrefix(got.uri, u.path)
	if !found || got.method != http.MethodPost {
		return fmt.Errorf("not a POST below %s", u.path)
	}
	access := "/jaccess/v1/access-management/" + tenant + "/ban/"
	if id, found := strings.CutPrefix(path, access+"user/"); found {
		return banUser(id, got)
	}
	if types := got.header.Values("Content-Type"); len(types) != 1 || types[0] != "application/json" {
		return fmt.Errorf("content type is %q", types)
	}
	switch path {
	case access + "jwt":
		return banJWT(got.body)
	case "/conference-commands/v1/meeting":
		return meeting(tenant, u.domain, got.body)
	}
	return errors.New("no such endpoint, or another tenant's")
}

func banUser(id string, got request) error {
	plain, err := url.PathUnescape(id)
	if err != nil || plain == "" || !regexp.MustCompile(`^([A-Za-z0-9._~-]|%[0-9A-F]{2})+$`).MatchString(id) {
		return fmt.Errorf("user id %q is not one escaped segment", id)
	}
	if got.body != "" || got.header.Values("Content-Type") != nil || got.header.Get("Content-Length") != "0" {
		return fmt.Errorf("a body or a header for one: %q %v", got.body, got.header)
	}
	return nil
}

func banJWT(body string) error {
	var content map[string]string
	if err := json.Unmarshal([]byte(body), &content); err != nil {
		return err
	}
	if len(content) != 1 || strings.Count(content["jwt"], ".") != 2 {
		return errors.New("the body is not one jwt")
	}
	return nil
}

var payloadForms = map[string]*regexp.Regexp{
	"phoneNo":       regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`),
	"participantId": regexp.MustCompile(`^[0-9a-f]{8}$`),
}

func meeting(tenant, domain, body string) error {
	var content struct {
		Action  string            `json:"action"`
		Payload map[string]string `json:"payload"`
	}
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&content); err != nil {
		return err
	}
	extra, known := map[string]string{
		"DESTROY": "", "DIAL_OUT_PARTICIPANT": "phoneNo", "HANG_UP_CALL": "phoneNo", "KICK_PARTICIPANT": "participantId",
	}[content.Action]
	if !known {
		return fmt.Errorf("no action %q", content.Action)
	}
	room, found := strings.CutSuffix(content.Payload["conferenceFullName"], "@conference."+tenant+"."+domain)
	if !found || !regexp.MustCompile(`^([a-z0-9._~-]|%[0-9a-f]{2})+$`).MatchString(room) {
		return fmt.Errorf("conference is %q", content.Payload["conferenceFullName"])
	}
	delete(content.Payload, "conferenceFullName")
	if extra == "" && len(content.Payload) == 0 {
		return nil
	}
	if len(content.Payload) != 1 || !payloadForms[extra].MatchString(content.Payload[extra]) {
		return fmt.Errorf("payload of %s is %v", content.Action, content.Payload)
	}
	return nil
}
