package jaasapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/auth"
	"gavel/shared/clock"
	"gavel/shared/logs"
)

// Distinctive values, each of them sent in this file alone.
const (
	loggedUser  = "auth0|5e7a9c/Wilhelmina Q"
	loggedPhone = "+390612345987"
	loggedEmail = "wilhelmina.q@patient.example"
	loggedName  = "Wilhelmina Quandt"
	loggedRoom  = "Quandt-therapy"
	loggedSub   = "w.quandt@staff.example"
	loggedPass  = "Zm9vYmFyYmF6cXV4"
)

// loggedForms are the forms in which the values may turn up.
func loggedForms() []string {
	return []string{
		"5e7a9c", "Wilhelmina", "wilhelmina", "Quandt", "quandt", "patient.example", "staff.example",
		"390612345987", "0612345987", "39 06 12345987", "39-06-12345987", "12345987", loggedPass,
		"BEGIN", "PRIVATE", "eyJ", "gvl_", "Bearer ey",
	}
}

// loggedBodies are, for each operation, bodies that hold the values: good ones and bad ones.
func loggedBodies(op operation) []string {
	good := map[string]string{
		"jaas-create-token": `{"room":"` + loggedRoom + `","user":{"id":"` + loggedUser + `","name":"` + loggedName +
			`","email":"` + loggedEmail + `","avatar":"https://patient.example/Quandt.png"},"moderator":true}`,
		"jaas-ban-user":         `{"userId":"` + loggedUser + `"}`,
		"jaas-ban-jwt":          `{"jwt":"` + participantJWT + `"}`,
		"jaas-dial-out":         `{"phoneNo":"` + loggedPhone + `"}`,
		"jaas-hang-up":          `{"phoneNo":"0039 06 12345987"}`,
		"jaas-kick-participant": `{"participantId":"f0aa9e1e"}`,
	}[op.id]
	return []string{
		good,
		good + "Quandt",
		`{"` + loggedPhone + `":"` + loggedUser + `"}`,
		`{"userId":747,"phoneNo":"39-06-12345987","jwt":"` + participantJWT + `.x","participantId":"` + loggedUser + `","room":"*","user":"Quandt"}`,
		strings.Repeat(loggedPhone, 10_000),
		`{"expiresInSeconds":390612345987e400}`,
	}
}

// TestLog_SaysWhatAnOperatorNeedsAndNothingPersonal is alone while it runs: it reads the
// process's one log.
//
//nolint:paralleltest // see above
func TestLog_SaysWhatAnOperatorNeedsAndNothingPersonal(t *testing.T) {
	log := &apitest.Lines{}
	before := slog.Default()
	slog.SetDefault(logs.New(log, "debug"))
	t.Cleanup(func() { slog.SetDefault(before) })

	key, entry := auth.NewAPIKey("billing", []string{"jaas"})
	poor, poorEntry := auth.NewAPIKey("newsletter", []string{"veeting:meetings"})
	content := tenantSecret()
	content["api-keys"] = auth.APIKeyList{Keys: []auth.APIKeyEntry{entry, poorEntry}}
	source := apitest.SecretsFile(t, content)
	idp := apitest.NewIssuer(t)
	token := func(scope string, life time.Duration) string {
		return idp.Token(t, loggedSub, life, map[string]any{"scope": scope, "email": loggedEmail})
	}
	who := auth.New(
		auth.NewAPIKeys(source, clock.Now),
		idp.Bearer(),
	)
	good := token("jaas", time.Hour)
	credentials := map[string]http.Header{
		"API key":         {"X-Api-Key": {key}},
		"poor API key":    {"X-Api-Key": {poor}},
		"unknown API key": {"X-Api-Key": {loggedPass}},
		"token":           {"Authorization": {"Bearer " + good}},
		"expired token":   {"Authorization": {"Bearer " + token("jaas", -time.Hour)}},
		"poor token":      {"Authorization": {"Bearer " + token("", time.Hour)}},
		"spoilt token":    {"Authorization": {"Bearer " + good[:len(good)-5] + "aaaaa"}},
		"no token":        {"Authorization": {"Bearer " + loggedPass}},
		"password":        {"Authorization": {"Basic " + loggedPass}},
		"nobody":          {},
	}
	for name, upstream := range loggedUpstreams(t) {
		opt := options{secrets: source, authenticator: who, budget: 300 * time.Millisecond, upstreamURL: upstream.url, upstream: upstream.answer}
		callEverything(t, setup(t, opt), name, credentials)
	}
	broken := apitest.SecretsFile(t, map[string]any{"jaas/" + appID: map[string]string{"keyId": "Quandt/Quandt", "privateKey": tenantKey()}, "api-keys": content["api-keys"]})
	callEverything(t, setup(t, options{secrets: broken, authenticator: who}), "broken secret", credentials)

	checkLines(t, log.All())
	for _, line := range log.All() {
		if strings.Contains(line, key) || strings.Contains(line, good) || strings.Contains(line, tenantKey()[60:100]) {
			t.Errorf("got the line %s, which holds a credential", line)
		}
	}
}

type loggedUpstream struct {
	url    string
	answer http.HandlerFunc
}

// loggedUpstreams repeat what they are told in all the ways an upstream can.
func loggedUpstreams(t *testing.T) map[string]loggedUpstream {
	t.Helper()
	echo := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("Location", "http://["+loggedPhone+"/"+r.URL.Path)
			w.Header().Set("X-Echo", r.Header.Get("Authorization"))
			w.WriteHeader(status)
			_, _ = w.Write([]byte(r.Header.Get("Authorization") + " " + r.URL.Path + " "))
			_, _ = w.Write(body)
		}
	}
	garbage, _ := rawUpstream(t, func(conn net.Conn, _ int64) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+loggedPhone+" "+loggedUser+"\r\n\r\n")
		_ = conn.Close()
	})
	broken, _ := rawUpstream(t, func(conn net.Conn, _ int64) { reset(conn) })
	return map[string]loggedUpstream{
		"yes":        {answer: ok},
		"refused":    {answer: echo(http.StatusBadRequest)},
		"credential": {answer: echo(http.StatusUnauthorized)},
		"not found":  {answer: echo(http.StatusNotFound)},
		"redirect":   {answer: echo(http.StatusFound)},
		"hangs":      {answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		"garbage":    {url: garbage},
		"broken":     {url: broken},
	}
}

// callEverything sends every body to every operation, with every credential where the upstream
// says yes and with a good one where it does not.
func callEverything(t *testing.T, g *gateway, upstream string, credentials map[string]http.Header) {
	t.Helper()
	var calls sync.WaitGroup
	for _, op := range operations() {
		for name, header := range credentials {
			if upstream != "yes" && name != "API key" && name != "token" {
				continue
			}
			bodies := loggedBodies(op)
			if upstream != "yes" {
				bodies = bodies[:1]
			}
			for _, body := range bodies {
				calls.Go(func() { g.send(t, http.MethodPost, op.at(loggedRoom), body, header) })
			}
			if upstream == "yes" {
				calls.Go(func() {
					g.send(t, http.MethodPost, op.at("%2e%2e")+"?"+loggedPhone+"="+loggedName[:10], bodies[0], header)
				})
				calls.Go(func() { g.send(t, http.MethodGet, op.at(loggedRoom)+"?email="+loggedEmail, "", header) })
				calls.Go(func() { g.send(t, http.MethodPost, op.at(loggedRoom)+"/"+loggedPhone, bodies[0], header) })
			}
		}
	}
	calls.Wait()
}

// checkLines wants every line to be JSON of a request, the request lines complete, and nothing
// personal in any.
func checkLines(t *testing.T, lines []string) {
	t.Helper()
	requests, seen := 0, map[string]bool{}
	for _, text := range lines {
		var line struct{ Timestamp, Level, Msg, RequestID, Operation, Principal string }
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Errorf("got the line %s, want JSON: %v", text, err)
			continue
		}
		if line.RequestID == "" || line.Msg == "" || line.Level == "" || line.Timestamp == "" {
			t.Errorf("got the line %s, want timestamp, level, msg and requestId", text)
		}
		for _, form := range loggedForms() {
			if bytes.Contains(apitest.Undated([]byte(text)), []byte(form)) {
				t.Errorf("got the line %s, which says %q", text, form)
			}
		}
		if line.Msg != "request" {
			continue
		}
		requests++
		seen[line.Operation], seen[line.Principal] = true, true
		if lack := watch.Lacking([]byte(text)); lack != "" {
			t.Errorf("got the line %s, which lacks %s", text, lack)
		}
	}
	for _, op := range operations() {
		if !seen[op.id] {
			t.Errorf("got no line of %s in %d", op.id, requests)
		}
	}
	if !seen["api-key:billing"] || !seen["api-key:newsletter"] {
		t.Error("got no line of an API key by its name")
	}
	if requests < 500 {
		t.Errorf("got %d request lines, want all of them", requests)
	}
}
