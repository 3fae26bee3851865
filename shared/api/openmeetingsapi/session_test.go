package openmeetingsapi_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gavel/local/apitest"
	"gavel/local/standin"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

// private gives the operations for which the server must let us in.
func private() []operation { return withSession(operations()) }

func withSession(ops []operation) []operation {
	return slices.DeleteFunc(ops, func(op operation) bool { return op.open })
}

func TestLoginFails_TheCallerLearnsWhyAndNoCommandIsSent(t *testing.T) {
	t.Parallel()
	rejects := func(name string, status int, body string) fault {
		return fault{Name: name, Answer: standin.Says(status, body), Status: 502, Code: problem.UpstreamCredentials, Upstream: status, Tries: 1}
	}
	fails := func(name string) fault { // as for any other call
		all := apitest.Faults(1)
		return all[slices.IndexFunc(all, func(f fault) bool { return f.Name == name })]
	}
	twice := fails("405")
	twice.Tries = 2 // one for each verb
	for _, tt := range []struct {
		fault
		hint string // in the detail
	}{
		{rejects("wrong password", 200, refusal("error.bad.credentials")), ""},
		{rejects("no right to log in", 200, refusal("error.notactivated")), "LOGIN"},
		{rejects("no group", 200, refusal("error.nogroup")), "group"},
		{rejects("401", 401, standin.Page), ""},
		{fails("404"), ""},
		{twice, ""},
		{fails("429"), ""},
		{fails("503"), ""},
		{fails("redirect"), ""},
	} {
		t.Run(tt.Name, func(t *testing.T) {
			t.Parallel()
			ops := withSession(sample())
			if tt.Name == "wrong password" {
				ops = private()
			}
			for _, op := range ops {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					g := setup(t, options{only: op.id, login: tt.Answer})
					p := check(t, tt.fault, g.ask(t, op))
					if !strings.Contains(p.Detail, tt.hint) {
						t.Errorf("got detail %q, want %q in it", p.Detail, tt.hint)
					}
					if n := g.upstream.loggedIn(); n != tt.Tries || len(g.upstream.commands()) > 0 {
						t.Errorf("got %d logins and %+v upstream, want %d and no command", n, g.upstream.commands(), tt.Tries)
					}
				})
			}
		})
	}
}

// TestLoginIsAnsweredWithNonsense_ItIsTheServersFault is about answers that do not say whether the account is good.
func TestLoginIsAnsweredWithNonsense_ItIsTheServersFault(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer   http.HandlerFunc
		upstream int
	}{
		"its own trouble":  {standin.Says(200, refusal("error.unknown")), 200},
		"500":              {standin.Says(500, ""), 500},
		"500 in words":     {standin.Says(500, refusal("Connection refused")), 500}, // which is not about the thing asked for
		"500 with HTML":    {standin.Says(500, standin.Page), 500},
		"502":              {standin.Says(502, standin.Page), 502},
		"HTML":             {standin.Says(200, standin.Page), 200},
		"nothing":          {standin.Says(200, ""), 200},
		"204":              {standin.Says(204, ""), 204},
		"JSON cut off":     {standin.Says(200, `{"serviceResult":{"message":"`), 200},
		"another root":     {standin.Says(200, `{"result":{"message":"x","type":"SUCCESS"}}`), 200},
		"no type":          {standin.Says(200, `{"serviceResult":{"message":"x"}}`), 200},
		"no sid":           {standin.Says(200, done("")), 200},
		"an object as sid": {standin.Says(200, `{"serviceResult":{"message":{"a":1},"type":"SUCCESS"}}`), 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, op := range withSession(sample()) {
				t.Run(op.id, func(t *testing.T) {
					t.Parallel()
					g := setup(t, options{only: op.id, login: tt.answer})
					p := isProblem(t, g.ask(t, op), 502, problem.UpstreamError)
					if p.MayHaveHappened == nil || *p.MayHaveHappened {
						t.Errorf("got mayHaveHappened %v, want false: nothing but a login was sent", p.MayHaveHappened)
					}
					if p.UpstreamStatus != tt.upstream || p.Secret != "" {
						t.Errorf("got upstreamStatus %d and secret %q, want %d and none", p.UpstreamStatus, p.Secret, tt.upstream)
					}
					if n := g.upstream.loggedIn(); n != 1 || len(g.upstream.commands()) > 0 {
						t.Errorf("got %d logins and %+v upstream, want 1 and no command", n, g.upstream.commands())
					}
				})
			}
		})
	}
}

// TestRightIsMissing_AfterANewLoginTheAccountIsToBlame has a server that lets the account in and refuses all it asks.
func TestRightIsMissing_AfterANewLoginTheAccountIsToBlame(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, command: standin.Says(500, notAllowed)})
			p := check(t, fault{Status: 502, Code: problem.UpstreamCredentials, Upstream: 500}, g.ask(t, op))
			for _, right := range []string{"SOAP", "ROOM", "ADMIN"} {
				if !strings.Contains(p.Detail, right) {
					t.Errorf("got detail %q, want the right %s in it", p.Detail, right)
				}
			}
			logins, tries := 2, 2
			switch {
			case op.alone: // its session is never an old one
				logins, tries = 1, 1
			case op.open:
				logins, tries = 0, 1
			}
			if n, sent := g.upstream.loggedIn(), len(g.upstream.commands()); n != logins || sent != tries {
				t.Errorf("got %d logins and %d requests upstream, want %d and %d", n, sent, logins, tries)
			}
		})
	}
}

// TestSessionIsOver_TheCallSucceedsWithANewOne calls twice, and in between the server forgets the first sid.
func TestSessionIsOver_TheCallSucceedsWithANewOne(t *testing.T) {
	t.Parallel()
	for _, op := range private() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			first := g.ask(t, op)
			g.upstream.expire()
			second := g.ask(t, op)
			if second.Status != op.status || string(second.Body) != string(first.Body) {
				t.Errorf("got HTTP %d with %s, want %d as the first time", second.Status, second.Body, op.status)
			}
			want := 2*len(op.sent) + 1 // the first of them once more
			if op.alone {
				want--
			}
			if n, sent := g.upstream.loggedIn(), len(g.upstream.commands()); n != 2 || sent != want {
				t.Errorf("got %d logins and %d requests upstream, want 2 and %d", n, sent, want)
			}
		})
	}
}

// TestSessions_OneForAllCommandsAndOneForEachEntry: a second entry made with a sid would change whom the first lets in.
func TestSessions_OneForAllCommandsAndOneForEachEntry(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	entries := 0
	for range 2 {
		for _, op := range private() {
			if got := g.ask(t, op); got.Status != op.status {
				t.Errorf("%s: got HTTP %d, want %d: %s", op.id, got.Status, op.status, got.Body)
			}
			if op.alone {
				entries++
			}
		}
	}
	used := map[string]int{}
	for _, request := range g.upstream.commands() {
		if request.line == "POST /user/hash" {
			used[request.sid]++
		}
	}
	if n := g.upstream.loggedIn(); n != entries+1 || len(used) != entries {
		t.Errorf("got %d logins, and entries by the sids %v, want one for each of %d entries and one for the rest", n, used, entries)
	}
	for _, request := range g.upstream.commands() {
		if request.line != "POST /user/hash" && used[request.sid] > 0 {
			t.Errorf("got %s with the sid of an entry", request.line)
		}
	}
}

// TestPasswordIsRotated_TheCallSucceedsWithTheNewOne: the server no longer takes the password that is held, and the
// secret has another one by now.
func TestPasswordIsRotated_TheCallSucceedsWithTheNewOne(t *testing.T) {
	t.Parallel()
	for _, op := range private() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "secrets.json")
			write := func(content map[string]any) {
				text, err := json.Marshal(content)
				if err != nil {
					t.Error(err)
				}
				if err := os.WriteFile(path, text, 0o600); err != nil {
					t.Error(err)
				}
			}
			var g *gateway
			g = setup(t, options{only: op.id, secrets: secrets.NewFile(path, "gavel"), login: func(w http.ResponseWriter, r *http.Request) {
				if r.FormValue("pass") != password {
					write(account(g.upstream.url))
					standin.Says(200, refusal("error.bad.credentials"))(w, r)
					return
				}
				standin.Says(200, done(sidOf(g.upstream.loggedIn())))(w, r)
			}})
			write(map[string]any{"openmeetings": map[string]string{"baseUrl": g.upstream.url, "user": login, "password": "Hush-old"}})
			if got := g.ask(t, op); got.Status != op.status {
				t.Errorf("got HTTP %d, want %d: %s", got.Status, op.status, got.Body)
			}
			if n := g.upstream.loggedIn(); n != 2 {
				t.Errorf("got %d logins, want the refused one and another", n)
			}
		})
	}
}
