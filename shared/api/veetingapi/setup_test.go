package veetingapi_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/local/standin"
	"gavel/shared/api"
	"gavel/shared/api/veetingapi"
	"gavel/shared/auth"
	"gavel/shared/httpclient"
	"gavel/shared/inbox"
	"gavel/shared/problem"
	"gavel/shared/secrets"
	"gavel/shared/table"
	"gavel/shared/veeting"
)

const (
	secretName = "gavel/veeting"
	base       = "/white/label"

	apiKey    = "Hush-key-81c2"
	userID    = "5e9459c5b863b82cefdddf4e"
	userEmail = "test-user@example.com"
	meetingID = "5e945c36b863b82cefdddf54"
	hookKey   = "made-up-key-of-the-hook"
	hook      = "onMeetingClosed"
	webhookID = "veeting-webhook"

	rejected = apitest.Rejected
)

// options are what a test changes about the surroundings; the zero value is a good day.
type options struct {
	answer http.HandlerFunc // in place of Veeting's
	url    string           // of another server altogether
	// secret changes fields of the secret; those that are nil are left out.
	secret  map[string]any
	secrets secrets.Source
	// budget is how long the server may take; far longer than any test when 0.
	budget time.Duration
	// only is the one operation that is served; all when empty. To add all of them takes longer than most tests.
	only string
	// caller tells who calls; it is always an API key with both scopes when nil.
	caller auth.Resolver
	// store keeps the events; an embedded one when nil.
	store table.Store
}

// gateway is the API as the world sees it, with a stand-in for Veeting behind it.
type gateway struct {
	url      string
	upstream *upstream
	vault    vault
	clock    *standin.Clock
}

func setup(t testing.TB, opt options) *gateway {
	t.Helper()
	up := newUpstream(t, opt.answer)
	if opt.url == "" {
		opt.url = up.url
	}
	g := &gateway{upstream: up, vault: vault{standin.NewVault("veeting")}, clock: standin.NewClock(apitest.Noon())}
	g.vault.put(t, opt.url, opt.secret)
	if opt.secrets == nil {
		opt.secrets = g.vault
	}
	if opt.budget == 0 {
		opt.budget = 30 * time.Second
	}
	if opt.store == nil && (opt.only == "" || opt.only == webhookID || opt.only == "veeting-list-events") {
		opt.store = apitest.Embedded(t)
	}
	client := veeting.New(veeting.Options{
		Secrets: opt.secrets, Now: g.clock.Now,
		HTTP: httpclient.New(httpclient.Options{Provider: veeting.Provider, Budget: opt.budget, Now: g.clock.Now}),
	})
	mux, events := http.NewServeMux(), inbox.New(opt.store, g.clock.Now, apitest.Days)
	if opt.only == "" {
		veetingapi.Register(api.New(mux), client, events)
	} else {
		registers()[opt.only](api.New(mux), client, events)
	}
	if opt.caller == nil {
		opt.caller = apitest.Machine("veeting:accounts", "veeting:meetings")
	}
	g.url = apitest.Serve(t, api.Handler(mux), opt.caller)
	return g
}

// vault holds the secret.
type vault struct{ *standin.Vault }

// put stores the secret as it should be, but for some changes.
func (v vault) put(t testing.TB, url string, changes map[string]any) {
	t.Helper()
	all := map[string]any{
		"baseUrl": url, "apiKey": apiKey, "level": "instance",
		"webhookKeys": map[string]string{hook: hookKey, "onMeetingUpdated": "made-up-key-of-another"},
	}
	maps.Copy(all, changes)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	v.Put(all)
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
	return g.send(t, op.method, op.path, op.body, op.header)
}

// with sends the operation's request with another body.
func (g *gateway) with(t testing.TB, op operation, body string) answer {
	t.Helper()
	return g.send(t, op.method, op.path, body, op.header)
}

var problems = apitest.Problems{Confidential: confidential, Inside: []string{"mail:", "veetingapi"}}

func document(t testing.TB, got answer) problem.Problem {
	t.Helper()
	return problems.Document(t, got)
}

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
		if all := g.upstream.seen(); len(all) > 0 {
			t.Errorf("got %q upstream, want nothing", all)
		}
	})
}
