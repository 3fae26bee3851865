package openmeetingsapi_test

import (
	"net/http"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/api"
	"gavel/shared/api/openmeetingsapi"
	"gavel/shared/auth"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

const (
	secretName = "gavel/openmeetings"

	rejected = apitest.Rejected
)

// options are what a test changes about the surroundings; the zero value is a good day.
type options struct {
	// login and command answer in place of the server: the one when it is asked to let us in, the other for all else.
	login, command http.HandlerFunc
	// url is another server altogether.
	url     string
	secrets secrets.Source
	// budget is how long the server may take; far longer than any test when 0.
	budget time.Duration
	// only is the one operation that is served; all when empty. To add all of them takes longer than most tests.
	only string
	// caller tells who calls; it is always an API key with the scope when nil.
	caller auth.Resolver
}

// gateway is the API as the world sees it, with a server behind it.
type gateway struct {
	url      string
	upstream *upstream
}

func setup(t testing.TB, opt options) *gateway {
	t.Helper()
	up := newUpstream(t, opt)
	if opt.url == "" {
		opt.url = up.url
	}
	if opt.secrets == nil {
		opt.secrets = apitest.SecretsFile(t, account(opt.url))
	}
	if opt.budget == 0 {
		opt.budget = 30 * time.Second
	}
	client := openmeetings.New(openmeetings.Options{
		Secrets: opt.secrets, Now: apitest.Noon,
		HTTP: httpclient.New(httpclient.Options{Provider: openmeetings.Provider, Budget: opt.budget, MaxAnswer: 5 << 20, Now: apitest.Noon}),
	})
	mux := http.NewServeMux()
	if opt.only == "" {
		openmeetingsapi.Register(api.New(mux), client)
	} else {
		registers()[opt.only](api.New(mux), client)
	}
	if opt.caller == nil {
		opt.caller = apitest.Machine("openmeetings")
	}
	return &gateway{url: apitest.Serve(t, api.Handler(mux), opt.caller), upstream: up}
}

// account is the secret as it should be.
func account(at string) map[string]any {
	return map[string]any{"openmeetings": map[string]string{"baseUrl": at, "user": login, "password": password}}
}

type answer = apitest.Answer

// send sends a request and holds the answer against the OpenAPI document; the body is JSON unless the header says
// otherwise.
func (g *gateway) send(t testing.TB, method, path, body string, header http.Header) answer {
	t.Helper()
	got := g.sendOnly(t, method, path, body, header)
	described(t, method, path, got)
	return got
}

func (g *gateway) sendOnly(t testing.TB, method, path, body string, header http.Header) answer {
	t.Helper()
	return apitest.Send(t, g.url, method, path, body, header)
}

// ask sends the operation's own request.
func (g *gateway) ask(t testing.TB, op operation) answer {
	t.Helper()
	return g.send(t, op.method, op.path, op.body, nil)
}

var problems = apitest.Problems{Confidential: confidential, Inside: []string{"openmeetingsapi"}}

func isProblem(t testing.TB, got answer, status int, code problem.Code) problem.Problem {
	t.Helper()
	return problems.Is(t, got, status, code)
}

func refused(t testing.TB, got answer, status int, where ...string) {
	t.Helper()
	problems.Refused(t, got, status, where...)
}

func refusedAt(t testing.TB, got answer, status int, where string) {
	t.Helper()
	problems.RefusedAt(t, got, status, where)
}

// untouched says, when the test and all its parts have ended, whether anything went upstream.
func (g *gateway) untouched(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if all, logins := g.upstream.commands(), g.upstream.loggedIn(); len(all) > 0 || logins > 0 {
			t.Errorf("got %d logins and %+v upstream, want nothing", logins, all)
		}
	})
}
