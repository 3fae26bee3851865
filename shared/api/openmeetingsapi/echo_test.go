package openmeetingsapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gavel/local/standin"
)

// echoes are servers that repeat in their refusals all they were told, as it came and as they read it.
func echoes() map[string]http.HandlerFunc {
	told := func(r *http.Request) string {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.QueryUnescape(string(body))
		query, _ := url.QueryUnescape(r.URL.RawQuery)
		return strings.Join([]string{"no such luck", r.URL.Path, r.URL.EscapedPath(), query, r.URL.RawQuery, form, string(body)}, " | ")
	}
	said := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			text, _ := json.Marshal(told(r))
			standin.Says(status, `{"serviceResult":{"message":`+string(text)+`,"type":"ERROR"}}`)(w, r)
		}
	}
	return map[string]http.HandlerFunc{
		"400 as text": func(w http.ResponseWriter, r *http.Request) { standin.Says(400, told(r))(w, r) },
		"500 as text": func(w http.ResponseWriter, r *http.Request) { standin.Says(500, told(r))(w, r) },
		"500":         said(500),
		"200":         said(200),
		"no success":  func(w http.ResponseWriter, r *http.Request) { standin.Says(200, told(r))(w, r) },
	}
}

func TestUpstreamBody_HoldsNothingOfTheRequest(t *testing.T) {
	t.Parallel()
	for name, echo := range echoes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, op := range operations() {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					g := setup(t, options{only: op.id, command: echo})
					got := g.ask(t, op)
					if got.Status == http.StatusNotFound || got.Status == http.StatusOK {
						return // which holds nothing of the server
					}
					if found := repeated.Find([]byte(problems.Document(t, got).UpstreamBody)); found != nil {
						t.Errorf("got upstreamBody %q, which says %q", problems.Document(t, got).UpstreamBody, found)
					}
				})
			}
		})
	}
}

func TestUpstreamBody_OfALoginHoldsNothingOfTheAccount(t *testing.T) {
	t.Parallel()
	for name, echo := range echoes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op := operationOf("kick")
			g := setup(t, options{only: op.id, login: echo})
			problems.Document(t, g.ask(t, op))
		})
	}
}

// repeated is what of a person no answer repeats: the id in the calling system, the login. The e-mail address is
// confidential anyway.
var repeated = regexp.MustCompile(`uniqueId1|john[.]doe`)

// TestHalfAnAnswer_ThatIsACredentialIsKept has answers that cannot be read, with a sid or a hash in them.
func TestHalfAnAnswer_ThatIsACredentialIsKept(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		`{"serviceResult":{"message":"%s","type":"SUCC`, `{"result":{"message":"%s"}}`, `{"serviceResult":{"message":"%s"}}`, `%s`,
	} {
		for _, op := range []operation{operationOf("create-entry"), operationOf("create-invitation")} {
			g := setup(t, options{only: op.id, command: standin.Says(200, strings.Replace(answer, "%s", hash, 1))})
			problems.Document(t, g.ask(t, op))
		}
		for _, op := range private()[:5] {
			g := setup(t, options{only: op.id, login: standin.Says(200, strings.Replace(answer, "%s", sidOf(1), 1))})
			problems.Document(t, g.ask(t, op))
		}
	}
}
